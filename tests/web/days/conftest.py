"""A town for each walk: what is done in one cannot be undone for the next."""

from collections.abc import Iterator

import pytest

from connectors.emulator.server import Emulator
from monitor.db import Database
from tests.monitor.conftest import emulator
from tests.monitor.inbox.desk import Desk
from tests.web.days.town import WalkTown, walk_towned

__all__ = ["emulator"]


@pytest.fixture
def town(sqlite: Database, emulator: Emulator) -> Iterator[WalkTown]:
    yield from walk_towned(Desk(sqlite, emulator, "facebook"))
