"""The audit log's page: who did what, when, from where, before and after (B10)."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from accounts.services import companies, people
from departments.services import change_department, topics
from helpdesk.panels import audit_words
from tenants.models import AuditEntry
from tenants.scope import tenant_scope
from tenants.services import audit
from tests.tickets.browsing import ESCAPED, SCRIPT, counted, text
from tests.worlds import House, make_house

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

PAGE = "/manage/audit/"
EXPORT = "/manage/audit/export/"


@pytest.fixture
def house() -> House:
    return make_house("arvand")


@pytest.fixture
def owner(house):
    return house.client(house.owner)


def act(house: House, name: str = "مالی", **more) -> None:
    with tenant_scope(house.tenant):
        change_department(
            house.finance,
            actor=house.owner,
            name=name,
            description="",
            is_hidden=True,
            shares_unassigned=True,
            **more,
        )


def lines_of(response) -> list[list[str]]:
    raw = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(raw, newline="")))


@pytest.mark.spec("B10")
def test_an_act_on_a_page_is_read_with_person_time_address_and_both_values(house, owner):
    fields = {
        "act": "change",
        "name": "مالی",
        "description": "",
        "is_hidden": "on",
        "shares_unassigned": "on",
    }
    owner.post(f"/manage/departments/{house.finance.pk}/", fields, REMOTE_ADDR="203.0.113.9")
    page = text(owner.get(PAGE))
    first = page[page.index('<li class="act">') :].partition("</li>")[0]
    assert "تغییر دپارتمان" in first
    assert f'<a href="?person={house.owner.pk}">بهرام مدیری</a>' in first
    assert "امروز" in first and "203.0.113.9" in first
    assert "از <bdi>مالی و قرارداد</bdi> به <bdi>مالی</bdi>" in first


@pytest.mark.spec("B10")
def test_proxies_are_believed_only_when_they_are_ours(house, owner, settings):
    def where() -> str | None:
        owner.post("/me/", {"name": f"بهرام {datetime.now(UTC).timestamp()}", "theme": "auto"}, **headers)
        with tenant_scope(house.tenant):
            return AuditEntry.objects.filter(verb="person.change").latest("pk").address

    headers = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.7"}
    assert where() == "10.0.0.1"
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert where() == "203.0.113.7"


def test_an_address_ends_with_its_request(house, owner):
    owner.get(PAGE)
    assert audit.where() is None
    act(house)
    with tenant_scope(house.tenant):
        assert AuditEntry.objects.latest("pk").address is None
        with audit.acting_from("2001:db8::1"):
            act_entry = audit.record("x", actor=None, target=house.finance)
        assert (act_entry.address, act_entry.actor_name) == ("2001:db8::1", "سامانه")


def test_somebody_without_a_name_is_not_taken_for_the_system(house):
    with tenant_scope(house.tenant):
        nameless = people.create_staff(actor=house.owner, mobile="09120000001")
        assert audit.record("x", actor=nameless, target=house.finance).actor_name == "+989120000001"


@pytest.mark.spec("B10")
def test_filters_narrow_by_person_act_kind_and_days(house, owner):
    with tenant_scope(house.tenant):
        AuditEntry.objects.bulk_create(
            [
                AuditEntry(
                    actor_name=f"کس {day}",
                    actor_id=900 + day,
                    verb="topic.old",
                    target_kind="departments.topic",
                    target_label=f"روز {day}",
                    # The last second of a day in Tehran.
                    created_at=datetime(2026, 10, day, 20, 29, 59, tzinfo=UTC),
                )
                for day in (4, 5, 6)
            ]
        )
        topics.create_topic(actor=house.owner, department=house.support, name="گزارش تازه")
        companies.create_customer(actor=None, name="ساختهٔ سامانه", mobile="09120000001")

    def shown(**query: str) -> str:
        response = owner.get(PAGE, query)
        assert response.status_code == 200
        return text(response)

    assert "روز 5" not in shown(person=str(house.owner.pk)) and "گزارش تازه" in shown(
        person=str(house.owner.pk)
    )
    assert "گزارش تازه" not in shown(person="system") and "ساختهٔ سامانه" in shown(person="system")
    # Somebody who is gone is still known by the name that was written.
    page = shown(person="905")
    assert "روز 5" in page and "روز 4" not in page and '<option value="905" selected>کس 5</option>' in page
    assert "روز 5" in shown(verb="topic.old") and "گزارش تازه" not in shown(verb="topic.old")
    assert "گزارش تازه" in shown(kind="departments.topic") and "ساختهٔ سامانه" not in shown(
        kind="departments.topic"
    )
    page = shown(since="۱۴۰۵/۰۷/۱۳", until="1405-07-13")
    assert "روز 5" in page and "روز 4" not in page and "روز 6" not in page
    assert "این تاریخ در تقویم نیست" in shown(since="۱۴۰۵/۱۳/۱۳")
    assert "چیزی پیدا نشد" in shown(verb="no.such")


def test_strange_addresses_are_not_faults(owner):
    for query in ({"person": "x"}, {"person": "9" * 30}, {"cursor": "x"}, {"kind": "\0"}, {"verb": "'--"}):
        assert owner.get(PAGE, query).status_code == 200, query


@pytest.mark.spec("B10")
def test_export_streams_every_entry_of_the_filter_and_is_an_entry_itself(house, owner):
    with tenant_scope(house.tenant):
        AuditEntry.objects.bulk_create(
            [
                AuditEntry(actor_name="=cmd", verb="x", target_kind="y", target_label=f"\u200c=1+{number}")
                for number in range(1300)
            ]
        )
    response = owner.post(f"{EXPORT}?verb=x")
    assert response.streaming
    rows = lines_of(response)
    assert len(rows) == 1301
    assert rows[0][:4] == ["زمان", "شخص", "کار", "نوع"]
    assert rows[1][1] == "'=cmd" and rows[1][4] == "'\u200c=1+1299" and rows[1300][4].endswith("=1+0")
    entry = text(owner.get(PAGE))
    assert "خروجی‌گرفتن از سابقهٔ کارها" in entry and "کار: x" in entry


def test_pages_follow_each_other_without_gaps(house, owner):
    now = datetime(2020, 1, 1, tzinfo=UTC)
    with tenant_scope(house.tenant):
        AuditEntry.objects.bulk_create(
            [
                # Three to a moment: the id decides.
                AuditEntry(
                    actor_name="ک",
                    verb="x",
                    target_kind="y",
                    target_label=f"_{number}_",
                    created_at=now + timedelta(seconds=number // 3),
                )
                for number in range(60)
            ]
        )
    path, seen = f"{PAGE}?verb=x", []
    while path:
        page = text(owner.get(path))
        seen += [int(piece) for piece in page.split("_") if piece.isdigit()]
        found = page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
        path = PAGE + found.replace("&amp;", "&") if 'rel="next"' in page else ""
    assert seen == list(range(59, -1, -1))


def test_words_are_known_for_everything_written_so_far(house):
    """Whatever the tests' house did has a word for its act, kind and fields."""
    with tenant_scope(house.tenant):
        entries = list(AuditEntry.objects.all())
    assert {entry.verb for entry in entries} <= set(audit_words.VERBS)
    assert {entry.target_kind for entry in entries} <= set(audit_words.KINDS)
    keys = {key for entry in entries for key in (*entry.before, *entry.after) if not key.endswith("_id")}
    assert keys <= set(audit_words.FIELDS)


def test_every_verb_in_the_code_has_a_word():
    """Read from the sources: a new act wants its name here."""
    import re
    from pathlib import Path

    root = Path(__file__).resolve().parents[2]
    found = set()
    for package in ("tenants", "accounts", "departments", "tickets", "helpdesk"):
        for path in (root / package).rglob("*.py"):
            found |= set(re.findall(r'(?:audit|log)\.record(?:_many)?\(\s*"([a-z_.]+)"', path.read_text()))
    assert len(found) > 15
    assert found - set(audit_words.VERBS) == set()


@pytest.mark.parametrize(
    ("key", "value", "word"),
    [
        ("level", "manager", "مدیر دپارتمان"),
        ("level", 0, "سطح اصلی"),
        ("is_hidden", True, "بله"),
        ("notes", "", "خالی"),
        ("mobile", "+989123456789", "۰۹۱۲ ۳۴۵ ۶۷۸۹"),
        ("ends_on", "2026-10-05", "۱۴۰۵/۰۷/۱۳"),
        ("rights", ["reply", "close"], "پاسخ به مشتری، بستن تیکت"),
        ("count", 5000, "۵٬۰۰۰"),
        ("unknown", "x", "x"),
    ],
)
def test_values_are_readable(key, value, word):
    assert audit_words.value_word(key, value) == word


def test_unknown_words_fall_back_to_their_codes_and_text_is_escaped(house, owner):
    with tenant_scope(house.tenant):
        audit.record(
            "strange.verb", actor=house.owner, target=house.finance, label=SCRIPT, after={SCRIPT: SCRIPT}
        )
    page = text(owner.get(PAGE))
    assert "strange.verb" in page and ESCAPED in page and SCRIPT not in page


def test_page_costs_the_same_for_one_entry_and_thirty(house, owner):
    owner.get(PAGE)
    few = counted(owner, f"{PAGE}?verb=create_topic")[1]
    for number in range(30):
        with tenant_scope(house.tenant):
            topics.create_topic(actor=house.owner, department=house.support, name=f"گروه {number}")
    assert counted(owner, f"{PAGE}?verb=create_topic")[1] == few


def test_log_is_the_owners_alone(house):
    for person in (house.manager, house.staff, house.customer_main):
        assert house.client(person).get(PAGE).status_code == 404
        assert house.client(person).post(EXPORT).status_code == 404
    with tenant_scope(house.tenant):
        assert not AuditEntry.objects.filter(verb="audit.export").exists()
        assert User.objects.exists()
