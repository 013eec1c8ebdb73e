"""The file-system broker: a message is seen whole or not at all, whoever looks, whenever."""

import threading
import time
from pathlib import Path
from queue import Empty

import pytest
from celery import current_app
from kombu import Connection
from kombu.transport import get_transport_cls

from helpdesk.broker import Channel, Transport

pytestmark = pytest.mark.sqlite
MESSAGES = 400


@pytest.fixture
def channel(tmp_path: Path) -> Channel:
    assert current_app.main == "helpdesk"  # it is the import of helpdesk.celery that names the transport
    folder = tmp_path / "broker"
    folder.mkdir()
    options = {"data_folder_in": str(folder), "data_folder_out": str(folder)}
    options["control_folder"] = str(tmp_path / "control")
    return Connection("filesystem://", transport_options=options).channel()


def test_filesystem_address_means_our_transport(channel):
    assert get_transport_cls("filesystem") is Transport
    assert type(channel) is Channel


def test_message_comes_back_as_it_was_left_and_nothing_remains(channel, tmp_path):
    channel._put("normal", {"body": "سلام"})
    assert channel._size("normal") == 1
    assert channel._get("normal") == {"body": "سلام"}
    assert list((tmp_path / "broker").iterdir()) == []


def test_half_written_message_is_not_seen(channel, tmp_path):
    (tmp_path / "broker" / "1_x.draft").write_text('{"bo')
    assert channel._size("normal") == 0
    channel._put("normal", {"number": 1})
    assert channel._get("normal") == {"number": 1}


def test_reader_beside_a_writer_gets_every_message_whole(channel):
    """Kombu's own transport fails here: its reader meets files that are open and still empty."""

    def write() -> None:
        for number in range(MESSAGES):
            channel._put("normal", {"number": number, "weight": "x" * 20_000})

    writer = threading.Thread(target=write)
    writer.start()
    seen, ends = [], time.monotonic() + 30
    while len(seen) < MESSAGES and time.monotonic() < ends:
        try:
            seen.append(channel._get("normal")["number"])
        except Empty:
            time.sleep(0.001)
    writer.join()
    assert sorted(seen) == list(range(MESSAGES))


def test_tables_are_made_once_by_many_at_once(channel):
    faults: list[Exception] = []

    def bind(number: int) -> None:
        try:
            for _ in range(20):
                channel._queue_bind("ring", f"key{number}", "", f"queue{number}")
                assert channel.get_table("ring")
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=bind, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert {row[2] for row in channel.get_table("ring")} == {f"queue{number}" for number in range(8)}
