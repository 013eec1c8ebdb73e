"""Lists whose whole state is in the address: known parameters, and links that change one of them."""

from __future__ import annotations

from collections.abc import Container, Iterable
from urllib.parse import urlencode

from django.http import HttpRequest

from persian.clean import one_line
from web.paging import PARAMETER

LONGEST = 200


class Address:
    """The parameters of a list's address that the list knows; every other is dropped."""

    def __init__(self, request: HttpRequest, known: Iterable[str]) -> None:
        self.path = request.path
        found = {name: one_line(request.GET.get(name, ""))[:LONGEST] for name in known}
        self.values = {name: value for name, value in found.items() if value}
        self.cursor = request.GET.get(PARAMETER)

    def get(self, name: str) -> str:
        """A parameter's value, or ""."""
        return self.values.get(name, "")

    def one_of(self, name: str, known: Container[str], *, usual: str) -> str:
        """A parameter's value when it is a known one, otherwise the usual."""
        value = self.get(name)
        return value if value in known else usual

    def link(self, **changes: str | None) -> str:
        """The same list with some parameters changed (None or "" removes one), from its first page."""
        values = {**self.values, **changes}
        query = urlencode({name: value for name, value in values.items() if value})
        return f"{self.path}?{query}" if query else self.path

    def without(self, names: Iterable[str]) -> str:
        """The same list with these parameters removed."""
        return self.link(**dict.fromkeys(names))
