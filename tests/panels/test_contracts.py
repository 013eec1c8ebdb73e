"""The owner's pages of contracts: the sheet on a company's page, and the list of those that end (S2)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Contract
from accounts.services import contracts as services
from helpdesk.panels.forms.contracts import ContractForm, year_from
from persian import jalali
from tenants.models import AuditEntry
from tenants.scope import tenant_scope
from tests.tickets.browsing import ESCAPED, SCRIPT, counted, hidden, text
from tests.worlds import House, make_house, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

LIST = "/manage/contracts/"
TODAY = jalali.to_gregorian(1405, 9, 1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(services, "today", lambda: TODAY)


@pytest.fixture
def house() -> House:
    return make_house("arvand")


@pytest.fixture
def owner(house):
    return house.client(house.owner)


def sheet(customer) -> str:
    return reverse("manage_customer_contract", args=[customer.pk])


def page_of(customer) -> str:
    return reverse("manage_customer", args=[customer.pk])


def sign(house: House, ends: int, *, customer=None, length: int = 365, **given) -> Contract:
    """A contract that ends so many days from today."""
    last = TODAY + ends * DAY
    with tenant_scope(house.tenant):
        return services.create_contract(
            actor=house.owner,
            customer=customer or house.customer,
            starts_on=last - (length - 1) * DAY,
            ends_on=last,
            **given,
        )


def filled(**more: str) -> dict[str, str]:
    return {"act": "renew", "starts_on": "۱۴۰۵/۰۹/۰۱", "ends_on": "1406-8-30", "allowance": "۵۰", **more}


# The sheet ------------------------------------------------------------------------------------------------------
@pytest.mark.spec("S2")
def test_contract_is_written_in_jalali_with_any_digits(house, owner):
    page = text(owner.get(page_of(house.customer)))
    assert "این شرکت قراردادی ندارد و بی سقف تیکت ثبت می‌کند." in page
    response = owner.post(sheet(house.customer), filled(person_limit="٥", grace_days="۱۰", notes="سالانه"))
    assert response["Location"] == f"{page_of(house.customer)}?done=contract#contract"
    with tenant_scope(house.tenant):
        made = Contract.objects.get()
    assert (made.starts_on, made.ends_on) == (TODAY, jalali.to_gregorian(1406, 8, 30))
    assert (made.allowance, made.person_limit, made.grace_days, made.notes) == (50, 5, 10, "سالانه")
    page = text(owner.get(response["Location"]))
    for words in ("قرارداد ثبت شد.", "۱ آذر ۱۴۰۵ تا ۳۰ آبان ۱۴۰۶", "<b>۰ از ۵۰ تیکت</b>", "۳۶۴ روز مانده"):
        assert words in page


@pytest.mark.spec("S2")
def test_renewal_is_offered_from_the_next_day_and_the_history_stays(house, owner):
    old = sign(house, -20, allowance=30)
    current = sign(house, 10, length=30, allowance=40, person_limit=4)
    page = text(owner.get(page_of(house.customer)))
    assert 'value="۱۴۰۵/۰۹/۱۲"' in page  # the renewal begins the day after
    assert 'value="۱۴۰۶/۰۹/۱۱"' in page
    owner.post(sheet(house.customer), filled(starts_on="1405/09/12", ends_on="1406/09/11", allowance="40"))
    with tenant_scope(house.tenant):
        assert Contract.objects.filter(customer=house.customer).count() == 3
    page = text(owner.get(page_of(house.customer)))
    for row in (old, current):
        assert f"{jalali.long_date(row.starts_on)} تا {jalali.long_date(row.ends_on)}" in page
    assert page.count('<span class="tag">جاری</span>') == 1
    # What is over is history: only the current one and the next may be changed.
    assert page.count('value="change"') == 1 + 2
    assert set(hidden(owner.get(page_of(house.customer)), "contract")) == {
        str(pk) for pk in _pks(house) if pk != old.pk
    }


def _pks(house: House) -> list[int]:
    with tenant_scope(house.tenant):
        return list(Contract.objects.values_list("pk", flat=True))


def test_change_is_saved_and_audited(house, owner):
    contract = sign(house, 10, allowance=30)
    fields = {
        "act": "change",
        "contract": str(contract.pk),
        "starts_on": jalali.format_date(contract.starts_on),
        "ends_on": "1405.10.30",
        "allowance": "۱٬۰۰۰",
    }
    response = owner.post(sheet(house.customer), fields)
    assert response.status_code == 302
    with tenant_scope(house.tenant):
        contract.refresh()
        assert (contract.ends_on, contract.allowance) == (jalali.to_gregorian(1405, 10, 30), 1000)
        entry = AuditEntry.objects.get(verb="contract.change")
    assert entry.before == {"ends_on": (TODAY + 10 * DAY).isoformat(), "allowance": 30}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"starts_on": ""}, "تاریخ را بنویسید."),
        ({"ends_on": "1405/13/01"}, "این تاریخ در تقویم نیست."),
        ({"ends_on": "۱۴۰۵/۱۲/۳۰"}, "این تاریخ در تقویم نیست."),
        ({"ends_on": "2026-12-01"}, "این تاریخ در تقویم نیست."),
        ({"ends_on": "فردا"}, "این تاریخ در تقویم نیست."),
        ({"ends_on": "1405/08/30"}, "پایان قرارداد باید پس از آغاز آن باشد."),
        ({"ends_on": "1430/08/30"}, "قرارداد بلندتر از ده سال نمی‌شود."),
        ({"starts_on": "1305/01/01", "ends_on": "1306/01/01"}, "آغاز قرارداد بسیار دور از امروز است."),
        ({"allowance": "0"}, "تعداد تیکت دست‌کم ۱ باید باشد."),
        ({"allowance": "-5"}, "تعداد تیکت دست‌کم ۱ باید باشد."),
        ({"allowance": "ده"}, "تعداد تیکت را با عدد بنویسید."),
        ({"allowance": "9" * 400}, "تعداد تیکت حداکثر ۱۰۰۰۰۰۰ می‌تواند باشد."),
        ({"person_limit": "51"}, "سقف هر نفر نمی‌تواند بیش از تعداد تیکت قرارداد باشد."),
        ({"grace_days": "400"}, "روزهای مهلت پس از پایان حداکثر ۳۶۵ می‌تواند باشد."),
        ({"notes": "ی" * 301}, "یادداشت حداکثر ۳۰۰ نویسه می‌تواند باشد."),
    ],
)
def test_what_cannot_be_comes_back_with_its_reason(house, owner, wrong, words):
    response = owner.post(sheet(house.customer), filled(**wrong))
    assert response.status_code == 422
    assert words in text(response)
    assert _pks(house) == []


def test_overlap_and_an_allowance_below_its_use_are_refused_in_place(house, owner):
    contract = sign(house, 10, allowance=30)
    with tenant_scope(house.tenant):
        Contract.objects.filter(pk=contract.pk).update(used=12)
    response = owner.post(sheet(house.customer), filled())
    assert response.status_code == 422
    assert "این روزها در قرارداد دیگری است" in text(response)
    fields = filled(
        act="change",
        contract=str(contract.pk),
        starts_on=jalali.format_date(contract.starts_on),
        ends_on=jalali.format_date(contract.ends_on),
        allowance="11",
    )
    response = owner.post(sheet(house.customer), fields)
    page = text(response)
    assert response.status_code == 422
    assert "تا امروز ۱۲ تیکت از این قرارداد ثبت شده است؛ کمتر از آن نمی‌شود." in page
    assert '<details class="more" open>' in page


@pytest.mark.spec("S2")
def test_owner_leaves_a_contract_open_with_a_reason_and_takes_it_back(house, owner):
    contract = sign(house, -5)
    page = text(owner.get(page_of(house.customer)))
    assert "قرارداد این شرکت ۲۶ آبان ۱۴۰۵ پایان یافت. مشتری تیکت تازه ثبت نمی‌کند" in page
    fields = {
        "act": "override",
        "contract": str(contract.pk),
        "until": "۱۴۰۵/۰۹/۱۵",
        "reason": f"تمدید {SCRIPT}",
    }
    response = owner.post(sheet(house.customer), fields)
    page = text(owner.get(response["Location"]))
    assert "تا ۱۵ آذر ۱۴۰۵ در هر حال تیکت می‌پذیرید" in page
    assert ESCAPED in page
    assert SCRIPT not in page
    assert "تا ۱۵ آذر ۱۴۰۵ همچنان می‌توانید تیکت ثبت کنید." in text(
        house.client(house.customer_main).get("/portal/")
    )
    owner.post(sheet(house.customer), {"act": "withdraw", "contract": str(contract.pk)})
    with tenant_scope(house.tenant):
        assert contract.refresh().open_until is None
        assert AuditEntry.objects.filter(verb="contract.override").count() == 2
    refused = owner.post(sheet(house.customer), {**fields, "reason": ""})
    assert refused.status_code == 422
    assert "دلیل را بنویسید." in text(refused)
    refused = owner.post(sheet(house.customer), {**fields, "until": "1405/08/01"})
    assert "باید امروز یا پس از آن باشد" in text(refused)


def test_another_companys_contract_is_not_there(house, owner):
    theirs = sign(house, 10, customer=house.other_company)
    for act in ("change", "override", "withdraw"):
        for pk in (str(theirs.pk), "", "x", "9" * 30):
            assert owner.post(sheet(house.customer), {"act": act, "contract": pk}).status_code == 404
    assert owner.get(sheet(make_house("raghib").customer)).status_code == 404


@pytest.mark.parametrize("who", ["manager", "staff", "customer_main"])
def test_only_the_owner_comes_here(house, who):
    client = house.client(getattr(house, who))
    for address in (LIST, sheet(house.customer)):
        assert client.get(address).status_code == 404
    assert client.post(sheet(house.customer), filled()).status_code == 404
    assert _pks(house) == []


def test_a_years_last_day_knows_leap_years():
    for start, end in (
        ("1405/09/01", "1406/08/30"),
        ("1403/12/30", "1404/12/28"),
        ("1405/01/01", "1405/12/29"),
    ):
        assert year_from(jalali.parse(start)) == jalali.parse(end)
    assert ContractForm.after([], TODAY).initial["starts_on"] == TODAY


# The list -------------------------------------------------------------------------------------------------------
@pytest.fixture
def several(house):
    from accounts.services import companies
    from tests.worlds import next_mobile

    made = {}
    with tenant_scope(house.tenant):
        for name in ("امروز", "نزدیک", "دور", "گذشته", "تمدیدی"):
            made[name], _ = companies.create_customer(
                actor=house.owner, name=f"شرکت {name}", mobile=next_mobile()
            )
    for name, ends in (("نزدیک", 30), ("امروز", 0), ("دور", 31), ("گذشته", -1), ("تمدیدی", 5)):
        sign(house, ends, customer=made[name], allowance=50)
    sign(house, 370, customer=made["تمدیدی"])
    return made


@pytest.mark.spec("S2")
def test_list_shows_what_ends_soon_nearest_first(house, owner, several):
    page = text(owner.get(LIST))
    assert page.index("شرکت امروز") < page.index("شرکت نزدیک")
    for absent in ("شرکت دور", "شرکت گذشته", "شرکت تمدیدی"):
        assert absent not in page
    for words in ("امروز روز آخر است", "۳۰ روز مانده", "۰ از ۵۰ تیکت"):
        assert words in page
    ended = text(owner.get(LIST, {"view": "ended"}))
    assert "شرکت گذشته" in ended
    assert "پایان یافته" in ended
    assert "شرکت نزدیک" not in ended
    everything = text(owner.get(LIST, {"view": "all"}))
    assert everything.count("شرکت تمدیدی") == 2
    assert "تمدید شده" in everything
    assert text(owner.get(LIST, {"view": "'; --"})).count("شرکت") == page.count("شرکت")


def test_empty_lists_say_so(owner):
    for view, words in (
        ("ending", "قراردادی رو به پایان نیست"),
        ("ended", "قرارداد پایان‌یافته‌ای نمانده"),
        ("all", "هنوز قراردادی نیست"),
    ):
        assert words in text(owner.get(LIST, {"view": view}))


@pytest.mark.postgres
def test_list_and_sheet_cost_the_same_for_one_and_thirty(house, owner):
    sign(house, 10)
    for address in (LIST, page_of(house.customer)):
        counted(owner, address)
    _, one = counted(owner, LIST)
    _, sheet_of_one = counted(owner, page_of(house.customer))
    with tenant_scope(house.tenant):
        for index in range(30):
            first = TODAY + (400 + 20 * index) * DAY
            Contract.objects.create(customer=house.customer, starts_on=first, ends_on=first + 9 * DAY)
    _, many = counted(owner, f"{LIST}?view=all")
    first, sheet_of_many = counted(owner, page_of(house.customer))
    assert (many, sheet_of_many) == (one, sheet_of_one)
    assert text(first).count('class="more"') >= 30
    assert "بعدی" in text(owner.get(f"{LIST}?view=all"))


def test_rival_sees_nothing_of_ours():
    world = make_world()
    sign(world.home, 5)
    page = text(world.rival.client(world.rival.owner).get(LIST, {"view": "all"}))
    assert "هنوز قراردادی نیست" in page
