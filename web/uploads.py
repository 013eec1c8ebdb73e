"""File names as Persian people write them.

Django's parser keeps only "printable" characters of an uploaded file's name, and to Python the half-space (ZWNJ)
is not printable: «صورت‌حساب.pdf» would arrive as «صورتحساب.pdf».
"""

import html

import django.http.request  # noqa: TID251  the parser lives there
from django.http.multipartparser import MultiPartParser  # noqa: TID251

JOINERS = "\u200c\u200d"


class PersianNames(MultiPartParser):
    """Django's parser, with the half-space left in names; paths are cut off as Django does."""

    def sanitize_file_name(self, file_name: str) -> str | None:
        """The last part of a name without controls, or None when nothing is left of it."""
        name = html.unescape(file_name).rsplit("/")[-1].rsplit("\\")[-1]
        name = "".join(sign for sign in name if sign.isprintable() or sign in JOINERS)
        return None if name in {"", ".", ".."} else name


def install() -> None:
    """Have every request parse its forms by it: Django looks the parser up by this name and has no setting for it."""
    django.http.request.MultiPartParser = PersianNames  # type: ignore[attr-defined]  # noqa: TID251
