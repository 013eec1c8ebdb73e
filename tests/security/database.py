"""Photographs of the whole database, to be laid side by side."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import JSONField, Model

from tenants.scope import all_tenants

Photo = dict[str, dict[Any, dict[str, Any]]]
# A session's "seen" is a time stamp of reading by design (at most once a minute).
UNWATCHED = {("accounts_session", "seen_at")}
# Holds ids of rows that did not exist before, in the middle of words.
_WITH_IDS = {"key", "about"}
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32,64}")
_MESSAGE = re.compile(r"#message-\d+")
_SIGNED = re.compile(r"/rate/[\w:.-]+")
_CODE = re.compile(r"PG-[2-9A-Z]{4}-[2-9A-Z]{4}")


def photograph() -> Photo:
    """Table → primary key → row, of every table of ours that this role may read."""
    with all_tenants("a photograph of everything, for a test"):
        return {model._meta.db_table: _rows(model) for model in _models()}


def _models() -> list[type[Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]


def _rows(model: type[Model]) -> dict[Any, dict[str, Any]]:
    table = model._meta.db_table
    columns = [
        field.column for field in model._meta.concrete_fields if (table, field.column) not in UNWATCHED
    ]
    quoted = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {quoted} FROM "{table}"')
        found = [dict(zip(columns, _plain(row), strict=True)) for row in cursor.fetchall()]
    primary = model._meta.pk.column  # type: ignore[union-attr]
    return {row[primary]: row for row in found}


def _plain(row: tuple[Any, ...]) -> list[Any]:
    return [bytes(value) if isinstance(value, memoryview) else value for value in row]


def fingerprint(photo: Photo) -> dict[str, tuple[int, str]]:
    """Table → number of rows and a hash over all of them."""
    return {
        table: (len(rows), hashlib.md5(repr(sorted(map(repr, rows.values()))).encode()).hexdigest())
        for table, rows in photo.items()
    }


def differences(before: Photo, after: Photo) -> list[str]:
    """What changed between two photographs, each as one line that is the same for the same act done twice."""
    lines: list[str] = []
    for model in _models():
        table = model._meta.db_table
        old, new = before[table], after[table]
        for primary in old.keys() - new.keys():
            lines.append(f"{table} gone {_told(model, old[primary], before)}")
        for primary in new.keys() - old.keys():
            lines.append(f"{table} new {_told(model, new[primary], before)}")
        for primary in old.keys() & new.keys():
            changed = {name: value for name, value in new[primary].items() if value != old[primary][name]}
            if changed:
                lines.append(f"{table} {primary} {_told(model, changed, before)}")
    return sorted(lines)


def values(before: Photo, after: Photo) -> list[str]:
    """Every value that was written, as text."""
    found: list[str] = []
    for table, rows in after.items():
        for primary, row in rows.items():
            old = before[table].get(primary, {})
            found += [str(value) for name, value in row.items() if name not in old or old[name] != value]
    return found


def _told(model: type[Model], row: Mapping[str, Any], before: Photo) -> dict[str, Any]:
    """A row's values without what differs between two equal acts: ids, moments, secrets, codes."""
    told: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        name = field.column
        if name not in row or field.primary_key:
            continue
        value = row[name]
        if field.remote_field is not None and value is not None:
            known = before.get(field.remote_field.model._meta.db_table, {})
            told[name] = value if value in known else "one of the new"
        else:
            told[name] = _same(name, value, json=isinstance(field, JSONField))
    return told


def _same(name: str, value: Any, *, json: bool) -> Any:
    if name == "target_id":  # the audit log points without foreign keys
        return "an id"
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, (datetime, date)):
        return "a moment"
    if isinstance(value, (uuid.UUID, bytes)):
        return type(value).__name__
    text = _UUID.sub("uuid", _CODE.sub("PG-code", str(value)))
    text = _SIGNED.sub("/rate/signed", _MESSAGE.sub("#message-#", text))
    if name in _WITH_IDS or json:
        text = re.sub(r"\d+", "#", text)
    if name in ("password", "session_data", "session_key", "secret", "code_hash", "browser_hash", "path"):
        return "kept" if text else ""
    return text
