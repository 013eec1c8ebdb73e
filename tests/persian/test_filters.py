"""{% load persian %}: the filters in real templates."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.conf import settings
from django.template import Context, Engine
from django.utils import timezone

if not settings.configured:
    settings.configure(USE_TZ=True, TIME_ZONE="UTC")

ENGINE = Engine(libraries={"persian": "persian.templatetags.persian"})


def render(expression: str, **context: object) -> str:
    return ENGINE.from_string("{% load persian %}{{ " + expression + " }}").render(Context(context))


DAY = date(2026, 10, 6)
NOON = datetime(2026, 10, 6, 8, 30, tzinfo=UTC)  # ۱۲:۰۰ in Tehran


@pytest.mark.parametrize(
    ("expression", "value", "shown"),
    [
        ("v|fa", 1405, "۱۴۰۵"),
        ("v|fa", "تیکت 12", "تیکت ۱۲"),
        ("v|fa", 1.5, "۱٫۵"),
        ("v|fa", Decimal("4.70"), "۴٫۷۰"),
        ("v|fa", "v1.5", "v۱.۵"),
        ("v|grouped", 12345, "۱۲٬۳۴۵"),
        ("v|jdate", DAY, "۱۴۰۵/۰۷/۱۴"),
        ("v|jlong", DAY, "۱۴ مهر ۱۴۰۵"),
        ("v|jday", DAY, "سه‌شنبه ۱۴ مهر ۱۴۰۵"),
        ("v|jdate", datetime(2026, 10, 6, 20, 30, tzinfo=UTC), "۱۴۰۵/۰۷/۱۵"),
        ("v|duration", timedelta(hours=1, minutes=12), "۱ ساعت"),
        ("v|duration:2", timedelta(hours=1, minutes=12), "۱ ساعت و ۱۲ دقیقه"),
        ("v|mobile", "+989123456789", "۰۹۱۲ ۳۴۵ ۶۷۸۹"),
        ("v|mobile", "۱۱۰", "۱۱۰"),
        ("v|filesize_fa", 412 * 1024, "۴۱۲ کیلوبایت"),
    ],
)
@pytest.mark.spec("S15", part=True)
def test_filters_write_for_people(expression, value, shown):
    assert render(expression, v=value) == shown


FILTERS = ["fa", "grouped", "jdate", "jlong", "jday", "moment", "ago", "duration", "mobile", "filesize_fa"]


@pytest.mark.parametrize("name", FILTERS)
def test_filters_show_nothing_for_nothing(name):
    assert render(f"v|{name}", v=None) == ""


@pytest.mark.parametrize("name", ["jdate", "jlong", "jday", "moment", "ago", "mobile", "fa"])
def test_filters_show_nothing_for_an_absent_value(name):
    assert render(f"absent|{name}") == ""


@pytest.mark.parametrize("name", ["jdate", "jlong", "jday", "moment", "ago"])
@pytest.mark.parametrize("sentinel", [datetime.max, datetime.min, datetime(9999, 1, 1), datetime(3000, 1, 1)])
def test_filters_show_nothing_for_a_sentinel_beyond_the_calendar(name, sentinel):
    assert render(f"v|{name}", v=sentinel.replace(tzinfo=UTC)) == ""


def test_filters_of_moments_take_now_or_this_moment():
    then = NOON - timedelta(minutes=5)
    assert render("v|moment:now", v=then, now=NOON) == "امروز، ۱۱:۵۵"
    assert render("v|ago:now", v=then, now=NOON) == "۵ دقیقه پیش"
    with time_machine.travel(NOON, tick=False):
        assert timezone.now() == NOON
        assert render("v|moment", v=then) == "امروز، ۱۱:۵۵"
        assert render("v|ago", v=then) == "۵ دقیقه پیش"


@pytest.mark.parametrize("name", ["fa", "mobile"])
def test_filters_let_the_template_escape_what_people_typed(name):
    assert render(f"v|{name}", v="<script>alert(1)</script>").startswith("&lt;script&gt;")
