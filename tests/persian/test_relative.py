"""Moments and lengths of time in the words of the screens."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persian import relative
from persian.jalali import TEHRAN

# سه‌شنبه ۱۴ مهر ۱۴۰۵، ۱۲:۰۰ in Tehran
NOW = datetime(2026, 10, 6, 12, tzinfo=TEHRAN).astimezone(UTC)


def tehran(*args: int) -> datetime:
    return datetime(*args, tzinfo=TEHRAN).astimezone(UTC)


@pytest.mark.parametrize(
    ("then", "words"),
    [
        (tehran(2026, 10, 6, 8, 3), "امروز، ۸:۰۳"),
        (tehran(2026, 10, 6, 0, 0), "امروز، ۰:۰۰"),
        (tehran(2026, 10, 6, 23, 59), "امروز، ۲۳:۵۹"),
        (tehran(2026, 10, 5, 17, 20), "دیروز، ۱۷:۲۰"),
        (tehran(2026, 10, 7, 9, 5), "فردا، ۹:۰۵"),
        (tehran(2026, 10, 4, 10, 12), "یکشنبه ۱۲ مهر، ۱۰:۱۲"),
        (tehran(2026, 3, 21, 0, 1), "شنبه ۱ فروردین، ۰:۰۱"),
        (tehran(2026, 3, 20, 23, 59), "جمعه ۲۹ اسفند ۱۴۰۴، ۲۳:۵۹"),
        (tehran(2027, 3, 21, 7, 0), "یکشنبه ۱ فروردین ۱۴۰۶، ۷:۰۰"),
    ],
)
@pytest.mark.spec("S15", part=True)
def test_moment_speaks_like_the_screens(then, words):
    assert relative.moment(then, NOW) == words


def test_moment_knows_yesterday_by_tehrans_midnight():
    now = datetime(2026, 10, 5, 21, 0, tzinfo=UTC)  # half past midnight in Tehran
    assert relative.moment(datetime(2026, 10, 5, 20, 29, tzinfo=UTC), now) == "دیروز، ۲۳:۵۹"
    assert relative.moment(datetime(2026, 10, 5, 20, 30, tzinfo=UTC), now) == "امروز، ۰:۰۰"


def test_moment_of_yesterday_over_the_new_year_needs_no_year():
    assert relative.moment(tehran(2026, 3, 20, 17, 20), tehran(2026, 3, 21, 9, 0)) == "دیروز، ۱۷:۲۰"


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(hours=2), "۲ ساعت"),
        (timedelta(hours=2, minutes=59), "۲ ساعت"),
        (timedelta(minutes=40), "۴۰ دقیقه"),
        (timedelta(seconds=60), "۱ دقیقه"),
        (timedelta(seconds=59), "کمتر از یک دقیقه"),
        (timedelta(0), "کمتر از یک دقیقه"),
        (timedelta(days=43, hours=5), "۴۳ روز"),
        (timedelta(days=1200), "۱٬۲۰۰ روز"),
        (-timedelta(minutes=50), "۵۰ دقیقه"),
    ],
)
def test_duration_names_the_largest_unit(length, words):
    assert relative.duration(length) == words


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(hours=1, minutes=12), "۱ ساعت و ۱۲ دقیقه"),
        (timedelta(hours=3), "۳ ساعت"),
        (timedelta(days=2, minutes=5), "۲ روز"),
        (timedelta(minutes=7, seconds=30), "۷ دقیقه"),
    ],
)
def test_duration_in_two_parts(length, words):
    assert relative.duration(length, parts=2) == words


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(minutes=40), "۴۰ دقیقهٔ کاری"),
        (timedelta(hours=2), "۲ ساعت کاری"),
        (timedelta(hours=30), "۳۰ ساعت کاری"),
        (timedelta(seconds=5), "کمتر از یک دقیقهٔ کاری"),
    ],
)
def test_working_time_is_never_told_in_days(length, words):
    assert relative.working(length) == words


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (timedelta(seconds=59), "همین حالا"),
        (-timedelta(seconds=59), "همین حالا"),
        (timedelta(minutes=5), "۵ دقیقه پیش"),
        (timedelta(hours=23, minutes=59), "۲۳ ساعت پیش"),
        (timedelta(days=29), "۲۹ روز پیش"),
        (timedelta(days=61), "۲ ماه پیش"),
        (timedelta(days=400), "۱ سال پیش"),
        (-timedelta(minutes=5), "۵ دقیقهٔ دیگر"),
        (-timedelta(hours=3), "۳ ساعت دیگر"),
    ],
)
def test_ago_speaks_of_the_past_and_the_future(gap, words):
    assert relative.ago(NOW - gap, NOW) == words


def test_left_turns_when_the_moment_has_come():
    assert relative.left(NOW + timedelta(hours=3), NOW) == "۳ ساعت مانده"
    assert relative.left(NOW - timedelta(minutes=50), NOW) == "۵۰ دقیقه گذشته"
    assert relative.left(NOW, NOW) == "کمتر از یک دقیقه گذشته"


def test_naive_instants_are_mistakes():
    naive = NOW.replace(tzinfo=None)
    for ask in (relative.moment, relative.ago, relative.left):
        with pytest.raises(TypeError, match="naive"):
            ask(naive, NOW)
        with pytest.raises(TypeError, match="naive"):
            ask(NOW, naive)


instants = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@given(instants, instants)
def test_words_of_time_hold_no_latin_digit(then, now):
    said = relative.moment(then, now) + relative.ago(then, now) + relative.left(then, now)
    assert not set(said) & set("0123456789-")


@given(instants, st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_the_zone_of_an_instant_changes_nothing(then, gap):
    assert relative.moment(then.astimezone(TEHRAN), then + gap) == relative.moment(then, then + gap)
