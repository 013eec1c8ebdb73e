"""A small world in whatever migrated database the environment names; run in a process of its own, tells what it made as
JSON.
"""

from __future__ import annotations

import json
import uuid

import django

TICKETS = 40


def main() -> None:
    """Make a house with tickets, print its host, its sessions and its ticket numbers."""
    django.setup()
    from accounts.models import User
    from tenants.scope import tenant_scope
    from tests.load.visitor import session_of
    from tests.worlds import make_house, make_ticket
    from tickets.services import note, reply

    house = make_house("demo")
    with tenant_scope(house.tenant):
        User.objects.filter(pk=house.customer_main.pk).update(email="negar@kashi.example")
    numbers = []
    for index in range(TICKETS):
        with tenant_scope(house.tenant):
            ticket = make_ticket(house, staff=house.staff, subject=f"چاپ فاکتور رسمی، بار {index}")
            for turn in range(index % 4):
                actor = (house.staff, house.customer_main)[turn % 2]
                reply(ticket, actor=actor, body="بررسی می‌کنم.", client_key=uuid.uuid4())
            note(ticket, actor=house.staff, body="سرورشان قدیمی است.", client_key=uuid.uuid4())
        numbers.append(ticket.number)
    sessions = {name: session_of(getattr(house, name)) for name in ("staff", "customer_main")}
    print(json.dumps({"host": house.host, "sessions": sessions, "numbers": numbers}))


if __name__ == "__main__":
    main()
