"""The office, and a device for each person in it."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import time_machine
from starlette.testclient import TestClient

from config.settings import Settings
from monitor.db import Database
from monitor.web.app import create_app
from monitor.web.visiting import COOKIE
from tests.web.conftest import session_of
from tests.web.register.office import NOW, Office, There, furnish


@pytest.fixture(scope="session")
def _furnished(_migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Furnished once in a process, and copied for each test."""
    path = tmp_path_factory.mktemp("furnished") / "office.sqlite3"
    shutil.copy(_migrated, path)
    db = Database(f"sqlite:///{path}")
    with time_machine.travel(NOW):
        furnish(db)
    db.close()
    return path


@pytest.fixture
def office(_furnished: Path, tmp_path: Path) -> Iterator[Office]:
    """Monday 15 June 2026, 10.00."""
    shutil.copy(_furnished, tmp_path / "office.sqlite3")
    db = Database(f"sqlite:///{tmp_path / 'office.sqlite3'}")
    with time_machine.travel(NOW), ExitStack() as stack:
        app = create_app(Settings(), db)

        def client(person_id: str) -> TestClient:
            device = stack.enter_context(TestClient(app, base_url="http://localhost"))
            device.cookies.set(COOKIE, session_of(db, person_id), domain="localhost.local")
            return device

        yield Office(There(db), client)
    db.close()
