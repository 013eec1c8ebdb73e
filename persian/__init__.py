"""Persian ground: text folding, digits, the Jalali calendar, mobile numbers, ids, SMS parts.

Pure Python; only `persian.templatetags` and `persian.apps` know Django.
"""

from persian.text import fold, fold_query, query_words, sort_key

__all__ = ["fold", "fold_query", "query_words", "sort_key"]
