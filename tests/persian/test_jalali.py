"""The Jalali calendar from 1300 to 1500: every day there and back, written and read."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import jdatetime
import pytest
from hypothesis import given
from hypothesis import strategies as st

from persian import jalali
from persian.digits import ARABIC, LATIN, PERSIAN, to_latin, to_persian

FIRST, AFTER = date(1921, 3, 21), date(2122, 3, 21)
days = st.dates(FIRST, AFTER - timedelta(days=1))


def follows(day: jalali.Jalali, length: int) -> jalali.Jalali:
    """The next day by counting alone, without any conversion."""
    if day.day < length:
        return jalali.Jalali(day.year, day.month, day.day + 1)
    if day.month < 12:
        return jalali.Jalali(day.year, day.month + 1, 1)
    return jalali.Jalali(day.year + 1, 1, 1)


@pytest.mark.spec("S15", part=True)
def test_jalali_every_day_of_two_hundred_years_there_and_back():
    day, expected = FIRST, jalali.Jalali(1300, 1, 1)
    while day < AFTER:
        found = jalali.to_jalali(day)
        assert found == expected
        assert jalali.to_gregorian(*found) == day
        assert jalali.parse(jalali.format_date(day)) == day
        reference = jdatetime.date.fromgregorian(date=day)
        assert found == (reference.year, reference.month, reference.day)
        # Leap years by the 33-year cycle, told apart from the library's own arithmetic.
        leap = found.year % 33 in {1, 5, 9, 13, 17, 22, 26, 30}
        length = 31 if found.month <= 6 else 30 if found.month < 12 or leap else 29
        expected = follows(found, length)
        day += timedelta(days=1)
    assert expected == (1501, 1, 1)


@pytest.mark.parametrize(
    ("gregorian", "expected"),
    [
        (date(1979, 2, 11), (1357, 11, 22)),
        (date(2021, 3, 20), (1399, 12, 30)),
        (date(2024, 3, 20), (1403, 1, 1)),
        (date(2025, 3, 20), (1403, 12, 30)),
        (date(2025, 3, 21), (1404, 1, 1)),
        (date(2026, 3, 20), (1404, 12, 29)),
        (date(2026, 3, 21), (1405, 1, 1)),
        (date(2026, 10, 6), (1405, 7, 14)),
    ],
)
def test_to_jalali_knows_days_from_the_almanac(gregorian, expected):
    assert jalali.to_jalali(gregorian) == expected


def test_leap_years_have_thirty_days_of_esfand():
    leaps = [year for year in range(1395, 1425) if jalali.is_leap(year)]
    assert leaps == [1395, 1399, 1403, 1408, 1412, 1416, 1420, 1424]
    for year in (1403, 1408):
        assert jalali.month_length(year, 12) == 30
        assert jalali.to_jalali(jalali.parse(f"{year}/12/30")) == (year, 12, 30)
    assert jalali.month_length(1404, 12) == 29


@pytest.mark.parametrize(
    "text",
    [
        "۱۴۰۴/۵/۱",
        "۱۴۰۴/۰۵/۰۱",
        "1404-05-01",
        "1404.5.1",
        "١٤٠٤/٠٥/٠١",
        " 1404/5/1 ",
        "\u200e1404/05/01\u200f",
        "\u2067۱۴۰۴/۰۵/۰۱\u2069",
        "1404–05–01",
    ],
)
@pytest.mark.spec("S15", part=True)
def test_parse_accepts_what_people_write(text):
    assert jalali.parse(text) == date(2025, 7, 23)


@pytest.mark.parametrize(
    "text",
    [
        "1404/12/30",
        "۱۴۰۴/۱۲/۳۰",
        "1404/7/31",
        "1404/13/1",
        "1404/0/1",
        "1404/1/0",
        "1299/12/29",
        "1501/1/1",
        "2025/07/23",
        "0404/5/1",
        "404/5/1",
        "1404/5",
        "14040501",
        "1404/5-1",
        "1404/5/1/",
        "1404/5/1 ساعت ۳",
        "1404/05/01\n1404/05/02",
        "१४०४/५/१",
        "1404/005/1",
        "-1404/5/1",
        "",
        "فردا",
        "9" * 100_000,
    ],
)
def test_parse_refuses_with_a_sentence(text):
    with pytest.raises(ValueError, match="[آ-ی]"):
        jalali.parse(text)


@given(days, st.sampled_from("/-."), st.sampled_from([LATIN, PERSIAN, ARABIC]), st.booleans())
def test_parse_reads_what_is_written_in_any_digits(day, separator, script, padded):
    year, month, number = jalali.to_jalali(day)
    text = f"{year}/{month:02}/{number:02}" if padded else f"{year}/{month}/{number}"
    assert jalali.parse(text.replace("/", separator).translate(str.maketrans(LATIN, script))) == day


@given(st.text(max_size=30))
def test_parse_never_fails_otherwise_than_by_value_error(text):
    try:
        found = jalali.parse(text)
    except ValueError:
        return
    assert FIRST <= found < AFTER


@pytest.mark.spec("S15", part=True)
def test_dates_are_written_in_persian():
    day = date(2026, 10, 6)
    assert jalali.format_date(date(2025, 7, 23)) == "۱۴۰۴/۰۵/۰۱"
    assert jalali.day_month(day) == "۱۴ مهر"
    assert jalali.long_date(day) == "۱۴ مهر ۱۴۰۵"
    assert jalali.day_date(day) == "سه‌شنبه ۱۴ مهر ۱۴۰۵"


@given(days)
def test_written_dates_hold_no_latin_digit(day):
    written = jalali.day_date(day) + jalali.format_date(day)
    assert not set(written) & set(LATIN)
    assert to_persian(to_latin(written)) == written


def test_weekday_counts_from_saturday():
    friday = date(2026, 10, 9)
    names = [jalali.WEEKDAYS[jalali.weekday(friday - timedelta(days=back))] for back in range(7)]
    assert names == ["جمعه", "پنجشنبه", "چهارشنبه", "سه‌شنبه", "دوشنبه", "یکشنبه", "شنبه"]
    assert jalali.week_range(friday) == (date(2026, 10, 3), date(2026, 10, 10))
    assert jalali.week_range(date(2026, 10, 10))[0] == date(2026, 10, 10)


def test_an_instant_is_read_as_its_day_in_tehran():
    night = datetime(2026, 3, 20, 20, 29, 59, tzinfo=UTC)
    assert jalali.to_jalali(night) == (1404, 12, 29)
    assert jalali.today(night + timedelta(seconds=1)) == (1405, 1, 1)
    # Summer time was four and a half hours ahead until 1401.
    assert jalali.to_jalali(datetime(2022, 7, 1, 19, 30, tzinfo=UTC)) == (1401, 4, 11)
    assert jalali.to_jalali(datetime(2023, 7, 1, 19, 30, tzinfo=UTC)) == (1402, 4, 10)


def test_a_naive_instant_is_a_mistake():
    with pytest.raises(TypeError, match="naive"):
        jalali.format_date(datetime(2026, 3, 21))


def test_ranges_are_half_open_and_meet():
    assert jalali.month_range(1404, 12) == (date(2026, 2, 20), date(2026, 3, 21))
    assert jalali.quarter_range(1405, 1) == (date(2026, 3, 21), date(2026, 6, 22))
    assert jalali.quarter_range(1404, 4)[1] == date(2026, 3, 21)
    assert jalali.year_range(1403) == (date(2024, 3, 20), date(2025, 3, 21))


@given(st.integers(1300, 1500))
def test_ranges_tile_the_year(year):
    first, after = jalali.year_range(year)
    months = [jalali.month_range(year, month) for month in range(1, 13)]
    quarters = [jalali.quarter_range(year, quarter) for quarter in range(1, 5)]
    for pieces in (months, quarters):
        assert (pieces[0][0], pieces[-1][1]) == (first, after)
        assert all(one[1] == two[0] for one, two in pairwise(pieces))
    lengths = [(end - start).days for start, end in months]
    assert lengths == [jalali.month_length(year, month) for month in range(1, 13)]
    assert sum(lengths) == (366 if jalali.is_leap(year) else 365)


@pytest.mark.parametrize("wrong", [0, 13, -1])
def test_ranges_refuse_a_month_or_quarter_that_is_none(wrong):
    with pytest.raises(ValueError, match="month"):
        jalali.month_range(1404, wrong)
    with pytest.raises(ValueError, match="month"):
        jalali.month_length(1404, wrong)
    with pytest.raises(ValueError, match="quarter"):
        jalali.quarter_range(1404, wrong)


def test_midnight_is_tehrans():
    assert jalali.midnight(date(2026, 3, 21)) == datetime(2026, 3, 20, 20, 30, tzinfo=UTC)
    assert jalali.midnight(date(2021, 7, 1)) == datetime(2021, 6, 30, 19, 30, tzinfo=UTC)
