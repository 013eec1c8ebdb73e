"""One more owner for a tenant: what createsuperuser is elsewhere."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.services import people
from persian import mobile
from tenants.models import Tenant
from tenants.scope import tenant_scope
from web.errors import DomainError


class Command(BaseCommand):
    """``manage.py create_owner arvand 09123456789``."""

    help = "Add an owner to a tenant; they sign in by a code sent to the mobile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the tenant's slug")
        parser.add_argument("mobile", help="the owner's mobile")
        parser.add_argument("--name", default="", help="the owner's name; they may give it themselves")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.defer("logo").filter(slug=options["slug"]).first()
        if tenant is None:
            raise CommandError(f"There is no tenant {options['slug']!r}.")
        try:
            with tenant_scope(tenant):
                owner = people.create_owner(actor=None, mobile=options["mobile"], name=options["name"])
        except DomainError as refused:
            raise CommandError(refused.message) from None
        self.stdout.write(f"{tenant.absolute('/login/')}  {mobile.show(owner.mobile or '')}")
