"""Seed of public holidays."""

from datetime import date

import pytest

from persian.holidays import iranian_holidays
from persian.jalali import to_jalali, year_range


@pytest.mark.spec("H4")
def test_holidays_of_a_year_are_its_own_and_persian():
    found = iranian_holidays(1405)
    first, after = year_range(1405)
    assert list(found) == sorted(found)
    assert all(first <= day < after for day in found)
    assert 20 <= len(found) <= 40
    for name in found.values():
        assert name
        assert not any(char.isascii() and char.isalnum() for char in name)


def test_holidays_hold_the_fixed_days_of_the_calendar():
    for year in (1403, 1404, 1405):
        days = {to_jalali(day)[1:] for day in iranian_holidays(year)}
        assert {
            (1, 1),
            (1, 2),
            (1, 3),
            (1, 4),
            (1, 12),
            (1, 13),
            (3, 14),
            (3, 15),
            (11, 22),
            (12, 29),
        } <= days


def test_holidays_names_are_spelled_our_way():
    names = iranian_holidays(1405)
    assert "عید نوروز" in names[date(2026, 3, 23)]
    assert names[date(2026, 6, 5)] == "قیام ۱۵ خرداد"
    assert names[date(2026, 3, 21)] == "جشن نوروز؛ عید سعید فطر"
    assert not any(";" in name for name in names.values())


def test_holidays_are_empty_where_nothing_is_known():
    assert iranian_holidays(1310) == {}
    assert iranian_holidays(1499) == {}


@pytest.mark.parametrize("year", [1299, 1501, 2026])
def test_holidays_refuse_years_of_another_calendar(year):
    with pytest.raises(ValueError, match="1300"):
        iranian_holidays(year)
