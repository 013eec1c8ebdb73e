"""A large house's lists: the queue narrowed by extra fields (S31) and the ratings of a month (S8); and two verbs that
look into them, a new ticket given to whom has least to do (S18) and answers changed. Among 10,000 and among 200,000
tickets, every tenth of them open, each with an answer to six fields and a rating.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import count

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from departments.models import ExtraField
from departments.services.fields import create_field
from tenants.scope import tenant_scope
from tests.bench.rows import copies, run, teller
from tests.tickets.browsing import request_for
from tests.worlds import House, make_house, make_ticket
from tickets.models import Ticket, TicketStatus
from tickets.services import fill
from tickets.states import Category

SIZES = (10_000, int(os.environ.get("BENCH_TICKETS", "200000")))
ROUNDS = 7
# Among many it may cost so much more than among few, or so many milliseconds more: a month holds more ratings there.
RATIO, MORE = 2.0, 150.0
DIFFERENT = {
    "number": "100000 + n",
    "tracking_code": "'B' || n",
    "client_key": "gen_random_uuid()",
    "assignee_id": "(%(people)s::bigint[])[1 + n %% 4]",
    "priority": "1 + n %% 4",
    "category": "CASE WHEN n %% 10 = 0 THEN 'new' ELSE 'closed' END",
    "status_id": "CASE WHEN n %% 10 = 0 THEN t.status_id ELSE %(closed)s END",
    "closed_at": "CASE WHEN n %% 10 = 0 THEN NULL ELSE now() END",
    "updated_at": "now() - n * interval '3 minutes'",
    "created_at": "now() - n * interval '3 minutes'",
    "last_message_at": "now() - n * interval '3 minutes'",
    "waiting_since": "CASE WHEN n %% 10 = 0 THEN now() - interval '1 hour' END",
    "yellow_at": "now() + interval '2 days' + (n * 7919 %% 9000) * interval '1 minute'",
    "red_at": "now() + interval '9 days' + (n * 7919 %% 9000) * interval '1 minute'",
}
KINDS = ("number", "date", "flag", "choice", "mobile", "text")
# The column of each kind's answer: one value in a thousand is rare, the other common.
ANSWERS = {
    "number": ("scaled", "(n %% 1000) * 10000"),
    "date": ("day", "date '2026-01-01' + (n %% 1000)::int"),
    "flag": ("flag", "n %% 1000 = 7"),
    "choice": ("", ""),
    "mobile": ("text", "'+98912' || lpad(n::text, 7, '0')"),
    "text": ("text", "'لیزری ' || n %% 1000"),
}


def _answer(url: str, house: House, fields: dict[str, ExtraField], first: int, last: int) -> None:
    """Every ticket has an answer to each field."""
    for kind, field in fields.items():
        column, value = ANSWERS[kind]
        given = {"text": "''", "number": "NULL", "scaled": "NULL", "day": "NULL", "flag": "NULL"}
        if column:
            given[column] = value
        run(
            url,
            f"INSERT INTO tickets_fieldanswer (tenant_id, ticket_id, field_id, updated_at, {', '.join(given)}) "  # noqa: S608
            f"SELECT t.tenant_id, t.id, %s, t.created_at, {', '.join(given.values())} "
            "FROM tickets_ticket t, LATERAL (SELECT (t.number - 100000)::bigint AS n) AS named "
            "WHERE t.number BETWEEN 100000 + %s AND 100000 + %s",
            field.pk,
            first,
            last,
        )
    with tenant_scope(house.tenant):
        rare, common = fields["choice"].choices.order_by("position").values_list("pk", flat=True)
    run(
        url,
        "INSERT INTO tickets_fieldpick (tenant_id, answer_id, choice_id) "
        "SELECT a.tenant_id, a.id, CASE WHEN t.number %% 1000 = 7 THEN %s ELSE %s END "
        "FROM tickets_fieldanswer a JOIN tickets_ticket t ON t.id = a.ticket_id "
        "WHERE a.field_id = %s AND t.number BETWEEN 100000 + %s AND 100000 + %s",
        rare,
        common,
        fields["choice"].pk,
        first,
        last,
    )
    run(
        url,
        "INSERT INTO tickets_fieldword (tenant_id, ticket_id, field_id, word) "
        "SELECT a.tenant_id, a.ticket_id, a.field_id, p.choice_id::text "
        "FROM tickets_fieldpick p JOIN tickets_fieldanswer a ON a.id = p.answer_id "
        "JOIN tickets_ticket t ON t.id = a.ticket_id WHERE t.number BETWEEN 100000 + %s AND 100000 + %s",
        first,
        last,
    )


def _word(url: str, fields: dict[str, ExtraField], first: int, last: int) -> None:
    """The words that texts and mobiles are found by."""
    for kind, words in (("mobile", "ARRAY[a.text]"), ("text", "string_to_array(a.text, ' ')")):
        run(
            url,
            "INSERT INTO tickets_fieldword (tenant_id, ticket_id, field_id, word) "  # noqa: S608
            f"SELECT a.tenant_id, a.ticket_id, a.field_id, unnest({words}) "
            "FROM tickets_fieldanswer a JOIN tickets_ticket t ON t.id = a.ticket_id "
            "WHERE a.field_id = %s AND t.number BETWEEN 100000 + %s AND 100000 + %s",
            fields[kind].pk,
            first,
            last,
        )


def _rate(url: str, rater: int, first: int, last: int) -> None:
    """A rating for every ticket, of the last two years and a bit."""
    run(
        url,
        "INSERT INTO tickets_rating (tenant_id, ticket_id, closing, rater_id, credited_to_id, stars, comment, by, "
        "created_at, updated_at) SELECT tenant_id, id, created_at, %s, assignee_id, 1 + number %% 5, '', 'portal', "
        "given.at, given.at FROM tickets_ticket, "
        "LATERAL (SELECT now() - (number::bigint * 7919 %% 100000) * interval '10 minutes' AS at) AS given "
        "WHERE number BETWEEN 100000 + %s AND 100000 + %s",
        rater,
        first,
        last,
    )


def _pages(house: House, fields: dict[str, ExtraField]) -> dict[str, tuple[str, str]]:
    """What is measured: its name → who asks, and the address."""
    with tenant_scope(house.tenant):
        rare, common = fields["choice"].choices.order_by("position").values_list("pk", flat=True)
    name = {kind: f"f{field.pk}" for kind, field in fields.items()}
    asked = {
        "nothing": "",
        "number rare": f"{name['number']}min=990&{name['number']}max=990",
        "number common": f"{name['number']}min=10",
        "date rare": f"{name['date']}min=1404/10/12&{name['date']}max=1404/10/12",
        "date common": f"{name['date']}min=1404/10/12",
        "flag rare": f"{name['flag']}=yes",
        "flag common": f"{name['flag']}=no",
        "choice rare": f"{name['choice']}={rare}",
        "choice common": f"{name['choice']}={common}",
        "mobile": f"{name['mobile']}=09120005010",
        "text rare": f"{name['text']}=لیزری 990",
        "text common": f"{name['text']}=لیزر",
        "two": f"{name['flag']}=no&{name['choice']}={common}&{name['number']}min=10",
    }
    asks = (("manager", "all", ""), ("owner", "open", "common"), ("staff", "all", "common"))
    pages = {
        f"queue {view}, {who}, {told}": (
            who,
            f"/desk/tickets/?department={house.support.pk}&view={view}&{query}",
        )
        for who, view, only in asks
        for told, query in asked.items()
        if only in told
    }
    for who in ("owner", "manager", "staff"):
        pages |= {
            f"ratings {told}, {who}": (who, f"/desk/ratings/?{query}")
            for told, query in (
                ("month", ""),
                ("low", "view=low"),
                ("person", f"person={house.staff.pk}"),
                ("department", f"department={house.support.pk}"),
            )
        }
    return pages


@dataclass(frozen=True)
class Cost:
    """Milliseconds and statements of one thing asked; what else the machine does only ever makes a round slower."""

    quickest: float
    median: float
    statements: int


def _timed(ask: Callable[[], object]) -> Cost:
    ask()
    with CaptureQueriesContext(connection) as seen:
        ask()
    statements, taken = len(seen), []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - began) * 1000)
    return Cost(min(taken), statistics.median(taken), statements)


def _get(client: Client, path: str) -> Callable[[], None]:
    def ask() -> None:
        assert client.get(path).status_code == 200

    return ask


def _press(house: House, client: Client, fields: dict[str, ExtraField]) -> Callable[[], None]:
    asked = [str(field.pk) for field in fields.values()]

    def ask() -> None:
        assert client.post("/portal/tickets/new/", request_for(house, asked=asked)).status_code == 302

    return ask


def _fill(house: House, ticket: Ticket, fields: dict[str, ExtraField]) -> Callable[[], None]:
    """Three answers changed, to others each time."""
    turns = count()

    def ask() -> None:
        turn = next(turns)
        with tenant_scope(house.tenant):
            picks = list(fields["choice"].choices.order_by("position").values_list("pk", flat=True))
            given = {"number": Decimal(turn), "text": f"مدل {turn}", "choice": {picks[turn % 2]}}
            answers = {fields[kind].pk: value for kind, value in given.items()}
            fill(ticket, actor=house.owner, answers=answers)

    return ask


def _measure(house: House, fields: dict[str, ExtraField], ticket: Ticket) -> dict[str, Cost]:
    clients = {
        who: house.client(getattr(house, who)) for who in ("owner", "manager", "staff", "customer_main")
    }
    pages = {name: _get(clients[who], path) for name, (who, path) in _pages(house, fields).items()}
    acts = {
        "a new ticket, least loaded": _press(house, clients["customer_main"], fields),
        "three answers changed": _fill(house, ticket, fields),
    }
    return {name: _timed(ask) for name, ask in (pages | acts).items()}


@pytest.mark.postgres
@pytest.mark.timeout(3600)
def test_lists_cost_what_is_shown_not_what_is_there(
    committed_db: None, owner_url: str, keeper_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    house = make_house("arvand")
    people = [house.staff.pk, house.colleague.pk, house.manager.pk, house.finance_manager.pk]
    with tenant_scope(house.tenant):
        house.support.rule = "least"
        house.support.save(update_fields=["rule"])
        fields = {
            kind: create_field(
                actor=house.owner,
                department=house.support,
                kind=kind,
                label=f"پرسش {kind}",
                choices=["کم", "زیاد"] if kind == "choice" else [],
            )
            for kind in KINDS
        }
        model = make_ticket(house, staff=house.staff)
        closed = TicketStatus.objects.get(category=Category.CLOSED, is_default=True).pk
    told = teller(capsys)
    figures: dict[int, dict[str, Cost]] = {}
    made = 0
    for size in SIZES:
        began = time.perf_counter()
        copies(keeper_url, model, DIFFERENT, made + 1, size, people=people, closed=closed)
        _answer(keeper_url, house, fields, made + 1, size)
        _word(keeper_url, fields, made + 1, size)
        _rate(keeper_url, house.customer_main.pk, made + 1, size)
        made = size
        for table in ("ticket", "fieldanswer", "fieldpick", "fieldword", "rating"):
            run(owner_url, f"VACUUM (ANALYZE) tickets_{table}")
        told(f"{size:,} tickets, filled in {time.perf_counter() - began:.0f} s")
        figures[size] = _measure(house, fields, model)
    few, many = (figures[size] for size in SIZES)
    slow = []
    for name, cost in many.items():
        before = few[name]
        told(
            f"{name}: quickest {before.quickest:.0f} → {cost.quickest:.0f} ms, median {before.median:.0f} → "
            f"{cost.median:.0f}; {before.statements} and {cost.statements} statements"
        )
        if cost.quickest > max(RATIO * before.quickest, before.quickest + MORE):
            slow.append(name)
        # The calendar is read only where a clock on the page runs.
        assert abs(cost.statements - before.statements) <= 1, name
    assert not slow, slow
