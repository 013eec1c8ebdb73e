"""What the shells show round a page: which panel, what is counted, where a person may go.

Nothing is asked until a template looks: parts for htmx, error pages and the gate pay nothing; a staff page pays
two statements (its seats, which every rule asks for, and the numbers), a customer's page one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse

from accounts.access import has_right, may_keep_personnel
from accounts.roles import Right
from tickets.standing import desks_decided_by
from web.counting import Bounded

from . import queries

PANELS = {"manage": "پنل مدیریت", "desk": "پنل کارشناسان", "portal": "پنل کاربری"}


@dataclass(frozen=True)
class DepartmentLine:
    """A department in the sidebar with its open tickets."""

    name: str
    url: str
    count: Bounded
    current: bool


class Navigation:
    """``nav`` of the templates; every part is worked out when it is first looked at."""

    def __init__(self, request: Any) -> None:
        self._request = request

    @cached_property
    def _user(self) -> Any:
        return self._request.user

    @cached_property
    def current(self) -> str:
        """Name of the page's address, as in the URL configuration."""
        match = self._request.resolver_match
        return match.view_name if match else ""

    @cached_property
    def panel(self) -> str:
        """manage, desk or portal: by the address, and where that says nothing by the person."""
        first = self._request.path.split("/", 2)[1]
        if first in PANELS:
            return first
        return "portal" if getattr(self._user, "is_customer", False) else "desk"

    @property
    def panel_word(self) -> str:
        """The panel's name, beside the tenant's (S3)."""
        return PANELS[self.panel]

    @cached_property
    def can(self) -> dict[str, bool]:
        """What the navigation may offer: no button without its right."""
        user = self._user
        ours = self._is_ours
        return {
            "manage": ours and user.is_owner,
            "customers": ours and has_right(user, Right.CUSTOMERS),
            "departments": ours and has_right(user, Right.STAFF),
            "export": ours and has_right(user, Right.EXPORT),
            "open": ours and has_right(user, Right.OPEN),
            "people": bool(getattr(user, "is_customer", False)) and may_keep_personnel(user),
        }

    @cached_property
    def manage_url(self) -> str:
        """The first page of the management panel this person has; "" for who has none (S3)."""
        doors = (
            ("manage", "manage"),
            ("customers", "manage_customers"),
            ("departments", "manage_departments"),
        )
        return next((reverse(name) for right, name in doors if self.can[right]), "")

    @cached_property
    def bell_count(self) -> int:
        """Unread lines of the bell, counted up to 100."""
        return int(self._numbers["bell"]) if self._user.is_authenticated else 0

    @cached_property
    def counts(self) -> dict[str, Bounded]:
        """Tickets of each quick view; empty for customers."""
        return {name: self._numbers[name] for name in queries.COUNTED if name in self._numbers}

    @cached_property
    def requests(self) -> Bounded | None:
        """Requests to other departments that wait for this person's answer, or, for who answers none, those they sent
        themself; None where the page need not be named: they answer nowhere and wait for nothing (H13).
        """
        if not self._is_ours:
            return None
        waiting = self._numbers["waiting_requests"]
        if waiting or self._user.is_owner or desks_decided_by(self._user):
            return waiting
        return self._numbers["sent_requests"] or None

    @cached_property
    def departments(self) -> list[DepartmentLine]:
        """The person's departments (the owner's: the first ones of all), each with its open tickets."""
        chosen = self._request.GET.get("department", "") if self.current == "desk_tickets" else ""
        return [
            DepartmentLine(
                name=department.name,
                url=f"{reverse('desk_tickets')}?view=open&department={department.pk}",
                count=self._numbers[f"department-{department.pk}"],
                current=chosen == str(department.pk),
            )
            for department in self._desks
        ]

    @cached_property
    def _desks(self) -> list[Any]:
        return queries.desks_of(self._user) if self._is_ours else []

    @cached_property
    def _numbers(self) -> dict[str, Bounded]:
        """Every number of the shell in one statement."""
        return queries.shell_numbers(self._user, self._desks, ours=self._is_ours)

    @cached_property
    def _is_ours(self) -> bool:
        return bool(getattr(self._user, "is_staff_member", False))


def navigation(request: Any) -> dict[str, Navigation]:
    """Context processor: ``nav``."""
    return {"nav": Navigation(request)}
