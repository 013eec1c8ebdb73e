from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = "مستأجران"

    def ready(self) -> None:
        from . import checks  # noqa: F401  app ready: registers system checks
        from .rls import secure_tables

        post_migrate.connect(secure_tables, dispatch_uid="tenants.secure_tables")
