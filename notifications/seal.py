"""The sealed box for secrets that must wait in the database: one-time codes, provider keys.

Keys come from SEAL_KEYS (Fernet keys, the newest first: the first seals, all open), or are derived from SECRET_KEY
where none is set.
"""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class Unsealable(Exception):
    """The box cannot be opened: its key is gone, or somebody changed it."""


def seal(text: str) -> bytes:
    """Sealed form of a short secret."""
    return _box().encrypt(text.encode())


def unseal(sealed: bytes | memoryview) -> str:
    """The secret again. Raises Unsealable."""
    try:
        return _box().decrypt(bytes(sealed)).decode()
    except InvalidToken:
        raise Unsealable from None


def _box() -> MultiFernet:
    return _boxes(tuple(settings.SEAL_KEYS), settings.SECRET_KEY)


@lru_cache(maxsize=4)
def _boxes(keys: tuple[str, ...], secret_key: str) -> MultiFernet:
    if not keys:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"notifications.seal").derive(
            secret_key.encode()
        )
        return MultiFernet([Fernet(base64.urlsafe_b64encode(derived))])
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        # The key itself stays out of the message.
        raise ImproperlyConfigured("SEAL_KEYS: each must be 32 bytes in URL-safe base64.") from None
