"""Digits both ways, grouped numbers and file sizes as people read them."""

from decimal import Decimal

PERSIAN = "۰۱۲۳۴۵۶۷۸۹"
ARABIC = "٠١٢٣٤٥٦٧٨٩"
LATIN = "0123456789"
GROUP_MARK = "٬"
DECIMAL_MARK = "٫"
# The left-to-right mark keeps the sign on the number's left inside a right-to-left line.
MINUS = "\u200e\u2212"

_TO_PERSIAN = str.maketrans(LATIN + ARABIC, PERSIAN * 2)
_TO_LATIN = str.maketrans(PERSIAN + ARABIC, LATIN * 2)
_MARKS = str.maketrans({",": GROUP_MARK, ".": DECIMAL_MARK})

_SIZES = ("بایت", "کیلوبایت", "مگابایت", "گیگابایت")


def to_persian(text: str) -> str:
    """Latin and Arabic digits as Persian ones; everything else stays."""
    return text.translate(_TO_PERSIAN)


def to_latin(text: str) -> str:
    """Persian and Arabic digits as 0-9; everything else stays.

    Check the result with `[0-9]`, never with the regular expression for "any digit" or `int()` alone:
    both accept digits of every script, so two spellings would become two keys.
    """
    return text.translate(_TO_LATIN)


def group(number: float | Decimal) -> str:
    """`12345` → `۱۲٬۳۴۵`, `-1.5` → `−۱٫۵`. ValueError for what is not a finite number."""
    exact = Decimal(str(number)) if isinstance(number, float) else Decimal(number)
    if not exact.is_finite():
        raise ValueError(f"not a finite number: {number!r}")
    shown = to_persian(f"{abs(exact):,f}".translate(_MARKS))
    return MINUS + shown if exact < 0 else shown


def file_size(count: int) -> str:
    """A number of bytes (≥ 0) in the unit people use: `۴۱۲ کیلوبایت`, `۱٫۱ مگابایت`; 1024 to the unit."""
    if count < 0:
        raise ValueError("a size is never negative")
    amount, unit = Decimal(count), 0
    # 1023.6 would be rounded up to 1024: it belongs to the next unit already.
    while _shown_size(amount, unit) >= 1024 and unit < len(_SIZES) - 1:
        amount, unit = amount / 1024, unit + 1
    return f"{group(_shown_size(amount, unit))} {_SIZES[unit]}"


def _shown_size(amount: Decimal, unit: int) -> Decimal:
    """Whole up to kilobytes and from a hundred on; else one decimal, unless it would be zero."""
    if unit < 2 or amount >= 100:
        return amount.quantize(Decimal(1))
    rounded = amount.quantize(Decimal("0.1"))
    return rounded.quantize(Decimal(1)) if rounded == rounded.to_integral_value() else rounded
