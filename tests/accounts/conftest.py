"""Argon2 stays argon2 here, but with light parameters: these tests log in some hundred times."""

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher

REAL_MEMORY = Argon2PasswordHasher.memory_cost  # KiB


@pytest.fixture(autouse=True)
def light_argon2(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few milliseconds a hash instead of some hundred."""
    monkeypatch.setattr(Argon2PasswordHasher, "memory_cost", 64)
    monkeypatch.setattr(Argon2PasswordHasher, "parallelism", 1)
    monkeypatch.setattr(Argon2PasswordHasher, "time_cost", 1)
