"""Whoever has a part in the day: how they come in, type, attach and send. What each does: customers.py and desk.py."""

from __future__ import annotations

import hashlib
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tests.stubs.kavenegar import Kavenegar

from .browser import Browser, File, Form, Page, Refused
from .ledger import Ledger, Word

MARK = re.compile(r"\(([a-z_]+\d*-\d{4})\)")
CODE = re.compile(r"#([0-9]{6})\b")
PATIENCE = 25.0  # seconds somebody looks at their telephone for a code
# A third code within half an hour would want the security code first (S32), a fourth in an hour is refused (TRUST 13).
CODES, CODES_WITHIN, BETWEEN_CODES = 2, 3600.0, 130.0
TRIES = 4  # of one form that comes back because something new has come meanwhile
FILE_LINK = re.compile(r'<a class="(?:file|thumb)" href="(/files/[^"?]+)"')
FILE_NAME = re.compile(r'<span class="clip-1" dir="auto">([^<]+)</span>')
UNREAD = re.compile(r'hx-post="([^"]+/read/)" hx-trigger="load"')


class Hours(Protocol):
    """What a person knows of the day: whether it is over, and how long to rest just now (seconds)."""

    def is_over(self) -> bool: ...
    def rest(self, usual: float, rng: random.Random) -> None: ...


@dataclass(frozen=True)
class Role:
    """Who somebody is: a name for the book, the person's id, where codes go, and their panel."""

    name: str
    pk: int
    mobile: str
    panel: str


class Person:
    """One person with one browser, in one thread. What they do next is drawn from a stream of their own."""

    usual_rest = 8.0

    def __init__(
        self, role: Role, browser: Browser, *, seed: int, ledger: Ledger, hours: Hours, sms: Kavenegar
    ) -> None:
        self.role, self.browser, self.ledger, self.hours, self.sms = role, browser, ledger, hours, sms
        self.rng = random.Random(f"{seed}-{role.name}")
        self.said = 0
        self.codes: list[float] = []
        self.known_files: dict[str, str] = {}

    def acts(self) -> list[tuple[float, Callable[[], None]]]:
        """What they do, each with its weight."""
        raise NotImplementedError

    def live(self) -> None:
        """Come in, then one act after another until the day is over."""
        weights, acts = zip(*self.acts(), strict=True)
        self.hours.rest(self.usual_rest / 3, self.rng)
        inside = False
        while not self.hours.is_over():
            try:
                if not inside:
                    inside = self.come_in()
                else:
                    act = self.rng.choices(acts, weights)[0]
                    act()
                    self.ledger.did(act.__name__)
                    inside = not self.is_out()
            except Refused:
                pass  # in the book already
            except Exception as fault:
                self.ledger.fault(f"{self.role.name} could not go on: {type(fault).__name__}: {fault}")
            self.hours.rest(self.usual_rest, self.rng)
        self.browser.close()

    # Coming in and going --------------------------------------------------------------------------------------
    def is_out(self) -> bool:
        """Whether they have logged out themselves."""
        return not self.browser.cookies.get("peygir")

    def come_in(self) -> bool:
        """By a code that comes as an SMS; False when none came, or no more may be asked for just now."""
        if not self._may_ask(CODES + 1):
            return False
        page = self.browser.get("/login/")
        form = next((form for form in page.forms() if form.value("way") == "code"), None)
        if form is None:
            return page.status == 302
        before = len(self.sms.sent)
        self.codes.append(time.monotonic())
        asked = self.browser.submit(form, {"mobile": f"0{self.role.mobile[-10:]}"})
        if asked.status != 302:
            return False
        page = self.browser.get(asked.location)
        form, code = page.form("/login/code/"), self._code(before)
        if form is None or code is None:
            return False
        if self.browser.submit(form, {"code": code}).status != 302:
            return False  # it came too late
        home = self.read(f"/{self.role.panel}/")
        if home is None:
            self.ledger.fault(f"{self.role.name} gave the code and is not inside")
        return home is not None

    def go_out(self) -> None:
        """Log out; they come in again by a code, with as few as the house allows."""
        if not self._may_ask(CODES):
            return
        page = self.read("/me/")
        form = page and page.form("/logout/")
        if form and self.browser.submit(form).status == 302:
            self.browser.cookies.pop("peygir", None)

    def _may_ask(self, most: int) -> bool:
        now = time.monotonic()
        recent = [at for at in self.codes if now - at < CODES_WITHIN]
        return len(recent) < most and (not recent or now - recent[-1] > BETWEEN_CODES)

    def _code(self, before: int) -> str | None:
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends and not self.hours.is_over():
            for sent in self.sms.sent[before:]:
                found = CODE.search(sent.message)
                if found and sent.receptor[-10:] == self.role.mobile[-10:]:
                    return found[1]
            time.sleep(0.1)
        return None

    # Reading --------------------------------------------------------------------------------------------------
    def read(self, path: str) -> Page | None:
        """A page, once it is here; None when it is refused. Being sent to the login page is a fault."""
        page = self.browser.get(path)
        if page.location.startswith("/login/"):
            self.ledger.fault(f"{self.role.name} was sent to the login page from {path}")
        if page.status != 200:
            return None
        if found := UNREAD.search(page.text):
            self.browser.post(found[1], [], X_CSRFToken=page.token, HX_Request="true")
        return page

    def look_up(self) -> None:
        """What open pages ask for by themselves, and the bell."""
        self.browser.get("/here/", Accept="application/json")
        if self.rng.random() < 0.5:
            page = self.read("/bell/")
            form = page and page.form("/bell/read/")
            if form and self.rng.random() < 0.5:
                self.browser.submit(form)

    def take_a_file(self, page: Page) -> None:
        """One of the files of a page; whoever attached it looks whether it is whole."""
        links, names = FILE_LINK.findall(page.text), FILE_NAME.findall(page.text)
        if not links or len(links) != len(names):
            return
        place = self.rng.randrange(len(links))
        got = self.browser.get(links[place])
        wanted = self.known_files.get(names[place])
        if got.status == 200 and wanted and hashlib.sha256(got.raw).hexdigest() != wanted:
            self.ledger.fault(f"the file {names[place]} came back another than it went")

    # Writing --------------------------------------------------------------------------------------------------
    def word(self, kind: str, *, files: float = 0.0) -> tuple[Word, list[File]]:
        """Something to say, and in ``files`` of the cases one to three files with it."""
        self.said += 1
        word = Word(kind, f"{self.role.name}-{self.said:04d}", self.role.pk)
        held = []
        if self.rng.random() < files:
            for number in range(self.rng.randint(1, 3)):
                raw = self.rng.randbytes(self.rng.randint(500, 60_000)).hex().encode()
                held.append(("files", f"گزارش {word.mark} {number}.txt", raw))
        word.hold(held)
        self.known_files |= word.files
        return self.ledger.say(word), held

    def begin(self, kind: str, form: Form, *, files: float = 0.0) -> tuple[Word, list[File], str]:
        """What goes into a form: their own text that lies in it (a draft, an answer taken back), else a new one."""
        lying = MARK.search(form.value("body"))
        old = self.ledger.find(lying[1]) if lying else None
        if old is not None:
            return old, [], form.value("body")
        word, held = self.word(kind, files=files)
        return word, held, word.text

    def type_slowly(self, place: str, form: Form, text: str, **more: str) -> None:
        """What draft.js does while somebody types: the text so far, every few seconds."""
        times = self.rng.randint(1, 3)
        for step in range(1, times + 1):
            so_far = text[: len(text) * step // times]
            fields = {"place": place, "client_key": form.value("client_key"), "body": so_far, **more}
            token = form.value("csrfmiddlewaretoken")
            answer = self.browser.post("/drafts/", fields.items(), X_CSRFToken=token, HX_Request="true")
            if answer.status not in (204, 403, 404, 429) and answer.status < 500:
                self.ledger.fault(f"a draft was answered {answer.status}")
            self.hours.rest(0.7, self.rng)

    def send(self, form: Form, word: Word, changes: dict[str, str], files: list[File]) -> Page:
        """Send a form until the house has it; one that comes back with something new is read and sent again."""
        word.key = form.value("client_key") or word.key
        for _ in range(TRIES):
            page = self.browser.submit(form, changes, files)
            if page.location.startswith("/login/"):
                self.ledger.fault(f"{self.role.name} was sent to the login page with {word.mark}")
            elif page.status == 302:
                word.is_owed = True
            if page.status == 302:
                break
            again = page.form(form.action) if page.status in (409, 422) else None
            if again is None:
                break
            # The files have arrived and stand in the page; the text is there, too.
            form, files = again, []
        return page


def number_of(page: Page) -> str:
    """The number of the ticket whose page it is."""
    return page.path.strip("/").split("/")[2]
