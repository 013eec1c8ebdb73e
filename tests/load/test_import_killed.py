"""A worker that imports customers is killed with signal 9: nothing half done, and the next one does it (H11)."""

from __future__ import annotations

import os
import signal
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Customer
from departments.services import imports
from tenants.models import AuditEntry, Job
from tenants.scope import tenant_scope
from tests.stack import running
from tests.web import sheets
from tests.worlds import House, make_house

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
ROWS = 4000


def _table() -> bytes:
    rows = [[f"شرکت شمارهٔ {number}", f"0911{number:07d}"] for number in range(ROWS)]
    return sheets.csv([["نام شرکت", "موبایل"], *rows])


def _until(house: House, job: Job, wanted, seconds: float = 90) -> Job:  # type: ignore[no-untyped-def]
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        with tenant_scope(house.tenant):
            found = Job.objects.get(pk=job.pk)
        imports.overhear(found)
        if wanted(found):
            return found
        time.sleep(0.02)
    raise AssertionError(f"{found.state} {found.done} {found.message}")


def _made(house: House) -> int:
    with tenant_scope(house.tenant):
        return Customer.objects.filter(name__startswith="شرکت شمارهٔ").count()


@pytest.mark.spec("H11")
def test_killed_while_writing_leaves_nothing_and_is_done_by_the_next(committed_db: None) -> None:
    house = make_house("arvand")
    job = imports.begin(SimpleUploadedFile("مشتریان.csv", _table()), actor=house.owner, tenant=house.tenant)
    with running() as stack:
        worker = stack.processes[-1]
        with tenant_scope(house.tenant):
            imports.start(job, actor=house.owner)
        # In the middle of the writing: its end is one commit, which the database finishes without us.
        _until(house, job, lambda one: one.message == imports.WRITING and 0 < one.done < ROWS // 2)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(10)
        left = _until(house, job, lambda one: True)
        assert (left.state, _made(house)) == ("running", 0)
        stack.start_worker()
        # Beat would ring after two silent minutes; the test does not wait for that.
        again = imports.resume(now=left.created_at + 10 * imports.SILENT)
        assert again == 1
        done = _until(house, job, lambda one: one.state == "done")
    assert (done.done, done.data["tries"], _made(house)) == (ROWS, 2, ROWS)
    with tenant_scope(house.tenant):
        assert AuditEntry.objects.filter(verb="import_customers").count() == 1
