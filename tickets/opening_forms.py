"""What is filled in to open a ticket: by a customer, by us for one, and among ourselves (H17, H5, S11)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from departments.models import Department, ServiceLink, Topic

from .forms import SUBJECT_LIMIT, ComposerForm, PickField, body_field, name_of, pick
from .offers import Offer
from .routing import Found
from .states import Priority


class NewTicketForm(ComposerForm):
    """A new ticket. A topic brings its department; a pair that does not fit is refused at the topic or person."""

    subject = forms.CharField(label="موضوع", max_length=SUBJECT_LIMIT)
    department = PickField(label="دپارتمان", empty="دپارتمان را انتخاب کنید", asked_by_form=True)
    topic = PickField(label="گروه موضوعی", empty="نمی‌دانم یا چیز دیگری است", required=False)
    staff = PickField(label="کارشناس", empty="فرقی نمی‌کند", required=False)
    priority = forms.TypedChoiceField(
        label="اولویت",
        choices=Priority.choices,
        coerce=int,
        empty_value=int(Priority.NORMAL),
        initial=int(Priority.NORMAL),
        required=False,
        widget=forms.RadioSelect,
    )
    body = body_field("شرح", editor=True)
    wants_sms = forms.BooleanField(label="کد رهگیری را برایم پیامک کنید", required=False)

    field_order = [
        "client_key",
        "subject",
        "department",
        "topic",
        "staff",
        "priority",
        "body",
        "files",
        "wants_sms",
    ]

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer = offer
        self.fields["files"].widget.attrs["data-files"] = "#id_files_list"
        department, topic, staff = (pick(self, name) for name in ("department", "topic", "staff"))
        department.offer(lambda: offer.departments, find=self._find_department)
        department.widget.attrs["data-department-select"] = ""
        topic.offer(
            lambda: offer.topics,
            label=lambda one: one.path,
            fits=lambda one: [one.department_id],
            find=self._find_topic,
        )
        topic.widget.attrs |= {"data-narrowed": "", "data-topic-select": ""}
        staff.offer(
            lambda: offer.people,
            key=lambda user: user.public_id,
            label=name_of,
            fits=lambda user: offer.people[user],
            find=offer.person,
        )
        staff.widget.attrs["data-narrowed"] = ""

    @property
    def link(self) -> ServiceLink | None:
        """The exclusive link, to show department and person locked (H9)."""
        return self.offer.link

    def target(self) -> tuple[Department | None, Topic | None]:
        """The department and topic that are chosen: as sent, or, on a fresh form, as its draft or address wished."""
        if not self.is_bound:
            wished, begun = (str(self.initial.get(name) or "") for name in ("department", "topic"))
            department = self.offer.department(wished) if wished and not self.link else None
            # The page draws them all anyway.
            topic = next((one for one in self.offer.topics if str(one.pk) == begun), None) if begun else None
            return (self.link.department if self.link else department), topic
        self.is_valid()
        department, topic = self.cleaned_data.get("department"), self.cleaned_data.get("topic")
        # A link settles the department; that there is none, the chosen row knows already.
        if getattr(topic or department, "linked", True) and self.link:
            department = self.link.department
        return department, topic

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self._fits(cleaned) and self.link is not None:
            # A link settles all three: what was posted for them is ignored, right or wrong.
            for name in ("department", "topic", "staff"):
                self.errors.pop(name, None)
        return cleaned

    def _fits(self, cleaned: dict[str, Any]) -> bool:
        """Whether department, topic and person go together; says so at the field that does not."""
        department, topic = cleaned.get("department"), cleaned.get("topic")
        if department is None and topic is not None and "department" not in self.errors:
            cleaned["department"] = topic.department
        elif department is None and "department" not in self.errors:
            self.add_error("department", self.fields["department"].error_messages["required"])
        elif department is not None and topic is not None and topic.department_id != department.pk:
            self.add_error("topic", "این گروه موضوعی در این دپارتمان نیست. یکی دیگر را انتخاب کنید.")
        return not {"department", "topic", "staff"} & self.errors.keys()

    def _find_department(self, text: str) -> Department | None:
        # A topic brings its department along: no need to read it twice.
        topic = self._find_topic(self["topic"].data or "")
        return (
            topic.department
            if topic is not None and str(topic.department_id) == text
            else self.offer.department(text)
        )

    def _find_topic(self, text: str) -> Topic | None:
        if not hasattr(self, "_topic"):
            self._topic = self.offer.topic(text) if text else None
        return self._topic

    def wishes(self) -> dict[str, Any]:
        """What ``services.open_ticket`` takes from this form, files aside."""
        names = (
            "subject",
            "body",
            "html",
            "client_key",
            "department",
            "topic",
            "staff",
            "priority",
            "wants_sms",
        )
        chosen = self.cleaned_data.get("topic") or self.cleaned_data.get("department")
        # Whether there is a link, the chosen row knows already: opening need not look again.
        found = Found(self.link if getattr(chosen, "linked", True) else None)
        return {name: self.cleaned_data.get(name) for name in names} | {"found": found}


class DeskTicketForm(NewTicketForm):
    """A ticket our side opens to a person of a customer (H5)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["wants_sms"].label = "کد رهگیری برای مشتری پیامک شود"


class InternalTicketForm(NewTicketForm):
    """A ticket among ourselves; ``source`` is asked of who has several departments (S11)."""

    source = PickField(label="از طرف دپارتمان", empty="دپارتمان خودتان را انتخاب کنید", required=False)

    def __init__(self, *args: Any, sources: Iterable[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["wants_sms"]
        self.sources = list(sources)
        if len(self.sources) < 2:
            del self.fields["source"]
        else:
            pick(self, "source").offer(lambda: self.sources)
        self.fields["department"].label = "به دپارتمان"
        pick(self, "staff").empty = "هر که آزاد بود"

    def wishes(self) -> dict[str, Any]:
        """What ``services.open_internal`` takes from this form, files aside."""
        wishes = super().wishes()
        del wishes["wants_sms"], wishes["found"]
        return wishes | {"source": self.cleaned_data.get("source")}
