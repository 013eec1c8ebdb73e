"""Customers from a table: what is read, what is refused row by row, and that it is all or nothing (H11)."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.utils import timezone

from accounts.models import Contract, Customer, User
from accounts.roles import Level, Role
from departments.models import ServiceLink
from departments.services import customer_table, imports, switch_department
from departments.tasks import import_customers, resume_imports
from tenants.models import AuditEntry, Job, Quota, StoredFile
from tenants.scope import tenant_scope
from tenants.services.audit import acting_from
from tests.races import at_once, refusals
from tests.web import sheets
from tests.worlds import House, make_house
from web.errors import Conflict, Invalid, NotAllowed

HEADER = [column.header for column in customer_table.COLUMNS]
SHORT = ["نام شرکت", "موبایل"]


@pytest.fixture
def house(db: None) -> House:
    return make_house("arvand")


def upload(rows: Any, name: str = "مشتریان.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, rows if isinstance(rows, bytes) else sheets.xlsx(rows))


def begin(house: House, rows: Any) -> Job:
    return imports.begin(upload(rows), actor=house.owner, tenant=house.tenant)


def start(house: House, job: Job) -> Job:
    with tenant_scope(house.tenant):
        imports.start(job, actor=house.owner)
    return again(house, job)


def again(house: House, job: Job) -> Job:
    with tenant_scope(house.tenant):
        return Job.objects.get(pk=job.pk)


def run(house: House, job: Job) -> Job:
    import_customers(tenant=house.tenant.pk, job=job.pk)
    return again(house, job)


def problems(job: Job) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.text) for one in imports.problems_of(job)]


def names(house: House) -> set[str]:
    with tenant_scope(house.tenant):
        return set(Customer.objects.values_list("name", flat=True))


def many(count: int, first: int = 0) -> list[list[str]]:
    rows = [SHORT]
    rows += [[f"شرکت شمارهٔ {number}", f"0911{number:07d}"] for number in range(first, first + count)]
    return rows


@pytest.mark.sqlite
@pytest.mark.spec("H11")
def test_a_table_becomes_customers_with_contact_link_and_history(house):
    row = [
        " شیشهٔ  پویا ",
        "پری سهرابی",
        "۰۹۱۲ ۰۰۰ ۰۰۰۱",
        "Pari@Shishe.Example",
        "۱۰۳۸۰۲۸۴۷۹۰",
        "۰۲۱-۸۸۷۷۶۶۵۵",
        "پشتيبانى  فنى",
        "آرش دهدشتی",
        "=HYPERLINK(1)\nقرارداد سالانه",
    ]
    with acting_from("203.0.113.9"):
        job = begin(house, [HEADER, row, ["پیام‌رسان", None, 9120000002.0]])
        assert (job.state, job.total, job.data["problem_count"]) == ("waiting", 2, 0)
        assert "شیشهٔ پویا" not in names(house)
        job = start(house, job)
    job = run(house, job)
    assert (job.state, job.done, job.message) == ("done", 2, "۲ مشتری ثبت شد.")
    with tenant_scope(house.tenant):
        made = Customer.objects.get(name="شیشهٔ پویا")
        contact = User.objects.get(customer=made)
        link = ServiceLink.objects.get(customer=made)
        entry = AuditEntry.objects.get(verb="customer.create", target_id=made.pk)
        assert (made.national_id, made.phone) == ("10380284790", "021-88776655")
        assert made.notes == "=HYPERLINK(1)\nقرارداد سالانه"
        assert (contact.role, contact.level, contact.mobile) == (Role.CUSTOMER, Level.MAIN, "+989120000001")
        assert (contact.name, contact.email) == ("پری سهرابی", "pari@shishe.example")
        assert contact.sort_key and made.sort_key and not contact.has_usable_password()
        assert contact.welcomed_at is None
        assert (link.department, link.staff) == (house.support, house.staff)
        assert (entry.actor_id, entry.address, entry.after["mobile"]) == (
            house.owner.pk,
            "203.0.113.9",
            "+989120000001",
        )
        whole = AuditEntry.objects.get(verb="import_customers")
        assert (whole.target_label, whole.after["count"]) == ("مشتریان.xlsx", 2)
        assert AuditEntry.objects.filter(verb="link_customer", target_id=made.pk).count() == 1
        # What was sent is not kept once it is in.
        assert not StoredFile.objects.filter(pk=job.data["file"]).exists()
        assert Quota.objects.get().used == 0


@pytest.mark.sqlite
@pytest.mark.spec("H11")
def test_every_bad_cell_is_told_with_row_column_and_what_to_do(house):
    with tenant_scope(house.tenant):
        taken = house.customer_main.mobile
        colleague = house.staff.mobile
    rows = [
        [*HEADER, "رنگ"],
        ["الف", "", "0912", "not-a-mail", "123", "abc", "نیست", "", ""],
        ["", "", "09120000001"],
        ["ب", "", "09120000002", "x@b.example", "10380284790", "", "", "آرش دهدشتی"],
        ["پ", "", "+98 912 000 0002", "X@B.example", "۱۰۳۸۰۲۸۴۷۹۰"],
        ["ت", "", taken],
        ["ث", "", colleague, "", "", "", "پشتیبانی فنی", "پریسا نوروزی‌فر"],
        ["ج", "", "09120000003", "", "", "", "پشتیبانی فنی", house.staff.mobile],
    ]
    job = begin(house, rows)
    told = problems(job)
    assert [(row, column) for row, column, _ in told] == [
        (2, "موبایل"),
        (2, "ایمیل"),
        (2, "شناسهٔ ملی"),
        (2, "تلفن"),
        (2, "دپارتمان"),
        (3, "نام شرکت"),
        (4, "کارشناس"),
        (5, "موبایل"),
        (5, "ایمیل"),
        (5, "شناسهٔ ملی"),
        (6, "موبایل"),
        (7, "کارشناس"),
        (7, "موبایل"),
    ]
    words = "\n".join(text for _, _, text in told)
    assert "پشتیبانی فنی، مالی و قرارداد، فروش" in words
    assert "برای کارشناس، دپارتمان را هم بنویسید." in words
    assert "در ردیف ۴ همین فایل هم آمده است" in words
    assert "شرکت «کاشی نقش‌گل میبد»" in words
    assert "همکار شما، آرش دهدشتی" in words
    assert job.data["problem_rows"] == 6
    assert job.data["ignored"] == ["رنگ"]
    with tenant_scope(house.tenant), pytest.raises(Conflict):
        imports.start(job, actor=house.owner)
    assert run(house, job).state == "waiting"


@pytest.mark.sqlite
def test_columns_come_in_any_order_under_other_names_and_zeros_come_back(house):
    rows = [["شماره موبايل", "كد ملي", "شركت"], ["9120000001", "84575948", "الف"]]
    job = begin(house, sheets.csv(rows, separator=";", encoding="cp1256"))
    assert problems(job) == []
    run(house, start(house, job))
    with tenant_scope(house.tenant):
        assert Customer.objects.get(name="الف").national_id == "0084575948"


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["نام شرکت", "تلفن"], ["الف", "021"]], "ستون «موبایل» پیدا نشد"),
        ([["الف", "09120000001"]], "ستون «نام شرکت»، «موبایل» پیدا نشد"),
        ([["موبایل", "نام شرکت", "تلفن همراه"], ["1", "2", "3"]], "دو ستون برای «موبایل» هست"),
        ([SHORT], "زیر سرستون‌ها ردیفی نیست"),
        (b"", "این فایل خالی است"),
        (sheets.xlsx([SHORT, ["الف", "0912"]])[:-300], "نیمه‌کاره"),
        (sheets.csv([SHORT, *([["الف", "0912"]] * 20_001)]), "بیش از ۲۰٬۰۰۰ ردیف"),
        (b"x" * (imports.LARGEST + 1), "حداکثر ۱۰ مگابایت"),
    ],
)
def test_a_file_that_cannot_be_read_leaves_nothing_behind(house, rows, words):
    with pytest.raises(Invalid, match=words) as raised:
        begin(house, rows)
    assert raised.value.field == "sheet"
    with tenant_scope(house.tenant):
        assert not Job.objects.exists() and not StoredFile.objects.exists()
        assert Quota.objects.get().used == 0


@pytest.mark.sqlite
def test_a_hundred_thousand_rows_are_refused_kindly(house):
    began = time.monotonic()
    with pytest.raises(Invalid, match="بیش از ۲۰٬۰۰۰ ردیف دارد"):
        begin(house, sheets.csv([SHORT, *([["الف", "09120000001"]] * 100_000)]))
    assert time.monotonic() - began < 5


@pytest.mark.sqlite
def test_the_same_number_is_fine_in_two_tenants_and_its_file_is_not_shared(house):
    rival = make_house("raghib")
    for one in (house, rival):
        job = run(one, start(one, begin(one, many(3))))
        assert job.state == "done"
    with tenant_scope(rival.tenant):
        assert not Job.objects.filter(tenant_id=house.tenant.pk).exists()


@pytest.mark.sqlite
@pytest.mark.spec("H11")
def test_the_same_file_twice_doubles_nothing(house):
    first, second = begin(house, many(3)), begin(house, many(3))
    assert run(house, start(house, first)).state == "done"
    third = begin(house, many(3))
    assert third.data["problem_count"] == 3
    # The second was read while its numbers were free: the run itself finds out.
    second = run(house, start(house, second))
    assert (second.state, second.data["problem_count"]) == ("failed", 3)
    assert "پیش‌تر برای شرکت" in problems(second)[0][2]
    assert len([name for name in names(house) if name.startswith("شرکت شمارهٔ")]) == 3


@pytest.mark.sqlite
@pytest.mark.spec("H11")
def test_a_number_taken_between_look_and_write_undoes_everything(house, monkeypatch):
    job = start(house, begin(house, many(5)))
    look = imports.taken
    blind = [True]

    def once_blind(table):
        return [] if blind.pop() else look(table)

    with tenant_scope(house.tenant):
        from accounts.services import companies

        companies.create_customer(actor=house.owner, name="زودتر", mobile="09110000003")
    monkeypatch.setattr(imports, "taken", lambda table: once_blind(table) if blind else look(table))
    job = run(house, job)
    assert job.state == "failed"
    assert problems(job) == [
        (5, "موبایل", "پیش‌تر برای شرکت «زودتر» ثبت شده است. ردیف را بردارید یا درستش کنید.")
    ]
    assert not [name for name in names(house) if name.startswith("شرکت شمارهٔ")]
    with tenant_scope(house.tenant):
        assert not AuditEntry.objects.filter(verb="import_customers").exists()


@pytest.mark.sqlite
def test_a_desk_switched_off_meanwhile_is_told_as_it_is(house):
    job = start(house, begin(house, [["نام شرکت", "موبایل", "دپارتمان"], ["الف", "09120000001", "فروش"]]))
    with tenant_scope(house.tenant):
        switch_department(house.orphan, actor=house.owner, active=False)
    job = run(house, job)
    assert job.state == "failed"
    assert "دپارتمان فعالی با این نام نیست" in problems(job)[0][2]


@pytest.mark.sqlite
def test_only_the_owner_imports_and_one_who_was_switched_off_does_not(house):
    with pytest.raises(NotAllowed):
        imports.begin(upload(many(1)), actor=house.staff, tenant=house.tenant)
    job = start(house, begin(house, many(1)))
    with tenant_scope(house.tenant):
        User.objects.filter(pk=house.owner.pk).update(is_active=False)
        with pytest.raises(NotAllowed):
            imports.drop(job, actor=house.manager)
    assert run(house, job).state == "failed"
    assert "شرکت شمارهٔ 0" not in names(house)


@pytest.mark.sqlite
def test_a_dropped_upload_takes_its_file_along(house):
    job = begin(house, many(1))
    with tenant_scope(house.tenant):
        imports.drop(job, actor=house.owner)
        assert not Job.objects.exists() and not StoredFile.objects.exists()
        assert Quota.objects.get().used == 0


@pytest.mark.sqlite
def test_a_run_that_was_killed_is_begun_again_and_given_up_after_three(house, monkeypatch):
    job = start(house, begin(house, many(3)))

    class Killed(BaseException):
        """Like SIGKILL: nothing of ours runs afterwards."""

    def die(**kwargs):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(imports, "import_customers", die)
        for _ in range(2):
            with pytest.raises(Killed):
                run(house, job)
            assert again(house, job).state == "running"
    assert not [name for name in names(house) if name.startswith("شرکت شمارهٔ")]
    rung = []
    monkeypatch.setattr(imports, "ring", lambda name, **kwargs: rung.append(kwargs))
    assert resume_imports() == 0
    assert imports.resume(now=timezone.now() + imports.SILENT + timedelta(seconds=1)) == 1
    assert rung == [{"tenant": house.tenant.pk, "job": job.pk}]
    assert run(house, job).state == "done"

    # Another, whose worker never lives long enough.
    job = start(house, begin(house, many(2, first=10)))
    with monkeypatch.context() as patched:
        patched.setattr(imports, "import_customers", die)
        for _ in range(imports.TRIES):
            with pytest.raises(Killed):
                run(house, job)
    job = run(house, job)
    assert (job.state, job.message) == ("failed", imports.STOPPED)
    assert run(house, start(house, job)).state == "done"


@pytest.mark.sqlite
def test_a_fault_of_ours_is_shown_and_may_be_tried_again(house, monkeypatch):
    job = start(house, begin(house, many(2)))
    with monkeypatch.context() as patched:
        patched.setattr(imports, "import_customers", lambda **kwargs: 1 // 0)
        job = run(house, job)
    assert (job.state, job.message) == ("failed", imports.OURS)
    assert run(house, start(house, job)).state == "done"


@pytest.mark.sqlite
def test_uploads_nobody_started_are_forgotten_after_a_day(house):
    left, started = begin(house, many(1)), start(house, begin(house, many(1, first=5)))
    imports.resume(now=timezone.now() + imports.KEPT + timedelta(minutes=1))
    with tenant_scope(house.tenant):
        assert set(Job.objects.values_list("pk", flat=True)) == {started.pk} != {left.pk}
        StoredFile.objects.all().delete()
    assert run(house, started).message == imports.GONE


@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.spec("H11")
def test_two_imports_of_one_file_at_the_same_moment_make_it_once(committed_db):
    house = make_house("arvand")
    jobs = [start(house, begin(house, many(500))) for _ in range(2)]
    # And each delivered twice, as a broker may.
    acts = [partial(import_customers, tenant=house.tenant.pk, job=job.pk) for job in jobs * 2]
    assert not refusals(at_once(*acts))
    states = sorted(again(house, job).state for job in jobs)
    assert states == ["done", "failed"]
    loser = next(again(house, job) for job in jobs if again(house, job).state == "failed")
    assert loser.data["problem_count"] == 500
    with tenant_scope(house.tenant):
        assert Customer.objects.filter(name__startswith="شرکت شمارهٔ").count() == 500
        assert AuditEntry.objects.filter(verb="import_customers").count() == 1


@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.spec("H11")
def test_five_thousand_customers_take_seconds_and_tell_how_far_they_are(committed_db):
    house = make_house("arvand")
    rows = [["نام شرکت", "موبایل", "نام رابط", "دپارتمان", "کارشناس", "یادداشت"]]
    rows += [
        [f"شرکت شمارهٔ {number}", f"0911{number:07d}", "رابط", "پشتیبانی فنی", "آرش دهدشتی", "یادداشت " * 10]
        for number in range(5000)
    ]
    seen: set[tuple[str, int]] = set()
    over = threading.Event()

    def watch() -> None:
        with tenant_scope(house.tenant):
            pass
        while not over.wait(0.02):
            with tenant_scope(house.tenant):
                for one in Job.objects.filter(state="running"):
                    imports.overhear(one)
                    seen.add((one.message, one.done))
        connections.close_all()

    watcher = threading.Thread(target=watch)
    began = time.monotonic()
    job = start(house, begin(house, rows))
    watcher.start()
    try:
        job = run(house, job)
    finally:
        over.set()
        watcher.join(10)
    seconds = time.monotonic() - began
    print(f"5,000 customers: {seconds:.1f} s")
    assert (job.state, job.done) == ("done", 5000)
    assert seconds < 60
    # Both halves of the work were seen to move.
    assert len([done for message, done in seen if message == imports.WRITING and done]) >= 3
    assert len([done for message, done in seen if message != imports.WRITING and done]) >= 1
    with tenant_scope(house.tenant):
        assert ServiceLink.objects.count() == 5000


@pytest.mark.postgres
def test_statements_of_an_import_do_not_grow_with_its_rows(house):
    from django.test.utils import CaptureQueriesContext

    counts = []
    for size, first in ((5, 0), (240, 100)):
        job = start(house, begin(house, many(size, first)))
        with CaptureQueriesContext(connection) as taken:
            assert run(house, job).state == "done"
        counts.append(len(taken))
    assert counts[0] == counts[1] < 60


@pytest.mark.sqlite
def test_bytes_that_are_gone_from_storage_are_a_fault_of_ours_that_leaves_nothing(house):
    job = start(house, begin(house, many(2)))
    with tenant_scope(house.tenant):
        default_storage.delete(StoredFile.objects.get(pk=job.data["file"]).path)
    assert run(house, job).message == imports.OURS


@pytest.mark.spec("H11", "S2")
def test_contracts_come_with_their_customers(house):
    header = [*SHORT, "آغاز قرارداد", "پایان قرارداد", "تعداد تیکت", "کد اقتصادی"]
    rows = [
        ["الف", "09120000001", "۱۴۰۵/۰۱/۰۱", "1405-12-29", "۵۰", "411155554444"],
        ["ب", "09120000002", "2026-03-21T00:00:00", "2027-03-20", "", ""],
        ["پ", "09120000003", "", "", "", ""],
    ]
    job = run(house, start(house, begin(house, [header, *rows])))
    assert job.state == Job.State.DONE, job.message
    with tenant_scope(house.tenant):
        found = {
            row.customer.name: (str(row.starts_on), str(row.ends_on), row.allowance, row.created_by)
            for row in Contract.objects.select_related("customer", "created_by")
        }
        assert AuditEntry.objects.filter(verb="contract.create").count() == 2
        assert Customer.objects.get(name="الف").economic_code == "411155554444"
    assert found == {
        "الف": ("2026-03-21", "2027-03-20", 50, house.owner),
        "ب": ("2026-03-21", "2027-03-20", None, house.owner),
    }


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        (["1405/01/01", "", ""], "پایان قرارداد", "با هم بنویسید"),
        (["", "1405/01/01", ""], "آغاز قرارداد", "با هم بنویسید"),
        (["", "", "50"], "آغاز قرارداد", "با هم بنویسید"),
        (["1404/12/30", "1405/12/29", ""], "آغاز قرارداد", "در تقویم نیست"),
        (["1405/12/29", "1405/01/01", ""], "پایان قرارداد", "پس از آغاز"),
        (["1405/01/01", "1405/12/29", "زیاد"], "تعداد تیکت", "با رقم بنویسید"),
        (["1405/01/01", "1405/12/29", "0"], "تعداد تیکت", "از ۱ تا"),
    ],
)
def test_a_contract_that_cannot_be_is_told_at_its_cell(house, cells, column, words):
    header = [*SHORT, "آغاز قرارداد", "پایان قرارداد", "تعداد تیکت"]
    job = begin(house, [header, ["الف", "09120000001", *cells]])
    assert job.data["problem_count"] == 1
    problem = imports.problems_of(job)[0]
    assert problem.column == column and words in problem.text
