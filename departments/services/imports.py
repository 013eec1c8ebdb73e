"""The life of an import of customers: uploaded and read, looked at, started, done or refused as a whole (H11).

The table that was sent waits in storage, unbound, so that it is swept after a day whatever happens; the Job tells how
far the work is. Only one transaction writes customers, and the same one marks the Job done: a worker killed at any
moment leaves either all of it or nothing, and whoever comes next may simply begin again.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import IO, Any

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.access import may_manage_customers, require
from accounts.models import User
from persian.digits import file_size, group
from tenants.models import Job, StoredFile, Tenant
from tenants.scope import all_tenants, tenant_scope
from tenants.services import audit, files
from web.errors import Conflict, DomainError, Invalid
from web.ring import ring
from web.tables import read as read_lines

from .customer_table import Desks, Problem, Table, read, taken
from .customers import import_customers

log = logging.getLogger(__name__)

KIND = "import_customers"
LARGEST = 10 * 1024 * 1024
MOST_ROWS = 20_000
SHOWN_PROBLEMS = 200
SHOWN_ROWS = 8
# A run is heard of at every thousand rows; silent for so long, it is begun again, so many times in all.
SILENT = timedelta(seconds=120)
TRIES = 3
KEPT = timedelta(days=1)

GONE = "فایل این کار دیگر نیست؛ فایل‌های نیمه‌کاره پس از یک روز پاک می‌شوند. آن را دوباره بفرستید."
WRONG = "چیزی ثبت نشد، چون در فایل ردیف نادرست هست. آن‌ها را درست کنید و فایل را دوباره بفرستید."
OURS = "مشکلی از سمت ما پیش آمد و چیزی ثبت نشد. دوباره شروع کنید."
WRITING = "در حال ثبت"
STOPPED = "این کار چند بار نیمه‌کاره ماند و چیزی ثبت نشد. کمی بعد دوباره شروع کنید."


def begin(upload: UploadedFile, *, actor: User, tenant: Tenant) -> Job:
    """Read an uploaded table, keep it, and make the Job that waits for the person's word.

    Slow work on bytes from outside: call it while no transaction is open. Raises Invalid(sheet), Full(sheet) or
    NotAllowed; then nothing is kept.
    """
    with tenant_scope(tenant):
        require(may_manage_customers(actor))
    if (upload.size or 0) > LARGEST:
        raise Invalid(
            f"این فایل {file_size(upload.size or 0)} است؛ حداکثر {file_size(LARGEST)} می‌پذیریم."
            " آن را به چند فایل بخش کنید.",
            field="sheet",
        )
    try:
        table = _read(upload, tenant)
        upload.seek(0)
        stored = files.store(upload, tenant=tenant, actor=actor)
    except DomainError as refused:
        refused.field = "sheet"
        raise
    with tenant_scope(tenant):
        return Job.objects.create(
            kind=KIND,
            total=table.total,
            started_by=actor,
            data={"file": stored.pk, "name": stored.name, "confirmed": False, "tries": 0, **_told(table)},
        )


def start(job: Job, *, actor: User) -> None:
    """The person's word: hand the Job to a worker. Also begins a failed one again. Raises Conflict or NotAllowed."""
    require(may_manage_customers(actor))
    with transaction.atomic():
        job = _locked(job)
        if job.state not in (Job.State.WAITING, Job.State.FAILED) or job.data["problem_count"]:
            raise Conflict()
        if job.state == Job.State.WAITING and job.data["confirmed"]:
            return
        if not StoredFile.objects.filter(pk=job.data["file"]).exists():
            raise Conflict(GONE)
        job.data |= {"confirmed": True, "tries": 0, "heard": _now(), "address": audit.where()}
        job.state, job.done, job.message, job.finished_at = Job.State.WAITING, 0, "", None
        job.started_by = actor
        job.save()
        ring("departments.import_customers", tenant=job.tenant_id, job=job.pk)


def drop(job: Job, *, actor: User) -> None:
    """Forget a Job that was not started or did not succeed, with its file. Raises Conflict, NotAllowed."""
    require(may_manage_customers(actor))
    with transaction.atomic():
        job = _locked(job)
        if job.state == Job.State.FAILED or (job.state == Job.State.WAITING and not job.data["confirmed"]):
            _forget_file(job)
            job.delete()
        else:
            raise Conflict()


def run(*, tenant: int, job: int) -> bool:
    """Do a started Job from beginning to end; True when its customers are in. Safe to run twice at once."""
    with tenant_scope(tenant):
        row = _claim(job)
    if row is None:
        return False
    try:
        return _run(row)
    except DomainError as refused:
        _fail(row, refused.message)
    except Exception:
        log.exception("an import of customers failed: job %s", job)
        _fail(row, OURS)
    return False


def resume(*, now: datetime | None = None) -> int:
    """Ring again for runs nobody has heard of, and forget what nobody came back for; returns how many were rung for."""
    moment = now or timezone.now()
    with all_tenants("imports of every tenant that stand still"):
        waiting = list(Job.objects.filter(kind=KIND, state__in=(Job.State.WAITING, Job.State.RUNNING)))
        left = [job.pk for job in waiting if not job.data["confirmed"] and job.created_at < moment - KEPT]
        Job.objects.filter(pk__in=left).delete()
        Job.objects.filter(kind=KIND, state=Job.State.FAILED, created_at__lt=moment - 30 * KEPT).delete()
    silent = [
        job
        for job in waiting
        if job.data["confirmed"] and datetime.fromisoformat(job.data["heard"]) < moment - SILENT
    ]
    for job in silent:
        ring("departments.import_customers", tenant=job.tenant_id, job=job.pk)
    return len(silent)


def _run(job: Job) -> bool:
    tenant = Tenant.objects.defer("logo").get(pk=job.tenant_id)
    with tenant_scope(tenant):
        stored = StoredFile.objects.filter(pk=job.data["file"]).first()
    if stored is None:
        raise Conflict(GONE)
    with default_storage.open(stored.path) as file:
        table = _read(file, tenant, told=lambda done: _progress(job, done))
    if table.problems:
        _fail(job, WRONG, table)
        return False
    _progress(job, 0, message=WRITING)
    try:
        with audit.acting_from(job.data.get("address")), tenant_scope(tenant):
            if not _write(job, table):
                return False
    except IntegrityError:
        # Somebody was faster between the look and the write; a second look says who.
        with tenant_scope(tenant):
            table.problems = taken(table)
        _fail(job, WRONG if table.problems else OURS, table)
        return False
    files.discard(stored, tenant=tenant)
    return True


def _write(job: Job, table: Table) -> bool:
    """Everything, and the Job's end with it, in the scope's one transaction."""
    job = _locked(job)
    if job.state != Job.State.RUNNING:
        return False
    made = import_customers(
        actor=job.started_by, entries=table.entries, told=lambda done: _whisper(job, done)
    )
    job.state, job.done, job.finished_at = Job.State.DONE, job.total, timezone.now()
    job.message = f"{group(made)} مشتری ثبت شد."
    job.data["sample"] = []
    job.save(update_fields=["state", "done", "finished_at", "message", "data"])
    audit.record(
        "import_customers",
        actor=job.started_by,
        target=job,
        label=job.data["name"],
        after={"count": made, "file": job.data["name"]},
    )
    return True


def _read(file: IO[bytes], tenant: Tenant, *, told: Any = None) -> Table:
    """The table with everything that is wrong with it; scopes are short, for reading may take seconds."""
    lines = read_lines(file, most=MOST_ROWS)
    with tenant_scope(tenant):
        desks = Desks.load()
    table = read(lines, desks, told=told)
    with tenant_scope(tenant):
        table.problems = sorted([*table.problems, *taken(table)], key=lambda one: one.row)
    return table


def _told(table: Table) -> dict[str, Any]:
    """What the page shows of a table, as it is kept in the Job."""
    sample = [
        [
            entry.company.name,
            entry.company.contact_name,
            entry.company.mobile,
            entry.department.name if entry.department else "",
            str(entry.staff) if entry.staff else "",
        ]
        for entry in table.entries[:SHOWN_ROWS]
    ]
    return {
        "problems": [asdict(problem) for problem in table.problems[:SHOWN_PROBLEMS]],
        "problem_count": len(table.problems),
        "problem_rows": len({problem.row for problem in table.problems}),
        "ignored": table.ignored[:10],
        "twins": table.twins[:5],
        "sample": sample,
    }


def _claim(job: int) -> Job | None:
    """Take a started Job in hand; None when it is over, was never started, or has been tried too often."""
    row = Job.objects.select_for_update(no_key=True).filter(pk=job, kind=KIND).first()
    if row is None or not row.data["confirmed"] or row.state not in (Job.State.WAITING, Job.State.RUNNING):
        return None
    if row.data["tries"] >= TRIES:
        row.state, row.message, row.finished_at = Job.State.FAILED, STOPPED, timezone.now()
        row.save()
        return None
    row.data |= {"tries": row.data["tries"] + 1, "heard": _now()}
    row.state, row.done, row.message = Job.State.RUNNING, 0, "در حال خواندن فایل"
    row.save()
    return row


def _progress(job: Job, done: int, *, message: str = "در حال بررسی ردیف‌ها") -> None:
    """Told in a transaction of its own, so that the page sees it."""
    with tenant_scope(job.tenant_id):
        data = {**job.data, "heard": _now()}
        running = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING)
        running.update(done=done, message=message, data=data)


def _whisper(job: Job, done: int) -> None:
    """How far the one writing transaction is: nobody sees its rows before it ends, so the cache says it."""
    with suppress(Exception):  # a bar that stands still is no reason to stop
        cache.set(_hint(job), done, 300)


def overhear(job: Job) -> None:
    """Set ``done`` of a Job that is writing to what was last said of it, for the page."""
    if job.state == Job.State.RUNNING and job.message == WRITING:
        with suppress(Exception):
            job.done = min(int(cache.get(_hint(job)) or 0), job.total)


def _hint(job: Job) -> str:
    return f"import:{job.tenant_id}:{job.pk}:{job.data['tries']}"


def _fail(job: Job, message: str, table: Table | None = None) -> None:
    with tenant_scope(job.tenant_id):
        data = {**job.data, **(_told(table) if table else {})}
        running = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING)
        running.update(
            state=Job.State.FAILED, message=message[:300], data=data, done=0, finished_at=timezone.now()
        )


def _forget_file(job: Job) -> None:
    stored = StoredFile.objects.filter(pk=job.data["file"]).first()
    if stored is not None:
        files.discard(stored, tenant=job.tenant)


def _locked(job: Job) -> Job:
    row = Job.objects.select_for_update(no_key=True).filter(pk=job.pk).first()
    if row is None:
        raise Conflict()
    return row


def _now() -> str:
    return timezone.now().isoformat()


def problems_of(job: Job) -> Sequence[Problem]:
    """The first problems kept with a Job."""
    return [Problem(**one) for one in job.data["problems"]]
