"""TenantField: the tenant of a row, filled at insert from the scope."""

from typing import Any

from django.db import models

from .scope import EVERYONE, NoScope, scope_value


class TenantField(models.ForeignKey):
    """Foreign key to Tenant that fills itself from the scope and refuses another tenant's id.

    Filled in pre_save, not by ``default=``, which would put a running scope into migrations.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("to", "tenants.Tenant")
        kwargs.setdefault("on_delete", models.CASCADE)
        kwargs["editable"] = False
        kwargs.setdefault("related_name", "+")
        # Every index of a tenant-owned table starts with the tenant itself; a bare one would be dead weight.
        kwargs.setdefault("db_index", False)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """In migrations it is a plain foreign key: they import no code of ours."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = getattr(model_instance, self.attname)
        scope = scope_value()
        if scope is None:
            raise NoScope(f"{type(model_instance).__name__} was saved outside a tenant scope.")
        if value is None:
            if scope == EVERYONE:
                raise NoScope(f"{type(model_instance).__name__} needs its tenant named inside all_tenants().")
            setattr(model_instance, self.attname, scope)
            return scope
        if scope not in (EVERYONE, value):
            raise NoScope(f"{type(model_instance).__name__} belongs to another tenant than the scope's.")
        return value
