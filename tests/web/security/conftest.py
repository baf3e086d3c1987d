"""The small register on both databases."""

import pytest

from monitor.db import Database
from tests.web.conftest import furnish


@pytest.fixture
def filled_either(db: Database) -> Database:
    return furnish(db)
