"""From a Delivery row to the words that leave: SMS text, e-mail subject, text and HTML part."""

from dataclasses import dataclass
from uuid import UUID

from django.template.loader import render_to_string

from persian.clean import one_line, strip_controls
from tenants.models import Tenant

from . import kinds
from .filling import fill, fill_html, paragraphs
from .models import Delivery

SMS_LIMIT = 900  # letters, the provider's
SUBJECT_LIMIT = 200
HIDDEN = "••••••"


@dataclass(frozen=True)
class Letter:
    """One letter ready to leave. ``text`` holds the secret; ``shown`` is the same for the log, without it."""

    pk: int
    public_id: UUID
    kind: str
    channel: str
    address: str
    tenant: Tenant
    subject: str
    text: str
    html: str
    shown: str
    code: str | None = None
    unsure: bool = False

    @property
    def local_id(self) -> int:
        """A positive 62-bit number of this letter alone, the same at every attempt (Kavenegar's localid)."""
        return self.public_id.int >> 66

    def __repr__(self) -> str:
        # A letter in a traceback must not show what it says.
        return f"<Letter {self.pk} {self.kind} {self.channel}>"


def common(tenant: Tenant, *, recipient: str, url: str) -> dict[str, str]:
    """Values every kind may use; links come from the tenant's record, never from a request (TRUST 21)."""
    full = url if url.startswith(("http://", "https://")) or not url else tenant.absolute(url)
    return {"tenant": tenant.name, "recipient": recipient, "url": full, "host": tenant.host}


def compose(row: Delivery, code: str | None) -> Letter:
    """The letter of a row whose tenant is loaded. Raises kinds.UnknownKind."""
    kind = kinds.get(row.kind)
    data = {name: str(value) for name, value in row.data.items()}
    values = {**data, **common(row.tenant, recipient=data.get("recipient", ""), url=row.url)}
    if values.get("rate"):
        values["rate"] = row.tenant.absolute(values["rate"])
    # Who reads the log must not rate in the reader's name.
    hidden = {**values, "rate": ""} if kind.stars else values
    hidden = {**hidden, kind.secret: HIDDEN} if kind.secret else hidden
    spoken = (
        {**values, kind.secret: code} if kind.secret and code is not None else {**hidden, **_rate(values)}
    )
    subject, html = "", ""
    if row.channel == Delivery.Channel.SMS:
        text, shown = (fill(kind.sms, used)[:SMS_LIMIT] for used in (spoken, hidden))
    else:
        subject = one_line(fill(kind.subject, hidden))[:SUBJECT_LIMIT]
        text, shown = (_plain(kind, used, row.tenant) for used in (spoken, hidden))
        html = _html(kind, spoken, row.tenant, subject)
    return Letter(
        pk=row.pk,
        public_id=row.public_id,
        kind=row.kind,
        channel=row.channel,
        address=row.address,
        tenant=row.tenant,
        subject=subject,
        text=text,
        html=html,
        shown=shown,
        code=code if kind.secret else None,
        unsure=row.unsure,
    )


def _rate(values: dict[str, str]) -> dict[str, str]:
    return {"rate": values["rate"]} if "rate" in values else {}


def _lines(value: str) -> str:
    return strip_controls(value).strip()


def _plain(kind: kinds.LetterKind, values: dict[str, str], tenant: Tenant) -> str:
    parts = [fill(part, values, clean=_lines) for part in paragraphs(kind.body)]
    if kind.stars and values.get("rate"):
        parts.append(f"{kind.stars}:\n{values['rate']}")
    if values["url"]:
        parts.append(f"{kind.button}:\n{values['url']}")
    parts.append(f"--\n{one_line(tenant.name)}")
    return "\n\n".join(parts) + "\n"


def _html(kind: kinds.LetterKind, values: dict[str, str], tenant: Tenant, subject: str) -> str:
    ltr = {*kind.ltr, kind.secret, "url", "host"}
    context = {
        "subject": subject,
        "tenant": tenant,
        "paragraphs": [fill_html(part, values, ltr=ltr) for part in paragraphs(kind.body)],
        "url": values["url"],
        "button": kind.button,
        "stars": kind.stars,
        "rate": values.get("rate", ""),
    }
    return render_to_string("letters/base.html", context)
