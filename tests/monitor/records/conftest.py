"""The almanac on both databases."""

import pytest

from monitor.db import Database
from tests.monitor.days.almanac import Almanac


@pytest.fixture
def almanac(db: Database) -> Almanac:
    return Almanac(db)


@pytest.fixture
def quick(sqlite: Database) -> Almanac:
    """On SQLite only, for what does not depend on the database."""
    return Almanac(sqlite)
