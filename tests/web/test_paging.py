"""Keyset paging and bounded counts, on real rows."""

import datetime as dt

import pytest
from django.db import connection, models
from django.db.models import Value
from django.db.models.functions import Length
from django.test.utils import CaptureQueriesContext, isolate_apps

from tenants.models import Tenant
from web.counting import Bounded, bounded
from web.paging import page

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
START = dt.datetime(2026, 3, 21, tzinfo=dt.UTC)
NEWEST = ("-created_at", "-id")


@pytest.fixture
def rows():
    """Twenty-three tenants; every three share a moment, so that the second key decides."""
    return Tenant.objects.bulk_create(
        Tenant(slug=f"t{n:02}", name=f"شرکت {n % 4}", created_at=START + dt.timedelta(seconds=n // 3))
        for n in range(23)
    )


def ours():
    return Tenant.objects.filter(slug__startswith="t", name__startswith="شرکت")


def walk(keys, size, queryset=None):
    """Slugs page by page, forwards to the end."""
    pages, cursor = [], None
    while True:
        found = page(queryset if queryset is not None else ours(), keys=keys, cursor=cursor, size=size)
        pages.append([row.slug for row in found])
        cursor = found.next
        if cursor is None:
            return pages


def expected(keys):
    return [row.slug for row in ours().order_by(*keys)]


@pytest.mark.parametrize("size", [1, 2, 5, 22, 23, 24])
@pytest.mark.parametrize(
    "keys",
    [
        ("-created_at", "-id"),
        ("created_at", "id"),
        ("-created_at", "id"),
        ("name", "-created_at", "id"),
        ("-name", "created_at", "-id"),
        ("slug",),
        ("-id",),
    ],
)
def test_paging_forwards_shows_every_row_once_in_order(rows, keys, size):
    pages = walk(keys, size)
    assert [slug for part in pages for slug in part] == expected(keys)
    assert all(len(part) == size for part in pages[:-1])
    assert pages[-1]


@pytest.mark.parametrize("keys", [("-created_at", "-id"), ("name", "-created_at", "id")])
def test_paging_backwards_shows_the_same_pages(rows, keys):
    cursor, forwards, found = None, [], None
    while found is None or cursor:
        found = page(ours(), keys=keys, cursor=cursor, size=5)
        forwards.append([row.slug for row in found])
        cursor = found.next
    backwards = [forwards[-1]]
    while found.previous:
        found = page(ours(), keys=keys, cursor=found.previous, size=5)
        backwards.append([row.slug for row in found])
        assert found.next
    assert backwards[::-1] == forwards


def test_first_and_last_page_have_one_neighbour(rows):
    first = page(ours(), keys=NEWEST, size=20)
    assert first.previous is None
    last = page(ours(), keys=NEWEST, cursor=first.next, size=20)
    assert (len(last), last.next) == (3, None)
    assert last.previous


def test_a_list_of_one_page_has_no_neighbours(rows):
    only = page(ours(), keys=NEWEST, size=23)
    assert (only.next, only.previous) == (None, None)


def test_an_empty_list_is_an_empty_page():
    found = page(Tenant.objects.none(), keys=NEWEST)
    assert (found.rows, found.next, found.previous) == ([], None, None)


@pytest.mark.parametrize(
    "cursor", ["", "x", "%%%", "AAAA", "سلام", "a" * 5000, "\x00", "AAAAAAAAAAAAWzAsMV0"]
)
def test_a_broken_cursor_is_page_one(rows, cursor):
    assert [row.slug for row in page(ours(), keys=NEWEST, cursor=cursor, size=5)] == expected(NEWEST)[:5]


def test_a_changed_cursor_is_page_one(rows):
    cursor = page(ours(), keys=NEWEST, size=5).next
    for at in range(0, len(cursor), 7):
        changed = cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :]
        assert page(ours(), keys=NEWEST, cursor=changed, size=5).previous is None


def test_a_cursor_of_another_order_is_page_one(rows):
    cursor = page(ours(), keys=("created_at", "id"), size=5).next
    assert page(ours(), keys=NEWEST, cursor=cursor, size=5).previous is None


def test_a_cursor_whose_rows_are_gone_is_page_one(rows):
    cursor = page(ours(), keys=NEWEST, size=20).next
    ours().filter(slug__in=expected(NEWEST)[20:]).update(name="رفته")
    found = page(ours(), keys=NEWEST, cursor=cursor, size=20)
    assert [row.slug for row in found] == expected(NEWEST)
    assert found.previous is None


def test_going_back_to_less_than_a_page_shows_the_whole_first_page(rows):
    second = page(ours(), keys=NEWEST, cursor=page(ours(), keys=NEWEST, size=5).next, size=5)
    ours().filter(slug__in=expected(NEWEST)[:2]).update(name="رفته")
    first = page(ours(), keys=NEWEST, cursor=second.previous, size=5)
    assert [row.slug for row in first] == expected(NEWEST)[:5]
    assert first.previous is None


def test_a_new_row_on_top_moves_no_later_page(rows):
    cursor = page(ours(), keys=NEWEST, size=5).next
    before = [row.slug for row in page(ours(), keys=NEWEST, cursor=cursor, size=5)]
    Tenant.objects.create(slug="t99", name="شرکت", created_at=START + dt.timedelta(days=1))
    assert [row.slug for row in page(ours(), keys=NEWEST, cursor=cursor, size=5)] == before


def test_paging_by_an_annotation(rows):
    keys = ("-length", "id")
    queryset = ours().annotate(length=Length("name"))
    assert [slug for part in walk(keys, 5, queryset) for slug in part] == [
        row.slug for row in queryset.order_by(*keys)
    ]


def test_paging_refuses_a_column_that_may_be_null():
    with pytest.raises(ValueError, match="NULL"):
        page(Tenant.objects.all(), keys=("-logo_changed_at", "-id"))


def test_paging_refuses_a_kind_of_key_it_cannot_write(rows):
    queryset = ours().annotate(odd=Value(b"x"))
    with pytest.raises(TypeError):
        page(queryset, keys=("odd", "id"), size=5)


def test_every_page_is_one_statement_in_the_nested_form(rows):
    cursor = page(ours(), keys=NEWEST, size=5).next
    with CaptureQueriesContext(
        connection,
    ) as log:
        page(ours(), keys=NEWEST, cursor=cursor, size=5)
    [statement] = [query["sql"] for query in log]
    assert "LIMIT 6" in statement
    # The conditions choose the ids and are asked nowhere else.
    joined, chosen = statement.split("WHERE")[1:]
    assert " IN (SELECT" in joined and "<=" not in joined
    assert "<=" in chosen.split(" OR ")[0]


@pytest.mark.postgres
@isolate_apps("web")
def test_deep_page_reads_only_its_own_rows():
    """The nested form is an index condition: the plan reads next to nothing before the cursor."""

    class Deep(models.Model):
        at = models.BigIntegerField()

        class Meta:
            app_label = "web"
            db_table = "deep"
            managed = False

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE deep (id bigint PRIMARY KEY, at bigint) ON COMMIT DROP")
        cursor.execute("INSERT INTO deep SELECT n, n / 3 FROM generate_series(1, 20000) n")
        cursor.execute("CREATE INDEX ON deep (at DESC, id DESC)")
        cursor.execute("ANALYZE deep")
    far = page(Deep.objects.filter(id__lte=9001), keys=("-at", "-id"), size=1).next
    with CaptureQueriesContext(connection) as log:
        found = page(Deep.objects.all(), keys=("-at", "-id"), cursor=far, size=25)
    assert [row.id for row in found][:2] == [9000, 8999]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {log[0]['sql']}")
        [[[answer]]] = cursor.fetchall()
    chosen = _limited(answer["Plan"])
    assert "Index" in chosen["Node Type"]
    assert chosen["Actual Rows"] == 26
    assert chosen.get("Rows Removed by Filter", 0) <= 3


def _limited(plan):
    """What feeds the LIMIT of the plan: the scan that chooses a page's ids."""
    if plan["Node Type"] == "Limit":
        return plan["Plans"][0]
    found = (_limited(part) for part in plan.get("Plans", ()))
    return next((scan for scan in found if scan), None)


@pytest.mark.parametrize(
    ("there", "limit", "shown"), [(23, 1000, "۲۳"), (23, 24, "۲۳"), (23, 23, "+۲۲"), (23, 5, "+۴")]
)
def test_bounded_stops_at_its_limit(rows, there, limit, shown):
    assert str(bounded(ours(), limit)) == shown


def test_bounded_is_one_statement_with_a_limit(rows, django_assert_num_queries):
    with django_assert_num_queries(1) as log:
        assert int(bounded(ours().order_by("name"))) == 23
    assert "LIMIT 1000" in log[0]["sql"]
    assert "ORDER BY" not in log[0]["sql"]


def test_bounded_prints_as_people_read():
    assert str(Bounded(128)) == "۱۲۸"
    assert str(Bounded(999, more=True)) == "+۹۹۹"
    assert not Bounded(0)
