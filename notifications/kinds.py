"""Letter kinds: what can be told to people. Declared by the app that posts them in ``<app>/letters.py`` and
registered from its AppConfig.ready(); the post office only looks them up.

Texts are plain sentences with ``{name}`` variables (notifications.filling). Besides its own variables every kind
may use ``{tenant}`` (its name), ``{recipient}`` (the person's name), ``{url}`` (the full address of the thing) and
``{host}`` (the tenant's host).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .filling import names_in

COMMON = ("tenant", "recipient", "url", "host")
CHANNELS = ("sms", "email", "bell")
LANES = ("now", "normal", "bulk")


class UnknownKind(LookupError):
    """Nobody registered a kind of this name."""


@dataclass(frozen=True, kw_only=True)
class LetterKind:
    """One kind of letter and its default texts; an empty text means the kind does not use that channel.

    ``body`` is plain paragraphs separated by empty lines; the HTML form is made by templates/letters/base.html.
    ``secret`` names the variable that is sealed, never logged and never shown in the delivery log.
    ``ltr`` names variables written left to right (codes). ``button`` is the caption of the link in the e-mail.
    ``stars`` is the caption of five stars that lead to the path in the variable ``rate`` (S8): made a full address in
    what leaves, and kept out of the delivery log.
    """

    name: str
    title: str
    variables: tuple[str, ...] = ()
    sms: str = ""
    subject: str = ""
    body: str = ""
    bell: str = ""
    button: str = "دیدن در پنل"
    sample: Mapping[str, Any] = field(default_factory=dict)
    lane: str = "normal"
    channels: tuple[str, ...] = CHANNELS
    secret: str = ""
    ltr: tuple[str, ...] = ()
    stars: str = ""

    @property
    def known(self) -> set[str]:
        """Every variable its texts may use."""
        return {*self.variables, *COMMON, *([self.secret] if self.secret else [])}

    def has(self, channel: str) -> bool:
        """True when the kind has a text for the channel."""
        return bool({"sms": self.sms, "email": self.subject and self.body, "bell": self.bell}[channel])


_kinds: dict[str, LetterKind] = {}


def register(kind: LetterKind) -> LetterKind:
    """Make a kind known. Raises ValueError for a text with an unknown variable, a wrong lane or a taken name."""
    unknown = names_in(" ".join((kind.sms, kind.subject, kind.body, kind.bell))) - kind.known
    if unknown:
        raise ValueError(f"{kind.name}: its texts ask for {sorted(unknown)}, which it does not declare.")
    if kind.lane not in LANES or not set(kind.channels) <= set(CHANNELS):
        raise ValueError(f"{kind.name}: unknown lane or channel.")
    if kind.secret and (kind.bell or kind.secret in names_in(kind.subject)):
        raise ValueError(f"{kind.name}: a secret rings no bell and stands in no subject.")
    if _kinds.setdefault(kind.name, kind) != kind:
        raise ValueError(f"{kind.name} is declared twice.")
    return kind


def get(name: str) -> LetterKind:
    """The kind of this name. Raises UnknownKind."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(name) from None


def registered() -> list[LetterKind]:
    """Every kind, by name."""
    return [_kinds[name] for name in sorted(_kinds)]
