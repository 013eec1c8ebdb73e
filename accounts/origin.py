"""Where a request came from: address, a bucket for limits, and the device in words.

X-Forwarded-For is believed only when the peer itself is one of settings.TRUSTED_PROXIES (TRUST 21).
"""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from django.conf import settings

AGENT_LENGTH = 200
_UNSEEN = re.compile(r"[^\x20-\x7e]")
# First match wins: Edge, Opera and Samsung call themselves Chrome too, and Chrome calls itself Safari.
_BROWSERS = (
    ("Edg", "اِج"),
    ("OPR/", "اپرا"),
    ("SamsungBrowser", "سامسونگ"),
    ("Firefox", "فایرفاکس"),
    ("FxiOS", "فایرفاکس"),
    ("CriOS", "کروم"),
    ("Chrome", "کروم"),
    ("Safari", "سافاری"),
)
_SYSTEMS = (
    ("iPhone", "آیفون"),
    ("iPad", "آیپد"),
    ("Android", "اندروید"),
    ("Windows", "ویندوز"),
    ("Mac OS X", "مک"),
    ("Linux", "لینوکس"),
)


def address_of(request: Any) -> str | None:
    """The visitor's address, or None when the server does not tell one (a socket without a proxy's word)."""
    peer = _parse(request.META.get("REMOTE_ADDR", ""))
    if not _trusted(peer):
        return str(peer) if peer else None
    # From the right: what our own proxies added; the first that is not ours is the visitor.
    for hop in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        address = _parse(hop)
        if address is None:
            break
        if not _trusted(address):
            return str(address)
    return str(peer) if peer else None


def bucket(address: str | None) -> str:
    """What limits count by: an IPv4 address, or the /64 an IPv6 one lies in, which is what one home gets."""
    parsed = _parse(address or "")
    if isinstance(parsed, IPv6Address):
        return str(ip_network(f"{parsed}/64", strict=False))
    return str(parsed) if parsed else "unknown"


def agent_of(request: Any) -> str:
    """The browser's own description, cut and without anything but plain letters."""
    return _UNSEEN.sub("", request.META.get("HTTP_USER_AGENT", ""))[:AGENT_LENGTH]


def device_words(agent: str) -> str:
    """«کروم روی اندروید», as far as the description tells."""
    browser = next((word for mark, word in _BROWSERS if mark in agent), "")
    system = next((word for mark, word in _SYSTEMS if mark in agent), "")
    if browser and system:
        return f"{browser} روی {system}"
    return browser or system or "دستگاه ناشناس"


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    # ::ffff:10.0.0.1 is 10.0.0.1; two spellings would be two counters.
    return getattr(address, "ipv4_mapped", None) or address


def _trusted(address: IPv4Address | IPv6Address | None) -> bool:
    """Whether the peer is one of our proxies; "unix" in the list trusts a socket, which has no address."""
    if address is None:
        return "unix" in settings.TRUSTED_PROXIES
    for known in settings.TRUSTED_PROXIES:
        try:
            if address in ip_network(known, strict=False):
                return True
        except ValueError:
            continue
    return False
