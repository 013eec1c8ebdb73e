"""The house of the day and everybody in it, made by the services; from then on only its pages are used."""

from __future__ import annotations

from accounts.models import User
from departments.services import canned
from tenants.scope import tenant_scope
from tests.worlds import House, make_house, more_people

from .customers import Customer
from .desk import Colleague, Owner
from .people import Person, Role

OURS = ("manager", "staff", "colleague", "finance_manager", "clerk")
THEIRS = ("customer_main", "section_manager", "section_member", "other_section_member", "other_customer")
READY = (
    ("سلام", "سلام {مشتری}. درخواستتان را دیدیم و دنبالش هستیم."),
    ("چاپ", "تنظیم چاپ را یک بار از نو بزنید و نتیجه را بنویسید. شمارهٔ تیکت شما {شماره} است."),
    ("پایان", "کار انجام شد. اگر باز پیش آمد همین‌جا بنویسید."),
)


def make(customers: int) -> tuple[House, list[tuple[type[Person], Role]]]:
    """The house, and who plays in it: ``customers`` beside the five that every house of the tests has.

    Everybody of ours and every second customer has an e-mail address.
    """
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        more = more_people(house, customers)
        User.objects.filter(pk__in=[one.pk for one in more]).update(welcomed_at=house.tenant.created_at)
        for name, body in READY:
            canned.create_canned(actor=house.owner, name=name, body=body)
        ours = [house.owner, *(getattr(house, name) for name in OURS)]
        theirs = [*(getattr(house, name) for name in THEIRS), *more]
        for person in [*ours, *theirs[::2]]:
            User.objects.filter(pk=person.pk).update(email=f"person-{person.pk}@example.com")
    cast: list[tuple[type[Person], Role]] = [(Owner, _role("owner", house.owner, "manage"))]
    cast += [(Colleague, _role(name, getattr(house, name), "desk")) for name in OURS]
    cast += [(Customer, _role(f"customer{place}", person, "portal")) for place, person in enumerate(theirs)]
    return house, cast


def _role(name: str, person: User, panel: str) -> Role:
    return Role(name, person.pk, str(person.mobile), panel)
