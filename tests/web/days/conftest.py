"""A town for each walk: what is done in one cannot be undone for the next."""

import socket
from collections.abc import Iterator

import pytest

from config.settings import Emergency, Settings
from connectors.emulator.server import Emulator
from monitor.db import Database
from tests.monitor.conftest import emulator
from tests.monitor.inbox.desk import Desk
from tests.web.days.town import WalkTown, walk_towned

__all__ = ["emulator"]


@pytest.fixture
def town(sqlite: Database, emulator: Emulator) -> Iterator[WalkTown]:
    yield from walk_towned(Desk(sqlite, emulator, "facebook"))


@pytest.fixture
def prepared(sqlite: Database, emulator: Emulator) -> Iterator[WalkTown]:
    """A town whose crisis page is seen where it is said to be, and that hears the authorities' warnings."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    here = Emergency(hub_url=f"http://127.0.0.1:{port}/krisinformation", feeds=True, call={"SOS Alarm": "010-00 00 00"})
    yield from walk_towned(Desk(sqlite, emulator, "facebook"), Settings(emergency=here), port)
