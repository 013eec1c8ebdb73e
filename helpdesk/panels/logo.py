"""From whatever picture the owner sends to the small PNG we keep and serve: the original is never stored."""

import warnings
from io import BytesIO
from typing import IO

from PIL import Image, ImageOps, UnidentifiedImageError

from persian.digits import file_size, group
from web.errors import Invalid

SIDE = 256
# Bytes before, and pixels after unpacking: a few kilobytes can unpack to gigabytes (TRUST 23).
LONGEST = 5 * 1024 * 1024
MOST_PIXELS = 16_000_000
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
NOT_A_PICTURE = "این فایل تصویر نیست یا باز نمی‌شود. یک PNG یا JPEG بفرستید."


def small_png(picture: IO[bytes], size: int) -> bytes:
    """The picture as a PNG of at most 256 pixels a side, upright and without metadata. Raises Invalid(logo).

    ``size`` is in bytes. Slow work on bytes from outside: call it while no transaction is open.
    """
    if size > LONGEST:
        raise Invalid(f"تصویر نشان حداکثر {file_size(LONGEST)} می‌تواند باشد. کوچک‌ترش کنید.", field="logo")
    try:
        with warnings.catch_warnings():
            # Pillow only warns of a picture that unpacks to twice its limit.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(picture, formats=FORMATS) as opened:
                return _shrunk(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Invalid(_too_large(), field="logo") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise Invalid(NOT_A_PICTURE, field="logo") from None


def _shrunk(opened: Image.Image) -> bytes:
    if opened.width * opened.height > MOST_PIXELS:
        raise Invalid(_too_large(), field="logo")
    opened.draft("RGB", (SIDE * 2, SIDE * 2))  # a JPEG is then unpacked small
    upright = ImageOps.exif_transpose(opened).convert("RGBA")
    upright.thumbnail((SIDE, SIDE))
    # A fresh canvas carries nothing of the original but its pixels.
    clean = Image.new("RGBA", upright.size)
    clean.paste(upright)
    made = BytesIO()
    clean.save(made, "PNG", optimize=True)
    return made.getvalue()


def _too_large() -> str:
    return (
        f"این تصویر بیش از {group(MOST_PIXELS // 1_000_000)} میلیون نقطه دارد. کوچک‌ترش کنید و دوباره بفرستید."
    )
