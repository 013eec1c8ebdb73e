"""Take a second factor away from the console: for the last owner, who has lost telephone and recovery codes (B17)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.services import factor
from persian import mobile
from tenants.models import Tenant
from tenants.scope import tenant_scope


class Command(BaseCommand):
    """``manage.py drop_second_factor arvand 09123456789``."""

    help = "Take a person's second factor away; they are told and their sessions end."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the tenant's slug")
        parser.add_argument("mobile", help="the person's mobile")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.defer("logo").filter(slug=options["slug"]).first()
        if tenant is None:
            raise CommandError(f"There is no tenant {options['slug']!r}.")
        try:
            number = mobile.normalise(options["mobile"])
        except ValueError as wrong:
            raise CommandError(str(wrong)) from None
        with tenant_scope(tenant):
            person = User.objects.filter(mobile=number).first()
            if person is None or not factor.has(person):
                raise CommandError("Nobody there with this number has a second factor.")
            factor.drop(person, actor=None, tenant=tenant)
        self.stdout.write("The second factor is gone; the next log-in is by one step.")
