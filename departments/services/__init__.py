"""The verbs of this floor; each its own transaction, each audited, the owner's only."""

from .customers import create_customer
from .desks import (
    change_department,
    change_seat,
    create_department,
    move_department,
    order_departments,
    seat,
    switch_department,
    unseat,
)
from .links import link_customer, unlink_customer
from .people import add_customer_person, create_staff
from .topics import change_topic, create_topic, move_topic, order_topics
from .visibility import choose_customer, drop_customer

__all__ = [
    "add_customer_person",
    "change_department",
    "change_seat",
    "change_topic",
    "choose_customer",
    "create_customer",
    "create_department",
    "create_staff",
    "create_topic",
    "drop_customer",
    "link_customer",
    "move_department",
    "move_topic",
    "order_departments",
    "order_topics",
    "seat",
    "switch_department",
    "unlink_customer",
    "unseat",
]
