"""Judges a day: what was promised is read from the database, the storage and the providers, and printed as a table."""

from __future__ import annotations

import hashlib
import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis
from django.conf import settings

from notifications.models import Bell, Delivery
from tenants.models import StoredFile
from tenants.scope import tenant_scope
from tests.worlds import House
from tickets.models import Attachment, Draft, Message, Outgoing, Rating, Ticket

from .day import JUDGED_FROM, WARM, WEB_PROCESSES, WEB_THREADS, WORKER_PROCESSES, Day
from .ledger import Asked
from .people import MARK
from .watch import Look, Watch

# Growth between the first and the last quarter after the warm-up that is still none.
MEMORY_MAY_GROW, SLOWER, FILES_MAY_GROW = 0.15, 1.5, 0.25
# Descriptors that come and go with the lines of those who just now ask.
LINES = WEB_PROCESSES * WEB_THREADS * 2
# Seconds a connection may lie in a transaction doing nothing: a page reads nothing from the outside while it has one.
LONGEST_IDLE = 10.0
# Each web thread has a connection, the worker's processes and their parents one each, and a few are in between.
CONNECTIONS = WEB_PROCESSES * WEB_THREADS + WORKER_PROCESSES + 4
BROKERS = ("_kombu.", "unacked", "normal")
MEGABYTE = 1024 * 1024
# Lines of the table that a test knows by name.
FAILED, FAULTS = "5xx outside restarts", "lines dropped, lost log-ins, other faults"
LOST, STRANGE, FILES = "acknowledged and lost", "there and never said", "files lost, doubled or changed"
TWICE, NOBODYS = "letters that came twice", "letters nobody owed"


@dataclass(frozen=True)
class Line:
    """One line of the table. ``holds`` is None for what is only told."""

    what: str
    first: str = ""
    last: str = ""
    limit: str = ""
    holds: bool | None = None
    found: tuple[str, ...] = ()  # what spoke against it


def judge(day: Day, house: House, watch: Watch) -> list[Line]:
    """Every line of the table, the promises first."""
    with tenant_scope(house.tenant):
        kept = [*_words(day), *_files(day), *_ratings(day), *_letters(day)]
    return [*_answers(day), *kept, *_rest(day, watch), *_quarters(day, watch)]


def table(day: Day, lines: list[Line]) -> str:
    """The table as text, with the acts and the refusals of the day under it."""
    rows = [("", "first quarter", "last quarter", "limit", "")]
    marks = {True: "held", False: "NOT HELD", None: ""}
    rows += [(line.what, line.first, line.last, line.limit, marks[line.holds]) for line in lines]
    widths = [max(len(row[place]) for row in rows) for place in range(5)]
    text = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    refused = Counter(f"{one.status} {one.kind}" for one in day.ledger.asked if 400 <= one.status < 500)
    tail = [
        f"seed {day.seed}, {day.seconds / 60:g} minutes, pace {day.pace:g}; moods: {', '.join(day.moods)}",
        f"acts: {_counts(day.ledger.acts)}",
        f"refused: {_counts(refused)}",
        f"in the announced restarts: {_counts(day.ledger.inside)}; idle lines opened anew: {day.ledger.idle_lines}",
        *(f"{line.what}: {one}" for line in lines for one in line.found[:20]),
    ]
    return "\n".join([*text, "", *tail])


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counter.most_common()) or "none"


def _none(what: str, found: Iterable[str]) -> Line:
    """A line that holds when nothing was found."""
    rows = tuple(found)
    return Line(what, last=str(len(rows)), limit="0", holds=not rows, found=rows)


# What was answered -----------------------------------------------------------------------------------------------
def _answers(day: Day) -> list[Line]:
    failed = Counter(f"{one.status} {one.kind}" for one in day.ledger.asked if one.status >= 500)
    said = [log for log in day.stack.logs if b"Traceback" in log.read_bytes()]
    return [
        Line("requests answered", last=str(len(day.ledger.asked))),
        _none(FAILED, (f"{name} ×{count}" for name, count in failed.items())),
        _none(FAULTS, day.ledger.faults),
        _none("tracebacks in the logs", (log.name for log in said)),
    ]


# Nothing lost, nothing twice -------------------------------------------------------------------------------------
def _words(day: Day) -> list[Line]:
    found: Counter[str] = Counter()
    for body in Message.objects.values_list("body", flat=True).iterator():
        found.update(MARK.findall(body))
    returned = set(_marks(_drafts())) | set(_marks(Outgoing.objects.values_list("body", flat=True)))
    owed = [word for word in day.ledger.words if word.is_owed]
    lost = [word for word in owed if not found[word.mark] and not (word.may_return and word.mark in returned)]
    twice = [word.mark for word in day.ledger.words if found[word.mark] > 1]
    strange = set(found) - {word.mark for word in day.ledger.words}
    tickets = Counter(MARK.findall(" ".join(_subjects())))
    kinds = Counter(word.kind for word in owed)
    back = sum(1 for word in owed if not found[word.mark]) - len(lost)
    return [
        Line("words acknowledged", last=_counts(kinds)),
        _none(LOST, (word.mark for word in lost)),
        _none("said once, there twice", [*twice, *(mark for mark, count in tickets.items() if count > 1)]),
        _none(STRANGE, sorted(strange)),
        Line("answers gone back to their writer", last=str(back)),
    ]


def _subjects() -> list[str]:
    """The subjects, their marks written as those of the texts are."""
    return [
        re.sub(r"([a-z_]+\d*-\d{4})$", r"(\1)", one)
        for one in Ticket.objects.values_list("subject", flat=True)
    ]


def _drafts() -> Iterable[str]:
    return (str(values.get("body", "")) for values in Draft.objects.values_list("values", flat=True))


def _marks(texts: Iterable[str]) -> Iterable[str]:
    return (mark for text in texts for mark in MARK.findall(text))


def _files(day: Day) -> list[Line]:
    """Each file of an acknowledged word hangs on its message once, with the bytes that went."""
    there: dict[str, list[Any]] = defaultdict(list)
    bodies: dict[str, str] = {}
    for held in Attachment.objects.select_related("file", "message"):
        there[held.file.name].append(held.file)
        bodies[held.file.name] = held.message.body
    sent = set(_marks(Message.objects.values_list("body", flat=True)))
    broken, total = [], 0
    for word in day.ledger.words:
        if not word.is_owed or word.mark not in sent:
            continue
        for name, digest in word.files.items():
            total += 1
            rows = there.get(name, [])
            if len(rows) != 1 or word.mark not in bodies[name]:
                broken.append(f"{name} ×{len(rows)}")
            elif (
                hashlib.sha256((Path(settings.MEDIA_ROOT) / rows[0].path).read_bytes()).hexdigest() != digest
            ):
                broken.append(f"{name} is another")
    unarrived = StoredFile.objects.filter(arrived_at=None).count()
    return [
        Line("files acknowledged", last=str(total)),
        _none(FILES, broken),
        Line("files whose bytes never came", last=str(unarrived)),
    ]


def _ratings(day: Day) -> list[Line]:
    """The stars that stand are the last ones acknowledged."""
    rows = list(Rating.objects.select_related("ticket").order_by("pk"))
    found = {
        (
            row.rater_id,
            str(row.message_id or f"closing of /portal/tickets/{row.ticket.number}/rate/"),
        ): row.stars
        for row in rows
    }
    known = {target: stars for target, stars in day.ledger.stars.items() if stars is not None}
    wrong = [f"{target[1]}: {found.get(target)} for {stars}" for target, stars in known.items()
             if found.get(target) != stars]  # fmt: skip
    return [Line("ratings acknowledged", last=str(len(known))), _none("ratings lost or other", wrong)]


# Letters ---------------------------------------------------------------------------------------------------------
def _letters(day: Day) -> list[Line]:
    rows = list(Delivery.objects.all())
    states = Counter(f"{row.channel} {row.state}" for row in rows)
    final = (Delivery.State.SENT, Delivery.State.FAILED, Delivery.State.EXPIRED, Delivery.State.SKIPPED)
    open_ones = [f"{row.channel} {row.kind} {row.state}" for row in rows if row.state not in final]
    mute = [
        f"{row.channel} {row.kind}" for row in rows if row.state == Delivery.State.FAILED and not row.error
    ]
    sms, mail = _received(day)
    wrong, twice, cut = [], [], 0
    for row in rows:
        got = sms[str(row.public_id.int >> 66)] if row.channel == "sms" else mail[row.public_id.hex]
        cut += row.unsure
        if row.state == Delivery.State.SENT and not got:
            wrong.append(f"{row.channel} {row.kind} {row.pk} never came")
        # An e-mail whose line broke after its text is sent again under the same Message-ID; nothing else comes twice.
        if got > (2 if row.unsure and row.channel == "email" else 1):
            twice.append(f"{row.channel} {row.kind} {row.pk} ×{got}")
    known = {str(row.public_id.int >> 66) for row in rows} | {row.public_id.hex for row in rows}
    nobodys = [key for key in [*sms, *mail] if key not in known]
    return [
        Line("letters", last=_counts(states)),
        _none("letters owed and not written", _unwritten(rows)),
        _none("letters neither sent nor given up", open_ones),
        _none("letters given up without a reason", mute),
        _none("letters sent that never came", wrong),
        _none(TWICE, twice),
        _none(NOBODYS, nobodys),
        Line("attempts cut short", last=str(cut)),
    ]


def _received(day: Day) -> tuple[Counter[str], Counter[str]]:
    """How often each letter came: by localid, and by the name in its Message-ID."""
    names = (str(message["Message-ID"]).strip("<>").partition("@")[0] for message in day.mailbox.messages)
    return Counter(sent.localid for sent in day.provider.sent), Counter(names)


def _unwritten(rows: list[Any]) -> Iterable[str]:
    """Of each opened ticket and each answer of ours the customer hears once, by every way that reaches them."""
    written = Counter((row.channel, row.key) for row in rows)
    written.update(("bell", key) for key in Bell.objects.values_list("key", flat=True))
    opened = Ticket.with_bin.exclude(channel="internal").select_related("requester")
    owed = [(f"opened:{ticket.pk}", ticket) for ticket in opened]
    answers = Message.objects.filter(kind="reply", side="staff").exclude(ticket__channel="internal")
    owed += [
        (f"answered:{message.pk}", message.ticket) for message in answers.select_related("ticket__requester")
    ]
    for name, ticket in owed:
        person = ticket.requester
        for channel in ("sms", "bell", *(["email"] if person.email else [])):
            if (count := written[channel, f"{name}:{person.pk}/{person.pk}"]) != 1:
                yield f"{name} of ticket {ticket.number} by {channel} ×{count}"


# At rest, and growth ---------------------------------------------------------------------------------------------
def _rest(day: Day, watch: Watch) -> list[Line]:
    look = watch.looks[-1]
    longest = max(one.longest_idle for one in watch.looks)
    most = max(one.connections for one in watch.looks)
    return [
        _none("Redis keys that never end", _lasting()),
        _none("left in the queues", [] if day.drained_after < 1e9 else [day.left]),
        Line("seconds until drained", last=f"{day.drained_after:.1f}"),
        Line("idle in a transaction at the end", last=str(look.idle_in_transaction), limit="0",
             holds=not look.idle_in_transaction),
        Line("longest idle in a transaction, s", last=f"{longest:.1f}", limit=f"{LONGEST_IDLE:g}",
             holds=longest <= LONGEST_IDLE),
        Line("most database connections", last=str(most), limit=str(CONNECTIONS), holds=most <= CONNECTIONS),
    ]  # fmt: skip


def _lasting() -> Iterable[str]:
    """Keys without an end, but for the broker's own."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    for key in client.scan_iter():
        name = key.decode()
        if client.ttl(key) == -1 and not name.startswith(BROKERS):
            yield name


def _quarters(day: Day, watch: Watch) -> list[Line]:
    """Growth between the first and the last quarter of what comes after the warm-up."""
    judged = day.seconds >= JUDGED_FROM
    quarter = (1 - WARM) / 4 * day.seconds
    spans = ((WARM * day.seconds, WARM * day.seconds + quarter), (day.seconds - quarter, day.seconds))
    looks = [[one for one in watch.looks if begin <= one.at < end] for begin, end in spans]
    asked = [[one for one in day.ledger.asked if begin <= one.at < end] for begin, end in spans]
    if not all(looks) or not all(asked):
        return [Line("growth", last="too short a day to tell")]
    lines = []
    for part in ("web", "worker", "beat"):
        lines.append(_growth(f"memory of {part}, MB", looks, _memory(part), MEMORY_MAY_GROW, judged))
    for part in ("web", "worker"):
        lines.append(
            _growth(f"files open in {part}", looks, _open(part), FILES_MAY_GROW, judged, slack=LINES)
        )
    told: list[tuple[str, Callable[[Look], float]]] = [
        ("database connections", lambda one: one.connections),
        ("Redis keys", lambda one: one.keys),
        ("Redis memory, MB", lambda one: one.redis_memory / MEGABYTE),
        ("rings waiting", lambda one: one.rings),
        ("letters waiting", lambda one: one.letters),
        ("answers on their way", lambda one: one.answers),
    ]
    lines += [_growth(what, looks, pick, 0, False) for what, pick in told]
    return [*lines, *_times(asked, looks, quarter, judged)]


def _memory(part: str) -> Callable[[Look], float]:
    return lambda look: look.memory.get(part, 0) / MEGABYTE


def _open(part: str) -> Callable[[Look], float]:
    return lambda look: look.files.get(part, 0)


def _growth(
    what: str,
    looks: list[list[Look]],
    pick: Callable[[Look], float],
    share: float,
    judged: bool,
    slack: float = 0,
) -> Line:
    """Medians of the two quarters; looks at a part that was away are left out."""
    first, last = (
        statistics.median([value for one in span if (value := pick(one))] or [0]) for span in looks
    )
    limit = f"+{share:.0%}" + (f" + {slack:g}" if slack else "") if share else ""
    holds = last <= first * (1 + share) + slack if judged and share else None
    return Line(what, _figure(first), _figure(last), limit, holds)


def _times(asked: list[list[Asked]], looks: list[list[Look]], quarter: float, judged: bool) -> list[Line]:
    """Milliseconds. Slower is what is slower both by the clock and beside the barest view, which tells what else the
    machine did in that quarter.
    """
    lines = []
    spans = [sorted(one.seconds for one in span) for span in asked]
    bare = [statistics.median([one.bare for one in span if one.bare] or [0.001]) for span in looks]
    lines.append(Line("requests a second", *(f"{len(span) / quarter:.1f}" for span in spans)))
    for name, share in (("median", 0.5), ("p95", 0.95), ("p99", 0.99)):
        first, last = (span[min(len(span) - 1, int(len(span) * share))] for span in spans)
        limit, holds = "", None
        if name == "p95":
            limit = f"×{SLOWER:g}, by the clock or the bare view"
            holds = min(last / first, (last / bare[1]) / (first / bare[0])) <= SLOWER if judged else None
        lines.append(
            Line(f"{name} of an answer, ms", _figure(first * 1000), _figure(last * 1000), limit, holds)
        )
    lines.append(_work(asked, looks, judged))
    lines.append(Line("the bare view, ms", *(_figure(one * 1000) for one in bare)))
    return lines


def _work(asked: list[list[Asked]], looks: list[list[Look]], judged: bool) -> Line:
    """Milliseconds of processor the web took for an answer: of all figures the one least the machine's."""
    spent = []
    for span, answers in zip(looks, asked, strict=True):
        used: dict[int, list[float]] = defaultdict(list)
        for look in span:
            for pid, seconds in look.work.get("web", {}).items():
                used[pid].append(seconds)
        spent.append(sum(max(one) - min(one) for one in used.values()) / len(answers) * 1000)
    holds = spent[1] <= spent[0] * SLOWER if judged else None
    return Line("processor for an answer, ms", *map(_figure, spent), f"×{SLOWER:g}", holds)


def _figure(value: float) -> str:
    return f"{value:.0f}" if value >= 20 else f"{value:.1f}"


def broken(lines: list[Line]) -> list[str]:
    """The names of the lines that do not hold."""
    return [line.what for line in lines if line.holds is False]
