"""The plan of a tenant's tickets: what is said and done, by which side, and when. Pure; build.py carries it out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from . import content, moments
from .content import CUSTOMER, NOTE, STAFF, Line, Scenario
from .people import Company, Person, dice
from .slots import Slots

DAYS = 90
LONG = 5  # lines; with what follows, a story that came back stays within eight messages
# Out of a hundred tickets, how many end where; "back" are closed ones that came back.
SHARES = (("closed", 50), ("answered", 14), ("waiting", 10), ("new", 9), ("open", 13), ("back", 4))
COLOURS = ("green", "yellow", "red", "green", "green", "red", "yellow", "green")
MANAGER = "manager"
LATIN = (
    "PrintSpooler 0x709",
    "HTTP 403 Forbidden",
    "SQL Error 926",
    "Access denied",
    "Timeout expired",
    "Session closed",
)


@dataclass(frozen=True)
class Resident:
    """A customer's person who writes tickets."""

    number: int
    who: Person
    company: Company
    email: str


@dataclass(frozen=True)
class Paper:
    """A file to be made and attached."""

    kind: str
    name: str
    words: str


@dataclass
class Step:
    """One verb on a ticket. ``who`` is customer, staff (its holder) or manager; ``status`` goes with a reply."""

    verb: str
    who: str
    text: str = ""
    status: str = ""
    at: datetime = datetime.min
    files: tuple[Paper, ...] = ()


@dataclass
class Story:
    """One ticket from its opening to where it stands now."""

    index: int
    scenario: Scenario
    resident: Resident
    stage: str
    subject: str = ""
    priority: int = 2
    first_priority: int = 2
    channel: str = "portal"
    helper: float = 0.0  # which of the department's people answers, 0 ≤ helper < 1
    is_unread: bool = False
    steps: list[Step] = field(default_factory=list)


class Planner:
    """Makes the stories of one tenant, the same ones for the same name and number."""

    def __init__(
        self, name: str, *, scenarios: list[Scenario], residents: list[Resident], now: datetime
    ) -> None:
        self._name = name
        self._rng = dice(f"tickets of {name}")
        # Apart from the rest: how many draws a moment takes depends on the hour of building, what is said must not.
        self._time = dice(f"times of {name}")
        self._scenarios = scenarios
        self._residents = residents
        self._now = now
        self._used: dict[str, int] = {}
        self._seen: set[str] = set()

    def stories(self, count: int) -> list[Story]:
        """``count`` stories; each category and, from four running ones on, each colour is among them."""
        stages = _stages(count)
        self._rng.shuffle(stages)
        running = 0
        stories = []
        for index, stage in enumerate(stages):
            colour = COLOURS[running % len(COLOURS)]
            running += stage in ("new", "open")
            stories.append(self._story(index, stage, colour))
        return stories

    def _story(self, index: int, stage: str, colour: str) -> Story:
        rng = self._rng
        rng.seed(f"ticket {index} of {self._name}")
        resident = rng.choices(self._residents, weights=[one.company.weight for one in self._residents])[0]
        while True:
            scenario = self._scenario(resident, stage)
            story = Story(index, scenario, resident, stage, helper=rng.random())
            story.priority = story.first_priority = rng.choice(scenario.priorities)
            if not scenario.opened_by_staff:
                if rng.random() < 0.08:
                    story.first_priority = max(1, story.priority - 1)
                if resident.email and rng.random() < 0.2:
                    story.channel = "email"
            steps = self._beats(story)
            while not story.steps or story.steps[0].at < self._now - timedelta(days=DAYS):
                story.steps = self._set_times(story, steps, colour)
            if self._fill(story):
                break
        story.is_unread = stage != "closed" and rng.random() < 0.36
        return story

    def _scenario(self, resident: Resident, stage: str) -> Scenario:
        """One that fits the company's exclusive desk and the stage; those used often are used less."""
        link = resident.company.link
        fitting = [
            one
            for one in self._scenarios
            if (link is None or one.department == link[0])
            and not (one.opened_by_staff and stage in ("new", "back"))
        ]
        weights = [one.times / (1 + self._used.get(one.subjects[0], 0)) ** 1.5 for one in fitting]
        return self._rng.choices(fitting, weights=weights)[0]

    # What is done ---------------------------------------------------------------------------------------------------
    def _beats(self, story: Story) -> list[Step]:
        """The verbs of a story in their order, with texts that still have gaps."""
        rng, stage = self._rng, story.stage
        lines = list(story.scenario.lines)
        if stage == "new" or (stage == "open" and len(lines) > 1 and rng.random() < 0.35):
            return self._unanswered(story, lines[0])
        if stage == "open":
            ends = [place for place, line in enumerate(lines) if line.speaker == CUSTOMER and place]
            if not ends:
                return self._came_back(story, lines)
            return self._talk(story, lines[: rng.choice(ends) + 1])
        if stage in ("waiting", "answered"):
            ends = [place for place, line in enumerate(lines) if line.speaker == STAFF]
            steps = self._talk(story, lines[: rng.choice(ends) + 1])
            if len(steps) > 1 or steps[0].who == CUSTOMER:
                steps[-1].status = stage
            elif stage == "answered":
                steps = self._talk(story, lines)
                ours = [
                    place for place, step in enumerate(steps) if step.verb == "reply" and step.who == STAFF
                ]
                steps = steps[: ours[-1] + 1]
                steps[-1].status = stage
            return steps
        if stage == "back":
            again = rng.choice(story.scenario.manners.again)
            return [
                *self._came_back(story, lines),
                Step("reply", STAFF, again, rng.choice(("waiting", "answered"))),
            ]
        return self._closed(lines, story)

    def _unanswered(self, story: Story, first: Line) -> list[Step]:
        rng = self._rng
        steps = [Step("open", CUSTOMER, first.text)]
        if story.stage == "open":
            steps.append(Step(rng.choice(("take", "assign")), STAFF))
            steps.append(Step("status", STAFF, status="open"))
        if rng.random() < 0.3:
            steps.append(Step("reply", CUSTOMER, rng.choice(story.scenario.manners.nudges)))
        if rng.random() < 0.25:
            steps.append(Step("note", rng.choice((STAFF, MANAGER)), rng.choice(story.scenario.manners.notes)))
        return self._with_priority(story, steps)

    def _talk(self, story: Story, lines: list[Line]) -> list[Step]:
        """Lines as verbs; the first answer may be preceded by taking or assigning."""
        rng = self._rng
        steps: list[Step] = []
        answered = lines[0].speaker == STAFF
        for place, line in enumerate(lines):
            if line.speaker == NOTE:
                steps.append(Step("note", rng.choice((STAFF, MANAGER)), line.text))
                continue
            if line.speaker == STAFF and not answered:
                answered = True
                if rng.random() < 0.35:
                    steps.append(Step(rng.choice(("take", "assign", "assign")), STAFF))
            asks = "؟" in line.text or "بفرمایید" in line.text
            status = ("waiting" if asks else "answered") if line.speaker == STAFF and place else ""
            steps.append(Step("reply" if place else "open", line.speaker, line.text, status))
        if all(line.speaker != NOTE for line in lines) and len(lines) > 2 and rng.random() < 0.22:
            steps.insert(
                rng.randint(2, len(steps) - 1), Step("note", STAFF, rng.choice(story.scenario.manners.notes))
            )
        return self._with_priority(story, steps)

    def _with_priority(self, story: Story, steps: list[Step]) -> list[Step]:
        if story.first_priority != story.priority:
            steps.insert(1, Step("priority", MANAGER))
        return steps

    def _closed(self, lines: list[Line], story: Story) -> list[Step]:
        rng = self._rng
        steps = self._talk(story, lines)
        if lines[-1].speaker == STAFF and rng.random() < 0.6:
            steps.append(Step("reply", CUSTOMER, rng.choice(story.scenario.manners.thanks)))
        return [*steps, Step("close", rng.choice((CUSTOMER, STAFF, STAFF)))]

    def _came_back(self, story: Story, lines: list[Line]) -> list[Step]:
        """A closed story whose customer writes again; some press «بازگشایی» first."""
        if len(lines) > LONG:
            lines = lines[
                : max(place for place, line in enumerate(lines[:LONG]) if line.speaker == STAFF) + 1
            ]
        steps = self._closed(lines, story)
        if self._rng.random() < 0.3:
            steps.append(Step("reopen", CUSTOMER))
        return [*steps, Step("reply", CUSTOMER, self._rng.choice(story.scenario.manners.returns))]

    # When ------------------------------------------------------------------------------------------------------------
    def _set_times(self, story: Story, steps: list[Step], colour: str) -> list[Step]:
        """Moments backwards from the one that matters: the customer's wait, or the last thing done."""
        rng, now, stage = self._time, self._now, story.stage
        if stage in ("new", "open"):
            begin = moments.started(now, colour, story.priority, rng)
            # The wait began with the opening, or with the customer's last word (or their reopening before it).
            ours = [place for place, step in enumerate(steps) if _stops_the_clock(step)]
            place = max(ours, default=-1) + 1
            while steps[place].who != CUSTOMER:
                place += 1
            steps[place].at = begin
            return [*self._backwards(steps[: place + 1]), *self._onwards(steps[place + 1 :], begin)]
        farthest = {"closed": 88 * 24, "back": 9 * 24, "waiting": 12 * 24, "answered": 7 * 24}[stage]
        hours = rng.uniform(0.5, farthest) if rng.random() < 0.85 else rng.uniform(0.5, 30)
        snap = moments.awake if steps[-1].who == CUSTOMER else moments.at_work
        steps[-1].at = snap(now - timedelta(hours=hours), rng)
        return self._backwards(steps)

    def _backwards(self, steps: list[Step]) -> list[Step]:
        for later, step in zip(reversed(steps[1:]), reversed(steps[:-1]), strict=True):
            gap = moments.pause(self._time, staff=later.who != CUSTOMER)
            if later.verb not in ("open", "reply", "note", "reopen") or step.verb == "reopen":
                gap = timedelta(minutes=self._time.randint(2, 40))
            snap = moments.awake if step.who == CUSTOMER else moments.at_work
            step.at = snap(later.at - gap, self._time)
        return steps

    def _onwards(self, steps: list[Step], begin: datetime) -> list[Step]:
        """Spread the rest between ``begin`` (in working hours) and now, in order; too little time drops it."""
        room = self._now - begin
        if room < timedelta(minutes=10):
            return []
        places = sorted(self._time.uniform(0.1, 0.9) for _ in steps)
        last = begin
        for step, place in zip(steps, places, strict=True):
            wished = moments.at_work(begin + room * place, self._time)
            last = step.at = max(wished, last + timedelta(seconds=20))
        return steps

    # With which words ------------------------------------------------------------------------------------------------
    def _fill(self, story: Story) -> bool:
        """Make the choices and fill the gaps; False when another ticket already reads like this."""
        rng = self._rng
        slots = self._slots(story)
        story.subject = content.spoken(rng.choice(story.scenario.subjects), slots, rng)
        first = content.spoken(story.steps[0].text, slots, rng)
        if story.subject in self._seen or first in self._seen:
            return False
        self._seen |= {story.subject, first}
        for step in story.steps[1:]:
            step.text = content.spoken(step.text, slots, rng)
        story.steps[0].text = first
        if story.index % 5 == 3:  # a fifth of all carry files
            self._attach(story, slots)
        key = story.scenario.subjects[0]
        self._used[key] = self._used.get(key, 0) + 1
        return True

    def _slots(self, story: Story) -> Slots:
        resident = story.resident
        return Slots(self._rng, story.steps[0].at, title=resident.who.title, domain=resident.company.site)

    def _attach(self, story: Story, slots: Slots) -> None:
        rng = self._rng
        said = [step for step in story.steps if step.verb in ("open", "reply")]
        step = said[0] if rng.random() < 0.75 else rng.choice(said)
        kinds = rng.choices(story.scenario.files or ("picture",), k=rng.choice((1, 1, 1, 2, 2, 3)))
        papers: list[Paper] = []
        for kind in kinds:
            fresh = self._slots(story)
            name = content.spoken(rng.choice(content.FILE_NAMES[kind]), slots if not papers else fresh, rng)
            papers.append(Paper(kind, name, rng.choice(LATIN)))
        step.files = tuple(papers)
        step.text = f"{step.text}\n{rng.choice(content.CARRIES[kinds[0]])}"


def _stops_the_clock(step: Step) -> bool:
    """True for our word to the customer and for closing; what a customer says next starts it."""
    return step.verb == "close" or (step.who == STAFF and step.verb in ("open", "reply"))


def _stages(count: int) -> list[str]:
    """``count`` stages in the shares above, at least one of each of the main ones."""
    stages: list[str] = []
    for stage, share in SHARES[1:]:
        stages += [stage] * max(2 if stage in ("new", "open") else 1, round(count * share / 100))
    return stages + ["closed"] * max(1, count - len(stages))
