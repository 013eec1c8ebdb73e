"""Verbs of the post office: ``from notifications.services import Mobile, post``."""

from .bells import forget, hush, mark_read, unread_count
from .post import Email, Mobile, post, together

__all__ = ["Email", "Mobile", "forget", "hush", "mark_read", "post", "together", "unread_count"]
