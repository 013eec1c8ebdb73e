"""The owner's bin (H6): absent for everybody meanwhile, back as it was, or gone with its files and its room."""

import uuid
from datetime import datetime, timedelta

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.urls import reverse
from django.utils import timezone

from notifications.models import Bell, Delivery
from tenants.models import AuditEntry, Quota, StoredFile
from tenants.scope import tenant_scope
from tenants.services import files
from tests.worlds import House, make_house, make_ticket
from tickets import access, clock, queries, search
from tickets.kept import kept
from tickets.models import FAR, Custody, Event, Message, Ticket
from tickets.services import bin as bins
from tickets.services import close, delete, moving, note, open_ticket, purge, reply, restore, turning
from web.errors import Conflict, NotAllowed, NotFound

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.spec("H6")]


@pytest.fixture
def house():
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        yield house


def stored(house: House) -> StoredFile:
    upload = SimpleUploadedFile("گزارش.txt", b"a line of text")
    return files.store(upload, tenant=house.tenant, actor=house.customer_main)


def lived(house: House, **more) -> Ticket:
    """A ticket with a reply, a file, a note and a link to it."""
    ticket = make_ticket(house, staff=house.staff, files=[stored(house)], **more)
    reply(ticket, actor=house.staff, body="رسید", client_key=uuid.uuid4())
    note(ticket, actor=house.staff, body="میان خودمان", client_key=uuid.uuid4())
    make_ticket(house, linked_to=ticket)
    return ticket


def test_in_the_bin_it_is_absent_for_everybody_and_comes_back_as_it_was(house: House) -> None:
    ticket = lived(house)
    file = StoredFile.objects.get()
    addresses = [
        f"/desk/tickets/{ticket.number}/",
        f"/t/{ticket.tracking_code}/",
        reverse("file", args=[file.public_id]),
    ]
    before = {name: access.tickets_seen_by(person).count() for name, person in house.everyone().items()}
    delete(ticket, actor=house.owner)
    for name, person in house.everyone().items():
        assert not access.tickets_seen_by(person).filter(pk=ticket.pk).exists(), name
        assert not access.messages_seen_by(person).filter(ticket=ticket).exists(), name
        client = house.client(person)
        for address in [*addresses, f"/portal/tickets/{ticket.number}/"]:
            assert client.get(address).status_code in (404, 403), (name, address)
    assert queries.counts(house.owner)["open"].value == 1 and moving.unfinished().count() == 1
    assert not search.narrow(access.tickets_seen_by(house.owner), ticket.tracking_code).exists()
    assert not Bell.objects.filter(about=f"ticket:{ticket.pk}").exists()
    assert not Delivery.objects.filter(about=f"ticket:{ticket.pk}", state="waiting").exists()
    restore(ticket, actor=house.owner)
    after = {name: access.tickets_seen_by(person).count() for name, person in house.everyone().items()}
    assert after == before
    assert house.client(house.staff).get(addresses[2]).status_code == 200
    kinds = list(Event.objects.filter(ticket=ticket).order_by("pk").values_list("kind", flat=True))
    assert kinds[-2:] == ["deleted", "restored"]
    assert {"ticket.delete", "ticket.restore"} <= set(AuditEntry.objects.values_list("verb", flat=True))


def test_only_the_owner_and_each_act_once(house: House) -> None:
    ticket = lived(house)
    for person, refusal in (
        (house.manager, NotAllowed),
        (house.staff, NotAllowed),
        (house.colleague, NotFound),
    ):
        with pytest.raises(refusal):
            delete(ticket, actor=person)
    with pytest.raises(Conflict):
        restore(ticket, actor=house.owner)  # it is not there
    with pytest.raises(Conflict):
        purge(ticket, actor=house.owner)
    delete(ticket, actor=house.owner)
    with pytest.raises(Conflict, match="پیش از شما به سطل"):
        delete(ticket, actor=house.owner)
    for act in (restore, purge):
        with pytest.raises(NotAllowed):
            act(ticket, actor=house.manager)
    restore(ticket, actor=house.owner)
    with pytest.raises(Conflict, match="برگشته"):
        restore(ticket, actor=house.owner)
    with pytest.raises(Conflict):  # purging while it is restored: one has won
        purge(ticket, actor=house.owner)
    delete(ticket, actor=house.owner)
    purge(ticket, actor=house.owner)
    for act in (restore, purge):
        with pytest.raises(Conflict, match="پاک شده"):
            act(ticket, actor=house.owner)


def test_a_form_of_a_binned_ticket_sent_again_makes_no_second_one(house: House) -> None:
    key = uuid.uuid4()
    ticket = make_ticket(house, client_key=key)
    delete(ticket, actor=house.owner)
    with pytest.raises(Conflict):
        open_ticket(
            actor=house.customer_main,
            subject="چاپ",
            body="سلام",
            client_key=key,
            department=house.support,
        )
    assert Ticket.with_bin.count() == 1


def test_purge_leaves_no_row_no_byte_and_gives_the_room_back(
    house: House, django_capture_on_commit_callbacks
) -> None:
    free = Quota.objects.get().used
    ticket = lived(house)
    file = StoredFile.objects.get()
    other = make_ticket(house, files=[stored(house)])
    kept = StoredFile.objects.exclude(pk=file.pk).get()
    messages = list(Message.objects.filter(ticket=ticket).values_list("pk", flat=True))
    delete(ticket, actor=house.owner)
    purge(ticket, actor=house.owner)
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, models.ForeignKey) and field.remote_field.model in (Ticket, Message):
                gone = [ticket.pk] if field.remote_field.model is Ticket else messages
                manager = getattr(model, "with_bin", model.objects)
                assert not manager.filter(**{f"{field.name}__in": gone}).exists(), (model, field.name)
    assert not Ticket.with_bin.filter(pk=ticket.pk).exists()
    assert not Delivery.objects.filter(about=f"ticket:{ticket.pk}").exists()
    entry = AuditEntry.objects.get(verb="ticket.purge")
    assert entry.before == {"messages": 3, "files": 1} and ticket.subject in entry.target_label
    # Nobody can take the file up again on its way out; the worker's sweep takes row, room and bytes, once.
    with django_capture_on_commit_callbacks(execute=True):
        assert files.sweep_orphans() == 1
        assert files.sweep_orphans() == 0
    assert not StoredFile.objects.filter(pk=file.pk).exists() and not default_storage.exists(file.path)
    assert default_storage.exists(kept.path) and other.refresh()
    assert Quota.objects.get().used == free + kept.size


def test_the_beat_purges_what_has_lain_its_days_and_goes_on_where_it_was_cut(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    old, older, young = (make_ticket(house) for _ in range(3))
    for ticket, days in ((old, 31), (older, 60), (young, 29)):
        delete(ticket, actor=house.owner, at=now - timedelta(days=days))
    remove, cut = bins._remove, []

    def killed(ticket: Ticket, *, actor: object) -> None:
        remove(ticket, actor=actor)
        if not cut:
            cut.append(ticket.pk)
            raise KeyboardInterrupt

    monkeypatch.setattr(bins, "_remove", killed)
    with pytest.raises(KeyboardInterrupt):
        bins.purge_everywhere(now)
    assert Ticket.with_bin.count() == 3 and Event.objects.filter(ticket=old).exists()  # nothing half
    assert bins.purge_everywhere(now) == 2 and bins.purge_everywhere(now) == 0
    assert list(Ticket.with_bin.values_list("pk", flat=True)) == [young.pk]


def test_days_in_the_bin_are_nobodys(house: House) -> None:
    nine = datetime.fromisoformat("2026-10-06T09:00:00+03:30")  # a Tuesday at work
    ticket = make_ticket(house, staff=house.staff, at=nine)
    delete(ticket, actor=house.owner, at=nine + timedelta(hours=1))
    binned = Ticket.with_bin.get()
    assert (binned.waiting_since, binned.colour_turns_at, binned.answer_used) == (None, FAR, 60)
    back = nine + timedelta(days=21, hours=1)
    restore(ticket, actor=house.owner, at=back)
    assert clock.colour(ticket.refresh(), back) == "green" and ticket.red_at == back + timedelta(hours=7)
    assert turning.sweep(back + timedelta(minutes=1)) == 0 and not Bell.objects.filter(kind="ticket.turned")
    found = kept(ticket, at=back + timedelta(hours=1))
    assert [(share.person, share.minutes, share.is_now) for share in found.shares] == [
        (house.staff, 120, True)
    ]
    # One that waits for its customer comes back with its clock at rest, a closed one is kept by nobody.
    reply(ticket, actor=house.staff, body="رسید", client_key=uuid.uuid4(), at=back + timedelta(hours=1))
    for turn, theirs in enumerate((2, 3)):
        at = back + timedelta(hours=2 + 3 * turn)
        delete(ticket, actor=house.owner, at=at)
        restore(ticket, actor=house.owner, at=at + timedelta(hours=2))
        assert ticket.refresh().waiting_since is None
        assert kept(ticket, at=at + timedelta(hours=3)).theirs == timedelta(hours=theirs)
    close(ticket, actor=house.staff, at=back + timedelta(days=1))
    delete(ticket, actor=house.owner)
    restore(ticket, actor=house.owner)
    assert not Custody.objects.filter(ended_at=None).exists()


@pytest.mark.postgres
def test_the_door_through_the_trigger_is_shut_again(house: House) -> None:
    from django.db import ProgrammingError, transaction

    ticket, other = make_ticket(house), make_ticket(house)
    delete(ticket, actor=house.owner)
    purge(ticket, actor=house.owner)
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
        Event.objects.filter(ticket=other)._raw_delete(Event.objects.db)


def test_pages_of_the_bin_cost_the_same_for_one_and_for_thirty(house: House) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    owner = house.client(house.owner)

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert owner.get("/manage/bin/").status_code == 200
        return len(seen)

    assert "سطل خالی است" in owner.get("/manage/bin/").content.decode()
    delete(make_ticket(house), actor=house.owner)
    one = cost()
    for _ in range(29):
        delete(make_ticket(house), actor=house.owner)
    assert cost() == one
    page = owner.get("/manage/bin/").content.decode()
    assert page.count('value="restore"') == 25 and "تا ۳۰ روز دیگر" in page


def test_the_owners_page_deletes_restores_and_purges_and_nobody_elses_does(house: House) -> None:
    ticket = lived(house)
    path = f"/desk/tickets/{ticket.number}/"
    assert "حذف تیکت" not in house.client(house.manager).get(path).content.decode()
    assert house.client(house.manager).post(f"{path}delete/").status_code == 403
    assert house.client(house.colleague).post(f"{path}delete/").status_code == 404
    owner = house.client(house.owner)
    assert "btn-danger" in owner.get(path).content.decode()
    answer = owner.post(f"{path}delete/")
    assert answer["Location"] == "/manage/bin/?done=binned"
    assert house.client(house.manager).get("/manage/bin/").status_code in (403, 404)
    assert owner.post("/manage/bin/", {"act": "restore", "ticket": ticket.pk}).status_code == 302
    assert owner.post("/manage/bin/", {"act": "restore", "ticket": ticket.pk}).status_code == 409
    assert owner.post(f"{path}delete/").status_code == 302
    assert owner.post("/manage/bin/", {"act": "purge", "ticket": ticket.pk}).status_code == 302
    assert owner.post("/manage/bin/", {"act": "purge", "ticket": ticket.pk}).status_code == 409
    assert owner.post("/manage/bin/", {"act": "purge", "ticket": "x"}).status_code == 404
