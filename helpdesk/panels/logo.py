"""From whatever picture the owner sends to the small PNG we keep and serve: the original is never stored."""

from io import BytesIO
from typing import IO

from PIL import Image, ImageOps

from persian.digits import file_size
from web import pictures
from web.errors import Invalid

SIDE = 256
# Bytes before, and pixels after unpacking: a few kilobytes can unpack to gigabytes (TRUST 23).
LONGEST = 5 * 1024 * 1024
MOST_PIXELS = 16_000_000


def small_png(picture: IO[bytes], size: int) -> bytes:
    """The picture as a PNG of at most 256 pixels a side, upright and without metadata. Raises Invalid(logo).

    ``size`` is in bytes. Slow work on bytes from outside: call it while no transaction is open.
    """
    if size > LONGEST:
        raise Invalid(f"تصویر نشان حداکثر {file_size(LONGEST)} می‌تواند باشد. کوچک‌ترش کنید.", field="logo")
    with pictures.opened(picture, most_pixels=MOST_PIXELS, field="logo") as opened:
        return _shrunk(opened)


def _shrunk(opened: Image.Image) -> bytes:
    opened.draft("RGB", (SIDE * 2, SIDE * 2))  # a JPEG is then unpacked small
    upright = ImageOps.exif_transpose(opened).convert("RGBA")
    upright.thumbnail((SIDE, SIDE))
    # A fresh canvas carries nothing of the original but its pixels.
    clean = Image.new("RGBA", upright.size)
    clean.paste(upright)
    made = BytesIO()
    clean.save(made, "PNG", optimize=True)
    return made.getvalue()
