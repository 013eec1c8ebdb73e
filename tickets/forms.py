"""What people fill in about tickets: a new one, a reply, a note, and the small changes of the panel.

Files are not cleaned here: a transfer view stores them outside any transaction (tickets.views.uploads) and puts
its refusals at the ``files`` field, so that one bad file never costs the good ones or the text.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Self, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict

from accounts.models import User
from departments.models import Seat
from persian import jalali
from persian.digits import group
from web import rich
from web.errors import DomainError
from web.forms import FilesField, PersianForm

from .mentions import Directory
from .models import TicketStatus
from .offers import colleagues_by_id
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


class HtmlField(forms.CharField):
    """What the editor sends beside the plain text. Pictures written out in it are dropped: they come as files.

    Only an editor sends it at all: without one a draft's form would stand against what is changed in its text.
    """

    def __init__(self) -> None:
        words = "متن با شکلش بلندتر از آن است که فرستاده شود. کوتاه‌ترش کنید یا در چند پیام بفرستید."
        widget = forms.HiddenInput(attrs={"disabled": True})
        errors = {"max_length": words}
        super().__init__(required=False, max_length=4 * BODY_LIMIT, widget=widget, error_messages=errors)

    def to_python(self, value: Any) -> str:
        return super().to_python(rich.without_data(value or ""))


def body_field(label: str, *, rows: int = 6, editor: bool = False, **more: Any) -> forms.CharField:
    """A long text with the product's limit (100,000 characters); ``editor``: in form (static/js/editor.js)."""
    return forms.CharField(
        label=label,
        max_length=BODY_LIMIT,
        widget=forms.Textarea(
            attrs={"rows": rows, "dir": "auto"} | ({"data-editor": True} if editor else {})
        ),
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


class KeyedForm(PersianForm, forms.Form):
    """A form that does its work once, however often it is sent."""

    client_key = KeyField()

    def refuse(self, error: DomainError) -> None:
        """As every form; a refused key is replaced, so that the text goes under a fresh one by the next press."""
        super().refuse(error)
        if error.field == "client_key":
            self.data = self.data.copy()
            self.data[self.add_prefix("client_key")] = str(uuid.uuid4())


class ComposerForm(KeyedForm):
    """A text with files: a reply, or a private note."""

    body = body_field("متن")
    # The same text with its form, from who writes with the editor; empty from who does not.
    html = HtmlField()
    files = FilesField(label="پیوست‌ها", required=False, max_files=MAX_FILES)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        # Nobody sees the hidden field: what is wrong with it is said where it was written.
        if refused := self.errors.pop("html", None):
            self.add_error("body", refused.as_data())
        return cleaned

    def unjudged(self) -> Self:
        """The form as it was typed, shown again without a word about what is missing: it has not been sent yet."""
        self._errors, self.cleaned_data = ErrorDict(), {}
        return self

    def message(self) -> dict[str, Any]:
        """What a verb takes from a valid form, files aside."""
        return {name: self.cleaned_data[name] for name in ("body", "html", "client_key")}


class ReplyForm(ComposerForm):
    """A reply of ours; ``then`` is what the pressed button adds to sending («ارسال و …»)."""

    then = forms.CharField(max_length=30, required=False)
    # The last message, and the last answer on its way, that the page showed: what came later is shown first.
    last = forms.IntegerField(min_value=0, max_value=2**62, required=False, widget=forms.HiddenInput)
    # Whether the writer's signature goes with it (S23).
    signed = forms.BooleanField(required=False, initial=True)
    coming = forms.IntegerField(min_value=0, max_value=2**62, required=False, widget=forms.HiddenInput)

    def message(self) -> dict[str, Any]:
        more = {"then": "then", "seen": "last", "coming": "coming", "signed": "signed"}
        return super().message() | {name: self.cleaned_data[field] for name, field in more.items()}


class PortalReplyForm(ComposerForm):
    """A customer's reply; ``last`` as in ReplyForm, ``then`` is close for «مشکلم حل شد»."""

    then = forms.CharField(max_length=30, required=False)
    last = forms.IntegerField(min_value=0, max_value=2**62, required=False, widget=forms.HiddenInput)

    def message(self) -> dict[str, Any]:
        return super().message() | {"seen": self.cleaned_data["last"]}

    @property
    def closes(self) -> bool:
        """Whether the pressed button closes the ticket as well."""
        return self.data.get("then") == "close"

    def says_nothing(self) -> bool:
        """Whether nothing was written, and no file of an earlier try is kept."""
        written = self.data.get("body", "").strip() or rich.pictures(self.data.get("html", ""))
        return not (written or self.data.get("kept"))


class ReadersInput(forms.CheckboxSelectMultiple):
    """A box for each; an option's ``username`` tells namesakes apart."""

    usernames: Mapping[str, str] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return super().create_option(name, value, *args, **kwargs) | {
            "username": self.usernames.get(str(value), "")
        }


class ReadersField(forms.MultipleChoiceField):
    """Colleagues chosen by their public ids; cleans to people. Customers and the switched off are refused."""

    widget = ReadersInput

    def offer(self, people: Iterable[User], usernames: Mapping[str, str]) -> None:
        """Set who is drawn to choose from; ``usernames`` by public id, of those who share their name."""
        self.choices = [(str(one.public_id), name_of(one)) for one in people]
        cast(ReadersInput, self.widget).usernames = usernames

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

    def offer(self, people: Sequence[User]) -> None:
        """Set who is drawn to choose from, and whom «@» offers: people and their ``groups``."""
        self.groups = sorted({name for one in people for name in getattr(one, "groups", None) or ()})
        known = Directory(people, dict.fromkeys(self.groups, ()))
        shared = {
            str(one.public_id): one.username for one in people if one.username and known.is_shared(one.name)
        }
        cast(ReadersField, self.fields["readers"]).offer(people, shared)

    @property
    def is_named(self) -> bool:
        """Whether the form as it stands is for chosen people."""
        return self["audience"].value() == Audience.NAMED

    def message(self) -> dict[str, Any]:
        readers = self.cleaned_data["readers"]
        # Chosen readers without a word about the audience are no word for everybody.
        audience = self.cleaned_data["audience"] or (Audience.NAMED if readers else Audience.RIGHT)
        return super().message() | {"audience": audience, "readers": readers}


class AssignForm(KeyedForm):
    """To whom a ticket (or several) is given, with a note if there is something to say (H12).

    ``links``: whether the customer's exclusive link may be taken along.
    """

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
        return f"{name_of(user)}، در مرخصی تا {jalali.day_month(until)}" if until else name_of(user)

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


def name_of(user: User) -> str:
    """A person as a list of choices names them."""
    # Never str(user): without a name that is the mobile, which customers must not see (TRUST 18).
    return user.display_name
