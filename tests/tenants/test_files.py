"""Storing files: quota by conditional update, bytes outside transactions, nothing left behind (H19)."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tenants import sniff
from tenants.models import Quota, StoredFile
from tenants.scope import tenant_scope
from tenants.services import files
from tests.races import at_once, refusals
from tests.worlds import House, make_house
from web.errors import Full, Invalid, Unavailable

pytestmark = pytest.mark.sqlite
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 92


@pytest.fixture
def house(committed_db: None) -> House:
    return make_house("arvand")


def _used(house: House) -> int:
    with tenant_scope(house.tenant):
        return Quota.objects.get().used


def _limit(house: House, limit: int) -> None:
    with tenant_scope(house.tenant):
        Quota.objects.update(limit=limit)


def _upload(data: bytes = PNG, name: str = "عکس.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_stored_file_is_counted_and_its_bytes_are_where_the_row_says(house: House) -> None:
    stored = files.store(_upload(), tenant=house.tenant, actor=house.staff)
    assert (stored.size, stored.content_type, stored.name) == (100, "image/png", "عکس.png")
    assert stored.path.startswith(f"tenants/{house.tenant.pk}/") and "عکس" not in stored.path
    with default_storage.open(stored.path) as saved:
        assert saved.read() == PNG
    assert _used(house) == 100


def test_file_over_quota_is_refused_and_leaves_nothing(house: House) -> None:
    _limit(house, 99)
    with pytest.raises(Full):
        files.store(_upload(), tenant=house.tenant, actor=house.staff)
    with tenant_scope(house.tenant):
        assert not StoredFile.objects.exists()
    assert _used(house) == 0


def test_empty_file_is_refused(house: House) -> None:
    with pytest.raises(Invalid):
        files.store(_upload(b""), tenant=house.tenant, actor=house.staff)


def test_storage_that_refuses_leaves_neither_row_nor_quota(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*args: object, **kwargs: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage, "save", full_disk)
    with pytest.raises(Unavailable):
        files.store(_upload(), tenant=house.tenant, actor=house.staff)
    with tenant_scope(house.tenant):
        assert not StoredFile.objects.exists()
    assert _used(house) == 0


def test_twenty_uploads_into_room_for_five_make_exactly_five(house: House) -> None:
    _limit(house, 549)
    acts = [lambda: files.store(_upload(), tenant=house.tenant, actor=house.staff)] * 20
    outcomes = at_once(*acts)
    assert [type(one) for one in refusals(outcomes)] == [Full] * 15
    assert _used(house) == 500


def test_only_the_uploaders_own_unbound_files_are_bound_and_once(house: House) -> None:
    stored = files.store(_upload(), tenant=house.tenant, actor=house.staff)
    with tenant_scope(house.tenant), pytest.raises(Invalid):
        files.bind([stored], actor=house.colleague)
    with tenant_scope(house.tenant):
        files.bind([stored], actor=house.staff)
        with pytest.raises(Invalid):
            files.bind([stored], actor=house.staff)


def test_orphans_are_swept_after_a_day_with_bytes_and_quota(house: House) -> None:
    old = files.store(_upload(), tenant=house.tenant, actor=house.staff)
    kept = files.store(_upload(), tenant=house.tenant, actor=house.staff)
    with tenant_scope(house.tenant):
        files.bind([kept], actor=house.staff)
    assert files.sweep_orphans() == 0
    paper = files.store(_upload(b"words", "a.txt"), tenant=house.tenant, actor=house.staff)
    assert files.sweep_orphans(now=timezone.now() + timedelta(hours=25)) == 1
    assert not default_storage.exists(paper.path)
    # A picture stands in a text that may be gone on with days later.
    assert files.sweep_orphans(now=timezone.now() + timedelta(days=9)) == 0
    assert files.sweep_orphans(now=timezone.now() + timedelta(days=11)) == 1
    assert not default_storage.exists(old.path) and default_storage.exists(kept.path)
    assert _used(house) == 100


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (PNG, "a.exe", "image/png"),
        (b"<svg onload=alert(1)>", "a.svg", "application/octet-stream"),
        (b"<html><script>", "a.png", "application/octet-stream"),
        (b"<html>", "a.html", "application/octet-stream"),
        (b"%PDF-1.7", "قرارداد.pdf", "application/pdf"),
        (b"hello", "a.txt", "text/plain"),
        (b"PK", "a.unknown-thing", "application/octet-stream"),
    ],
)
def test_type_is_what_the_bytes_say(head: bytes, name: str, kind: str) -> None:
    assert sniff.content_type(head, name) == kind


def test_storage_under_test_is_a_real_one() -> None:
    path = default_storage.save("probe", ContentFile(b"x"))
    assert default_storage.exists(path)
    default_storage.delete(path)
