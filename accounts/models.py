"""People, their companies, sessions and one-time codes."""

from __future__ import annotations

import uuid

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from persian import sort_key
from tenants.models import Tenant, TenantManager, TenantOwned

from .roles import PANELS, Level, Role

# Words before a given name that are no given name.
TITLES = frozenset({"سید", "سیده", "حاج", "دکتر", "مهندس", "آقای", "خانم"})


class Customer(TenantOwned):
    """A company (or a person) the tenant supports."""

    name = models.CharField("نام شرکت", max_length=150)
    sort_key = models.CharField(max_length=400, editable=False)
    national_id = models.CharField("شناسهٔ ملی", max_length=11, blank=True)
    economic_code = models.CharField("کد اقتصادی", max_length=14, blank=True)
    phone = models.CharField("تلفن", max_length=20, blank=True)
    notes = models.TextField("یادداشت", blank=True)
    is_active = models.BooleanField("فعال", default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "national_id"],
                condition=~Q(national_id=""),
                name="customer_national_id_once",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "sort_key", "id"], name="customer_by_name")]

    def __str__(self) -> str:
        return self.name


class Section(TenantOwned):
    """A named part of a customer's company: accounting, personnel (H21)."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="sections")
    name = models.CharField("نام بخش", max_length=80)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "customer", "name"], name="section_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(TenantManager):
    """Tenant-scoped people; no look-up by a natural key, since a name alone is ambiguous between tenants."""

    def who_may_enter(self) -> models.QuerySet[User]:
        """People with a panel who are switched on, and whose company is too; company and section come along."""
        return (
            self.get_queryset()
            .select_related("customer", "section")
            .filter(Q(customer=None) | Q(customer__is_active=True), is_active=True)
            .exclude(role=Role.VISITOR)
        )


class User(TenantOwned, AbstractBaseUser):
    """A person of one tenant. Created with a mobile alone (H23); a password is theirs to choose later."""

    THEMES = [("auto", "خودکار"), ("light", "روشن"), ("dark", "تیره")]

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField("نام و نام خانوادگی", max_length=150, blank=True)
    sort_key = models.CharField(max_length=400, blank=True, editable=False)
    username = models.CharField("نام کاربری", max_length=40, null=True, blank=True)
    mobile = models.CharField("شمارهٔ همراه", max_length=13, null=True, blank=True)
    email = models.EmailField("ایمیل", null=True, blank=True)
    role = models.CharField(max_length=10, choices=Role)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="people", db_index=False
    )
    level = models.PositiveSmallIntegerField(choices=Level, null=True, blank=True)
    section = models.ForeignKey(
        Section, null=True, blank=True, on_delete=models.PROTECT, related_name="people"
    )
    is_active = models.BooleanField("فعال", default=True)
    welcomed_at = models.DateTimeField(null=True, editable=False)
    wants_sms = models.BooleanField("کد رهگیری را برایم پیامک کنید", default=False)
    theme = models.CharField(max_length=5, choices=THEMES, default="auto")
    # Stands under this person's answers; its variables are filled when one is sent (S23).
    signature = models.CharField("امضا", max_length=600, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()  # type: ignore[misc]

    USERNAME_FIELD = "public_id"
    REQUIRED_FIELDS: list[str] = []

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "username"], condition=Q(username__isnull=False), name="username_once"
            ),
            models.UniqueConstraint(
                fields=["tenant", "mobile"], condition=Q(mobile__isnull=False), name="mobile_once"
            ),
            models.UniqueConstraint(
                fields=["tenant", "email"], condition=Q(email__isnull=False), name="email_once"
            ),
            models.CheckConstraint(
                condition=Q(mobile__isnull=False) | Q(email__isnull=False), name="user_reachable"
            ),
            models.CheckConstraint(
                condition=~Q(role="customer") | (Q(customer__isnull=False) & Q(level__isnull=False)),
                name="customer_person_has_company",
            ),
            models.CheckConstraint(
                condition=Q(role__in=("customer", "visitor"))
                | (Q(customer__isnull=True) & Q(level__isnull=True)),
                name="our_people_have_no_company",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "role", "sort_key", "id"], name="user_by_role"),
            models.Index(fields=["tenant", "customer", "level"], name="user_by_company"),
        ]

    def __str__(self) -> str:
        return self.name or self.mobile or self.email or str(self.public_id)

    def set_name(self, name: str) -> None:
        """Set the name with its sorting form; the caller saves."""
        self.name = name
        self.sort_key = sort_key(name)

    @property
    def is_owner(self) -> bool:
        return self.role == Role.OWNER

    @property
    def is_staff_member(self) -> bool:
        """Owner or staff: has the staff panel."""
        return self.role in (Role.OWNER, Role.STAFF)

    @property
    def is_customer(self) -> bool:
        return self.role == Role.CUSTOMER

    @property
    def panel_url(self) -> str:
        """Where the person lands after coming in."""
        return PANELS.get(self.role, "/")

    @property
    def display_name(self) -> str:
        """The name, or what we have before the first login."""
        return self.name or "بدون نام"

    @property
    def short_name(self) -> str:
        """The first word of the name, for greetings; «سیده» or «دکتر» alone would greet nobody."""
        words = self.name.split()
        while len(words) > 1 and words[0] in TITLES:
            words = words[1:]
        return words[0] if words else ""

    @property
    def initial(self) -> str:
        """One letter for the person mark."""
        return self.name.strip()[:1] or "؟"


# What nobody reads of a person who is only named, reached or weighed by role.
UNSHOWN = "password last_login sort_key welcomed_at theme signature created_at".split()


def beyond_names(*paths: str) -> list[str]:
    """For ``defer``: what a statement that joins people on these paths to name them leaves where it is."""
    return [f"{path}__{field}" for path in paths for field in UNSHOWN]


class Session(AbstractBaseSession):
    """A browser's session. Global: it is read before the tenant's scope opens; the guard compares its tenant."""

    tenant = models.ForeignKey(Tenant, null=True, on_delete=models.CASCADE, related_name="+")
    # Not a foreign key: the session is read before any scope, and must not fail when its person is gone.
    user_id = models.BigIntegerField(null=True, db_index=True)
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    @classmethod
    def get_session_store_class(cls):  # type: ignore[no-untyped-def]
        from .session_store import SessionStore  # app ready: the store imports this model

        return SessionStore


class OtpChallenge(TenantOwned):
    """One asked-for code: bound to a number and to the browser that asked (TRUST 8–12)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    mobile = models.CharField(max_length=13)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    code_hash = models.CharField(max_length=64)
    # A hash of the secret kept in the asking browser's session.
    browser_hash = models.CharField(max_length=64)
    # Asked for by a browser this person has come in with before: strangers' askings do not touch it.
    is_known = models.BooleanField(default=False)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "mobile", "-created_at"], name="otp_recent")]


class ContactChange(TenantOwned):
    """A new mobile or e-mail that waits for its proofs: a code to the old one, a code to the new one (TRUST 6)."""

    class Kind(models.TextChoices):
        MOBILE = "mobile", "شمارهٔ همراه"
        EMAIL = "email", "ایمیل"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind)
    value = models.CharField(max_length=254)
    # Empty where there is no old one to ask: then the password, or the app's code, was asked for instead.
    old_hash = models.CharField(max_length=64, blank=True)
    new_hash = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class AccessLevel(TenantOwned):
    """A named set of rights, given to a seat (S19). Which words are rights: ``roles.Right``."""

    name = models.CharField("نام", max_length=60)
    rights = models.JSONField(default=list)
    # manager, staff or observer for the levels every tenant starts with; empty for the owner's own.
    builtin = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="access_level_name_once"),
            models.UniqueConstraint(
                fields=["tenant", "builtin"], condition=~Q(builtin=""), name="builtin_level_once"
            ),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Vacation(TenantOwned):
    """Days a member of staff is away, and who stands in for them."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="vacations", db_index=False)
    starts_on = models.DateField("آغاز")
    ends_on = models.DateField("پایان")  # the last day away
    substitute = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="vacation_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(substitute=F("user")), name="vacation_substitute_is_another"),
        ]
        indexes = [models.Index(fields=["tenant", "user", "ends_on"], name="vacation_by_user")]


class Contract(TenantOwned):
    """A period of support a company has bought (S2). A renewal is the next row; the rows are the history."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contracts", db_index=False)
    starts_on = models.DateField("آغاز")
    ends_on = models.DateField("پایان")  # the last day
    grace_days = models.PositiveSmallIntegerField("روزهای مهلت پس از پایان", default=0)
    # None: as many as they like.
    allowance = models.PositiveIntegerField("تعداد تیکت", null=True, blank=True)
    # None: no limit a person.
    person_limit = models.PositiveIntegerField("سقف هر نفر", null=True, blank=True)
    # Taken by conditional update when a ticket is opened; never given back.
    used = models.PositiveIntegerField(default=0)
    # The owner's override: tickets are taken until this day whatever the rest says.
    open_until = models.DateField(null=True, blank=True)
    open_reason = models.CharField(max_length=300, blank=True)
    notes = models.CharField("یادداشت", max_length=300, blank=True)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # Days before the end a reminder has been posted for (30, 7, 1): each once.
    reminded = models.PositiveSmallIntegerField(null=True, editable=False)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "customer", "starts_on"], name="contract_start_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="contract_ends_after_start"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "customer", "-starts_on"], name="contract_by_customer"),
            models.Index(fields=["tenant", "ends_on", "id"], name="contract_by_end"),
        ]


class ContractUse(TenantOwned):
    """How many tickets of a contract one person has opened, for the limit a person."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="uses", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    used = models.PositiveIntegerField(default=0)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "contract", "user"], name="contract_use_once")
        ]


class SecondFactor(TenantOwned):
    """A person's authenticator app (B17). The seed is sealed; a time step is good once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    seed = models.BinaryField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "user"], name="one_second_factor")]


class RecoveryCode(TenantOwned):
    """One of the codes for the day the telephone is lost; a keyed hash, good once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "user", "code_hash"], name="recovery_code_once")
        ]


class LoginRecord(TenantOwned):
    """One coming in, or a failed try: what the login history shows.

    A try at a name nobody has is written too, without a person: the row must not tell who exists (TRUST 14).
    """

    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    way = models.CharField(max_length=10, choices=[("sms", "با پیامک"), ("password", "با رمز")])
    outcome = models.CharField(
        max_length=10,
        choices=[("in", "وارد شد"), ("wrong", "رمز یا کد نادرست"), ("factor", "کد دوم نادرست")],
    )
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "user", "-created_at", "-id"], name="login_recent")]
