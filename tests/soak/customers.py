"""What customers do in a day: ask, attach, read, answer, rate, say it is solved."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from .browser import Page
from .people import Person, number_of

TICKET = re.compile(r'href="/portal/tickets/(\d+)/"')
NEW = "/portal/tickets/new/"


class Customer(Person):
    """Somebody of a company that is served."""

    usual_rest = 12.0

    def acts(self) -> list[tuple[float, Callable[[], None]]]:
        return [
            (3.0, self.open_a_ticket),
            (4.0, self.write_back),
            (3.0, self.look_around),
            (3.0, self.look_up),
            (2.0, self.rate),
            (0.6, self.say_it_is_solved),
            (0.3, self.go_out),
        ]

    def open_a_ticket(self) -> None:
        """A new ticket, half of them with files."""
        page = self.read(NEW)
        form = page and next((one for one in page.forms() if one.value("client_key")), None)
        if not form:
            return
        word, files, text = self.begin("ticket", form, files=0.5)
        changes = {"subject": f"خطای چاپ فاکتور {word.mark}", "body": text}
        if places := form.offers.get("department"):
            changes["department"] = self.rng.choice(places)
        changes["priority"] = self.rng.choice(form.offers.get("priority", ["2"]))
        self.type_slowly("new-portal", form, text, subject=changes["subject"])
        done = self.send(form, word, changes, files)
        if done.status == 302:
            self.read(done.location)

    def look_around(self) -> None:
        """Home, the list, a ticket, sometimes a search and a file."""
        self.read("/portal/")
        if self.rng.random() < 0.3:
            self.read(f"/portal/tickets/?state=all&q={quote('فاکتور')}")
        page = self.some_ticket()
        if page is not None and self.rng.random() < 0.6:
            self.take_a_file(page)

    def write_back(self) -> None:
        """An answer in one of their tickets, typed with pauses; some with files."""
        page = self.some_ticket()
        form = page and page.form("/reply/")
        if not page or not form:
            return
        word, files, text = self.begin("message", form, files=0.25)
        self.type_slowly(f"portal-{number_of(page)}", form, text)
        done = self.send(form, word, {"body": text}, files)
        if done.status == 302:
            self.read(done.location)

    def rate(self) -> None:
        """Stars on an answer, or on how a closed ticket was handled; the last word counts."""
        page = self.some_ticket(state="all")
        forms = [form for form in page.forms() if form.action.endswith("/rate/")] if page else []
        if not forms:
            return
        form = self.rng.choice(forms)
        stars = self.rng.randint(1, 5)
        closing = "" if form.value("message") else f"closing of {form.action}"
        target = (self.role.pk, form.value("message") or closing)
        # Until it is answered nobody knows which of the two stands.
        self.ledger.stars[target] = None
        if self.browser.submit(form, {"stars": str(stars), "comment": "سپاس"}).status == 302:
            self.ledger.stars[target] = stars

    def say_it_is_solved(self) -> None:
        """«مشکلم حل شد», or after all not."""
        page = self.some_ticket(state="all")
        form = page and (page.form("/reopen/") or page.form("/close/"))
        if form:
            self.browser.submit(form)

    def some_ticket(self, state: str = "open") -> Page | None:
        page = self.read(f"/portal/tickets/?state={state}")
        numbers = sorted(set(TICKET.findall(page.text))) if page else []
        return self.read(f"/portal/tickets/{self.rng.choice(numbers)}/") if numbers else None
