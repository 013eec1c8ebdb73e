"""The demo inbox as a way out: what would have left is kept where /demo/inbox/ shows it. Only with DEMO=1."""

from tenants.scope import tenant_scope

from ..compose import Letter
from ..models import DemoLetter
from .base import Outcome


class DemoChannel:
    """Keeps the letter, secret included; settings refuse DEMO=1 beside PostgreSQL or a public domain."""

    def send(self, letter: Letter) -> Outcome:
        """Write the letter down."""
        with tenant_scope(letter.tenant):
            kept = DemoLetter.objects.create(
                channel=letter.channel,
                address=letter.address,
                subject=letter.subject,
                text=letter.text,
                html=letter.html,
            )
        return Outcome.sent(f"demo-{kept.pk}", "صندوق نمایشی")

    def close(self) -> None:
        """Nothing is open."""
