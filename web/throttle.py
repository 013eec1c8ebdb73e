"""Fixed windows in the cache: how often something happened, and whether once more is fine.

Windows are cut by the clock (every `seconds` since the epoch), so a window ends even where time is moved by a
test. Keys are hashed: mobiles and addresses do not stand in the cache.
"""

import logging
import time
from typing import NoReturn

from django.core.cache import cache
from django.utils.crypto import salted_hmac

from web.errors import Unavailable

logger = logging.getLogger("web.throttle")


def hit(key: str, *, seconds: int, closed: bool = False) -> int:
    """Count one more of `key` in the present window of `seconds`; returns the count, this one included.

    With the cache down it returns 0, or raises `Unavailable` when `closed` (doors that must not stay open
    without their limit: codes, passwords).
    """
    name = _name(key, seconds)
    try:
        for _ in range(2):
            # Twice: the entry may be evicted between the two calls.
            cache.add(name, 0, timeout=seconds + 5)
            try:
                return int(cache.incr(name))
            except ValueError:
                continue
    except Exception as error:
        _down(error, closed)
        return 0
    return 1


def allow(key: str, *, limit: int, seconds: int, closed: bool = False) -> bool:
    """Count one more and say whether it is within `limit` a window."""
    return hit(key, seconds=seconds, closed=closed) <= limit


def count(key: str, *, seconds: int, closed: bool = False) -> int:
    """How many stand in the present window, without counting this look."""
    try:
        return int(cache.get(_name(key, seconds), 0))
    except Exception as error:
        _down(error, closed)
    return 0


def wait(seconds: int) -> int:
    """Seconds until the present window of that length ends: what to say in Retry-After."""
    return seconds - int(time.time()) % seconds


def _name(key: str, seconds: int) -> str:
    window = int(time.time()) // seconds
    return (
        f"throttle:{seconds}:{window}:{salted_hmac('web.throttle', key, algorithm='sha256').hexdigest()[:32]}"
    )


def _down(error: Exception, closed: bool) -> NoReturn | None:
    logger.warning("the counter's cache does not answer: %s", type(error).__name__)
    if closed:
        raise Unavailable() from None
    return None
