"""A customer's own people (H21): a new one by number alone, another place, a section's name."""

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.models import Section, User
from accounts.roles import Level
from web.forms import MobileField

from .fields import PanelForm, SettledChoice

LEVELS = [(level.value, level.label) for level in (Level.SECTION_MEMBER, Level.SECTION_MANAGER)]
SECTION_WANTED = "بخش را انتخاب کنید یا نام بخش تازه را بنویسید."


class SectionField(forms.ChoiceField):
    """One of the company's sections, read once for all the forms of a page; cleans to the section, or None."""

    def __init__(self, *, empty: str = "", **kwargs: Any) -> None:
        super().__init__(label="بخش", **kwargs)
        self.empty = empty
        self._sections: dict[str, Section] = {}

    def offer(self, sections: Sequence[Section]) -> None:
        """Set which may be chosen; where there is only one, it is chosen already."""
        self._sections = {str(section.pk): section for section in sections}
        first = [] if len(sections) == 1 else [("", self.empty or "بخش را انتخاب کنید")]
        self.choices = [*first, *((key, section.name) for key, section in self._sections.items())]

    def clean(self, value: Any) -> Section | None:
        return self._sections.get(super().clean(value))


class MemberForm(PanelForm):
    """A person for the section whose manager fills this in: the number is enough (H23)."""

    page_id = "new"

    mobile = MobileField(label="شمارهٔ همراه")
    name = forms.CharField(label="نام و نام خانوادگی", max_length=150, required=False)


class PersonnelForm(MemberForm):
    """A person of any section, with a level; the section may be made on the way."""

    mark_optional = ("name",)  # of a section and a new one, either is wanted

    level = SettledChoice(label="سطح", choices=LEVELS, coerce=int, initial=int(Level.SECTION_MEMBER))
    section = SectionField(required=False, empty="بخش را انتخاب کنید")
    new_section = forms.CharField(
        label="یا بخش تازه", max_length=80, required=False, help_text="مانند حسابداری یا کارگزینی."
    )

    def __init__(self, *args: Any, sections: Sequence[Section], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sections = sections
        self.fields["section"].offer(sections)  # type: ignore[attr-defined]
        if not sections:
            del self.fields["section"]
            self.fields["new_section"].label = "نام بخش"

    def clean(self) -> dict[str, Any]:
        """A section, chosen or new; a new one's name wins over what the list happened to show."""
        data: dict[str, Any] = super().clean() or self.cleaned_data  # type: ignore[misc]
        if data.get("new_section"):
            data["section"] = None
        elif len(self.sections) == 1 and "section" not in self.errors:
            data["section"] = self.sections[0]
        elif not data.get("section") and not {"section", "new_section"} & self.errors.keys():
            self.add_error("section" if self.sections else "new_section", SECTION_WANTED)  # type: ignore[attr-defined]
        return data


class MoveForm(PanelForm):
    """Another level or section for somebody of the company."""

    level = forms.TypedChoiceField(label="سطح", choices=LEVELS, coerce=int, widget=forms.RadioSelect)
    section = SectionField()

    def __init__(self, *args: Any, sections: Sequence[Section], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].offer(sections)  # type: ignore[attr-defined]

    @classmethod
    def of(cls, person: User, *, sections: Sequence[Section], data: Any = None) -> "MoveForm":
        """The form of a stored person; ``data`` is what was posted for them."""
        initial = {"level": person.level, "section": person.section_id}
        return cls(data, initial=initial, sections=sections, auto_id=f"person{person.pk}_%s")


class SectionForm(PanelForm):
    """A section's name."""

    page_id = "section"

    name = forms.CharField(label="نام بخش", max_length=80)

    @classmethod
    def of(cls, section: Section, *, data: Any = None) -> "SectionForm":
        """The form of a stored section; ``data`` is what was posted for it."""
        return cls(data, initial={"name": section.name}, auto_id=f"section{section.pk}_%s")
