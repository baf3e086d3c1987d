"""A town for each crisis, whose crisis page is seen where it is said to be."""

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
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    here = Emergency(hub_url=f"http://127.0.0.1:{port}/krisinformation")
    yield from walk_towned(Desk(sqlite, emulator, "facebook"), Settings(emergency=here), port)
