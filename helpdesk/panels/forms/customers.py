"""Customers, their own desk and their people (H9, H11, H21)."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import Customer, Section
from accounts.roles import Level
from departments.models import Department, Seat, ServiceLink
from web.counting import Bounded
from web.forms import JalaliDateField, MobileField, NationalIdField

from .contracts import MOST, NumberField
from .fields import DeskField, PanelForm


class CustomerForm(PanelForm):
    """What is kept about a company."""

    page_id = "company"

    name = forms.CharField(label="نام شرکت", max_length=150)
    phone = forms.CharField(
        label="تلفن",
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "dir": "ltr"}),
    )
    national_id = NationalIdField(label="شناسهٔ ملی", kind="either", required=False)
    economic_code = forms.CharField(
        label="کد اقتصادی",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr"}),
    )
    notes = forms.CharField(
        label="یادداشت",
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="فقط شما می‌بینید؛ مشتری هرگز.",
    )

    @classmethod
    def of(cls, customer: Customer) -> "CustomerForm":
        """The form filled with what is stored."""
        return cls(initial={name: getattr(customer, name) for name in cls.base_fields})


class LinkForm(PanelForm):
    """A customer's own department and person (H9)."""

    page_id = "link"

    desk = DeskField(label="پشتیبان اختصاصی", required=False)

    def __init__(
        self, *args: Any, departments: QuerySet[Department], seats: QuerySet[Seat], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["desk"].offer(departments, seats)  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(link: ServiceLink | None) -> dict[str, str]:
        """What the form shows for a stored link."""
        return {"desk": DeskField.key_of(link)}


class RelinkForm(LinkForm):
    """The link of a customer that may have open tickets already: they are offered to go along (H9)."""

    move_open = forms.BooleanField(required=False)

    def __init__(self, *args: Any, open_tickets: Bounded, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["move_open"].label = f"{open_tickets} تیکت باز این شرکت هم به پشتیبان تازه سپرده شود"
        if not open_tickets:
            del self.fields["move_open"]


class NewCustomerForm(LinkForm, CustomerForm):
    """A company, its main contact by number alone, and its own desk if it has one."""

    mobile = MobileField(label="شمارهٔ همراه رابط")
    contact_name = forms.CharField(label="نام رابط", max_length=150, required=False)
    email = forms.EmailField(label="ایمیل رابط", required=False, max_length=254)
    starts_on = JalaliDateField(label="آغاز قرارداد", required=False)
    ends_on = JalaliDateField(label="پایان قرارداد", required=False)
    allowance = NumberField(
        label="تعداد تیکت",
        required=False,
        min_value=1,
        max_value=MOST,
        help_text="بی قرارداد، مشتری بی سقف تیکت ثبت می‌کند.",
    )
    field_order = (
        *("name", "mobile", "contact_name", "email", "desk", "starts_on", "ends_on", "allowance"),
        *("phone", "national_id", "economic_code", "notes"),
    )


class CustomerPersonForm(PanelForm):
    """One of a company's people: the number, the level, and the section for levels below the main one."""

    page_id = "person"

    mobile = MobileField(label="شمارهٔ همراه")
    name = forms.CharField(label="نام و نام خانوادگی", max_length=150, required=False)
    level = forms.TypedChoiceField(
        label="سطح", choices=Level.choices, coerce=int, initial=Level.SECTION_MEMBER, widget=forms.RadioSelect
    )
    section = forms.ModelChoiceField(
        label="بخش", queryset=None, required=False, empty_label="بخش ندارد یا تازه است"
    )
    new_section = forms.CharField(
        label="بخش تازه",
        max_length=80,
        required=False,
        help_text="اگر بخش در فهرست نیست، نامش را این‌جا بنویسید.",
    )

    def __init__(self, *args: Any, sections: QuerySet[Section], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].queryset = sections  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A level below the main one belongs to a section; the main one to none."""
        data: dict[str, Any] = super().clean() or self.cleaned_data  # type: ignore[misc]
        section, new = data.get("section"), data.get("new_section")
        if data.get("level") == Level.MAIN and (section or new):
            self.add_error("section", "سطح اصلی همهٔ بخش‌ها را می‌بیند و بخش ندارد.")  # type: ignore[attr-defined]
        elif data.get("level") not in (None, Level.MAIN) and not (section or new):
            self.add_error("section", "بخش را انتخاب کنید یا نام بخش تازه را بنویسید.")  # type: ignore[attr-defined]
        elif section and new:
            self.add_error("new_section", "بخش را یا انتخاب کنید یا تازه بنویسید.")  # type: ignore[attr-defined]
        return data
