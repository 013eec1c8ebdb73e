"""What the page of ready answers shows: groups by whose they are (S28)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from departments import ready
from departments.models import CannedResponse

SHOWN = 500


@dataclass
class Group:
    """The answers of one owner: everybody, a department, or oneself; ``writes``: whether this person changes them."""

    title: str
    writes: bool
    rows: list[CannedResponse] = field(default_factory=list)


def listed(user: Any, query: str) -> dict[str, Any]:
    """``groups`` of what a person sees, narrowed by words; two statements however many there are."""
    groups = {
        "all": Group("همهٔ همکاران", ready.may_write(user)),
        "me": Group("فقط خودم", True),
    }
    found = ready.matching(ready.seen_by(user), query).select_related("department")
    for row in found.order_by("department__position", "department__pk", "position", "pk")[:SHOWN]:
        key = "me" if row.user_id else str(row.department_id or "all")
        if key not in groups and row.department is not None:
            writes = ready.may_write(user, department=row.department)
            groups[key] = Group(row.department.name, writes)
        groups[key].rows.append(row)
    mine = groups.pop("me")
    shown = [group for group in (*groups.values(), mine) if group.rows]
    return {"groups": shown, "query": query[:200], "filtered": bool(query.strip())}
