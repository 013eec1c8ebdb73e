"""Contracts of support: periods, allowances, renewals, the owner's override, reminders (S2)."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from accounts import tasks
from accounts.meter import Standing, current_first, judge, pick
from accounts.models import Contract, ContractUse, User
from accounts.services import companies, contracts, reminding
from notifications.models import Bell, Delivery
from persian import jalali
from tenants.models import AuditEntry, Tenant
from tenants.scope import tenant_scope
from tests.races import at_once, refusals
from tests.worlds import House, make_house, make_world
from web.errors import DomainError, Invalid, NotAllowed

# 1 Farvardin 1405; every contract of these tests runs from here to the end of Shahrivar unless it says otherwise.
FIRST = jalali.to_gregorian(1405, 1, 1)
LAST = jalali.to_gregorian(1405, 6, 31)
MIDDLE = jalali.to_gregorian(1405, 4, 15)
DAY = timedelta(days=1)

pytestmark = [pytest.mark.sqlite]


@pytest.fixture
def house(db) -> House:
    return make_house("arvand")


@pytest.fixture
def scope(house):
    with tenant_scope(house.tenant):
        yield house


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr(contracts, "today", lambda: MIDDLE)
    monkeypatch.setattr(reminding, "today", lambda: MIDDLE)


def sign(house: House, **given) -> Contract:
    """A contract of the customer's, as the owner would write it."""
    facts = {"starts_on": FIRST, "ends_on": LAST, "allowance": 5, **given}
    customer = facts.pop("customer", house.customer)
    return contracts.create_contract(actor=house.owner, customer=customer, **facts)


def standing(house: House, day: date = MIDDLE, person: User | None = None) -> Standing:
    return contracts.state(house.customer, day, person=person).standing


# What it says ---------------------------------------------------------------------------------------------------
def test_without_a_contract_everything_is_open(scope):
    meter = contracts.state(scope.customer)
    assert (meter.standing, meter.is_open, meter.words, meter.why) == ("none", True, "", "")
    assert contracts.state(None).is_open
    assert contracts.take(scope.customer_main).contract is None


@pytest.mark.spec("S2")
def test_meter_says_what_is_left(scope):
    contract = sign(scope, allowance=50, ends_on=MIDDLE + 43 * DAY)
    Contract.objects.filter(pk=contract.pk).update(used=12)
    meter = contracts.state(scope.customer)
    assert meter.words == "۱۲ از ۵۰ تیکت، ۴۳ روز مانده"
    assert (meter.value, meter.most, meter.days_left, meter.mine_words) == (12, 50, 43, "")
    assert contracts.state(scope.customer, meter.contract.ends_on).days_words == "امروز روز آخر است"


@pytest.mark.parametrize(
    ("given", "day", "expected"),
    [
        ({}, FIRST - DAY, Standing.NOT_BEGUN),
        ({}, FIRST, Standing.RUNNING),
        ({}, LAST, Standing.RUNNING),
        ({}, LAST + DAY, Standing.ENDED),
        ({"grace_days": 10}, LAST + DAY, Standing.GRACE),
        ({"grace_days": 10}, LAST + 10 * DAY, Standing.GRACE),
        ({"grace_days": 10}, LAST + 11 * DAY, Standing.ENDED),
        ({"allowance": None}, LAST, Standing.RUNNING),
    ],
)
def test_standing_follows_the_calendar(scope, given, day, expected):
    sign(scope, **given)
    assert standing(scope, day) == expected


def test_an_unlimited_contract_counts_all_the_same(scope):
    sign(scope, allowance=None)
    for _ in range(3):
        contracts.take(scope.customer_main)
    assert contracts.state(scope.customer).used_words == "۳ تیکت، بی سقف"


@pytest.mark.spec("S2")
def test_the_end_says_why_and_whom_to_call(scope):
    Tenant.objects.filter(pk=scope.tenant.pk).update(name="آوندفام", phone="021-88 77 66 55")
    sign(scope, ends_on=MIDDLE - DAY)
    with pytest.raises(contracts.Refused) as refused:
        contracts.take(scope.customer_main)
    assert (
        refused.value.message
        == "قرارداد شما ۱۴ تیر ۱۴۰۵ پایان یافت. برای تمدید با آوندفام تماس بگیرید: ۰۲۱۸۸۷۷۶۶۵۵"
    )
    Tenant.objects.filter(pk=scope.tenant.pk).update(phone="")
    with pytest.raises(contracts.Refused, match=r"تماس بگیرید\.$"):
        contracts.take(scope.customer_main)


def test_each_closing_has_its_own_words(scope):
    contract = sign(scope, allowance=2, person_limit=1)
    contracts.take(scope.customer_main)
    mine = contracts.state(scope.customer, person=scope.customer_main)
    assert mine.why == "سهم شما از قرارداد شرکت، ۱ تیکت، ثبت شده است."
    assert mine.mine_words == "سهم شما: ۱ از ۱ تیکت"
    assert "رابط شرکت خود یا" in mine.sentence(scope.tenant)
    assert contracts.state(scope.customer, person=scope.section_member).is_open
    contracts.take(scope.section_member)
    used_up = contracts.state(scope.customer)
    assert used_up.why == "همهٔ ۲ تیکت قرارداد شما ثبت شده است."
    assert used_up.why_theirs == "همهٔ ۲ تیکت قرارداد این شرکت ثبت شده است."
    early = judge(contract, FIRST - DAY)
    assert early.why == "قرارداد شما از ۱ فروردین ۱۴۰۵ آغاز می‌شود."
    assert early.days_words == "از ۱ فروردین ۱۴۰۵"


# Taking ---------------------------------------------------------------------------------------------------------
@pytest.mark.spec("S2")
def test_take_counts_for_the_company_and_for_the_person_until_nothing_is_left(scope):
    contract = sign(scope, allowance=3)
    for person in (scope.customer_main, scope.section_member, scope.section_member):
        contracts.take(person)
    with pytest.raises(contracts.Refused) as refused:
        contracts.take(scope.section_manager)
    assert refused.value.meter.standing == Standing.USED_UP
    assert contract.refresh().used == 3
    uses = dict(ContractUse.objects.values_list("user__name", "used"))
    assert uses == {scope.customer_main.name: 1, scope.section_member.name: 2}


def test_a_refusal_by_the_persons_limit_gives_the_companys_count_back(scope):
    contract = sign(scope, allowance=10, person_limit=1)
    contracts.take(scope.section_member)
    stale = contracts.state(scope.customer)  # read before the person is known
    with pytest.raises(contracts.Refused), transaction.atomic():
        Contract.objects.filter(pk=contract.pk).update(used=2)
        contracts.take(scope.section_member)
    assert stale.is_open
    assert contract.refresh().used == 1


def test_a_limit_set_later_knows_what_was_opened_before(scope):
    contract = sign(scope, allowance=10)
    for _ in range(3):
        contracts.take(scope.section_member)
    contracts.change_contract(contract, actor=scope.owner, person_limit=3)
    with pytest.raises(contracts.Refused):
        contracts.take(scope.section_member)
    contracts.take(scope.customer_main)


def test_taking_costs_three_statements_and_one_without_a_contract(scope):
    sign(scope)
    for person, most in ((scope.customer_main, 3), (scope.other_customer, 1)):
        with CaptureQueriesContext(connection) as seen:
            contracts.take(person)
        assert len(seen) == most


def test_a_renewal_goes_on_with_a_count_of_its_own(scope):
    sign(scope, allowance=1)
    contracts.take(scope.customer_main)
    sign(scope, starts_on=LAST + DAY, ends_on=LAST + 100 * DAY, allowance=7)
    assert standing(scope, LAST) == Standing.USED_UP
    meter = contracts.state(scope.customer, LAST + DAY, person=scope.customer_main)
    assert (meter.standing, meter.contract.used, meter.mine) == (Standing.RUNNING, 0, 0)


# Writing --------------------------------------------------------------------------------------------------------
def test_create_renew_and_change_are_audited(scope):
    contract = sign(scope)
    sign(scope, starts_on=LAST + DAY, ends_on=LAST + 30 * DAY)
    contracts.change_contract(contract, actor=scope.owner, allowance=9)
    contracts.change_contract(contract, actor=scope.owner, allowance=9)
    entries = AuditEntry.objects.filter(target_kind="accounts.contract").order_by("pk")
    assert [entry.verb for entry in entries] == ["contract.create", "contract.renew", "contract.change"]
    assert (entries[2].before, entries[2].after) == ({"allowance": 5}, {"allowance": 9})
    assert entries[0].target_label == scope.customer.name
    assert entries[0].actor_name == scope.owner.name


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"ends_on": FIRST - DAY}, "ends_on"),
        ({"ends_on": FIRST + 4000 * DAY}, "ends_on"),
        ({"starts_on": FIRST - 8000 * DAY}, "starts_on"),
        ({"starts_on": FIRST + 8000 * DAY, "ends_on": FIRST + 8001 * DAY}, "starts_on"),
        ({"allowance": 0}, "allowance"),
        ({"allowance": 2_000_000}, "allowance"),
        ({"person_limit": 0}, "person_limit"),
        ({"allowance": 5, "person_limit": 6}, "person_limit"),
        ({"grace_days": 366}, "grace_days"),
        ({"grace_days": -1}, "grace_days"),
        ({"notes": "ی" * 301}, "notes"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(scope, given, field):
    with pytest.raises(Invalid) as refused:
        sign(scope, **given)
    assert refused.value.field == field
    assert not Contract.objects.exists()


@pytest.mark.parametrize(("start", "end"), [(-10, 0), (0, 5), (20, 30), (-10, 400), (180, 400)])
def test_overlap_is_refused(scope, start, end):
    sign(scope, ends_on=FIRST + 180 * DAY)
    with pytest.raises(Invalid, match="این روزها در قرارداد دیگری است: ۱ فروردین ۱۴۰۵ تا ۲۶ شهریور ۱۴۰۵"):
        sign(scope, starts_on=FIRST + start * DAY, ends_on=FIRST + end * DAY)
    # The neighbouring days, and another company's, are free.
    sign(scope, starts_on=FIRST + 181 * DAY, ends_on=FIRST + 181 * DAY)
    sign(scope, starts_on=FIRST - 10 * DAY, ends_on=FIRST - DAY)
    sign(scope, customer=scope.other_company)


def test_allowance_cannot_fall_below_what_is_used(scope):
    contract = sign(scope, allowance=5)
    for _ in range(3):
        contracts.take(scope.customer_main)
    with pytest.raises(Invalid, match="تا امروز ۳ تیکت"):
        contracts.change_contract(contract, actor=scope.owner, allowance=2)
    assert contracts.change_contract(contract, actor=scope.owner, allowance=3).allowance == 3
    with pytest.raises(contracts.Refused):
        contracts.take(scope.customer_main)


@pytest.mark.spec("S2")
def test_override_opens_until_its_day_and_is_recorded(scope):
    contract = sign(scope, ends_on=MIDDLE - 10 * DAY, allowance=1)
    contracts.override(contract, actor=scope.owner, until=MIDDLE + DAY, reason="تمدید در راه است")
    assert standing(scope) == Standing.OVERRIDE
    assert standing(scope, MIDDLE + DAY) == Standing.OVERRIDE
    assert standing(scope, MIDDLE + 2 * DAY) == Standing.ENDED
    for _ in range(2):
        contracts.take(scope.customer_main)
    assert contract.refresh().used == 2
    assert contracts.state(scope.customer).value == 1
    entry = AuditEntry.objects.get(verb="contract.override")
    assert entry.after == {"open_until": (MIDDLE + DAY).isoformat(), "reason": "تمدید در راه است"}
    contracts.override(contract, actor=scope.owner, until=None)
    assert standing(scope) == Standing.ENDED
    assert contract.refresh().open_reason == ""


def test_override_passes_the_persons_limit_too(scope):
    contract = sign(scope, person_limit=1)
    contracts.take(scope.section_member)
    contracts.override(contract, actor=scope.owner, until=MIDDLE, reason="هفتهٔ شلوغ")
    contracts.take(scope.section_member)
    assert ContractUse.objects.get().used == 2


@pytest.mark.parametrize(
    ("until", "reason", "field"),
    [(MIDDLE - DAY, "دلیل", "until"), (MIDDLE + 5000 * DAY, "دلیل", "until"), (MIDDLE, " ", "reason")],
)
def test_override_wants_a_day_to_come_and_a_reason(scope, until, reason, field):
    contract = sign(scope)
    with pytest.raises(Invalid) as refused:
        contracts.override(contract, actor=scope.owner, until=until, reason=reason)
    assert refused.value.field == field


@pytest.mark.parametrize("who", ["manager", "staff", "customer_main", "section_manager"])
def test_only_the_owner_writes_contracts(scope, who):
    contract, actor = sign(scope), getattr(scope, who)
    for act in (
        lambda: contracts.create_contract(
            actor=actor, customer=scope.customer, starts_on=LAST + DAY, ends_on=LAST + DAY
        ),
        lambda: contracts.change_contract(contract, actor=actor, allowance=999),
        lambda: contracts.override(contract, actor=actor, until=MIDDLE, reason="دلیل"),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert contract.refresh().allowance == 5


def test_another_tenants_contract_is_not_there(db):
    world = make_world()
    with tenant_scope(world.rival.tenant):
        theirs = contracts.create_contract(
            actor=world.rival.owner, customer=world.rival.customer, starts_on=FIRST, ends_on=LAST
        )
    with tenant_scope(world.home.tenant):
        with pytest.raises(DomainError):
            contracts.change_contract(theirs, actor=world.home.owner, allowance=1)
        with pytest.raises(DomainError):
            contracts.create_contract(
                actor=world.home.owner,
                customer=world.rival.customer,
                starts_on=LAST + DAY,
                ends_on=LAST + DAY,
            )
    with tenant_scope(world.rival.tenant):
        assert theirs.refresh().allowance is None


def test_the_two_forms_of_the_rule_agree(scope):
    rows = [
        sign(scope, starts_on=FIRST + days * DAY, ends_on=FIRST + (days + 9) * DAY)
        for days in (0, 10, 40, 60)
    ]
    for offset in (-5, 0, 5, 9, 10, 20, 39, 40, 55, 60, 100):
        day = FIRST + offset * DAY
        stored = Contract.objects.filter(customer=scope.customer).order_by(*current_first(day)).first()
        assert pick(rows, day) == stored, offset


# Reminders ------------------------------------------------------------------------------------------------------
def letters(house: House) -> list[tuple[str, str]]:
    with tenant_scope(house.tenant):
        return sorted(Delivery.objects.filter(kind="contract.ending").values_list("channel", "address"))


@pytest.mark.spec("S2")
def test_reminders_go_30_7_and_1_days_before_each_once(house):
    with tenant_scope(house.tenant):
        User.objects.filter(pk=house.customer_main.pk).update(email="negar@naghsh.example")
        contract = sign(house)
    told = [
        offset for offset in range(40, -3, -1) for _twice in (1, 2) if reminding.remind(LAST - offset * DAY)
    ]
    assert told == [30, 7, 1]
    mobile = house.customer_main.mobile
    assert letters(house) == [("email", "negar@naghsh.example")] * 3 + [("sms", mobile)] * 3
    with tenant_scope(house.tenant):
        bells = Bell.objects.filter(kind="contract.ending").order_by("pk")
        assert bells.filter(user=house.customer_main).count() == 3
        mine = list(bells.filter(user=house.owner))
        assert [bell.text for bell in mine] == [
            f"قرارداد پشتیبانی کاشی نقش‌گل میبد ۳۱ شهریور ۱۴۰۵ پایان می‌یابد، {left} روز مانده"
            for left in ("۳۰", "۷", "۱")
        ]
        assert bells.count() == 6
        assert contract.refresh().reminded == 1
    assert resolve(mine[0].url.partition("#")[0]).view_name == "manage_customer"


def test_a_day_without_a_worker_costs_only_the_farther_reminder(house):
    with tenant_scope(house.tenant):
        sign(house)
    assert [reminding.remind(LAST - offset * DAY) for offset in (5, 4, 0)] == [1, 0, 1]
    assert len(letters(house)) == 2


def test_renewed_ended_and_switched_off_are_left_in_peace(house):
    with tenant_scope(house.tenant):
        sign(house)
        sign(house, starts_on=LAST + DAY, ends_on=LAST + 300 * DAY)
        sign(house, customer=house.other_company)
        companies.switch_customer_off(house.other_company, actor=house.owner)
    assert reminding.remind(LAST - 7 * DAY) == 0
    assert reminding.remind(LAST + DAY) == 0
    assert letters(house) == []


def test_a_moved_end_is_told_anew(house):
    with tenant_scope(house.tenant):
        contract = sign(house)
    assert reminding.remind(LAST - 7 * DAY) == 1
    with tenant_scope(house.tenant):
        contracts.change_contract(contract, actor=house.owner, ends_on=LAST + 20 * DAY)
    assert reminding.remind(LAST - 6 * DAY) == 1
    assert reminding.remind(LAST - 5 * DAY) == 0


def test_every_tenant_is_told_of_its_own(db):
    world = make_world()
    for house in (world.home, world.rival):
        with tenant_scope(house.tenant):
            sign(house)
    Tenant.objects.filter(pk=world.rival.tenant.pk).update(is_active=False)
    assert reminding.remind(LAST - DAY) == 1
    assert (len(letters(world.home)), len(letters(world.rival))) == (1, 0)


def test_the_task_reminds_as_of_today(house):
    with tenant_scope(house.tenant):
        sign(house, ends_on=MIDDLE + 7 * DAY)
    assert tasks.contract_reminders() == 1
    assert tasks.contract_reminders() == 0


# Races ----------------------------------------------------------------------------------------------------------
@pytest.mark.postgres
def test_two_renewals_at_once_do_not_overlap(committed_db):
    house = make_house("arvand")
    acts = [lambda days=days: sign(house, starts_on=FIRST + days * DAY) for days in (0, 3)]
    outcomes = at_once(*acts, within=house.tenant)
    assert [one.field for one in refusals(outcomes)] == ["starts_on"]


@pytest.mark.postgres
def test_two_sweeps_at_once_tell_once(committed_db):
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        sign(house)
    told = at_once(*[lambda: reminding.remind(LAST - 7 * DAY)] * 4)
    assert sum(told) == 1
    assert len(letters(house)) == 1


@pytest.mark.parametrize("offset", [-200, -1, 0, 90, 186, 190, 400])
def test_the_column_of_another_row_says_the_same(scope, offset):
    from accounts.meter import column, of_column
    from accounts.models import Customer

    contract = sign(scope, grace_days=5)
    contracts.override(contract, actor=scope.owner, until=MIDDLE + DAY, reason="دلیل")
    sign(scope, starts_on=LAST + 100 * DAY, ends_on=LAST + 200 * DAY, allowance=None)
    day = FIRST + offset * DAY
    rows = Customer.objects.annotate(contract=column("pk", day)).in_bulk()
    for customer in (scope.customer, scope.other_company):
        found, stored = of_column(rows[customer.pk].contract, day), contracts.state(customer, day)
        assert (found.standing, found.words, found.still) == (stored.standing, stored.words, stored.still)
