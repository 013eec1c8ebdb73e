"""How tests are spread over processes: a file stays with one, what waits comes first, and one walk serves its readers.

What a file prepares once (a server, a world) is then not prepared twice. Files with a ``slow`` test mostly wait (for
a stall, a lease, a server), so they begin while there is work to do beside them, and the run does not end on one.
"""

from __future__ import annotations

from collections import Counter

import pytest

# Files that read what everybody was answered everywhere (tests/security/asking.walk, some twenty seconds of pages).
WALKERS = frozenset(
    f"tests/security/test_trust_{name}.py"
    for name in ("16_rivals", "18_notes", "19_roles", "33_reading", "34_headers", "37_logs")
)
WALK = "tests/security/walk"


def scope_of(nodeid: str) -> str:
    """What is kept in one process: the file, or all that share the walk."""
    file = nodeid.split("::", 1)[0]
    return WALK if file in WALKERS else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object | None:
    """Under ``--dist loadfile``: by scope, in the order of the collection."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling  # only where xdist is at work

    class ByScope(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return scope_of(nodeid)

    config.option.loadscopereorder = False
    return ByScope(config, log)  # type: ignore[arg-type]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a worker: the walk, then what waits, then the largest."""
    if not hasattr(config, "workerinput"):
        return
    size = Counter(scope_of(item.nodeid) for item in items)
    waits = {scope_of(item.nodeid) for item in items if item.get_closest_marker("slow")}

    def place(item: pytest.Item) -> tuple[bool, bool, int, str]:
        scope = scope_of(item.nodeid)
        return scope != WALK, scope not in waits, -size[scope], scope

    items.sort(key=place)
