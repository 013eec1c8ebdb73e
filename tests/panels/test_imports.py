"""The pages of tables: template, upload, preview, progress, export (H11)."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Customer, User
from accounts.services import companies
from departments.services import customer_table, imports
from departments.tasks import import_customers
from tenants.models import AuditEntry, Job
from tenants.scope import tenant_scope
from tests.tickets.browsing import ESCAPED, SCRIPT, counted, text
from tests.web import sheets
from tests.worlds import House, make_house

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

START = "/manage/customers/import/"
EXPORT = "/manage/customers/export/"
HTMX = {"HTTP_HX_REQUEST": "true"}
SHORT = ["نام شرکت", "موبایل"]


@pytest.fixture
def house() -> House:
    return make_house("arvand")


@pytest.fixture
def owner(house):
    return house.client(house.owner)


def send(owner, rows, name="مشتریان.xlsx"):
    raw = rows if isinstance(rows, bytes) else sheets.xlsx(rows)
    return owner.post(START, {"sheet": SimpleUploadedFile(name, raw)})


def job_of(house: House) -> Job:
    with tenant_scope(house.tenant):
        return Job.objects.latest("pk")


def page_of(job: Job) -> str:
    return reverse("manage_import_job", args=[job.public_id])


def body(response) -> bytes:
    return b"".join(response.streaming_content)


@pytest.mark.spec("H11")
def test_template_has_our_headers_and_its_sample_is_not_imported(house, owner):
    response = owner.get(f"{START}template.xlsx")
    raw = body(response)
    assert response["Content-Disposition"].startswith('attachment; filename="customers-template-')
    book = load_workbook(io.BytesIO(raw))
    assert [cell.value for cell in book.worksheets[0][1]] == [
        column.header for column in customer_table.COLUMNS
    ]
    assert book.worksheets[0].max_row == 1
    assert {row[0].value for row in book["راهنما"].iter_rows(min_row=2)} == {
        column.header for column in customer_table.COLUMNS
    }
    assert "ردیفی نیست" in text(send(owner, raw))


@pytest.mark.spec("H11")
def test_upload_leads_to_a_preview_and_nothing_is_made_until_started(house, owner):
    response = send(owner, [[*SHORT, "رنگ"], ["شیشهٔ پویا", "09120000001"], ["شیشهٔ پویا", "09120000002"]])
    job = job_of(house)
    assert response["Location"] == page_of(job)
    page = text(owner.get(page_of(job)))
    assert "۲ مشتری آمادهٔ ثبت است" in page
    assert "رنگ" in page and "بیش از یک بار آمده‌اند" in page
    assert "۰۹۱۲ ۰۰۰ ۰۰۰۱" in page and "hx-trigger" not in page
    with tenant_scope(house.tenant):
        assert not Customer.objects.filter(name="شیشهٔ پویا").exists()
    assert owner.post(page_of(job), {"act": "start"})["Location"] == page_of(job)
    waiting = text(owner.get(page_of(job)))
    assert 'hx-trigger="every 1s"' in waiting and 'http-equiv="refresh"' in waiting and "در نوبت" in waiting
    part = text(owner.get(page_of(job), **HTMX))
    assert part.startswith("<div") and "<html" not in part
    import_customers(tenant=house.tenant.pk, job=job.pk)
    done = text(owner.get(page_of(job), **HTMX))
    assert "۲ مشتری ثبت شد" in done and "hx-trigger" not in done
    assert "شیشهٔ پویا" in text(owner.get("/manage/customers/"))


@pytest.mark.spec("H11")
def test_bad_rows_are_listed_and_cannot_be_started(house, owner):
    send(owner, [SHORT, ["الف", "0912"], [SCRIPT, "abc"], ["ب", "09120000001"]])
    job = job_of(house)
    page = text(owner.get(page_of(job)))
    assert "۲ مورد در ۲ ردیف باید درست شود" in page
    assert "ردیف ۲، موبایل" in page and "«<bdi>0912</bdi>»" in page
    assert 'value="start"' not in page and SCRIPT not in page
    response = owner.post(page_of(job), {"act": "start"})
    assert response.status_code == 409
    assert owner.post(page_of(job), {"act": "drop"})["Location"] == f"{START}?done=import-dropped"
    assert owner.get(page_of(job)).status_code == 404


def test_names_from_a_file_are_escaped(house, owner):
    send(owner, [SHORT, [SCRIPT, "09120000001"]], name="<b>.xlsx")
    page = text(owner.get(page_of(job_of(house))))
    assert ESCAPED in page and SCRIPT not in page and "<b>.xlsx" not in page


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "این فایل خالی است"),
        (b"\x89PNG\r\n\x1a\n\0\0", "این فایل جدول نیست"),
        (sheets.unpacking_bomb(60), "بسیار بزرگ می‌شود"),
        (sheets.xlsx([["نام شرکت"], ["الف"]]), "ستون «موبایل» پیدا نشد"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_at_its_field(house, owner, raw, words):
    response = send(owner, raw)
    assert response.status_code == 422
    assert words in text(response)


def test_a_form_without_a_file_is_told_so(owner):
    response = owner.post(START, {})
    assert response.status_code == 422 and "فایلی انتخاب کنید" in text(response)


def test_full_storage_is_told_at_the_field(house, owner):
    from tenants.models import Quota

    with tenant_scope(house.tenant):
        Quota.objects.update(limit=10)
    response = send(owner, [SHORT, ["الف", "09120000001"]])
    assert response.status_code == 422 and "فضای فایل‌ها پر است" in text(response)
    with tenant_scope(house.tenant):
        assert not Job.objects.exists()


def test_a_failed_run_can_be_begun_again_from_its_page(house, owner, monkeypatch):
    send(owner, [SHORT, ["الف", "09120000001"]])
    job = job_of(house)
    owner.post(page_of(job), {"act": "start"})
    with monkeypatch.context() as patched:
        patched.setattr(imports, "import_customers", lambda **kwargs: 1 // 0)
        import_customers(tenant=house.tenant.pk, job=job.pk)
    assert "شروع دوباره" in text(owner.get(page_of(job)))
    owner.post(page_of(job), {"act": "start"})
    import_customers(tenant=house.tenant.pk, job=job.pk)
    assert "۱ مشتری ثبت شد" in text(owner.get(page_of(job)))


def test_pages_cost_the_same_however_many_jobs_and_problems(house, owner):
    send(owner, [SHORT, ["الف", "0912"]])
    few = counted(owner, START)[1], counted(owner, page_of(job_of(house)))[1]
    for _ in range(3):
        send(owner, [SHORT, *([["الف", "0912"]] * 300)])
    assert (counted(owner, START)[1], counted(owner, page_of(job_of(house)))[1]) == few
    assert "۲۰۰ مورد نخست از ۳۰۰ مورد" in text(owner.get(page_of(job_of(house))))


@pytest.mark.spec("H11")
def test_trust_29_export_holds_every_customer_as_text_and_comes_back(house, owner):
    with tenant_scope(house.tenant):
        companies.create_customer(
            actor=house.owner,
            name="=cmd|calc",
            mobile="09120000001",
            contact_name="@sum",
            phone="+98 21 88776655",
            notes="-1+2\nسطر دو",
        )
        for number in range(1200):
            Customer.objects.create(name=f"بی‌رابط {number}", sort_key=f"z{number:05d}")
    raw = body(owner.post(EXPORT, {"kind": "xlsx"}))
    rows = list(load_workbook(io.BytesIO(raw)).active.iter_rows())
    assert len(rows) == 1 + 2 + 1 + 1200
    assert {cell.data_type for row in rows for cell in row if cell.value is not None} == {"s"}
    hostile = next(row for row in rows if row[0].value == "'=cmd|calc")
    assert [cell.value for cell in hostile[1:3]] == ["'@sum", "09120000001"]
    assert (hostile[5].value, hostile[8].value) == ("'+98 21 88776655", "'-1+2\nسطر دو")
    ours = next(row for row in rows if row[0].value == house.customer.name)
    assert ours[1].value == house.customer_main.name
    # Into another tenant, the same values.
    rival = make_house("raghib")
    with tenant_scope(house.tenant):
        Customer.objects.filter(name__startswith="بی‌رابط").delete()
    raw = body(owner.post(EXPORT, {"kind": "csv"}))
    assert list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))[0][0] == "نام شرکت"
    with tenant_scope(rival.tenant):
        User.objects.filter(mobile=house.customer_main.mobile).update(mobile="+989129999999")
        User.objects.filter(mobile=house.other_customer.mobile).update(mobile="+989129999998")
    theirs = rival.client(rival.owner)
    theirs.post(START, {"sheet": SimpleUploadedFile("مشتریان.csv", raw)})
    job = job_of(rival)
    assert job.data["problems"] == []
    theirs.post(page_of(job), {"act": "start"})
    import_customers(tenant=rival.tenant.pk, job=job.pk)
    with tenant_scope(rival.tenant):
        made = Customer.objects.get(name="=cmd|calc")
        assert (made.phone, made.notes) == ("+98 21 88776655", "-1+2\nسطر دو")


def test_export_follows_the_search_and_is_written_down(house, owner):
    rows = list(csv.reader(io.StringIO(body(owner.post(EXPORT, {"q": "سپندنگار"})).decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["نام شرکت", house.other_company.name]
    with tenant_scope(house.tenant):
        entry = AuditEntry.objects.get(verb="customers.export")
        assert (entry.actor_id, entry.address) == (house.owner.pk, "127.0.0.1")
        assert entry.after == {"kind": "csv", "query": "سپندنگار"}


def test_export_reads_the_same_for_one_batch_whatever_it_holds(house, owner):
    def statements() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as seen:
            body(owner.post(EXPORT, {}))
        return len(seen)

    statements()
    few = statements()
    with tenant_scope(house.tenant):
        for number in range(100):
            companies.create_customer(actor=house.owner, name=f"شرکت {number}", mobile=f"0912{number:07d}")
    assert statements() == few


def test_nobody_else_reaches_them(house, owner):
    send(owner, [SHORT, ["الف", "09120000001"]])
    job = job_of(house)
    for person in (house.manager, house.customer_main):
        browser = house.client(person)
        assert [browser.get(path).status_code for path in (START, page_of(job))] == [404, 404]
        assert browser.post(EXPORT).status_code == 404
    rival = make_house("raghib")
    assert rival.client(rival.owner).get(page_of(job)).status_code == 404
