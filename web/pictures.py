"""Is it a picture, and one that may be unpacked? Asked of bytes from outside before anybody keeps them (TRUST 23)."""

import warnings
from typing import IO

from PIL import Image, UnidentifiedImageError

from persian.digits import file_size, group
from web.errors import Invalid

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
NOT_A_PICTURE = "این فایل تصویر نیست یا باز نمی‌شود. یک PNG یا JPEG بفرستید."


def check(picture: IO[bytes], size: int, *, longest: int, most_pixels: int, field: str) -> None:
    """Raise Invalid(field) unless the file is a whole picture of at most ``longest`` bytes and ``most_pixels``.

    Slow work: call it while no transaction is open. Leaves the file at its beginning.
    """
    if size > longest:
        raise Invalid(f"تصویر حداکثر {file_size(longest)} می‌تواند باشد. کوچک‌ترش کنید.", field=field)
    too_large = (
        f"این تصویر بیش از {group(most_pixels // 1_000_000)} میلیون نقطه دارد. کوچک‌ترش کنید و دوباره بفرستید."
    )
    try:
        with warnings.catch_warnings():
            # Pillow only warns of a picture that unpacks to twice its limit.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(picture, formats=FORMATS) as opened:
                if opened.width * opened.height > most_pixels:
                    raise Invalid(too_large, field=field)
                opened.verify()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Invalid(too_large, field=field) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise Invalid(NOT_A_PICTURE, field=field) from None
    finally:
        picture.seek(0)
