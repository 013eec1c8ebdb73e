"""A customer's exclusive desk and person: at most one, inherited by its personnel (H9)."""

from django.db import IntegrityError, transaction

from accounts.models import Customer, User
from tenants.services import audit
from web.errors import Conflict, Invalid

from ..models import Department, Seat, ServiceLink
from .rights import require_keeper
from .rows import require_ours


@transaction.atomic
def link_customer(
    *, actor: User | None, customer: Customer, department: Department, staff: User | None = None
) -> ServiceLink:
    """Tie a customer to a department and, if named, to one of its people; an older link is replaced (H9).

    Raises NotAllowed, NotFound, Invalid(department) for one that is switched off, Invalid(staff) for a person
    without a seat there. Tickets already open stay where they are.
    """
    require_keeper(actor)
    require_ours(customer, department, staff)
    # Held until the link is there: whoever switches the department off asks for its links behind the same lock.
    held = Department.objects.select_for_update(no_key=True).filter(pk=department.pk, is_active=True)
    if held.values_list("pk").first() is None:
        raise Invalid("این دپارتمان خاموش است. دپارتمان دیگری را انتخاب کنید.", field="department")
    seats = Seat.objects.filter(department=department, user__is_active=True)
    if staff is not None and not seats.filter(user=staff).exists():
        raise Invalid("کارشناس پشتیبان باید در همین دپارتمان باشد.", field="staff")
    link = _current(customer)
    before = _words(link) if link else {}
    link = link or ServiceLink(customer=customer)
    link.department, link.staff = department, staff
    if before == _words(link):
        return link
    try:
        with transaction.atomic():
            link.save()
    except IntegrityError:
        raise Conflict() from None
    audit.record("link_customer", actor=actor, target=customer, before=before, after=_words(link))
    return link


@transaction.atomic
def unlink_customer(*, actor: User | None, customer: Customer) -> None:
    """Untie a customer: its people choose the department of a new ticket themselves."""
    require_keeper(actor)
    require_ours(customer)
    link = _current(customer)
    if link is not None:
        before = _words(link)
        link.delete()
        audit.record("unlink_customer", actor=actor, target=customer, before=before)


def _current(customer: Customer) -> ServiceLink | None:
    links = ServiceLink.objects.filter(customer=customer).select_related("department", "staff")
    return links.select_for_update(of=("self",), no_key=True).first()


def _words(link: ServiceLink) -> dict[str, str | int | None]:
    return {
        "department_id": link.department_id,
        "department": link.department.name,
        "staff_id": link.staff_id,
        "staff": link.staff.name if link.staff else "",
    }
