"""Every named address: what it holds, who may, by which method, and what a form on it sends.

A new address without a row here fails tests/security/test_urls.py, and with a row it takes part in every walk.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from captcha.models import CaptchaStore
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import AccessLevel, ContactChange, Section, Session, User, Vacation
from departments.models import CannedResponse, DayOff, FieldChoice, Seat, SlaPolicy, StaffGroup, WorkingWeek
from departments.services import imports
from persian import jalali
from tenants.models import Job
from tenants.scope import tenant_scope
from tickets.models import Message, Ticket, TicketStatus
from tickets.rating_links import answer_link
from tickets.states import Category, MessageKind, Side

from .scene import PIXEL, STRANGER, Things

OWNER = frozenset({"owner"})
OURS = frozenset({"owner", "manager", "staff", "colleague", "finance_manager", "clerk"})
# Who the owner's access levels let manage customers, and arrange a department's staff and topics.
KEEPERS = frozenset({"owner", "clerk"})
EXPORTERS = frozenset({"owner", "manager", "finance_manager", "clerk"})
ARRANGERS = frozenset({"owner", "manager", "finance_manager"})
CUSTOMERS = frozenset(
    {"customer_main", "section_manager", "section_member", "other_section_member", "other_customer"}
)
SIGNED_IN = OURS | CUSTOMERS
# One of each side asks in every way; for the others the way changes nothing that a gate looks at.
THOROUGH = frozenset({"owner", "staff", "customer_main"})
# Everybody whose standing nobody else has: the others differ from one of these only by which things of ours are theirs.
STANDINGS = SIGNED_IN - {"colleague", "finance_manager", "other_section_member", "other_customer"}
# Of the ticket in staff's hands, and of the one in nobody's.
HOLDERS = frozenset({"owner", "manager", "staff"})
DECIDERS = frozenset({"owner", "finance_manager"})
TAKERS = frozenset({"manager", "staff", "colleague"})
CONTACT = frozenset({"customer_main"})
MAINS = frozenset({"customer_main", "other_customer"})
SECTION = frozenset({"section_manager"})

LOGIN, OPEN = "login", "open"
Fields = dict[str, Any]
Forms = Callable[[Things], list[Fields]]


@dataclass(frozen=True)
class Row:
    """One address. ``path`` and ``forms`` take the objects to point at."""

    name: str
    path: Callable[[Things], str]
    roles: frozenset[str] = SIGNED_IN
    methods: tuple[str, ...] = ("GET",)
    refused: frozenset[str] = frozenset()  # they see what it is about and get 403; everybody else gets 404
    stranger: str = LOGIN
    holds: tuple[str, ...] = ()  # names of the values in the path
    forms: Forms | None = None  # what its forms send, each doing its work when sent by ``poster``
    query: Callable[[Things], Fields] | None = None  # ids and words it reads from the address
    poster: str = ""
    before: Callable[[Client, Things], Any] | None = None  # what must have happened in the posting browser
    refused_forms: frozenset[str] = frozenset()  # they have the page, and its first form is not theirs: 403
    words: frozenset[str] = frozenset()  # more field names its forms know

    @property
    def sender(self) -> str:
        """Who sends its forms in the walks."""
        return self.poster or min(self.roles)

    def sends(self, things: Things) -> list[Fields]:
        """Its forms' fields, or one empty form for a button without any."""
        return self.forms(things) if self.forms else [{}]

    def known(self, things: Things) -> set[str]:
        """Every field name one of its forms may read."""
        return set(self.words).union(*self.sends(things))


def at(name: str, *picks: Callable[[Things], Any]) -> Callable[[Things], str]:
    """The address of a name, its values picked from the things."""
    return lambda things: reverse(name, args=[pick(things) for pick in picks])


def _ticket(things: Things) -> int:
    return things.ticket.number


def _free(things: Things) -> int:
    return things.free.number


def _closed(things: Things) -> int:
    return things.closed.number


def _department(things: Things) -> int:
    return things.department.pk


def _member(things: Things) -> Any:
    return things.member.public_id


def _customer(things: Things) -> int:
    return things.customer.pk


def key() -> str:
    return str(uuid.uuid4())


def paper(name: str = "گزارش.txt") -> SimpleUploadedFile:
    """A small file, as a browser sends it."""
    return SimpleUploadedFile(name, b"a line of text")


# What the forms send -------------------------------------------------------------------------------------------
def _message(things: Things, **more: Any) -> Fields:
    return {"client_key": key(), "body": "پیام تازه", "files": paper(), **more}


def _picture(things: Things) -> list[Fields]:
    return [{"picture": SimpleUploadedFile("screen.png", PIXEL, content_type="image/png")}]


def _notes(things: Things) -> list[Fields]:
    """One for those with the right, one for a person named."""
    named = str(things.house.colleague.public_id)
    return [_message(things, audience="right"), _message(things, audience="named", readers=named)]


def _new_internal(things: Things) -> list[Fields]:
    fields = _new_ticket(things)[0] | {"staff": str(things.house.colleague.public_id)}
    return [{name: value for name, value in fields.items() if name != "wants_sms"}]


def _new_ticket(things: Things) -> list[Fields]:
    fields = {
        "client_key": key(),
        "subject": "صورت‌حساب",
        "department": str(things.department.pk),
        "topic": str(things.topic.pk),
        "staff": str(things.person.public_id),
        "priority": "3",
        "body": "صورت‌حساب خرداد نیامده است.",
        "files": paper(),
        "wants_sms": "on",
        "kept": "",
        **_answers(things),
    }
    return [fields]


def _answers(things: Things) -> Fields:
    """The department's question, shown and answered."""
    return {"asked": str(things.field.pk), f"f{things.field.pk}": _choice_of(things)}


def _choice_of(things: Things) -> str:
    with tenant_scope(things.house.tenant):
        return str(FieldChoice.objects.filter(field=things.field).earliest("pk").pk)


def _fields(things: Things) -> list[Fields]:
    """A new one; the one there is moves."""
    new = {
        "label": "شدت",
        "kind": "choice",
        "choices": "الف\nب",
        "help": "یکی را بزنید",
        "is_required": "",
    }
    return [
        {"act": "create", **new, "is_staff_only": "on", "topics": str(things.topic.pk)},
        {"act": "move", "field": str(things.field.pk), "to": "up"},
        {"act": "order", "order": str(things.field.pk)},
    ]


def _field_acts(things: Things) -> list[Fields]:
    """Changed, retired and asked again; then another kind takes its place."""
    words = {"label": "نگارش", "help": "", "is_required": "", "is_staff_only": "", "topics": []}
    choice = {f"choice_{_choice_of(things)}": "کم", "more": "میانه"}
    return [
        {"act": "change", **words, **choice},
        {"act": "retire"},
        {"act": "back"},
        {"act": "retype", "kind": "choices", "choices": ""},
    ]


def _second(things: Things) -> User:
    """Another person who answers in the department of the things."""
    mine = things.department.pk == things.house.support.pk
    return things.house.colleague if mine else things.house.finance_manager


def _watcher(things: Things) -> User:
    """Who watches the ticket, and sees it all the same."""
    mine = things.department.pk == things.house.support.pk
    return things.house.manager if mine else things.house.finance_manager


def _refer(things: Things) -> list[Fields]:
    fields = {"to": str(_second(things).public_id), "explanation": "کار اوست.", "stay": "on"}
    return [{"client_key": key(), **fields}]


def _transfer(things: Things) -> list[Fields]:
    fields = {"target": str(things.house.orphan.pk), "person": "", "explanation": "کار فروش است."}
    return [{"client_key": key(), **fields, "stay": "on"}]


def _colleague(things: Things) -> list[Fields]:
    return [{"user": str(_second(things).public_id)}]


def _status(things: Things) -> list[Fields]:
    with tenant_scope(things.house.tenant):
        waiting = TicketStatus.objects.get(category=Category.WAITING, is_default=True)
    return [{"status": str(waiting.pk)}]


def _login(things: Things) -> list[Fields]:
    return [
        {"way": "code", "mobile": str(things.contact.mobile), "next": "/portal/tickets/", "homepage": ""},
        {
            "way": "pass",
            "username": str(things.contact.mobile),
            "password": "رمز-نادرست",
            "next": "/me/",
            "homepage": "",
        },
    ]


def _ask(client: Client, things: Things) -> Any:
    return client.post("/login/", {"way": "code", "mobile": str(things.contact.mobile)})


def _departments(things: Things) -> list[Fields]:
    return [
        {
            "act": "create",
            "name": "آموزش",
            "description": "دوره‌ها",
            "visibility": "hidden",
            "shares_unassigned": "",
            "rule": "least",
        },
        {"act": "move", "department": str(things.department.pk), "to": "down"},
        {"act": "order", "order": str(things.department.pk)},
    ]


def _level(things: Things) -> str:
    """The owner's own access level of a house."""
    with tenant_scope(things.house.tenant):
        return str(AccessLevel.objects.filter(builtin="").earliest("pk").pk)


def _level_acts(things: Things) -> list[Fields]:
    rights = {"rights_0": "reply", "rights_1": "read_notes", "rights_2": "canned", "rights_3": "articles"}
    return [{"act": "change", "name": "پذیرش", **rights}, {"act": "delete"}]


def _department_acts(things: Things) -> list[Fields]:
    house, topic, seat = things.house, str(things.topic.pk), str(things.seat.pk)
    return [
        {
            "act": "topic",
            "name": "گزارش",
            "parent": "",
            "rule": "person",
            "assignee": str(things.person.pk),
            "group": "",
        },
        {"act": "newcomer", "mobile": "09120000009", "name": "تازه‌وارد", "access_level": ""},
        {
            "act": "change",
            "name": "پشتیبانی",
            "description": "فنی",
            "visibility": "chosen",
            "shares_unassigned": "",
            "rule": "rotation",
        },
        {"act": "off", "move_to": str(house.orphan.pk)},
        {"act": "manager", "user": str(house.owner.pk), "former": "stays"},
        {"act": "on"},
        {
            "act": "seat",
            "user": str(house.owner.pk),
            "level": "staff",
            "access_level": _level(things),
            "accepts_choice": "on",
        },
        {"act": "seat_change", "seat": seat, "level": "staff", "access_level": "", "accepts_choice": ""},
        {"act": "unseat", "seat": seat},
        {"act": "topic_change", "topic": topic, "name": "چاپ", "assignee": "", "is_active": "on"},
        {"act": "topic_move", "topic": topic, "to": "up"},
        {"act": "topic_order", "parent": "", "order": topic},
    ]


def _staff(things: Things) -> list[Fields]:
    person = str(things.person.public_id)
    create = {"act": "create", "mobile": "09120000001", "name": "تازه‌وارد", "level": "staff"}
    create["access_level"] = _level(things)
    return [
        {**create, "department": str(things.department.pk)},
        {"act": "off", "person": person},
        {"act": "on", "person": person},
    ]


DAYS_AWAY = {
    "starts_on": jalali.format_date(jalali.local_day(timezone.now()) + timedelta(days=40)),
    "ends_on": jalali.format_date(jalali.local_day(timezone.now()) + timedelta(days=45)),
}


def _heir(things: Things) -> str:
    """A colleague of the department's who may take what the person has."""
    with tenant_scope(things.house.tenant):
        seats = Seat.objects.filter(department=things.department, user__is_active=True)
        return str(seats.exclude(user=things.person).earliest("pk").user_id)


def _next_manager(things: Things) -> Fields:
    """The answer to who manages instead, where the person manages."""
    return {f"manager_{things.department.pk}": "0"} if things.seat.is_manager else {}


def _vacation_of(person: Any) -> str:
    """A vacation of theirs that is still to come; nothing where it was taken back."""
    with tenant_scope(person.tenant_id):
        found = Vacation.objects.filter(user=person).first()
    return str(found.pk) if found else ""


def _first(model: Any, things: Things) -> str:
    """The first row of a kind in this house; nothing where it was taken back."""
    with tenant_scope(things.house.tenant):
        found = model.objects.order_by("pk").first()
    return str(found.pk) if found else ""


def _hours(things: Things) -> list[Fields]:
    days = {f"day{day}_{place}": "" for day in range(7) for place in range(6)}
    nowruz = jalali.year_range(jalali.today(timezone.now()).year + 1)[0]
    far = jalali.format_date(nowruz + timedelta(days=40))
    off = _first(DayOff, things)
    return [
        {"act": "week", "valid_from": far, **days, "day0_0": "۸:۳۰", "day0_1": "17"},
        {"act": "week_drop", "week": _first(WorkingWeek, things)},
        {"act": "close", "day": far, "name": "جابه‌جایی", "announce": "on"},
        {"act": "open", "day": nowruz.isoformat()},
        {"act": "tomorrow", "name": "تعمیر", "origin": "manage"},
        {"act": "undo", "off": off, "origin": "manage"},
        {"act": "forget", "off": off},
    ]


def _sla(things: Things) -> list[Fields]:
    names = ("first_yellow", "first_red", "next_yellow", "next_red", "resolve")
    lengths = {f"{name}_{place}": "۲" for name in names for place in range(2)}
    return [
        {"act": "policy", "department": str(things.department.pk), "priority": "3", **lengths},
        {"act": "drop", "policy": _first(SlaPolicy, things)},
        {"act": "hears", "yellow": "holder", "red": "owner", "close": "owner"},
    ]


def _group(things: Things) -> int:
    with tenant_scope(things.house.tenant):
        return StaffGroup.objects.earliest("pk").pk


def _canned(things: Things) -> int:
    """The ready answer of the department (scene.py)."""
    with tenant_scope(things.house.tenant):
        return CannedResponse.objects.filter(department=things.department).earliest("pk").pk


def _group_acts(things: Things) -> list[Fields]:
    return [
        {"act": "change", "name": "خط دوم", "description": "پس از خط اول"},
        {"act": "join", "user": str(things.house.owner.pk)},
        {"act": "part", "person": str(things.house.manager.public_id)},
        {"act": "delete"},
    ]


def _person_acts(things: Things) -> list[Fields]:
    seat, orphan = str(things.seat.pk), str(things.house.orphan.pk)
    return [
        {"act": "change", "name": "نام تازه", "signature": "{کارشناس}، {مرکز}"},
        {"act": "off", f"heir_{things.department.pk}": _heir(things), **_next_manager(things)},
        {"act": "on"},
        {"act": "owner"},
        {"act": "staff"},
        {"act": "vacation", **DAYS_AWAY, "substitute": _heir(things)},
        {"act": "vacation_change", "vacation": _vacation_of(things.person), **DAYS_AWAY, "substitute": ""},
        {"act": "stay", "vacation": _vacation_of(things.person)},
        {"act": "seat", "department": orphan, "level": "manager", "access_level": ""},
        {
            "act": "seat_change",
            "seat": seat,
            "level": "staff",
            "access_level": _level(things),
            "accepts_choice": "on",
        },
        {"act": "unseat", "seat": seat},
    ]


def _desk_key(things: Things) -> str:
    return f"{things.department.pk}-{things.person.pk}"


def _customers(things: Things) -> list[Fields]:
    fields = {
        "name": "شیشهٔ پویا",
        "mobile": "09120000002",
        "contact_name": "پری",
        "email": "pari@shishe.example",
        "desk": _desk_key(things),
        "phone": "021-5550100",
        "national_id": "",
        "economic_code": "",
        "starts_on": "",
        "ends_on": "",
        "allowance": "",
        "notes": "قرارداد سالانه",
    }
    return [fields]


def _customer_acts(things: Things) -> list[Fields]:
    with tenant_scope(things.house.tenant):
        section = Section.objects.filter(customer=things.customer).first()
    person = {"act": "person", "mobile": "09120000003", "name": "همکار تازه", "level": "2"}
    contact = str(things.contact.public_id)
    return [
        {
            "act": "change",
            "name": "کاشی",
            "phone": "021-1",
            "national_id": "",
            "economic_code": "",
            "notes": "یادداشت",
        },
        {"act": "link", "desk": _desk_key(things), "move_open": "on"},
        {"act": "unlink"},
        {**person, "section": "", "new_section": "انبار"},
        {**person, "section": str(section.pk) if section else "", "new_section": ""},
        {"act": "off", "person": contact},
        {"act": "on", "person": contact},
        {"act": "company_off"},
        {"act": "company_on"},
    ]


def _personnel(things: Things) -> list[Fields]:
    fields = {"mobile": "09120000004", "name": "همکار تازه", "level": "2"}
    section = str(things.section.pk)
    return [
        {**fields, "section": section, "new_section": ""},
        {**fields, "section": "", "new_section": "انبار"},
    ]


def _contract_acts(things: Things) -> list[Fields]:
    contract, last = str(things.contract.pk), things.contract.ends_on
    fields = {"allowance": "۵۰", "person_limit": "۵", "grace_days": "۷", "notes": "سالانه"}
    renewal = {
        "starts_on": jalali.format_date(last + timedelta(days=1)),
        "ends_on": jalali.format_date(last + timedelta(days=300)),
    }
    period = {
        "starts_on": jalali.format_date(things.contract.starts_on),
        "ends_on": jalali.format_date(last),
    }
    return [
        {"act": "renew", **renewal, **fields},
        {"act": "change", "contract": contract, **period, **fields},
        {
            "act": "override",
            "contract": contract,
            "until": jalali.format_date(last),
            "reason": "تمدید در راه است",
        },
        {"act": "withdraw", "contract": contract},
    ]


def _import(things: Things) -> list[Fields]:
    rows = "نام شرکت,موبایل\nشیشهٔ پویا,09120000004\n"
    return [{"sheet": SimpleUploadedFile("مشتریان.csv", rows.encode())}]


def _job(things: Things) -> uuid.UUID:
    """The import of this house that waits for its owner's word."""
    with tenant_scope(things.house.tenant):
        return Job.objects.filter(kind=imports.KIND).earliest("pk").public_id


def _audit_words(things: Things) -> Fields:
    return {"person": things.person.pk, "verb": "seat", "kind": "accounts.user", "since": "1400/01/01"}


def _settings(things: Things) -> list[Fields]:
    return [
        {"act": "factor_on"},
        {"act": "factor_off"},
        {"name": "پشتیبانی تازه", "phone": "021-2", "hours_text": "۸ تا ۱۶", "sms_on_open": "on"},
    ]


def _own_status(things: Things) -> int:
    """The status of the owner's own of a house (scene.py)."""
    with tenant_scope(things.house.tenant):
        return TicketStatus.objects.filter(category=Category.WAITING, is_default=False).earliest("pk").pk


def _statuses(things: Things) -> list[Fields]:
    own = str(_own_status(things))
    days = {"reopen_days": "7", "silence_days": "10", "warning_days": "2", "transfer_days": "3"}
    return [
        {
            "act": "create",
            "name": "منتظر قطعه",
            "customer_label": "در راه",
            "category": "open",
            "colour": "#1b9793",
        },
        {"act": "move", "status": own, "to": "up"},
        {"act": "order", "order": own},
        {"act": "rules", **days, "bin_days": "30", "undo_seconds": "5"},
    ]


def _status_acts(things: Things) -> list[Fields]:
    with tenant_scope(things.house.tenant):
        usual = {row.category: str(row.pk) for row in TicketStatus.objects.filter(is_default=True)}
    return [
        {"act": "change", "name": "منتظر تأیید", "customer_label": "منتظر شما", "colour": "#5a84e7"},
        {"act": "moves", "targets": usual["open"]},
        {"act": "retire", "to": usual["waiting"]},
        {"act": "back"},
        {"act": "default"},
    ]


def _bin(things: Things) -> list[Fields]:
    """The ticket of a house that lies in its bin (scene.py); a second form finds it gone."""
    with tenant_scope(things.house.tenant):
        binned = Ticket.with_bin.filter(deleted_at__isnull=False, customer=things.customer).order_by("pk")
        ids = [str(pk) for pk in binned.values_list("pk", flat=True)]
    return [{"act": act, "ticket": pk} for act, pk in zip(("restore", "purge"), ids, strict=False)]


def _entrance(things: Things) -> list[Fields]:
    session = Session.objects.filter(user_id=things.person.pk).first()
    return [
        {"act": "mobile", "value": "09120000021"},
        {"act": "email", "value": "taze@arvand.example"},
        {"act": "factor"},
        {"act": "end", "session": str(session.public_id) if session else ""},
        {"act": "end_all"},
    ]


def _contact(things: Things) -> list[Fields]:
    return [
        {"kind": "mobile", "value": "09120000022"},
        {"kind": "email", "value": "taze2@arvand.example"},
    ]


def _change(things: Things) -> uuid.UUID:
    """A change of number of this house's person that waits for its codes."""
    with tenant_scope(things.house.tenant):
        return ContactChange.objects.filter(user=things.person).latest("pk").public_id


def _question() -> str:
    """The key of a security code that waits for its answer."""
    return CaptchaStore.objects.latest("pk").hashkey


def _second_step(client: Client, things: Things) -> None:
    """The first step is done; the second is asked for."""
    session = client.session
    session["second"] = {
        "person": str(things.person.public_id),
        "way": "code",
        "wanted": "/desk/tickets/",
        "until": time.time() + 300,
        "tries": 0,
    }
    session["tenant"] = things.house.tenant.pk
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key


def _profile(things: Things) -> list[Fields]:
    return [
        {
            "name": "نام تازه",
            "username": "taze.vared",
            "wants_sms": "on",
            "signature": "{کارشناس}، {مرکز}",
            "theme": "dark",
        }
    ]


def _password(things: Things) -> list[Fields]:
    return [{"current": "", "password": "کلید-باران-۱۴", "again": "کلید-باران-۱۴"}]


def _sessions(things: Things) -> list[Fields]:
    session = Session.objects.get(user_id=things.contact.pk)
    return [{"all": "1"}, {"end": str(session.public_id)}]


def _queue_words(things: Things) -> Fields:
    return {
        "q": things.ticket.subject,
        "department": things.department.pk,
        "assignee": things.person.pk,
        "group": _group(things),
        "topic": things.topic.pk,
        "customer": things.customer.pk,
        "view": "all",
        "channel": "internal",
        "source": things.department.pk,
    }


def _desk_new(things: Things) -> str:
    return f"{reverse('desk_new')}?person={things.contact.public_id}"


def _short(things: Things) -> str:
    return reverse("short", args=[things.ticket.tracking_code])


def _answer(things: Things) -> Message:
    with tenant_scope(things.house.tenant):
        ours = Message.objects.filter(ticket=things.ticket, kind=MessageKind.REPLY, side=Side.STAFF)
        return ours.latest("pk")


def _rate_link(things: Things) -> str:
    with tenant_scope(things.house.tenant):
        return answer_link(_answer(things), things.contact)


def _rate(things: Things) -> list[Fields]:
    return [{"message": str(_answer(things).pk), "stars": "4", "comment": "خوب بود"}]


# The table -----------------------------------------------------------------------------------------------------
BOTH = ("GET", "POST")
POST = ("POST",)
WRITER = frozenset({"writer"})  # whose form it is (tickets.views.lapsed)
NUMBER = ("number",)


def _verb(panel: str, verb: str, pick: Callable[[Things], Any], **more: Any) -> Row:
    name = f"{panel}_ticket_{verb}"
    return Row(name, at(name, pick), methods=POST, holds=NUMBER, **more)


TABLE: tuple[Row, ...] = (
    # helpdesk.panels
    Row("home", at("home"), stranger=OPEN),
    Row("health", at("health"), stranger=OPEN),
    Row("brand_logo", at("brand_logo"), stranger=OPEN),
    Row("desk", at("desk"), OURS),
    Row("manage", at("manage"), OWNER),
    Row(
        "manage_departments",
        at("manage_departments"),
        ARRANGERS,
        BOTH,
        forms=_departments,
        poster="owner",
        refused_forms=frozenset({"manager", "finance_manager"}),
    ),
    Row(
        "manage_department",
        at("manage_department", _department),
        frozenset({"owner", "manager"}),
        BOTH,
        poster="owner",
        holds=("pk",),
        forms=_department_acts,
    ),
    Row(
        "manage_department_customers",
        at("manage_department_customers", _department),
        OWNER,
        BOTH,
        holds=("pk",),
        forms=lambda t: [{"act": act, "customer": str(t.customer.pk)} for act in ("choose", "drop")],
        query=lambda t: {"q": t.contact.mobile, "only": "chosen"},
    ),
    Row(
        "manage_fields",
        at("manage_fields", _department),
        frozenset({"owner", "manager"}),
        BOTH,
        poster="owner",
        holds=("pk",),
        forms=_fields,
    ),
    Row(
        "manage_field",
        at("manage_field", _department, lambda t: t.field.pk),
        frozenset({"owner", "manager"}),
        BOTH,
        poster="owner",
        holds=("pk", "field_pk"),
        forms=_field_acts,
    ),
    Row(
        "manage_groups",
        at("manage_groups"),
        OWNER,
        BOTH,
        forms=lambda t: [{"act": "create", "name": "خط سوم", "description": "شب‌ها"}],
    ),
    Row("manage_group", at("manage_group", _group), OWNER, BOTH, holds=("pk",), forms=_group_acts),
    Row(
        "desk_vacation",
        at("desk_vacation"),
        OURS,
        BOTH,
        forms=lambda t: [
            {"act": "plan", **DAYS_AWAY, "substitute": ""},
            {"act": "vacation_change", "vacation": _vacation_of(t.person), **DAYS_AWAY, "substitute": ""},
            {"act": "stay", "vacation": _vacation_of(t.person)},
        ],
        poster="staff",
    ),
    Row(
        "desk_canned",
        at("desk_canned"),
        OURS,
        BOTH,
        forms=lambda t: [
            {"act": "create", "scope": "me", "name": "بدرود", "body": "{مشتری}، روز خوش", "html": ""},
            {"act": "move", "canned": str(_canned(t)), "to": "up"},
        ],
        poster="owner",
        query=lambda t: {"q": t.department.name},
    ),
    Row(
        "desk_canned_one",
        at("desk_canned_one", _canned),
        frozenset({"owner", "manager"}),
        BOTH,
        holds=("pk",),
        forms=lambda t: [
            {"act": "change", "name": "درود", "body": "سلام {مشتری}", "html": ""},
            {"act": "delete"},
        ],
        poster="owner",
    ),
    Row("canned_offer", at("canned_offer"), OURS, query=lambda t: {"ticket": t.ticket.number, "q": "سلام"}),
    Row(
        "canned_filled",
        at("canned_filled", _canned),
        TAKERS | {"owner"},
        holds=("pk",),
        query=lambda t: {"ticket": t.ticket.number},
    ),
    Row("canned_used", at("canned_used", _canned), TAKERS | {"owner"}, POST, holds=("pk",)),
    Row(
        "manage_levels",
        at("manage_levels"),
        OWNER,
        BOTH,
        forms=lambda t: [{"act": "create", "name": "تازه", "rights_0": "reply", "rights_1": "note"}],
        words=frozenset({"rights_2", "rights_3"}),
    ),
    Row(
        "manage_level",
        at("manage_level", _level),
        OWNER,
        BOTH,
        holds=("pk",),
        forms=_level_acts,
    ),
    Row(
        "manage_person_entrance",
        at("manage_person_entrance", lambda t: t.person.public_id),
        OWNER,
        BOTH,
        holds=("public_id",),
        forms=_entrance,
    ),
    Row(
        "manage_person_sight",
        at("manage_person_sight", lambda t: t.person.public_id),
        OWNER,
        holds=("public_id",),
        query=lambda t: {"number": t.ticket.number},
    ),
    Row(
        "manage_staff",
        at("manage_staff"),
        OWNER,
        BOTH,
        forms=_staff,
        query=lambda t: {
            "q": t.person.name,
            "department": t.department.pk,
            "group": _group(t),
            "state": "on",
        },
        words=frozenset({"department", "level", "access", "group", "state"}),
    ),
    Row(
        "manage_person",
        at("manage_person", lambda t: t.person.public_id),
        OWNER,
        BOTH,
        holds=("public_id",),
        forms=_person_acts,
    ),
    Row(
        "manage_customers",
        at("manage_customers"),
        KEEPERS,
        BOTH,
        poster="owner",
        forms=_customers,
        query=lambda t: {"q": t.contact.mobile},
    ),
    Row(
        "manage_customer",
        at("manage_customer", _customer),
        KEEPERS,
        BOTH,
        poster="owner",
        holds=("pk",),
        forms=_customer_acts,
    ),
    Row(
        "manage_customer_contract",
        at("manage_customer_contract", _customer),
        KEEPERS,
        BOTH,
        poster="owner",
        holds=("pk",),
        forms=_contract_acts,
    ),
    Row("manage_contracts", at("manage_contracts"), KEEPERS, query=lambda t: {"view": "all"}),
    Row("manage_import", at("manage_import"), KEEPERS, BOTH, forms=_import, poster="owner"),
    Row("manage_import_template", at("manage_import_template"), KEEPERS),
    Row(
        "manage_import_job",
        at("manage_import_job", _job),
        KEEPERS,
        BOTH,
        holds=("public_id",),
        forms=lambda t: [{"act": "start"}, {"act": "drop"}],
    ),
    Row(
        "manage_customers_export",
        at("manage_customers_export"),
        KEEPERS,
        POST,
        forms=lambda t: [{"kind": "csv", "q": ""}, {"kind": "xlsx", "q": t.customer.name}],
    ),
    Row(
        "desk_tickets_export",
        at("desk_tickets_export"),
        EXPORTERS,
        POST,
        poster="owner",
        forms=lambda t: [{"kind": "csv"}, {"kind": "xlsx"}],
    ),
    Row("manage_audit", at("manage_audit"), OWNER, query=_audit_words),
    Row("manage_audit_export", at("manage_audit_export"), OWNER, POST),
    Row(
        "manage_hours",
        at("manage_hours"),
        OWNER,
        BOTH,
        forms=_hours,
        query=lambda t: {"week": _first(WorkingWeek, t)},
    ),
    Row(
        "manage_sla",
        at("manage_sla"),
        OWNER,
        BOTH,
        forms=_sla,
        query=lambda t: {"department": t.department.pk, "priority": "4"},
    ),
    Row("manage_statuses", at("manage_statuses"), OWNER, BOTH, forms=_statuses),
    Row("manage_status", at("manage_status", _own_status), OWNER, BOTH, holds=("pk",), forms=_status_acts),
    Row("manage_bin", at("manage_bin"), OWNER, BOTH, forms=_bin),
    Row("manage_settings", at("manage_settings"), OWNER, BOTH, forms=_settings),
    Row(
        "manage_logo",
        at("manage_logo"),
        OWNER,
        POST,
        forms=lambda t: [{"logo": SimpleUploadedFile("logo.png", PIXEL)}, {"act": "logo_gone"}],
    ),
    Row("personnel", at("personnel"), MAINS | SECTION, query=lambda t: {"q": t.member.name}),
    Row(
        "personnel_add",
        at("personnel_add"),
        MAINS | SECTION,
        POST,
        forms=_personnel,
        poster="customer_main",
    ),
    Row(
        "personnel_move",
        at("personnel_move", _member),
        CONTACT,
        POST,
        refused=SECTION,
        holds=("public_id",),
        forms=lambda t: [{"level": "1", "section": str(t.section.pk)}],
    ),
    Row("personnel_off", at("personnel_off", _member), CONTACT | SECTION, POST, holds=("public_id",)),
    Row("personnel_on", at("personnel_on", _member), CONTACT | SECTION, POST, holds=("public_id",)),
    Row(
        "personnel_section_add",
        at("personnel_section_add"),
        MAINS,
        POST,
        refused=SECTION,
        forms=lambda t: [{"name": "بایگانی"}],
    ),
    Row(
        "personnel_section",
        at("personnel_section", lambda t: t.section.pk),
        CONTACT,
        POST,
        refused=SECTION,
        holds=("pk",),
        forms=lambda t: [{"name": "مالی"}],
    ),
    # accounts
    Row("login", at("login"), methods=BOTH, stranger=OPEN, forms=_login, poster=STRANGER),
    Row(
        "login_code",
        at("login_code"),
        methods=BOTH,
        stranger=OPEN,
        forms=lambda t: [{"code": "123456"}, {"again": "1"}],
        poster=STRANGER,
        before=_ask,
    ),
    Row(
        "login_factor",
        at("login_factor"),
        methods=BOTH,
        stranger=OPEN,
        forms=lambda t: [{"code": "123456"}],
        poster=STRANGER,
        before=_second_step,
    ),
    Row(
        "captcha",
        lambda t: f"{reverse('captcha')}?key={_question()}",
        stranger=OPEN,
        query=lambda t: {"key": ""},
    ),
    Row("logout", at("logout"), methods=POST, stranger=OPEN, poster="staff"),
    Row(
        "welcome",
        at("welcome"),
        methods=BOTH,
        forms=lambda t: [
            {"name": "تازه‌وارد", "username": "taze", "password": "کلید-باران-۱۴", "next": "/me/"}
        ],
        poster="newcomer",
    ),
    Row("profile", at("profile"), methods=BOTH, forms=_profile, poster="customer_main"),
    Row("password", at("password"), methods=BOTH, forms=_password, poster="customer_main"),
    Row("contact", at("contact"), methods=BOTH, forms=_contact, poster="staff"),
    Row(
        "contact_proof",
        at("contact_proof", _change),
        frozenset({"staff"}),
        BOTH,
        holds=("public_id",),
        forms=lambda t: [{"old": "123456", "new": "654321", "code": ""}],
    ),
    Row(
        "factor",
        at("factor"),
        methods=BOTH,
        forms=lambda t: [
            {"act": "begin", "next": "/desk/"},
            *({"act": act, "code": "123456", "next": ""} for act in ("confirm", "renew", "drop")),
        ],
        poster="staff",
    ),
    Row("logins", at("logins")),
    Row("sessions", at("sessions"), methods=BOTH, forms=_sessions, poster="customer_main"),
    Row(
        "theme",
        at("theme"),
        methods=POST,
        forms=lambda t: [{"theme": "dark", "next": "/me/"}],
        poster="customer_main",
    ),
    # notifications
    Row("bell", at("bell")),
    Row("bell_read", at("bell_read"), methods=POST, poster="customer_main"),
    # tickets: the desk
    Row("desk_tickets", at("desk_tickets"), OURS, query=_queue_words),
    Row(
        "desk_new",
        _desk_new,
        OURS,
        BOTH,
        forms=_new_ticket,
        poster="staff",
        query=lambda t: {"q": t.contact.mobile, "person": ""},
        words=WRITER,
    ),
    Row(
        "desk_new_internal",
        at("desk_new_internal"),
        OURS,
        BOTH,
        forms=_new_internal,
        poster="staff",
        query=lambda t: {"about": t.ticket.number},
        words=WRITER | {"source"},
    ),
    Row(
        "desk_new_fields",
        at("desk_new_fields"),
        OURS,
        query=lambda t: {"department": t.department.pk, "topic": t.topic.pk},
    ),
    Row(
        "portal_new_fields",
        at("portal_new_fields"),
        CUSTOMERS,
        query=lambda t: {"department": t.department.pk, "topic": t.topic.pk},
    ),
    Row(
        "desk_ticket_fields",
        at("desk_ticket_fields", _ticket),
        HOLDERS,
        BOTH,
        holds=NUMBER,
        forms=lambda t: [{**_answers(t), f"was_f{t.field.pk}": ""}],
        poster="staff",
    ),
    Row("desk_ticket", at("desk_ticket", _ticket), HOLDERS, holds=NUMBER),
    Row("desk_ticket_custody", at("desk_ticket_custody", _ticket), HOLDERS, holds=NUMBER),
    _verb(
        "desk",
        "reply",
        _ticket,
        roles=HOLDERS,
        forms=lambda t: [
            _message(t, then=one, last=str(2**40), coming=str(2**40)) for one in ("", "waiting", "close")
        ],
        poster="staff",
        words=WRITER,
    ),
    _verb("desk", "note", _ticket, roles=HOLDERS, forms=_notes, poster="staff", words=WRITER),
    _verb("desk", "take", _free, roles=TAKERS, refused=OWNER, poster="staff"),
    _verb(
        "desk",
        "assign",
        _ticket,
        roles=frozenset({"owner", "manager"}),
        refused=frozenset({"staff"}),
        forms=lambda t: [
            {"client_key": key(), "to": str(_second(t).public_id), "note": "پیگیر باش", "link": "on"}
        ],
    ),
    _verb("desk", "refer", _ticket, roles=HOLDERS, forms=_refer, poster="staff"),
    _verb("desk", "transfer", _ticket, roles=HOLDERS, forms=_transfer, poster="staff"),
    _verb(
        "desk",
        "move",
        _ticket,
        roles=OWNER,
        refused=frozenset({"manager", "staff"}),
        forms=lambda t: [{**_transfer(t)[0], "stay": ""}],
        poster="owner",
    ),
    _verb("desk", "watch", _ticket, roles=HOLDERS, forms=_colleague, poster="staff"),
    _verb(
        "desk",
        "unwatch",
        _ticket,
        roles=HOLDERS,
        forms=lambda t: [{"user": str(_watcher(t).public_id)}],
        poster="staff",
    ),
    Row(
        "desk_assign",
        at("desk_assign"),
        OURS,
        BOTH,
        forms=lambda t: [
            {
                "client_key": key(),
                "number": str(t.ticket.number),
                "to": str(_second(t).public_id),
                "note": "تا شنبه",
                "link": "on",
            }
        ],
        poster="owner",
        query=lambda t: {"number": t.ticket.number},
    ),
    Row("desk_transfers", at("desk_transfers"), OURS, query=lambda t: {"view": "sent"}),
    *(
        Row(
            f"desk_transfer_{act}",
            at(f"desk_transfer_{act}", lambda t: t.request.pk),
            roles,
            POST,
            refused=(HOLDERS | {"finance_manager", "clerk"}) - roles,
            holds=("pk",),
            forms=forms,
            poster="owner",
        )
        for act, roles, forms in (
            ("accept", DECIDERS, lambda t: [{"to": ""}]),
            ("reject", DECIDERS, lambda t: [{"reason": "کار دپارتمان دیگری است."}]),
            ("withdraw", HOLDERS, None),
        )
    ),
    _verb("desk", "status", _ticket, roles=HOLDERS, forms=_status, poster="staff"),
    _verb("desk", "priority", _ticket, roles=HOLDERS, forms=lambda t: [{"priority": "4"}], poster="staff"),
    _verb("desk", "close", _ticket, roles=HOLDERS, forms=lambda t: [{"last": str(2**40)}], poster="staff"),
    _verb("desk", "reopen", _closed, roles=HOLDERS, poster="staff"),
    _verb("desk", "delete", _ticket, roles=OWNER, refused=HOLDERS - OWNER, poster="owner"),
    _verb("desk", "read", _ticket, roles=HOLDERS, poster="staff"),
    # tickets: the portal
    Row("portal", at("portal"), CUSTOMERS),
    Row(
        "portal_tickets",
        at("portal_tickets"),
        CUSTOMERS,
        query=lambda t: {"q": t.ticket.subject, "state": "all"},
    ),
    Row(
        "portal_new",
        at("portal_new"),
        CUSTOMERS,
        BOTH,
        forms=_new_ticket,
        poster="customer_main",
        query=lambda t: {"department": t.department.pk, "subject": "چاپ"},
        words=WRITER,
    ),
    Row("portal_ticket", at("portal_ticket", _ticket), CONTACT, holds=NUMBER),
    _verb(
        "portal",
        "reply",
        _ticket,
        roles=CONTACT,
        forms=lambda t: [_message(t, then=one, last=str(2**40)) for one in ("", "close")],
        words=WRITER,
    ),
    _verb("portal", "close", _ticket, roles=CONTACT),
    _verb("portal", "reopen", _closed, roles=CONTACT),
    Row(
        "desk_ratings",
        at("desk_ratings"),
        OURS,
        query=lambda t: {"department": t.department.pk, "person": t.person.pk, "kind": "answer"},
    ),
    _verb("portal", "rate", _ticket, roles=CONTACT, forms=_rate),
    _verb("portal", "read", _ticket, roles=CONTACT),
    # tickets: what is being written
    *(
        Row(
            name,
            at(name, _ticket, lambda t: t.leaving.client_key),
            frozenset({"staff"}),
            POST,
            holds=("number", "key"),
        )
        for name in ("desk_ticket_take_back", "desk_ticket_send_now")
    ),
    Row("desk_unsent", at("desk_unsent"), OURS),
    Row(
        "desk_unsent_drop",
        at("desk_unsent_drop", lambda t: t.unsent.client_key),
        frozenset({"staff"}),
        POST,
        holds=("key",),
    ),
    Row(
        "draft_keep",
        at("draft_keep"),
        HOLDERS,
        POST,
        forms=lambda t: [
            {
                "place": f"reply-{t.ticket.number}",
                "client_key": key(),
                "body": "نیمه",
                "html": "<p>نیمه</p>",
                "kept": "",
            },
            {"place": f"note-{t.ticket.number}", "client_key": key(), "body": "یادداشت", "audience": "named"},
        ],
        poster="staff",
        words=frozenset(
            {"subject", "department", "topic", "staff", "source", "readers"}
            | {"priority", "then", "signed", "wants_sms", "seen", "number"}
        ),
    ),
    Row(
        "draft_forget",
        at("draft_forget"),
        HOLDERS,
        POST,
        forms=lambda t: [{"place": f"reply-{t.ticket.number}"}],
        poster="staff",
    ),
    Row("here", at("here"), stranger=OPEN),
    # tickets: files and short addresses
    Row("pictures", at("pictures"), methods=POST, forms=_picture, poster="staff"),
    Row("file", at("file", lambda t: t.file.public_id), HOLDERS | CONTACT, holds=("public_id",)),
    Row("short", _short, HOLDERS | CONTACT, holds=("code",)),
    # The token is the key, as in the letter: whoever has it sees the four lines of that page.
    Row(
        "rate",
        _rate_link,
        methods=BOTH,
        stranger=OPEN,
        holds=("token",),
        forms=lambda things: [{"stars": "4", "comment": "خوب بود"}],
        query=lambda things: {"stars": "4", "done": "rated"},
        poster=STRANGER,
    ),
)
BY_NAME = {row.name: row for row in TABLE}


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    """Every address of the URLconf, included ones too."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern)
        else:
            yield pattern


def readable() -> list[Row]:
    """Rows that answer a GET."""
    return [row for row in TABLE if "GET" in row.methods]


def sendable() -> list[Row]:
    """Rows that answer a POST."""
    return [row for row in TABLE if "POST" in row.methods]
