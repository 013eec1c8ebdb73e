"""Is it a picture, and one that may be unpacked? Asked of bytes from outside before anybody keeps them (TRUST 23)."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from PIL import Image, UnidentifiedImageError

from persian.digits import file_size, group
from web.errors import Invalid

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
NOT_A_PICTURE = "این فایل تصویر نیست یا باز نمی‌شود. یک PNG یا JPEG بفرستید."


@contextmanager
def opened(picture: IO[bytes], *, most_pixels: int, field: str) -> Iterator[Image.Image]:
    """The picture, opened and not yet unpacked. Raises Invalid(field) for what is none, is broken, or unpacks to more
    than ``most_pixels``, now or while it is worked on. Slow work: call it while no transaction is open.
    """
    millions = group(most_pixels // 1_000_000)
    too_large = f"این تصویر بیش از {millions} میلیون نقطه دارد. کوچک‌ترش کنید و دوباره بفرستید."
    try:
        with warnings.catch_warnings():
            # Pillow only warns of a picture that unpacks to twice its limit.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(picture, formats=FORMATS) as image:
                if image.width * image.height > most_pixels:
                    raise Invalid(too_large, field=field)
                yield image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Invalid(too_large, field=field) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise Invalid(NOT_A_PICTURE, field=field) from None


def check(picture: IO[bytes], size: int, *, longest: int, most_pixels: int, field: str) -> None:
    """Raise Invalid(field) unless the file is a whole picture of at most ``longest`` bytes and ``most_pixels``.

    Leaves the file at its beginning.
    """
    if size > longest:
        raise Invalid(f"تصویر حداکثر {file_size(longest)} می‌تواند باشد. کوچک‌ترش کنید.", field=field)
    with opened(picture, most_pixels=most_pixels, field=field) as image:
        image.verify()
    picture.seek(0)
