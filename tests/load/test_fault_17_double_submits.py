"""TRUST's faults 17 and 19: twenty threads, one barrier. One effect each; the others get the same page, never an error.

The one-time code's turn is in tests/accounts/test_otp.py (TRUST 8). ``FAULT_ROUNDS=100`` is the long form.
"""

from __future__ import annotations

import os
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from departments import services as departments
from notifications.models import Delivery
from tenants.scope import tenant_scope
from tests.load.visitor import session_of, wish
from tests.tickets.browsing import message
from tests.worlds import House, make_house, make_ticket, next_mobile
from tickets.models import Event, Message, Rating, Ticket
from tickets.rating_links import answer_link
from tickets.services import reply

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
ROUNDS = int(os.environ.get("FAULT_ROUNDS", "4"))
THREADS = 20


@pytest.fixture
def house(committed_db: None) -> House:
    return make_house("arvand")


def together(
    house: House, cookies: list[dict[str, str]], path: str, fields: dict[str, Any]
) -> list[HttpResponse]:
    """The same form from every one of these sessions at one moment; each thread has a connection of its own."""
    barrier = Barrier(len(cookies))

    def send(held: dict[str, str]) -> HttpResponse:
        browser = Client(HTTP_HOST=house.host, raise_request_exception=False)
        browser.cookies.load(held)
        try:
            barrier.wait(timeout=30)
            return browser.post(path, fields)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(cookies)) as pool:
        return list(pool.map(send, cookies))


def letters(kind: str) -> int:
    return Delivery.objects.filter(kind=kind, channel="sms").count()


def test_fault_17_one_new_ticket_form_sent_by_twenty_is_one_ticket(house: House) -> None:
    cookies = [session_of(house.customer_main)] * THREADS
    for number in range(1, ROUNDS + 1):
        fields = wish(department=house.support.pk, subject="چاپ فاکتور", wants_sms="on")
        answers = together(house, cookies, "/portal/tickets/new/", fields)
        assert {one.status_code for one in answers} == {302}
        assert {one["Location"] for one in answers} == {f"/portal/tickets/{1000 + number}/?done=opened"}
        with tenant_scope(house.tenant):
            assert Ticket.objects.count() == Message.objects.count() == number
            assert Event.objects.filter(kind="opened").count() == number
            assert letters("ticket.opened.customer") == letters("ticket.unassigned") == number


@pytest.mark.parametrize("side", ["desk", "portal"])
def test_fault_17_one_reply_form_sent_by_twenty_is_one_message(house: House, side: str) -> None:
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, staff=house.staff)
    cookies = [session_of(house.staff if side == "desk" else house.customer_main)] * THREADS
    page = f"/{side}/tickets/{ticket.number}/"
    for number in range(1, ROUNDS + 1):
        answers = together(house, cookies, f"{page}reply/", message("یک بار بس است"))
        assert {one.status_code for one in answers} == {302}
        (landed,) = {one["Location"] for one in answers}
        assert landed.startswith(page)
        with tenant_scope(house.tenant):
            assert Message.objects.filter(ticket=ticket).count() == 1 + number
            if side == "desk":
                assert letters("ticket.answered") == number


def test_fault_17_one_note_form_sent_by_twenty_is_one_note(house: House) -> None:
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, staff=house.staff)
    answers = together(
        house,
        [session_of(house.staff)] * THREADS,
        f"/desk/tickets/{ticket.number}/note/",
        message("میان خودمان"),
    )
    assert {one.status_code for one in answers} == {302}
    assert len({one["Location"] for one in answers}) == 1
    with tenant_scope(house.tenant):
        assert Message.objects.filter(ticket=ticket, kind="note").count() == 1


def test_fault_19_replies_of_two_staff_and_the_customer_at_once_are_all_kept(house: House) -> None:
    """A verb that waited for the lock reads the ticket as the one before it left it, whoever that was."""
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, staff=house.staff)
    ours = [session_of(house.staff), session_of(house.manager)]
    customer = session_of(house.customer_main)
    barrier = Barrier(THREADS)

    def say(place: int) -> int:
        side, held = ("desk", ours[place // 2 % 2]) if place % 2 else ("portal", customer)
        browser = Client(HTTP_HOST=house.host, raise_request_exception=False)
        browser.cookies.load(held)
        try:
            barrier.wait(timeout=30)
            path = f"/{side}/tickets/{ticket.number}/reply/"
            return browser.post(path, message(f"پیام {place}")).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        assert set(pool.map(say, range(THREADS))) == {302}
    with tenant_scope(house.tenant):
        bodies = set(Message.objects.filter(ticket=ticket).values_list("body", flat=True))
        assert bodies >= {f"پیام {place}" for place in range(THREADS)}


def _crowd(house: House) -> list[User]:
    """Twenty colleagues with a seat in support."""
    crowd = []
    with tenant_scope(house.tenant):
        for number in range(THREADS):
            person = departments.create_staff(
                actor=house.owner, mobile=next_mobile(), name=f"کارشناس {number}", department=house.support
            )
            crowd.append(person)
        User.objects.filter(pk__in=[one.pk for one in crowd]).update(welcomed_at=house.tenant.created_at)
    return crowd


def test_fault_17_twenty_take_one_ticket_and_one_has_it(house: House) -> None:
    crowd = _crowd(house)
    cookies = [session_of(one) for one in crowd]
    for _ in range(ROUNDS):
        with tenant_scope(house.tenant):
            ticket = make_ticket(house, client_key=uuid.uuid4())
        answers = together(house, cookies, f"/desk/tickets/{ticket.number}/take/", {})
        statuses = Counter(one.status_code for one in answers)
        # Whoever comes after either finds it taken, or no longer sees it: a colleague's ticket is not theirs to see.
        assert statuses[302] == 1 and set(statuses) <= {302, 404, 409}, statuses
        for refused in answers:
            assert refused.status_code == 302 or "<main" in refused.content.decode()
        winner = crowd[[one.status_code for one in answers].index(302)]
        with tenant_scope(house.tenant):
            assert Ticket.objects.get(pk=ticket.pk).assignee_id == winner.pk
            assert Event.objects.filter(ticket=ticket, kind="taken").count() == 1


def test_fault_17_one_person_who_takes_twenty_times_takes_once(house: House) -> None:
    with tenant_scope(house.tenant):
        ticket = make_ticket(house)
    answers = together(house, [session_of(house.staff)] * THREADS, f"/desk/tickets/{ticket.number}/take/", {})
    assert {one.status_code for one in answers} == {302}
    assert len({one["Location"] for one in answers}) == 1
    with tenant_scope(house.tenant):
        assert Event.objects.filter(ticket=ticket, kind="taken").count() == 1


@pytest.mark.spec("S8")
def test_fault_17_a_rating_sent_twenty_times_is_one(house: House):
    """By the letter's link, with as many opinions: one row, and the last word stands."""
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, staff=house.staff)
        answer = reply(ticket, actor=house.staff, body="درست شد.", client_key=uuid.uuid4())
        path = answer_link(answer, house.customer_main)
    answers = together(house, [{}] * THREADS, path, {"stars": "4", "comment": "خوب"})
    assert {response.status_code for response in answers} == {302}
    with tenant_scope(house.tenant):
        assert Rating.objects.count() == 1
        assert Event.objects.filter(kind="rated").count() == 1
