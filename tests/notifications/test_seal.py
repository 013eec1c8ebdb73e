"""The sealed box."""

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from notifications.seal import Unsealable, seal, unseal


def test_a_sealed_secret_opens_again_and_does_not_show() -> None:
    sealed = seal("402815")
    assert b"402815" not in sealed and seal("402815") != sealed
    assert unseal(sealed) == unseal(memoryview(sealed)) == "402815"


def test_a_new_key_in_front_seals_and_the_old_one_still_opens(settings) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.SEAL_KEYS = [old]
    sealed = seal("402815")
    settings.SEAL_KEYS = [new, old]
    assert unseal(sealed) == "402815"
    again = seal("402815")
    settings.SEAL_KEYS = [new]
    assert unseal(again) == "402815"
    with pytest.raises(Unsealable):
        unseal(sealed)


def test_a_changed_box_or_another_secret_key_does_not_open(settings) -> None:
    sealed = seal("402815")
    with pytest.raises(Unsealable):
        unseal(sealed[:-4] + b"AAAA")
    settings.SECRET_KEY = "another-key-" * 5
    with pytest.raises(Unsealable):
        unseal(sealed)


def test_a_key_of_the_wrong_form_is_named_but_not_shown(settings) -> None:
    settings.SEAL_KEYS = ["hunter2-is-no-key"]
    with pytest.raises(ImproperlyConfigured, match="SEAL_KEYS") as told:
        seal("402815")
    assert "hunter2" not in str(told.value)
