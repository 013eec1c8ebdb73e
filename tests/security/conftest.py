"""One world for all the walks: built once in a transaction that stays open, each test in a savepoint of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from .asking import Page, Walk, walk
from .scene import Scene, build


class Stage:
    """Holds the world's transaction open; ``close`` takes it down, the next look builds it anew."""

    def __init__(self, blocker: DjangoDbBlocker) -> None:
        self._blocker = blocker
        self._hold: transaction.Atomic | None = None
        self._scene: Scene | None = None

    @property
    def scene(self) -> Scene:
        if self._scene is None:
            with self._blocker.unblock():
                self._hold = transaction.atomic()
                self._hold.__enter__()
                try:
                    self._scene = build()
                except BaseException:
                    self.close()
                    raise
        return self._scene

    def close(self) -> None:
        if self._hold is not None:
            with self._blocker.unblock():
                transaction.set_rollback(True)
                self._hold.__exit__(None, None, None)
        self._hold = self._scene = None


@pytest.fixture(scope="package")
def stage(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    """The one world of the package's tests."""
    stage = Stage(django_db_blocker)
    yield stage
    stage.close()


@pytest.fixture
def built(stage: Stage) -> Scene:
    """The world, there before the test's own savepoint is made."""
    return stage.scene


@pytest.fixture
def scene(built: Scene, db: None) -> Scene:
    """The world as it was built, whatever the tests before have done to it."""
    return built


@pytest.fixture(scope="package")
def _walked() -> list[Walk]:
    return []


@pytest.fixture
def walked(scene: Scene, _walked: list[Walk]) -> Walk:
    """What every readable address answers to everybody; asked once for all tests."""
    if not _walked:
        _walked.append(walk(scene))
    return _walked[0]


@pytest.fixture
def pages(walked: Walk) -> dict[tuple[str, str], Page]:
    """(name, role) → the answer; the stranger and a person before their welcome are among the roles."""
    return walked.pages


@pytest.fixture
def emptied(stage: Stage, request: pytest.FixtureRequest) -> None:
    """Real commits, for threads: the world's transaction is taken down first, for it holds the tables."""
    stage.close()
    request.getfixturevalue("committed_db")


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Slow hashing is proven in tests/accounts; here hundreds of forms would wait for it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Nothing is rung: nothing here is committed."""
    rung: list[tuple[Any, ...]] = []
    monkeypatch.setattr("web.ring.current_app.send_task", lambda *a, **k: rung.append((a, k)), raising=False)
    return rung
