"""Photographs of the whole database, to be laid side by side."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from weakref import WeakSet

from django.apps import apps
from django.db import connection
from django.db.models import JSONField, Model

from tenants.scope import all_tenants

Row = dict[str, Any]
Photo = dict[str, dict[Any, Row]]
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
        return _standing() if connection.vendor == "postgresql" else whole()


def whole() -> Photo:
    """The same, every row read anew; inside ``all_tenants``."""
    return {_table(model): _by_key(model, _read(model).values()) for model in _models()}


# Table → version of a row → the row. A row's place and the (sub)transaction that wrote it name a version for good: a
# change writes another, and what is rolled back leaves the old one as it was. So each version is read only once.
_known: dict[str, dict[str, Row]] = {}
_VERSION = "ctid::text || xmin::text"
# Connections that know the question; planning it takes longer than answering.
_asked: WeakSet[Any] = WeakSet()


def _standing() -> Photo:
    """One statement asks which versions stand; only tables with versions not seen yet are read."""
    models = _models()
    with connection.cursor() as cursor:
        if connection.connection not in _asked:
            tables = (f'FROM "{_table(model)}"' for model in models)
            parts = (
                f"SELECT {place}, string_agg({_VERSION}, ' ') {table}" for place, table in enumerate(tables)
            )
            cursor.execute(f"PREPARE standing AS {' UNION ALL '.join(parts)}")
            _asked.add(connection.connection)
        cursor.execute("EXECUTE standing")
        standing = dict(cursor.fetchall())
    photo: Photo = {}
    for place, model in enumerate(models):
        known, versions = _known.setdefault(_table(model), {}), (standing[place] or "").split()
        if not known.keys() >= set(versions):
            known |= {version: known.get(version, row) for version, row in _read(model, _VERSION).items()}
        photo[_table(model)] = _by_key(model, (known[version] for version in versions))
    return photo


def _models() -> list[type[Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]


def _table(model: type[Model]) -> str:
    return model._meta.db_table


def _by_key(model: type[Model], rows: Iterable[Row]) -> dict[Any, Row]:
    primary = model._meta.pk.column  # type: ignore[union-attr]
    return {row[primary]: row for row in rows}


def _read(model: type[Model], by: str = "NULL") -> dict[Any, Row]:
    """A table's rows by what the SQL of ``by`` says of each; without it in their order."""
    columns = [
        one.column for one in model._meta.concrete_fields if (_table(model), one.column) not in UNWATCHED
    ]
    quoted = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {by}, {quoted} FROM "{_table(model)}"')
        found = cursor.fetchall()
    return {
        version or place: dict(zip(columns, map(_plain, values), strict=True))
        for place, (version, *values) in enumerate(found)
    }


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


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
            if new[primary] is old[primary]:
                continue
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
            if row is old:
                continue
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
