"""People and companies: who may define whom, what is stored, what is refused with its field's name."""

from __future__ import annotations

import pytest
from django.db import transaction

from accounts.models import Customer, Section, User
from accounts.roles import Level
from accounts.services import companies, people
from accounts.services.values import clean_username
from tenants.models import AuditEntry
from tenants.scope import tenant_scope
from tests.accounts.conftest import REAL_MEMORY
from tests.accounts.folk import make_folk, next_mobile
from web.errors import Conflict, Invalid, NotAllowed


@pytest.fixture
def folk(db):
    """A house with its scope open."""
    made = make_folk()
    with tenant_scope(made.tenant):
        yield made


@pytest.mark.sqlite
@pytest.mark.spec("H23")
def test_person_is_made_by_a_mobile_alone_and_has_no_password(folk):
    person = people.create_staff(actor=folk.owner, mobile="۰۹۱۲ ۳۴۵ ۶۷۸۹").refresh()
    assert (person.mobile, person.name, person.email, person.username) == ("+989123456789", "", None, None)
    assert not person.has_usable_password() and person.welcomed_at is None and person.is_active
    entry = AuditEntry.objects.filter(verb="person.create").latest("id")
    assert (entry.actor_id, entry.target_id, entry.after["mobile"]) == (
        folk.owner.pk,
        person.pk,
        "+989123456789",
    )


@pytest.mark.spec("H23")
def test_customer_is_made_with_its_main_contact_or_not_at_all(folk):
    customer, person = companies.create_customer(
        actor=folk.owner,
        name="  گلاب  قمصر ",
        mobile=next_mobile(),
        phone="۰۳۱-۵۵۱۲۳۴",
        national_id="۱۰۱۰۰۵۸۳۳۹۰",
    )
    assert (customer.name, customer.phone) == ("گلاب قمصر", "031-551234")
    assert (person.customer_id, person.level, person.section_id) == (customer.pk, Level.MAIN, None)
    before = Customer.objects.count()
    with pytest.raises(Invalid) as refused, transaction.atomic():
        companies.create_customer(actor=folk.owner, name="فرش اردکان", mobile=person.mobile)
    assert refused.value.field == "mobile"
    assert Customer.objects.count() == before


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"mobile": ""}, "mobile"),
        ({"mobile": "02188776655"}, "mobile"),
        ({"email": "mina@"}, "email"),
        ({"email": "a" * 250 + "@x.ir"}, "email"),
        ({"name": "م" * 151}, "name"),
    ],
)
def test_bad_values_of_a_person_are_refused_at_their_field(folk, change, field):
    with pytest.raises(Invalid) as refused:
        people.create_staff(**{"actor": folk.owner, "mobile": next_mobile(), **change})
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " \u200c "}, "name"),
        ({"national_id": "10100583391"}, "national_id"),
        ({"phone": "زنگ بزنید"}, "phone"),
        ({"notes": "ن" * 5001}, "notes"),
        ({"contact_name": "م" * 151}, "contact_name"),
    ],
)
def test_bad_values_of_a_company_are_refused_at_their_field(folk, change, field):
    with pytest.raises(Invalid) as refused:
        companies.create_customer(**{"actor": folk.owner, "name": "نگین", "mobile": next_mobile(), **change})
    assert refused.value.field == field


@pytest.mark.sqlite
def test_what_another_person_has_is_refused_at_its_field_and_the_transaction_goes_on(folk):
    people.choose_username(folk.owner, actor=folk.owner, username="bahar")
    people.change_profile(folk.owner, actor=None, email="Bahar@Example.com")
    refusals = []
    for act in (
        lambda: people.create_staff(actor=folk.owner, mobile=folk.owner.mobile),
        lambda: people.choose_username(folk.staff, actor=folk.staff, username="BAHAR"),
        lambda: people.change_profile(folk.staff, actor=folk.owner, email="bahar@example.com"),
    ):
        with pytest.raises(Invalid) as refused:
            act()
        refusals.append(refused.value.field)
    assert refusals == ["mobile", "username", "email"]
    assert User.objects.count() == 3


@pytest.mark.sqlite
def test_same_mobile_and_name_live_in_two_tenants_side_by_side(folk):
    rival = make_folk("sepehr")
    with tenant_scope(rival.tenant):
        twin = people.create_staff(actor=rival.owner, mobile=folk.staff.mobile)
        people.choose_username(twin, actor=twin, username="siavash")
    people.choose_username(folk.staff, actor=folk.staff, username="siavash")
    assert twin.pk != folk.staff.pk


def test_name_with_hidden_marks_and_script_is_stored_as_plain_text(folk):
    person = people.create_staff(
        actor=folk.owner, mobile=next_mobile(), name="\u202eنرگس\x00  <script>alert(1)</script>\n فراهانی"
    )
    assert person.name == "نرگس <script>alert(1)</script> فراهانی"
    assert person.short_name == "نرگس" and person.initial == "ن" and person.sort_key


def test_greeting_passes_over_titles_and_never_comes_out_empty():
    names = ("سیده فاطمه موسوی", "دکتر سید حسن کیانی", "سیده", "", "مهدی")
    assert [User(name=name).short_name for name in names] == ["فاطمه", "حسن", "سیده", "", "مهدی"]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("Nika.82", "nika.82"), (" nika-۸۲ ", "nika-82"), ("ＮＩＫＡ", "nika"), ("", None), ("a_b", "a_b")],
)
def test_user_name_has_one_stored_form(typed, stored):
    assert clean_username(typed) == stored


@pytest.mark.parametrize(
    "typed", ["ab", "a" * 41, "نیکا", "ni ka", "09121234567", "123", "۱۲۳۴", "1.2-3", "a@b.ir", "a\u0301b"]
)
def test_user_name_that_would_mislead_is_refused(typed):
    with pytest.raises(Invalid) as refused:
        clean_username(typed)
    assert refused.value.field == "username"


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("کوتاه", "۸ نویسه"),
        ("password1", "زود حدس"),
        ("8412973650", "فقط رقم"),
        ("۸۴۱۲۹۷۳۶۵۰", "فقط رقم"),
        ("x" * 129, "۱۲۸"),
    ],
)
def test_weak_password_is_refused_in_persian(folk, password, words):
    with pytest.raises(Invalid) as refused:
        people.set_password(folk.staff, actor=folk.staff, password=password)
    assert refused.value.field == "password" and words in refused.value.message
    assert not folk.staff.refresh().has_usable_password()


def test_password_equal_to_the_user_name_is_refused(folk):
    people.choose_username(folk.staff, actor=folk.staff, username="siavash.panahi")
    with pytest.raises(Invalid):
        people.set_password(folk.staff, actor=folk.staff, password="Siavash.Panahi")


def test_password_is_stored_by_argon2_and_written_to_no_audit(folk):
    people.set_password(folk.staff, actor=folk.staff, password="کلید-باران-۱۴")
    assert folk.staff.refresh().password.startswith("argon2$argon2id$")
    assert REAL_MEMORY >= 19 * 1024
    assert "argon2" not in str(list(AuditEntry.objects.values_list("before", "after", "target_label")))


def test_nobody_sets_another_persons_password(folk):
    with pytest.raises(NotAllowed):
        people.set_password(folk.staff, actor=folk.owner, password="کلید-باران-۱۴")


@pytest.mark.sqlite
@pytest.mark.spec("S22")
def test_only_the_owner_defines_staff_and_customers(folk):
    for actor in (folk.staff, folk.customer):
        with pytest.raises(NotAllowed):
            people.create_staff(actor=actor, mobile=next_mobile())
        with pytest.raises(NotAllowed):
            people.create_owner(actor=actor, mobile=next_mobile())
        with pytest.raises(NotAllowed):
            companies.create_customer(actor=actor, name="نگین", mobile=next_mobile())
        with pytest.raises(NotAllowed):
            companies.change_customer(folk.customer.customer, actor=actor, name="نگین")
        with pytest.raises(NotAllowed):
            people.switch_off(folk.owner, actor=actor)
        with pytest.raises(NotAllowed):
            people.change_profile(folk.owner, actor=actor, name="کسی دیگر")


@pytest.mark.spec("H21")
def test_companys_people_are_added_by_those_above_them(folk):
    company = folk.customer.customer
    accounting = companies.create_section(actor=folk.customer, customer=company, name="حسابداری")
    personnel = companies.create_section(actor=folk.customer, customer=company, name="کارگزینی")

    def add(actor, level, section):
        return people.create_customer_person(
            actor=actor, customer=company, mobile=next_mobile(), level=level, section=section
        )

    manager = add(folk.customer, Level.SECTION_MANAGER, accounting)
    member = add(manager, Level.SECTION_MEMBER, accounting)
    for actor, level, section in (
        (manager, Level.SECTION_MEMBER, personnel),
        (manager, Level.SECTION_MANAGER, accounting),
        (member, Level.SECTION_MEMBER, accounting),
        (folk.customer, Level.MAIN, None),
        (folk.staff, Level.SECTION_MEMBER, accounting),
    ):
        with pytest.raises(NotAllowed):
            add(actor, level, section)
    people.switch_off(member, actor=manager)
    with pytest.raises(NotAllowed):
        people.switch_off(manager, actor=member)


@pytest.mark.spec("H21")
def test_level_and_section_of_a_companys_person_fit_together(folk):
    company = folk.customer.customer
    other, _ = companies.create_customer(actor=folk.owner, name="نگین", mobile=next_mobile())
    strange = Section.objects.create(customer=other, name="انبار")
    own = companies.create_section(actor=folk.owner, customer=company, name="انبار")
    for level, section, field in (
        (1, None, "section"),
        (2, strange, "section"),
        (0, own, "section"),
        (7, own, "level"),
    ):
        with pytest.raises(Invalid) as refused:
            people.create_customer_person(
                actor=folk.owner, customer=company, mobile=next_mobile(), level=level, section=section
            )
        assert refused.value.field == field
    with pytest.raises(Invalid) as refused:
        companies.create_section(actor=folk.owner, customer=company, name="انبار")
    assert refused.value.field == "name"


def test_another_companys_main_contact_adds_nobody_here(folk):
    _, stranger = companies.create_customer(actor=folk.owner, name="نگین", mobile=next_mobile())
    with pytest.raises(NotAllowed):
        companies.create_section(actor=stranger, customer=folk.customer.customer, name="انبار")


def test_last_owner_is_never_switched_off_and_nobody_switches_themselves_off(folk):
    with pytest.raises(Conflict):
        people.switch_off(folk.owner, actor=None)
    second = people.create_owner(actor=folk.owner, mobile=next_mobile())
    with pytest.raises(Conflict):
        people.switch_off(folk.owner, actor=folk.owner)
    people.switch_off(folk.owner, actor=second)
    assert not folk.owner.refresh().is_active
    assert list(AuditEntry.objects.filter(verb="person.off").values_list("actor_id", "target_id")) == [
        (second.pk, folk.owner.pk)
    ]


def test_switching_twice_is_one_entry(folk):
    for _ in range(2):
        people.switch_off(folk.staff, actor=folk.owner)
        people.switch_off(folk.staff, actor=folk.owner)
        people.switch_on(folk.staff, actor=folk.owner)
        people.switch_on(folk.staff, actor=folk.owner)
    verbs = list(
        AuditEntry.objects.filter(target_id=folk.staff.pk, verb__in=["person.off", "person.on"])
        .order_by("id")
        .values_list("verb", flat=True)
    )
    assert verbs == ["person.off", "person.on"] * 2


def test_changed_company_says_in_the_audit_what_it_was(folk):
    company = folk.customer.customer
    companies.change_customer(company, actor=folk.owner, name="نساجی نو", notes="قرارداد تازه")
    entry = AuditEntry.objects.get(verb="customer.change")
    assert entry.before == {"name": "نساجی دلگشا", "notes": ""}
    assert entry.after == {"name": "نساجی نو", "notes": "قرارداد تازه"}
    companies.change_customer(company, actor=folk.owner, name="نساجی نو")
    assert AuditEntry.objects.filter(verb="customer.change").count() == 1
    assert Customer.objects.get(pk=company.pk).name == "نساجی نو"
