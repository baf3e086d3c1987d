"""A house with an administrator, a moderator's unit, and an auditor, all of whom have a password."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from config.settings import Settings
from monitor.access import passwords
from monitor.db import Database
from monitor.web.app import create_app
from tests.web.login.house import QUICK, House, house


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Passwords cost nothing here; what the real ones cost is tested in tests/monitor/access/test_passwords.py."""
    passwords.nobodys.cache_clear()
    monkeypatch.setattr(passwords, "HASHER", QUICK)
    yield
    passwords.nobodys.cache_clear()


@pytest.fixture
def app(filled: Database) -> FastAPI:
    return create_app(Settings(), filled)


@pytest.fixture
def lived_in(app: FastAPI, filled: Database) -> Iterator[House]:
    with house(app, filled) as found:
        found.person("redaktor", "communicator")
        found.person("admin", "administrator", email="admin@example.org")
        found.person("revisor", "auditor", app=False)
        yield found
