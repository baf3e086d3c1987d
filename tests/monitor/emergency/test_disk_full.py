"""The disk is full while crisis messages are on their way: nothing goes out that is not written down, counted there."""

import multiprocessing
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from config.settings import Settings
from connectors import connect as connect_for_real
from connectors.emulator.server import Emulator
from monitor.db import Database
from monitor.db.no_room import no_room
from monitor.emergency import hub
from monitor.emergency.claimed import LEASE
from monitor.emergency.rules import Fate
from monitor.emergency.to_hub import NO_ROOM
from tests.connectors.graph_stages import graph_of
from tests.monitor.emergency.broadcast import Broadcast, put_up_hub
from tests.small_disk import Disk, no_file_grows, small_disk

PROCESSES = multiprocessing.get_context("fork")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "disk") as found:
        yield found


@pytest.fixture
def here(_migrated: Path, disk: Disk, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Broadcast]:
    """Its database on the small disk."""
    put_up_hub(monkeypatch)
    shutil.copy(_migrated, disk.path / "test.sqlite3")
    db = Database(f"sqlite:///{disk.path / 'test.sqlite3'}")
    yield town(db, emulator)
    db.close()


def town(db: Database, emulator: Emulator) -> Broadcast:
    made = Broadcast(db, emulator, "facebook")
    graph_of(made.stages["facebook"]).habits.refuses_repeats = False  # no help of the platform's own
    return made


def swept(here: Broadcast, **more: Any) -> None:
    """As the worker looks, which survives it."""
    with suppress(OperationalError):
        here.sweep(**more)


def test_a_message_that_cannot_be_written_down_is_not_sent_and_can_be_sent_afterwards(
    here: Broadcast, disk: Disk
) -> None:
    message = here.message()
    disk.fill()
    with pytest.raises(OperationalError) as told:
        here.commit(message)
    assert no_room(told.value)
    swept(here)
    assert here.effects == []
    disk.free()
    here.commit(message)
    here.to_the_end()
    assert (here.delivery("facebook").state, len(here.effects)) == (Fate.VERIFIED, 1)


def test_what_cannot_be_armed_is_not_sent_and_goes_on_when_there_is_room(here: Broadcast, disk: Disk) -> None:
    here.sent()
    disk.fill()
    for _second in range(20):
        swept(here)
        here.wait(1)
    assert (here.delivery("facebook").attempts, here.effects) == (0, [])
    disk.free()
    here.to_the_end()
    found = here.delivery("facebook")
    assert (found.state, found.attempts, len(here.effects)) == (Fate.VERIFIED, 1, 1)


@pytest.mark.parametrize("when", ["before publishing", "after publishing"])
def test_full_between_arming_and_the_outcome_it_is_out_once(here: Broadcast, disk: Disk, when: str) -> None:
    def connect(*words: Any) -> Any:
        made: Any = connect_for_real(*words)
        real = made.publish

        def publish(*given: Any) -> Any:
            if when == "before publishing":
                disk.fill()
            done = real(*given)
            disk.fill()
            return done

        made.publish = publish
        return made

    here.sent()
    swept(here, connect=connect)
    for _second in range(20):
        swept(here)
        here.wait(1)
    assert (here.delivery("facebook").state, len(here.effects)) == (Fate.ARMED, 1)
    disk.free()
    here.to_the_end()
    found = here.delivery("facebook")
    assert (found.state, found.attempts, len(here.effects)) == (Fate.VERIFIED, 1, 1)


def test_a_crisis_page_that_has_no_room_says_so_and_the_channels_go_on(
    sqlite: Database, emulator: Emulator, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page and its cards; the database lies elsewhere."""
    monkeypatch.setenv("KANALVAKT_HOME", str(disk.path))
    monkeypatch.setattr(hub, "verify", lambda chosen, id_, _hash: (hub.folder(chosen) / f"{id_}.html").exists())
    here, files = town(sqlite, emulator), hub.folder(Settings())
    first = here.sent()
    here.to_the_end()
    earlier = {path: path.read_bytes() for path in files.rglob("*") if path.is_file()}
    disk.fill()
    second = here.sent()
    for _second in range(10):
        here.sweep()
        here.wait(1)
    waiting = here.delivery("hub", second)
    assert (waiting.state, waiting.remedy) == (Fate.PENDING, NO_ROOM)
    assert here.delivery("facebook", second).state == Fate.VERIFIED, "its patience with the page is over"
    assert {path: path.read_bytes() for path in files.rglob("*") if path.is_file()} == earlier, "nothing half, or left"
    disk.free()
    here.to_the_end()
    assert here.delivery("hub", second).state == Fate.VERIFIED
    for message in (first, second):
        identifier = here.delivery("hub", message).marker
        assert (files / f"{identifier}.html").exists()
        assert (files / "cards" / f"{identifier}.jpg").read_bytes()[-2:] == b"\xff\xd9", "the whole picture"
    assert len(here.effects) == 2


def test_a_process_that_may_write_nothing_sends_nothing(
    sqlite: Database, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As above where nobody may mount a disk: the system refuses each write of a worker."""
    put_up_hub(monkeypatch)
    here = town(sqlite, emulator)
    here.sent()
    worker = PROCESSES.Process(target=sweeps_without_room, args=(here,), daemon=True)
    worker.start()
    worker.join(30)
    assert worker.exitcode == 0
    assert here.effects == []
    here.wait(LEASE.total_seconds())
    here.to_the_end()
    assert (here.delivery("facebook").state, len(here.effects)) == (Fate.VERIFIED, 1)


def sweeps_without_room(here: Broadcast) -> None:
    here.db = Database(here.db.url.render_as_string(hide_password=False))
    try:
        with no_file_grows():
            here.sweep()
    except OperationalError as error:
        os._exit(0 if no_room(error) else 2)
    os._exit(1)
