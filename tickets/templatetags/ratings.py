"""Stars in words (S8)."""

from django import template

from ..ratings import WORDS

register = template.Library()


@register.filter
def star_word(star: str | int) -> str:
    """One to five stars in a word."""
    return WORDS[int(star)]
