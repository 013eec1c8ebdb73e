"""Days away and a substitute."""

from collections.abc import Iterable
from typing import Any

from accounts.models import User, Vacation
from web.forms import JalaliDateField

from .fields import ColleagueField, PanelForm


class VacationForm(PanelForm):
    """From the first to the last day away, and who stands in."""

    page_id = "vacation"

    starts_on = JalaliDateField(label="از روز")
    ends_on = JalaliDateField(label="تا روز", help_text="آخرین روز مرخصی.")
    substitute = ColleagueField(
        label="جانشین",
        empty="جانشین ندارد",
        required=False,
        help_text="تیکت‌های تازه در دپارتمان‌های مشترک به جانشین می‌رسد؛ در بقیه به مدیر دپارتمان.",
    )

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["substitute"].offer(people)  # type: ignore[attr-defined]

    @classmethod
    def of(cls, vacation: Vacation, *, people: Iterable[User], data: Any = None) -> "VacationForm":
        """The form of a planned one; its ids stand apart from the other forms' of the page."""
        initial = {
            "starts_on": vacation.starts_on,
            "ends_on": vacation.ends_on,
            "substitute": vacation.substitute_id,
        }
        return cls(data, initial=initial, people=people, auto_id=f"vacation{vacation.pk}_%s")
