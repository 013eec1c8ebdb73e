"""Days away and a substitute."""

from collections.abc import Iterable
from typing import Any

from accounts.models import User
from web.forms import JalaliDateField

from .fields import PanelForm, PersonField


class VacationForm(PanelForm):
    """From the first to the last day away, and who stands in."""

    page_id = "vacation"

    starts_on = JalaliDateField(label="از روز")
    ends_on = JalaliDateField(label="تا روز", help_text="آخرین روز مرخصی.")
    substitute = PersonField(
        label="جانشین",
        empty="جانشین ندارد",
        required=False,
        help_text="تیکت‌های تازه در دپارتمان‌هایی که هر دو در آن هستید به جانشین می‌رسد؛ در بقیه به مدیر دپارتمان.",
    )

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["substitute"].offer(people)  # type: ignore[attr-defined]
