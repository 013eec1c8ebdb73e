"""Small casts for the tests of people: two tenants with one person each, codes read back from sealed letters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count

from captcha.models import CaptchaStore
from django.test import Client
from django.utils import timezone

from accounts.models import OtpChallenge, Session, User
from accounts.services import companies, people
from notifications.models import Delivery
from notifications.seal import unseal
from tenants.models import Tenant
from tenants.scope import tenant_scope

_serial = count(1)
PASSWORD = "کلید-باران-۱۴"


def next_mobile() -> str:
    """A mobile nobody has yet, as people type it."""
    return f"0935{next(_serial):07d}"


@dataclass
class Folk:
    """A tenant with an owner, a staff member and a customer's main contact, all welcomed."""

    tenant: Tenant
    owner: User
    staff: User
    customer: User

    def browser(self, **kwargs) -> Client:
        """A stranger's browser on this tenant's host."""
        return Client(HTTP_HOST=self.tenant.host, **kwargs)


def make_folk(slug: str = "saba", *, welcomed: bool = True) -> Folk:
    """One tenant and its people."""
    tenant = Tenant.objects.create(slug=slug, name="پشتیبانی صبا")
    with tenant_scope(tenant):
        owner = people.create_owner(actor=None, name="بهار نیک‌روش", mobile=next_mobile())
        staff = people.create_staff(actor=owner, name="سیاوش پناهی", mobile=next_mobile())
        _, customer = companies.create_customer(
            actor=owner, name="نساجی دلگشا", mobile=next_mobile(), contact_name="مینا رستگار"
        )
        if welcomed:
            for person in (owner, staff, customer):
                person.welcomed_at = timezone.now()
                person.save(update_fields=["welcomed_at"])
    return Folk(tenant, owner, staff, customer)


def give_password(person: User, password: str = PASSWORD, username: str = "") -> None:
    """A password, and a user name when one is given, as the person would set them."""
    with tenant_scope(person.tenant_id):
        people.set_password(person, actor=person, password=password)
        if username:
            people.choose_username(person, actor=person, username=username)


def last_code(tenant: Tenant) -> str:
    """The newest code that waits to be sent."""
    with tenant_scope(tenant):
        letter = Delivery.objects.filter(kind="otp", state=Delivery.State.WAITING).order_by("-id")[0]
        return unseal(letter.secret)


def challenges(tenant: Tenant) -> list[OtpChallenge]:
    """Every challenge of the tenant, oldest first."""
    with tenant_scope(tenant):
        return list(OtpChallenge.objects.order_by("id"))


def ask_code(browser: Client, mobile: str, **extra):
    """Post the number on the login page; where the security code is asked, answer it as a person would."""
    return past_the_sum(browser, {"way": "code", "mobile": mobile}, **extra)


def past_the_sum(browser: Client, fields: dict[str, str], **extra):
    """Post a form of the gate, and once more with the sum's answer where the page asks for it."""
    answer = browser.post("/login/", fields, **extra)
    form = answer.context and answer.context.get(
        {"code": "code_form", "pass": "password_form"}[fields["way"]]
    )
    if form and "sum" in form.errors and (given := solved(answer, fields["way"])):
        return browser.post("/login/", {**fields, **given}, **extra)
    return answer


def solved(response, way: str = "code") -> dict[str, str]:
    """The fields of the security code on a page, rightly answered; nothing where none is asked."""
    pane = response.content.decode().partition(f'class="pane-{way}')[2].partition("</form>")[0]
    found = re.search(r'name="sum_0" value="([0-9a-f]+)"', pane)
    if not found:
        return {}
    return {"sum_0": found[1], "sum_1": CaptchaStore.objects.get(hashkey=found[1]).response}


def give_code(browser: Client, code: str, **extra):
    """Post six digits on the code page."""
    return browser.post("/login/code/", {"code": code}, **extra)


def come_in(folk: Folk, person: User, browser: Client | None = None) -> Client:
    """Log in by SMS through the pages; returns the browser."""
    browser = browser or folk.browser()
    assert ask_code(browser, person.mobile).status_code == 302
    assert give_code(browser, last_code(folk.tenant)).status_code == 302
    return browser


def open_sessions(person: User) -> int:
    """How many sessions the person has in the table."""
    return Session.objects.filter(user_id=person.pk).count()


def wrong(code: str) -> str:
    """A code that is surely not this one."""
    return f"{(int(code) + 1) % 10**6:06d}"


def plain_page(response) -> str:
    """A page without what is random in it, for comparing two."""
    text = response.content.decode()
    text = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]+"', r'\1"…"', text)
    return re.sub(r'(data-countdown|data-wait)="\d+"', r'\1="…"', text)


def is_in(browser: Client) -> bool:
    """Whether the browser's session still opens the person's own page."""
    response = browser.get("/me/")
    assert response.status_code in (200, 302), response.status_code
    return response.status_code == 200
