"""Where a request came from: whom we believe (TRUST 21), what limits count by, devices in words."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from accounts.origin import address_of, agent_of, bucket, device_words


def seen(peer: str, forwarded: str | None = None) -> str | None:
    extra = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return address_of(RequestFactory().get("/", REMOTE_ADDR=peer, **extra))


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", None, "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "198.51.100.1, 10.0.0.3", "198.51.100.1"),
        ("10.0.0.2", "rubbish", "10.0.0.2"),
        ("10.0.0.2", "198.51.100.1, rubbish", "10.0.0.2"),
        ("10.0.0.2", None, "10.0.0.2"),
        ("10.0.0.2", "::ffff:198.51.100.1", "198.51.100.1"),
        ("", "198.51.100.1", None),
        ("fe80::1%eth0", None, "fe80::1"),
    ],
)
def test_trust_21_forwarded_address_is_believed_only_from_our_proxy(settings, peer, forwarded, address):
    settings.TRUSTED_PROXIES = ["10.0.0.0/24", "not-an-address"]
    assert seen(peer, forwarded) == address


def test_proxy_on_a_socket_is_believed_when_the_settings_say_so(settings):
    settings.TRUSTED_PROXIES = ["unix"]
    assert seen("", "198.51.100.1") == "198.51.100.1"
    assert seen("203.0.113.9", "198.51.100.1") == "203.0.113.9"


def test_limits_count_by_address_or_home_network():
    assert bucket("203.0.113.9") == "203.0.113.9"
    assert bucket("::ffff:203.0.113.9") == "203.0.113.9"
    assert bucket("2001:db8:1:2:3::4") == bucket("2001:db8:1:2:ffff::1") != bucket("2001:db8:1:3::4")
    assert bucket(None) == bucket("rubbish") == "unknown"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537 Chrome/126.0 Mobile Safari/537",
            "کروم روی اندروید",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile Safari/604",
            "سافاری روی آیفون",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/126.0 Safari/537 Edg/126.0", "اِج روی ویندوز"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko Firefox/130.0", "فایرفاکس روی لینوکس"),
        ("curl/8.1", "دستگاه ناشناس"),
        ("", "دستگاه ناشناس"),
    ],
)
def test_device_is_named_in_words(agent, words):
    assert device_words(agent) == words


def test_agent_is_cut_and_plain():
    request = RequestFactory().get("/", HTTP_USER_AGENT="Fire\x00fox\u200f" + "x" * 400)
    assert agent_of(request).startswith("Firefoxx") and len(agent_of(request)) == 200
