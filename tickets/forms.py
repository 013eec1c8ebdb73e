"""What people fill in about tickets: a new one, a reply, a note, and the small changes of the panel.

Files are not cleaned here: a transfer view stores them outside any transaction (tickets.views.uploads) and puts
its refusals at the ``files`` field, so that one bad file never costs the good ones or the text.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User
from departments.models import Department, Seat, ServiceLink, Topic
from persian import jalali
from persian.digits import group
from web.forms import FilesField, PersianForm

from .models import TicketStatus
from .offers import Offer, colleagues_by_id
from .states import Audience, Priority

SUBJECT_LIMIT = 200
BODY_LIMIT = 100_000
MAX_FILES = 20
READERS_POSTED = 300


class KeyField(forms.UUIDField):
    """The key that makes a form sent twice one message. A key we did not give is replaced, never an error."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, initial=uuid.uuid4, **kwargs)

    def clean(self, value: Any) -> uuid.UUID:
        try:
            return super().clean(value) or uuid.uuid4()
        except ValidationError:
            return uuid.uuid4()


def body_field(label: str, *, rows: int = 6, **more: Any) -> forms.CharField:
    """A long text with the product's limit (100,000 characters)."""
    return forms.CharField(
        label=label,
        max_length=BODY_LIMIT,
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}),
        error_messages={
            "max_length": f"{label} حداکثر {group(BODY_LIMIT)} نویسه می‌تواند باشد. "
            "کوتاه‌ترش کنید یا در چند پیام بفرستید."
        },
        **more,
    )


class NarrowedSelect(forms.Select):
    """A select whose options carry ``data-department``: the ids of the departments they fit."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.departments: dict[str, str] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if fits := self.departments.get(str(value)):
            option["attrs"]["data-department"] = fits
        return option


class PickField(forms.ChoiceField):
    """A choice among rows; cleans to the row, or None. Only what was offered is accepted.

    ``asked_by_form``: the form's own clean() asks for it, when nothing else has settled it.
    """

    widget = NarrowedSelect

    def __init__(self, *, empty: str, asked_by_form: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.empty = empty
        self.asked_by_form = asked_by_form
        self.find: Callable[[str], Any] = lambda text: None

    def offer(
        self,
        rows: Callable[[], Iterable[Any]],
        *,
        key: Callable[[Any], Any] = lambda row: row.pk,
        label: Callable[[Any], str] = str,
        fits: Callable[[Any], Iterable[int]] | None = None,
        find: Callable[[str], Any] | None = None,
    ) -> None:
        """Set what may be chosen. ``rows`` is asked when the list is drawn, ``find`` (else the list) when a posted
        value is cleaned; ``fits`` names the departments of a row."""

        def choices() -> list[tuple[str, str]]:
            given = list(rows())
            if fits is not None:
                self.widget.departments = {str(key(row)): " ".join(map(str, fits(row))) for row in given}
            return [("", self.empty), *((str(key(row)), label(row)) for row in given)]

        self.choices = choices
        self.find = find or (lambda text: next((row for row in rows() if str(key(row)) == text), None))

    def clean(self, value: Any) -> Any:
        text = self.to_python(value)
        if not self.asked_by_form:
            forms.Field.validate(self, text)
        if not text:
            return None
        row = self.find(text)
        if row is None:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return row


def pick(form: forms.BaseForm, name: str) -> PickField:
    """A pick field of a form, with its type."""
    return cast(PickField, form.fields[name])


class ComposerForm(PersianForm, forms.Form):
    """A text with files: a reply, or a private note."""

    client_key = KeyField()
    body = body_field("متن")
    files = FilesField(label="پیوست‌ها", required=False, max_files=MAX_FILES)

    def message(self) -> dict[str, Any]:
        """What a verb takes from a valid form, files aside."""
        return {name: self.cleaned_data[name] for name in ("body", "client_key")}


class ReplyForm(ComposerForm):
    """A reply of ours; ``then`` is what the pressed button adds to sending («ارسال و …»)."""

    then = forms.ChoiceField(choices=[("", ""), ("waiting", ""), ("close", "")], required=False)
    # The last message the page showed: nothing is closed over a later one of the customer's.
    last = forms.IntegerField(min_value=0, max_value=2**62, required=False, widget=forms.HiddenInput)


class ReadersField(forms.MultipleChoiceField):
    """Colleagues chosen by their public ids; cleans to people. Customers and the switched off are refused."""

    widget = forms.CheckboxSelectMultiple

    def offer(self, people: Iterable[User]) -> None:
        """Set who is drawn to choose from."""
        self.choices = [(str(one.public_id), _name(one)) for one in people]

    def clean(self, value: Any) -> list[User]:
        wanted = set(self.to_python(value)[:READERS_POSTED])
        try:
            ids = {uuid.UUID(text) for text in wanted}
        except ValueError:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from None
        found = list(colleagues_by_id(ids)) if ids else []
        if len(found) != len(ids):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return found


class NoteForm(ComposerForm):
    """A private note: for those with the right, or for the people chosen (S12)."""

    body = body_field("یادداشت")
    audience = forms.ChoiceField(choices=Audience.choices, required=False)
    readers = ReadersField(
        label="خوانندگان",
        required=False,
        error_messages={
            "invalid_choice": "یکی از کسانی که انتخاب کردید در دسترس نیست. انتخاب‌ها را ببینید و دوباره بفرستید."
        },
    )

    def offer(self, people: Iterable[User]) -> None:
        """Set who is drawn to choose from."""
        cast(ReadersField, self.fields["readers"]).offer(people)

    @property
    def is_named(self) -> bool:
        """Whether the form as it stands is for chosen people."""
        return self["audience"].data == Audience.NAMED

    def message(self) -> dict[str, Any]:
        readers = self.cleaned_data["readers"]
        # Chosen readers without a word about the audience are no word for everybody.
        audience = self.cleaned_data["audience"] or (Audience.NAMED if readers else Audience.RIGHT)
        return super().message() | {"audience": audience, "readers": readers}


class AssignForm(PersianForm, forms.Form):
    """To whom a ticket (or several) is given, with a note if there is something to say (H12).

    ``links``: whether the customer's exclusive link may be taken along.
    """

    client_key = KeyField()
    to = PickField(label="مسئول تازه", empty="همکار را انتخاب کنید")
    note = body_field("یادداشت", rows=3, required=False)
    link = forms.BooleanField(
        label="کارشناس اختصاصی این مشتری هم او باشد، تا تیکت‌های بعدی هم به او برسد", required=False
    )

    def __init__(self, *args: Any, seats: Iterable[Seat], links: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_people(pick(self, "to"), seats)
        if not links:
            del self.fields["link"]


def offer_people(field: PickField, seats: Iterable[Any]) -> None:
    """Offer the people of these seats, each with until when they are away."""
    away = {seat.user: seat.away_until for seat in seats}

    def label(user: User) -> str:
        until = away[user]
        return f"{_name(user)}، در مرخصی تا {jalali.day_month(until)}" if until else _name(user)

    field.offer(lambda: list(away), key=lambda user: user.public_id, label=label)


class StatusForm(PersianForm, forms.Form):
    """A status from the panel's menu."""

    status = PickField(label="وضعیت", empty="")

    def __init__(self, *args: Any, statuses: Iterable[TicketStatus], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pick(self, "status").offer(lambda: statuses)


class PriorityForm(PersianForm, forms.Form):
    """A priority from the panel's menu."""

    priority = forms.TypedChoiceField(label="اولویت", choices=Priority.choices, coerce=int)


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
    body = body_field("شرح")
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
            label=_name,
            fits=lambda user: offer.people[user],
            find=offer.person,
        )
        staff.widget.attrs["data-narrowed"] = ""

    @property
    def link(self) -> ServiceLink | None:
        """The exclusive link, to show department and person locked (H9)."""
        return self.offer.link

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
        names = ("subject", "body", "client_key", "department", "topic", "staff", "priority", "wants_sms")
        return {name: self.cleaned_data.get(name) for name in names}


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
        del wishes["wants_sms"]
        return wishes | {"source": self.cleaned_data.get("source")}


def _name(user: User) -> str:
    # Never str(user): without a name that is the mobile, which customers must not see (TRUST 18).
    return user.display_name
