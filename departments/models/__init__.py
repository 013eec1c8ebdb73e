"""Departments: desks and those who sit at them, their hours, what they ask and what they keep ready."""

from .desks import (
    Department,
    DepartmentCustomer,
    Seat,
    ServiceLink,
    Sharing,
    StaffGroup,
    StaffGroupMember,
    Topic,
)
from .hours import ClockRules, DayOff, SlaPolicy, WorkingWeek
from .writing import CannedResponse, ExtraField, FieldChoice, FieldKind, FieldTopic

__all__ = [
    "CannedResponse",
    "ClockRules",
    "DayOff",
    "Department",
    "DepartmentCustomer",
    "ExtraField",
    "FieldChoice",
    "FieldKind",
    "FieldTopic",
    "Seat",
    "ServiceLink",
    "Sharing",
    "SlaPolicy",
    "StaffGroup",
    "StaffGroupMember",
    "Topic",
    "WorkingWeek",
]
