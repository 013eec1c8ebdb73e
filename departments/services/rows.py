"""What verbs that shape a tenant's rows do alike: whose they are, what differs, their order, saving."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Model

from persian.clean import one_line
from tenants.scope import current_tenant_id
from web.errors import Invalid, NotFound

from ..models import Department

Row = TypeVar("Row", bound=Model)


def require_ours(*rows: Model | None) -> None:
    """Refuse rows of another tenant as if they were absent. Raises NotFound."""
    here = current_tenant_id()
    for row in rows:
        if row is not None and getattr(row, "tenant_id", None) != here:
            raise NotFound()


def locked(row: Row) -> Row:
    """The row as it is now, held until the verb ends. Raises NotFound for another tenant's and for one that is gone."""
    require_ours(row)
    found = type(row)._default_manager.select_for_update(no_key=True).filter(pk=row.pk).first()
    if found is None:
        raise NotFound()
    return found


def hold(department_id: int) -> None:
    """What lies in a department is arranged one after another: two at once could lay each in the other."""
    Department.objects.select_for_update(no_key=True).order_by().values_list("pk").get(pk=department_id)


def save(row: Model, fields: Iterable[str] | None = None, *, taken: str, field: str = "name") -> None:
    """Save a row whose name the database keeps single. Raises Invalid(``taken``) at ``field`` where it is not."""
    try:
        with transaction.atomic():
            row.save(update_fields=fields)
    except IntegrityError:
        raise Invalid(taken, field=field) from None


# Words ----------------------------------------------------------------------------------------------------------
def clean_name(text: str, *, longest: int, field: str = "name", empty: str = "نام را بنویسید.") -> str:
    """One line without controls, neither empty nor too long. Raises Invalid at ``field``."""
    name = one_line(text)
    if not name:
        raise Invalid(empty, field=field)
    if len(name) > longest:
        raise Invalid("این نام بلند است. کوتاه‌ترش کنید.", field=field)
    return name


def clean_description(text: str, *, longest: int) -> str:
    """One line without controls, maybe empty. Raises Invalid(description) for one that is too long."""
    description = one_line(text)
    if len(description) > longest:
        raise Invalid("توضیح بلند است. کوتاه‌ترش کنید.", field="description")
    return description


def changed(row: Any, values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parts of ``values`` that differ from the row: (as it was, as it will be)."""
    before = {name: getattr(row, name) for name, value in values.items() if getattr(row, name) != value}
    return before, {name: values[name] for name in before}


# Order ----------------------------------------------------------------------------------------------------------
def wanted_order(rows: Sequence[Row], order: Sequence[int], *, twice: str) -> list[Row]:
    """``rows`` in the order of these ids; those it does not name, made meanwhile, stay behind them as they are.

    Raises Invalid(``twice``) for an id that is named twice, NotFound for one that is not among the rows.
    """
    if len(set(order)) != len(order):
        raise Invalid(twice)
    known = {row.pk: row for row in rows}
    if not set(order) <= known.keys():
        raise NotFound()
    named = set(order)
    return [known[pk] for pk in order] + [row for row in rows if row.pk not in named]


def stepped(rows: Sequence[Row], pk: int, to: Literal["up", "down"]) -> list[Row] | None:
    """``rows`` with one of them and its neighbour in each other's place; None at the edge.

    Raises NotFound when it is not among them.
    """
    place = next((index for index, row in enumerate(rows) if row.pk == pk), None)
    if place is None:
        raise NotFound()
    other = place + (1 if to == "down" else -1)
    if not 0 <= other < len(rows):
        return None
    wanted = list(rows)
    wanted[place], wanted[other] = wanted[other], wanted[place]
    return wanted


def number(rows: Iterable[Any], *, first: int = 0) -> None:
    """Write their ``position`` in this order, anew, because rows made at the same moment may share one."""
    moved = []
    for position, row in enumerate(rows, start=first):
        if row.position != position:
            row.position = position
            moved.append(row)
    if moved:
        type(moved[0])._default_manager.bulk_update(moved, ["position"])
