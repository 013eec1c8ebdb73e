"""How our log lines look: where a failure went through the code, never what it said.

The text of an exception may hold what a person wrote, a number, or a whole row (PostgreSQL quotes the values of a
broken constraint), so only its type is kept (TRUST 37).
"""

import logging
import traceback
from collections.abc import Iterator
from types import TracebackType

Told = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Line(logging.Formatter):
    """A formatter whose tracebacks have every frame and the types of the exceptions, without their texts."""

    def formatException(self, ei: Told) -> str:
        """The chain of exceptions, the one that was raised last at the end."""
        parts = []
        for error in reversed(list(_chain(ei[1]))):
            frames = "".join(traceback.format_tb(error.__traceback__))
            parts.append(f"{frames}{type(error).__module__}.{type(error).__qualname__}")
        return "\n".join(parts)

    def format(self, record: logging.LogRecord) -> str:
        """The line; a logger that puts the exception into its words (Celery's does) is cut short too."""
        # Another handler may have left its own traceback on the record.
        kept, record.exc_text = record.exc_text, None
        try:
            text = super().format(record)
        finally:
            record.exc_text = kept
        for error in _chain(record.exc_info[1] if record.exc_info else None):
            for said in filter(None, {repr(error), str(error)}):
                if len(said) > 3:
                    text = text.replace(said, type(error).__name__)
        return text


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The exception, what it was raised from or during, and so on."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
