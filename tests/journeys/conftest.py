"""Journeys: a person in Chromium, on the real parts. One stack a test process; each journey makes its own tenant."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from accounts.models import User
from accounts.services import people
from tenants.scope import tenant_scope
from tests.stack import Stack, collect_static, running
from tests.stubs.kavenegar import Kavenegar
from tests.stubs.smtp import Mailbox, mail_server
from tests.worlds import House, make_house, sign_in

# Playwright keeps an event loop in this thread; the few look-ups journeys make of their own are harmless in it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
CHROMIUM = os.environ.get("CHROMIUM") or which("chromium-headless-shell") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "نسیم-صبح-1405"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


@dataclass
class Ground:
    """What the journeys stand on: the running product, the SMS provider, the mailbox."""

    stack: Stack
    sms: Kavenegar
    mail: Mailbox

    def texts_to(self, mobile: str) -> list[str]:
        """Messages sent to a mobile so far, oldest first."""
        digits = mobile[-10:]
        return [sent.message for sent in self.sms.sent if sent.receptor.endswith(digits)]

    def wait_text(self, mobile: str, *, holding: str = "", after: int = 0, seconds: float = 20) -> str:
        """The first message to a mobile after the ``after``-th that holds some words; waits for it."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for text in self.texts_to(mobile)[after:]:
                if holding in text:
                    return text
            time.sleep(0.1)
        raise AssertionError(
            f"No SMS with {holding!r} to {mobile}: {self.texts_to(mobile)}\n{self.stack.said()}"
        )

    def code_for(self, mobile: str, *, after: int = 0) -> str:
        """The six digits of the latest one-time code sent to a mobile."""
        return re.findall(r"\b[0-9]{6}\b", self.wait_text(mobile, holding="#", after=after))[-1]


def press(button: Locator) -> None:
    """Press what leads to another page (a form's button, a link) and wait for that page.

    What is looked for next is then looked for there: the page that is left may hold the same words, and a press
    on it would be lost.
    """
    with button.page.expect_navigation(wait_until="load"):
        button.click()


def choose(place: Locator, name: str) -> None:
    """Press the choice of this name where a person would: on its label, the button itself is drawn by it."""
    radio = place.get_by_role("radio", name=name)
    radio.locator("xpath=ancestor::label").click()
    expect(radio).to_be_checked()


@dataclass
class Person:
    """Somebody with a browser of their own."""

    page: Page
    house: House
    ground: Ground
    mobile: str

    def go(self, path: str) -> None:
        self.page.goto(self.ground.stack.url(self.house.host, path))

    def user(self) -> User:
        """Who it is, as the house knows them."""
        with tenant_scope(self.house.tenant):
            return User.objects.get(mobile="+98" + self.mobile[-10:])

    def come_in(self) -> None:
        """At the first page inside, with the session a log-in leaves: for journeys about something else.

        The ways in themselves are driven in test_ways_in.py, test_second_factor.py and wherever somebody comes first.
        """
        client = Client()
        sign_in(client, self.user())
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": f"http://{self.house.host}"}
        self.page.context.add_cookies([cookie])  # type: ignore[list-item]
        self.go("/")
        self.page.wait_for_url(re.compile(r"/(welcome|portal|desk|manage)/"))

    def log_in_by_sms(self) -> None:
        """From the login page to the first page inside, by the code the provider got."""
        self.ask_and_give_code()
        self.page.wait_for_url(re.compile(r"/(welcome|portal|desk|manage)/"))

    def ask_and_give_code(self) -> None:
        """The first step: a code is asked for, read from the provider, and given."""
        before = len(self.ground.texts_to(self.mobile))
        self.go("/login/")
        self.page.get_by_label("شمارهٔ همراه", exact=True).fill("0" + self.mobile[-10:])
        press(self.page.get_by_role("button", name="دریافت کد"))
        self.page.get_by_label("کد پیامک‌شده").fill(self.ground.code_for(self.mobile, after=before))
        press(self.page.get_by_role("button", name="ورود", exact=True))

    def get_password(self) -> None:
        """PASSWORD is theirs from now on."""
        user = self.user()
        with tenant_scope(self.house.tenant):
            people.set_password(user, actor=None, password=PASSWORD)

    def log_in_by_password(self) -> None:
        """From the login page to the first page inside, by a password set for the occasion."""
        self.get_password()
        self.go("/login/")
        self.page.locator("label", has_text="با رمز").click()
        self.page.get_by_label("نام کاربری یا شمارهٔ همراه").fill("0" + self.mobile[-10:])
        self.page.get_by_label("رمز", exact=True).fill(PASSWORD)
        self.page.locator("form.pane-pass").get_by_role("button", name="ورود").click()
        self.page.wait_for_url(re.compile(r"/(welcome|portal|desk|manage)/"))


@pytest.fixture(scope="session")
def ground(django_db_setup: None) -> Iterator[Ground]:
    """The running product, for every journey of this test process."""
    collect_static()
    mailbox = Mailbox()
    with Kavenegar() as sms, mail_server(mailbox) as port:
        letters = {
            "KAVENEGAR_API_KEY": sms.key,
            "KAVENEGAR_BASE_URL": sms.url,
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        }
        with running(**letters) as stack:
            yield Ground(stack, sms, mailbox)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Browsers:
    """Opens browsers for people; keeps what went wrong in them."""

    chromium: Browser
    ground: Ground
    contexts: list[BrowserContext] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def context(self, **options: object) -> BrowserContext:
        context = self.chromium.new_context(locale="fa-IR", timezone_id="Asia/Tehran", **options)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        return context

    def person(self, house: House, mobile: str, *, phone: bool = False, **options: object) -> Person:
        """A person with an empty browser: on a phone or at a desk."""
        page = self.context(viewport=PHONE if phone else DESKTOP, **options).new_page()
        self.watch(page)
        return Person(page, house, self.ground, mobile)

    def enter(
        self, house: House, who: str, *, phone: bool = False, password: bool = False, **options: object
    ) -> Person:
        """One of the house's people (a field's name of House), come in; with ``password``, PASSWORD is theirs."""
        person = self.person(house, str(getattr(house, who).mobile), phone=phone, **options)
        if password:  # first: a new one ends every session
            person.get_password()
        person.come_in()
        return person

    def watch(self, page: Page) -> None:
        """Errors of scripts and of the content policy fail the journey."""
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on(
            "console", lambda line: self.faults.append(line.text) if "Content Security" in line.text else None
        )


@pytest.fixture
def browsers(chromium: Browser, ground: Ground) -> Iterator[Browsers]:
    browsers = Browsers(chromium, ground)
    yield browsers
    for context in browsers.contexts:
        context.close()
    assert not browsers.faults


@pytest.fixture
def new_house(ground: Ground, django_db_blocker: object) -> Iterator[Callable[[], House]]:
    """Makes a tenant of this journey's own, committed where the server sees it."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield lambda: make_house(f"t{uuid4().hex[:10]}")


@pytest.fixture
def house(new_house: Callable[[], House]) -> House:
    return new_house()


def picture(path: Path) -> Path:
    """A small PNG on disk, to attach."""
    from PIL import Image

    Image.new("RGB", (320, 200), "#7d8fb5").save(path)
    return path
