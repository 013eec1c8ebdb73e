"""``manage.py demo``: fill the house with invented people and tickets; ``--logins`` prints who one may be."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from helpdesk.demo.build import Built, build
from helpdesk.demo.people import LOGINS, OPERATOR_SEED, PASSWORD
from tenants.models import Tenant
from tenants.scope import tenant_scope


class Command(BaseCommand):
    help = "Build the demo data (DEMO=1 only); running it again does nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--logins", action="store_true", help="print the people one may log in as")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Demo data is only made with DEMO=1, never beside real people's.")
        if options["logins"]:
            self.stdout.write(_logins())
            return
        begun = time.monotonic()
        built = build()
        self.stdout.write(
            _summary(built, time.monotonic() - begun) if built else "The demo data is there already."
        )


def _summary(built: Built, seconds: float) -> str:
    states = ", ".join(f"{name} {count}" for name, count in sorted(built.categories.items()))
    clocks = ", ".join(f"{name} {count}" for name, count in sorted(built.colours.items()) if name)
    tickets = f"{built.tickets} tickets ({states}; {clocks})"
    return f"{built.tenants} tenants, {tickets}, {built.files} files, in {seconds:.0f} s."


def _logins() -> str:
    """The table: Latin columns first, so that they stand in line in any terminal."""
    tenants = {tenant.slug: tenant for tenant in Tenant.objects.defer("logo")}
    rows = [("ADDRESS", "MOBILE", "USERNAME", "PASSWORD", "WHO")]
    for login in LOGINS:
        tenant = tenants.get(login.tenant)
        if tenant is None:
            raise CommandError("There is no demo data yet: run `manage.py demo` first.")
        with tenant_scope(tenant):
            user = User.objects.filter(mobile=f"+98{login.mobile[1:]}").first()
        who = f"{login.role}: {user.name}" if user and user.name else login.role
        password = PASSWORD if login.username else "-"
        rows.append((tenant.absolute(""), login.mobile, login.username or "-", password, who))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join([*map(str.ljust, row[:4], widths), row[4]]).rstrip() for row in rows]
    lines.append("Everybody else, and these too: mobile, then the code from the demo inbox.")
    lines.append(
        f"The operator's second step: key {OPERATOR_SEED} for an authenticator app, or the code in the demo inbox."
    )
    return "\n".join(f"  {line}" for line in lines)
