"""Departments: the list, one with its people and topics, and the customers chosen for it (H7, H8, S18, S33)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.gates import for_owner, for_right
from accounts.models import Customer, User
from accounts.roles import Right
from departments import services
from departments.models import Department, Seat, Topic
from departments.services import desks, visibility
from persian.clean import one_line
from tickets.services import people as with_tickets
from web.answers import toast
from web.counting import bounded
from web.paging import PARAMETER, page

from .. import lists, queries
from ..forms.departments import (
    DepartmentForm,
    Grants,
    ManagerForm,
    NewcomerForm,
    PlaceForm,
    RetireForm,
    SeatForm,
    TopicChoices,
    TopicForm,
    sharing_words,
)
from .answers import DONE, back, carried_out, notice, one, posted_id, posted_ids, refusal_of, with_forms


@require_http_methods(["GET", "HEAD", "POST"])
@for_right(Right.STAFF)
def departments(request: HttpRequest) -> HttpResponse:
    """The departments in their order; the owner's: a new one, one moved up or down, all put into another order."""
    if request.method != "POST":
        return _list(request, DepartmentForm())
    act = request.POST.get("act")
    if act == "move":
        department = one(Department.objects.all(), pk=posted_id(request, "department"))
        to = "up" if request.POST.get("to") == "up" else "down"
        services.move_department(department, actor=request.user, to=to)
        return back("manage_departments", done="moved")
    if act == "order":
        desks.order_departments(actor=request.user, order=posted_ids(request, "order"))
        return _told(request) if request.htmx else back("manage_departments", done="moved")
    form = DepartmentForm(request.POST)
    if carried_out(form, lambda data: services.create_department(actor=request.user, **data)):
        return back("manage_department", form.result.pk, done="department-created")
    return _list(request, form, status=422)


def _told(request: HttpRequest) -> HttpResponse:
    """The rows stand already where the person put them; only the word of success is missing."""
    return toast(HttpResponse(status=204), DONE["moved"])


def _list(request: HttpRequest, form: DepartmentForm, *, status: int = 200) -> HttpResponse:
    rows = list(lists.departments_arranged_by(request.user))
    queries.count_open(request.user, rows)
    context = {"departments": rows, "form": form, "notice": notice(request)}
    return render(request, "manage/departments.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_right(Right.STAFF)
def department(request: HttpRequest, pk: int) -> HttpResponse:
    """One department with its people and topics; ``act`` says which of the page's forms was sent.

    Who arranges it without being the owner has the part about staff and topics; services refuse the rest.
    """
    row = one(lists.arranged_by(request.user), pk=pk)
    if request.method != "POST":
        return _page(request, row)
    act = ACTS.get(request.POST.get("act", ""), _change)
    return act(request, row)


def _page(request: HttpRequest, row: Department, *, status: int = 200, **given: Any) -> HttpResponse:
    """The page; ``given`` holds the one form that was refused, or ``refused`` for a button."""
    crew, grants = lists.crew(row), lists.grants_of(request.user, row)
    seats = page(lists.seats_of(row), keys=lists.BY_RANK, cursor=request.GET.get(PARAMETER))
    context = {
        "department": row,
        "form": DepartmentForm.of(row),
        "seats": _seats(request, seats.rows, given.pop("wrong_seat", {}), grants),
        "seat_page": seats,
        "seat_count": len(crew.levels),
        "seat_form": SeatForm(people=crew.others, grants=grants),
        "newcomer_form": NewcomerForm(grants=grants),
        "manager": crew.manager,
        "manager_form": ManagerForm(people=crew.successors, former=crew.manager),
        **_topics(request, row, crew.seated, given.pop("wrong_topic", {})),
        "retire_form": RetireForm(departments=lists.other_departments(row)),
        "open": queries.number(request.user, view="open", department=row.pk),
        "chosen": bounded(row.chosen.all()) if row.is_restricted else 0,
        "notice": notice(request),
        **given,
    }
    return render(request, "manage/department.html", context, status=status)


def _seats(request: HttpRequest, rows: list[Seat], wrong: dict[int, PlaceForm], grants: Grants) -> list[Seat]:
    """The seats; only the one that is opened (``?seat=``) has its form."""
    near = lists.within_reach(rows, request.user)
    return with_forms(near, wrong, grants=grants, opened=request.GET.get("seat", ""))


def _topics(
    request: HttpRequest, row: Department, people: list[User], wrong: dict[int, TopicForm]
) -> dict[str, Any]:
    """The topics; only the one that is opened (``?topic=``) has its form, for each holds all the people's names."""
    tree, opened = lists.topic_tree(row), request.GET.get("topic")
    every = [one for top in tree for one in (top, *top.inner)]  # type: ignore[attr-defined]
    choices = TopicChoices(people, tree, list(lists.groups()))
    for topic in every:
        form = TopicForm.of(topic, choices=choices) if str(topic.pk) == opened else None
        topic.form = wrong.get(topic.pk) or form  # type: ignore[attr-defined]
        topic.words = sharing_words(topic)  # type: ignore[attr-defined]
    return {"topics": tree, "topic_count": len(every), "topic_form": TopicForm(choices=choices)}


def _topic_choices(row: Department) -> TopicChoices:
    """What a posted topic may name."""
    tops = [topic for topic in lists.topics_of(row) if topic.parent_id is None]
    return TopicChoices(lists.crew(row).seated, tops, list(lists.groups()))


def _change(request: HttpRequest, row: Department) -> HttpResponse:
    form = DepartmentForm(request.POST)
    if carried_out(form, lambda data: services.change_department(row, actor=request.user, **data)):
        narrowed = form.result.is_restricted and not row.is_restricted
        return back("manage_department", row.pk, done="restricted" if narrowed else "saved")
    return _page(request, row, status=422, form=form)


def _off(request: HttpRequest, row: Department) -> HttpResponse:
    """Switch it off; where tickets are open the form must say where they go first."""
    form, waiting = None, queries.number(request.user, view="open", department=row.pk)
    if waiting:
        form = RetireForm(request.POST, departments=lists.other_departments(row))
        if not carried_out(
            form, lambda data: with_tickets.retire_department(row, actor=request.user, **data)
        ):
            return _page(request, row, status=422, retire_form=form)
    elif refused := refusal_of(lambda: with_tickets.retire_department(row, actor=request.user)):
        return _page(request, row, status=refused.status, refused=refused.message)
    return back("manage_department", row.pk, done="off-moved" if form else "off")


def _on(request: HttpRequest, row: Department) -> HttpResponse:
    services.switch_department(row, actor=request.user, active=True)
    return back("manage_department", row.pk, done="on")


def _manager(request: HttpRequest, row: Department) -> HttpResponse:
    crew = lists.crew(row)
    form = ManagerForm(request.POST, people=crew.successors, former=crew.manager)
    if carried_out(form, lambda data: _replaced(request, row, **data)):
        return back("manage_department", row.pk, done="manager")
    return _page(request, row, status=422, manager_form=form)


def _replaced(request: HttpRequest, row: Department, user: User, former: str = "") -> Seat:
    return with_tickets.replace_manager(row, actor=request.user, user=user, former_leaves=former == "leaves")


def _seat(request: HttpRequest, row: Department) -> HttpResponse:
    form = SeatForm(request.POST, people=lists.crew(row).others, grants=lists.grants_of(request.user, row))
    if carried_out(form, lambda data: services.seat(actor=request.user, department=row, **data)):
        return back("manage_department", row.pk, done="seated")
    return _page(request, row, status=422, seat_form=form)


def _newcomer(request: HttpRequest, row: Department) -> HttpResponse:
    """A colleague known by a mobile alone, seated here at once (H23, SPEC: people)."""
    form = NewcomerForm(request.POST, grants=lists.grants_of(request.user, row))
    if carried_out(form, lambda data: services.create_staff(actor=request.user, department=row, **data)):
        return back("manage_department", row.pk, done="staff-created")
    return _page(request, row, status=422, newcomer_form=form)


def _place(request: HttpRequest, row: Department) -> HttpResponse:
    seat = one(lists.seats_of(row), pk=posted_id(request, "seat"))
    form = PlaceForm.of(seat, grants=lists.grants_of(request.user, row), data=request.POST)
    if carried_out(form, lambda data: services.change_seat(seat, actor=request.user, **data)):
        return back("manage_department", row.pk, done="saved")
    return _page(request, row, status=422, wrong_seat={seat.pk: form})


def _unseat(request: HttpRequest, row: Department) -> HttpResponse:
    seat = one(lists.seats_of(row), pk=posted_id(request, "seat"))
    if refused := refusal_of(lambda: with_tickets.leave_seat(seat, actor=request.user)):
        return _page(request, row, status=refused.status, refused=refused.message)
    return back("manage_department", row.pk, done="unseated")


def _new_topic(request: HttpRequest, row: Department) -> HttpResponse:
    form = TopicForm(request.POST, choices=_topic_choices(row))
    if not carried_out(form, lambda data: services.create_topic(actor=request.user, department=row, **data)):
        return _page(request, row, status=422, topic_form=form)
    return back("manage_department", row.pk, done="topic")


def _topic(request: HttpRequest, row: Department) -> HttpResponse:
    topic = one(lists.topics_of(row), pk=posted_id(request, "topic"))
    form = TopicForm.of(topic, choices=_topic_choices(row), data=request.POST)
    if carried_out(form, lambda data: services.change_topic(topic, actor=request.user, **data)):
        return back("manage_department", row.pk, done="saved")
    return _page(request, row, status=422, wrong_topic={topic.pk: form})


def _move_topic(request: HttpRequest, row: Department) -> HttpResponse:
    topic = one(Topic.objects.filter(department=row), pk=posted_id(request, "topic"))
    to = "up" if request.POST.get("to") == "up" else "down"
    services.move_topic(topic, actor=request.user, to=to)
    return back("manage_department", row.pk, done="moved")


def _order_topics(request: HttpRequest, row: Department) -> HttpResponse:
    """The topics of one level into another order, as they were dragged."""
    rows = Topic.objects.filter(department=row)
    parent = one(rows, pk=posted_id(request, "parent")) if request.POST.get("parent") else None
    order = posted_ids(request, "order")
    services.order_topics(actor=request.user, department=row, order=order, parent=parent)
    return _told(request) if request.htmx else back("manage_department", row.pk, done="moved")


ACTS = {
    "change": _change,
    "off": _off,
    "on": _on,
    "manager": _manager,
    "seat": _seat,
    "newcomer": _newcomer,
    "seat_change": _place,
    "unseat": _unseat,
    "topic": _new_topic,
    "topic_change": _topic,
    "topic_move": _move_topic,
    "topic_order": _order_topics,
}


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def chosen(request: HttpRequest, pk: int) -> HttpResponse:
    """The customers a restricted department is shown to: found by name, chosen or dropped one by one (S33)."""
    row = one(Department.objects.all(), pk=pk)
    if request.method == "POST":
        customer = one(Customer.objects.all(), pk=posted_id(request, "customer"))
        choosing = request.POST.get("act") == "choose"
        act = visibility.choose_customer if choosing else visibility.drop_customer
        act(row, actor=request.user, customer=customer)
        return back(
            "manage_department_customers", row.pk, done="chosen" if choosing else "dropped", keep=request
        )
    query = one_line(request.GET.get("q", ""))[:200]
    only = request.GET.get("only") == "chosen"
    rows = lists.customers_for(row, query, chosen=only)
    found = page(rows, keys=lists.BY_NAME, cursor=request.GET.get(PARAMETER))
    context = {"department": row, "page": found, "query": query, "only": only, "notice": notice(request)}
    return render(request, "manage/department_customers.html", context)
