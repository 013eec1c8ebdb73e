"""Sessions in our own table: whose they are stands in columns, so that they can be listed and ended (TRUST 5)."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import IntegrityError, transaction

from .models import Session

# What Django draws for keys. A cookie of any other shape is nobody's; it must not reach the database.
_KEY = re.compile(r"[a-z0-9]{32}")


class SessionStore(DatabaseStore):
    """Django's database store on accounts.Session.

    Reads keep the row (``row``) for the guard, which needs its times and its tenant. Writes of a session that
    exists touch only what came from the data: created_at, seen_at and public_id stay.
    """

    row: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _validate_session_key(self, key: str) -> bool:
        return bool(key) and _KEY.fullmatch(key) is not None

    def _get_session_from_db(self) -> Session | None:
        self.row = super()._get_session_from_db()
        return self.row

    def open_row(self) -> Session | None:
        """The row behind the cookie's key, read at most once; None when there is none."""
        self._get_session()
        return self.row

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = super().create_model_instance(data)
        row.tenant_id = data.get("tenant")
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.address = data.get("address")
        row.agent = data.get("agent", "")
        return row

    def save(self, must_create: bool = False) -> None:
        """Insert or update the row. Raises CreateError (key taken) or UpdateError (ended meanwhile)."""
        if self.session_key is None:
            self.create()
            return
        row = self.create_model_instance(self._get_session(no_load=must_create))
        if must_create:
            try:
                with transaction.atomic():
                    row.save(force_insert=True)
            except IntegrityError:
                raise CreateError from None
            return
        changed = Session.objects.filter(pk=row.pk).update(
            session_data=row.session_data,
            expire_date=row.expire_date,
            tenant_id=row.tenant_id,
            user_id=row.user_id,
            address=row.address,
            agent=row.agent,
        )
        if not changed:
            raise UpdateError

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(pk=key).delete()
        if key == self.session_key:
            self.row = None
