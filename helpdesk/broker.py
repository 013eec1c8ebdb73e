"""The file-system broker of `make run`, safe between processes.

Kombu's own writes a message into the file the worker is already looking for: caught between opening and writing, the
worker reads an empty message and ends, and with it the whole demo. Here a message is written aside and renamed, and
the tables of exchanges are made and read under one lock.
"""

from __future__ import annotations

import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import time_ns
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Kombu's channel, with whole messages only."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:
        folder = Path(self.data_folder_out)
        name = f"{time_ns()}_{uuid.uuid4()}"
        draft = folder / f"{name}.draft"
        try:
            draft.write_text(dumps(payload), encoding="utf-8")
            os.replace(draft, folder / f"{name}.{queue}.msg")
        except OSError as fault:
            raise ChannelError(f"No message could be left in {folder}") from fault

    def _queue_bind(self, *args: Any) -> None:
        with self._table_lock(fcntl.LOCK_EX):
            super()._queue_bind(*args)

    def get_table(self, exchange: str) -> list[Any]:
        with self._table_lock(fcntl.LOCK_SH):
            return super().get_table(exchange)

    @contextmanager
    def _table_lock(self, kind: int) -> Iterator[None]:
        self.control_folder.mkdir(parents=True, exist_ok=True)
        with (self.control_folder / "tables.lock").open("w") as guard:
            fcntl.flock(guard, kind)
            yield


class Transport(filesystem.Transport):
    """What the broker's address ``filesystem://`` means in this house (helpdesk.celery says so)."""

    Channel = Channel
