"""A new support centre, ready for its owner's first login."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpdesk.console.services import create_tenant
from persian import mobile
from tenants.models import GIGABYTE
from web.errors import DomainError


class Command(BaseCommand):
    """``manage.py create_tenant arvand "آروند" 09123456789``."""

    help = "Make a tenant with its owner, who then signs in by a code sent to the mobile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="first part of its host, e.g. arvand")
        parser.add_argument("name", help="name of the support centre, as people read it")
        parser.add_argument("mobile", help="the owner's mobile")
        parser.add_argument("--owner-name", default="", help="the owner's name; they may give it themselves")
        parser.add_argument(
            "--platform", action="store_true", help="this is the platform's own desk (one only)"
        )
        parser.add_argument("--quota-gb", type=int, default=5, help="storage in gigabytes (5)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["quota_gb"] < 1:
            raise CommandError("--quota-gb is at least 1.")
        try:
            tenant, owner = create_tenant(
                slug=options["slug"],
                name=options["name"],
                owner_mobile=options["mobile"],
                owner_name=options["owner_name"],
                is_platform=options["platform"],
                quota=options["quota_gb"] * GIGABYTE,
            )
        except DomainError as refused:
            raise CommandError(refused.message) from None
        self.stdout.write(f"{tenant.absolute('/login/')}  {mobile.show(owner.mobile or '')}")
