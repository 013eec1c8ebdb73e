"""What is answered about a ticket beside its messages: a department's extra fields (S31), and ratings (S8)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from departments.models import ExtraField, FieldChoice
from tenants.models import StoredFile, TenantOwned

from ..states import RatedBy
from .thread import Message
from .ticket import Ticket


class FieldAnswer(TenantOwned):
    """The answer of one ticket to one extra field; which column holds it, the field's kind says (S31)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="answers", db_index=False)
    field = models.ForeignKey(ExtraField, on_delete=models.PROTECT, related_name="+", db_index=False)
    text = models.TextField(blank=True)
    number = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    # The number in ten-thousandths, for lists narrowed by it: under row-level security an index answers only for
    # operators that cannot leak, and those of numeric are not among them.
    scaled = models.BigIntegerField(null=True)
    day = models.DateField(null=True)
    flag = models.BooleanField(null=True)
    file = models.ForeignKey(
        StoredFile, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    updated_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "ticket", "field"], name="one_answer_per_field"),
            models.UniqueConstraint(
                fields=["tenant", "file"], condition=Q(file__isnull=False), name="file_answers_once"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "field", "scaled"], name="answer_scaled"),
            models.Index(fields=["tenant", "field", "day"], name="answer_day"),
            models.Index(fields=["tenant", "field", "flag"], name="answer_flag"),
        ]


class FieldPick(TenantOwned):
    """A choice picked in an answer: one of them, or several."""

    # Held by the composite key of tenants.rls alone: a key on this column only would look through the whole table
    # whenever an answer is changed (75 ms each among 200,000).
    answer = models.ForeignKey(
        FieldAnswer, on_delete=models.CASCADE, related_name="picks", db_index=False, db_constraint=False
    )
    choice = models.ForeignKey(FieldChoice, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "answer", "choice"], name="picked_once")]


class FieldWord(TenantOwned):
    """A word that lists find the answer of a ticket to a field by: of a short text each, folded; a mobile or national
    id is one word, and so is the id of a picked choice.
    """

    # Held by the composite key alone, as above.
    ticket = models.ForeignKey(
        Ticket, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    field = models.ForeignKey(ExtraField, on_delete=models.PROTECT, related_name="+", db_index=False)
    # On PostgreSQL collated "C" by the migration: the words that begin alike are then one range of the index, and
    # comparing does not leak, as row-level security asks of whatever an index is to answer.
    word = models.CharField(max_length=100)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "ticket", "field", "word"], name="field_word_once")
        ]
        indexes = [models.Index(fields=["tenant", "field", "word", "ticket"], name="field_words")]


class Rating(TenantOwned):
    """One to five stars with a comment (S8): on an answer (``message``), or, at closing, on how it was handled.

    ``closing`` is the moment of the closing that is rated: one that was opened and closed again is rated anew.
    ``credited_to``: the answer's writer, or who held the ticket last. ``tell_at``: when few stars are told to whoever
    answers for the department, None where nothing is to be told (any more).
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="ratings", db_index=False)
    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="ratings")
    closing = models.DateTimeField(null=True)
    rater = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    credited_to = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    stars = models.PositiveSmallIntegerField()
    comment = models.CharField(max_length=1000, blank=True)
    by = models.CharField(max_length=10, choices=RatedBy, default=RatedBy.PORTAL)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    tell_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "message"], condition=Q(message__isnull=False), name="answer_rated_once"
            ),
            models.UniqueConstraint(
                fields=["tenant", "ticket", "closing"],
                condition=Q(closing__isnull=False),
                name="closing_rated_once",
            ),
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="one_to_five_stars"),
            models.CheckConstraint(
                condition=Q(message__isnull=True, closing__isnull=False)
                | Q(message__isnull=False, closing__isnull=True),
                name="rates_one_thing",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-created_at", "-id"], name="rating_recent"),
            models.Index(fields=["tenant", "credited_to", "-created_at"], name="rating_person"),
            models.Index(fields=["tell_at"], condition=Q(tell_at__isnull=False), name="rating_untold"),
        ]
