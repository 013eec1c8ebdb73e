"""Iran's public holidays by Jalali year, as seed data an owner can edit (H4).

Holidays of the lunar calendar are estimates made ahead and may shift by a day.
"""

import re
from datetime import date

import holidays as catalogue

from persian.digits import to_persian
from persian.jalali import FIRST_YEAR, LAST_YEAR, year_range

# The catalogue's spellings that differ from ours.
_SPELLINGS = (("عیدنوروز", "عید نوروز"), ("علیه السلام", "علیه‌السلام"), ("سلام الله علیها", "سلام‌الله‌علیها"))


def iranian_holidays(jalali_year: int) -> dict[date, str]:
    """Date → Persian name, in order, for one Jalali year; two holidays of a day stand in one name.

    Empty for years the catalogue does not know (before 1359, after 1478). ValueError outside 1300 to 1500.
    Weekends are not among them.
    """
    if not FIRST_YEAR <= jalali_year <= LAST_YEAR:
        raise ValueError("a year is 1300 to 1500")
    first, after = year_range(jalali_year)
    found = catalogue.country_holidays("IR", years=(first.year, after.year), language="fa_IR")
    return {day: _spelled(name) for day, name in sorted(found.items()) if first <= day < after}


def _spelled(name: str) -> str:
    for theirs, ours in _SPELLINGS:
        name = name.replace(theirs, ours)
    return to_persian(re.sub(r"\s*[;؛]\s*", "؛ ", name))
