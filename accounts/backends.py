"""Who a session's person is: looked up within the tenant in scope, refused when switched off."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend

from .models import User


class TenantBackend(BaseBackend):
    """Only loads; who may come in is decided by accounts.services.login and .otp, which carry the limits."""

    def get_user(self, user_id: Any) -> User | None:
        """The active person of this tenant, or None: unknown, another tenant's, switched off (S22), visitor."""
        return User.objects.who_may_enter().filter(pk=user_id).first()

    def authenticate(self, request: Any, **credentials: Any) -> None:
        """No door of its own: a door without limits would be the weakest (TRUST 15)."""
        return None
