"""What our side does in a day: read the queue, take, answer with undo and ready words, note, hand over, close."""

from __future__ import annotations

import re
from collections.abc import Callable

from .browser import Form, Page
from .ledger import Word
from .people import Person, number_of

TICKET = re.compile(r'href="/desk/tickets/(\d+)/"')
CANNED = re.compile(r'data-canned-pk="(\d+)"')
HANDS = re.compile(r"\?hand=(\w+)#")
OWNERS_PAGES = (
    "/manage/",
    "/manage/customers/",
    "/manage/staff/",
    "/manage/audit/",
    "/desk/ratings/",
    "/manage/sla/",
)


class Colleague(Person):
    """Somebody who answers."""

    usual_rest = 6.0

    def acts(self) -> list[tuple[float, Callable[[], None]]]:
        return [
            (8.0, self.answer),
            (3.0, self.look_around),
            (2.5, self.take),
            (2.5, self.look_up),
            (2.0, self.note),
            (1.5, self.hand_over),
            (1.0, self.decide),
            (1.0, self.close),
            (0.7, self.set_priority),
            (0.5, self.open_among_ourselves),
            (0.2, self.go_out),
        ]

    # Reading --------------------------------------------------------------------------------------------------
    def look_around(self) -> None:
        """The dashboard, the queue by its views and by a search, a ticket and a file of it."""
        self.read(
            self.rng.choice(["/desk/", "/desk/tickets/?view=mine", "/desk/tickets/?q=%D8%AE%D8%B7%D8%A7"])
        )
        page = self.some_ticket()
        if page is not None and self.rng.random() < 0.5:
            self.take_a_file(page)

    def some_ticket(self, *endings: str) -> Page | None:
        """One of the queue's first; with ``endings`` the first of a few whose page has one of these forms."""
        queue = self.read("/desk/tickets/")
        numbers = sorted(set(TICKET.findall(queue.text))) if queue else []
        self.rng.shuffle(numbers)
        page = None
        for number in numbers[: 3 if endings else 1]:
            page = self.read(f"/desk/tickets/{number}/")
            if page is not None and (not endings or any(map(page.form, endings))):
                return page
        return None if endings else page

    # Writing --------------------------------------------------------------------------------------------------
    def answer(self) -> None:
        """An answer to the customer, some with ready words, files, a status or a closing; some are taken back."""
        page = self.some_ticket("/reply/")
        form = page and page.form("/reply/")
        if not page or not form:
            return
        number = number_of(page)
        word, files, text = self.begin("message", form, files=0.2)
        word.may_return = True
        if self.rng.random() < 0.3:
            text = f"{self._ready_words(number, page.token)}\n{text}"
        self.type_slowly(f"reply-{number}", form, text)
        changes = {"body": text}
        if self.rng.random() < 0.3:
            changes["then"] = self.rng.choice(form.offers.get("then", [""]))
        done = self.send(form, word, changes, files)
        if done.status != 302:
            return
        page = self.read(done.location)
        back = page and page.form(f"/sending/{word.key}/back/")
        if back and self.rng.random() < 0.15:
            self._take_back(back, number, word)

    def _take_back(self, form: Form, number: str, word: Word) -> None:
        """The answer is in the composer again: it is sent once more, or waits there."""
        if self.browser.submit(form).status != 302:
            return
        word.is_owed = False  # it lies in a draft
        page = self.read(f"/desk/tickets/{number}/")
        again = page and page.form("/reply/")
        if again and word.mark in again.value("body") and self.rng.random() < 0.7:
            self.send(again, word, {}, [])  # its files lie there with it

    def _ready_words(self, number: str, token: str) -> str:
        offered = self.browser.get(f"/desk/canned/offer/?ticket={number}")
        found = CANNED.findall(offered.text)
        if not found:
            return ""
        chosen = self.rng.choice(found)
        self.browser.get(f"/desk/canned/{chosen}/filled/?ticket={number}", Accept="application/json")
        self.browser.post(f"/desk/canned/{chosen}/used/?ticket={number}", [], X_CSRFToken=token)
        return "سلام. دستورتان رسید."

    def note(self) -> None:
        """A private note, some with a file."""
        page = self.some_ticket("/note/")
        form = page and page.form("/note/")
        if not page or not form:
            return
        word, files, text = self.begin("note", form, files=0.15)
        self.type_slowly(f"note-{number_of(page)}", form, text)
        self.send(form, word, {"body": text, "audience": "right"}, files)

    def open_among_ourselves(self) -> None:
        """An internal ticket to another desk."""
        page = self.read("/desk/tickets/new/internal/")
        form = page and next((one for one in page.forms() if one.value("client_key")), None)
        if not form:
            return
        word, files, text = self.begin("ticket", form, files=0.1)
        changes = {"subject": f"از همکار {word.mark}", "body": text}
        for name in ("department", "source"):
            if form.offers.get(name) and not (name == "source" and form.value(name)):
                changes[name] = self.rng.choice(form.offers[name])
        self.send(form, word, changes, files)

    # Hands ----------------------------------------------------------------------------------------------------
    def take(self) -> None:
        self._press("/take/")

    def close(self) -> None:
        """Close what has been answered, or open it again."""
        self._press("/close/" if self.rng.random() < 0.85 else "/reopen/")

    def set_priority(self) -> None:
        page = self.some_ticket("/priority/")
        form = page and page.form("/priority/")
        if form and form.offers.get("priority"):
            self.browser.submit(form, {"priority": self.rng.choice(form.offers["priority"])})

    def _press(self, ending: str) -> None:
        page = self.some_ticket(ending)
        form = page and page.form(ending)
        if form:
            self.browser.submit(form)

    def hand_over(self) -> None:
        """To a colleague, or to another department, with words; the owner and managers assign and move."""
        page = self.some_ticket()
        hands = sorted(set(HANDS.findall(page.text))) if page else []
        if not page or not hands:
            return
        hand = self.rng.choice(hands)
        asked = self.read(f"{page.path}?hand={hand}")
        form = asked and asked.form(f"/{hand}/")
        if not form:
            return
        changes = self._chosen(form, "to", "target", "user")
        if "client_key" not in dict(form.pairs):
            self.browser.submit(form, changes)
            return
        word, _ = self.word("hand-over")
        words = "note" if form.action.endswith("/assign/") else "explanation"
        self.send(form, word, {**changes, words: word.text}, [])

    def _chosen(self, form: Form, *names: str) -> dict[str, str]:
        """Something of each of these lists that has anything."""
        return {name: self.rng.choice(form.offers[name]) for name in names if form.offers.get(name)}

    def decide(self) -> None:
        """Requests of other departments: accept most, refuse some with a reason."""
        page = self.read("/desk/transfers/")
        accept, reject = (page.form("/accept/"), page.form("/reject/")) if page else (None, None)
        if accept and self.rng.random() < 0.7:
            self.browser.submit(accept, self._chosen(accept, "to"))
        elif reject:
            self.browser.submit(reject, {"reason": "کار دپارتمان ما نیست."})


class Owner(Colleague):
    """Looks after the house, and answers now and then."""

    usual_rest = 8.0

    def acts(self) -> list[tuple[float, Callable[[], None]]]:
        return [(6.0, self.look_after), *super().acts()]

    def look_after(self) -> None:
        """A page or two of the owner's panel."""
        for path in self.rng.sample(OWNERS_PAGES, 2):
            self.read(path)
