"""The office of the pages' tests, and programs at work for the people in it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from monitor.access import tokens
from monitor.access.permission_rules import Permission
from tests.web.api.conftest import Program
from tests.web.register.conftest import _furnished, office
from tests.web.register.office import Office

__all__ = ["_furnished", "office"]
Of = Callable[..., Program]


@pytest.fixture
def of(office: Office) -> Of:
    """A program of that person, with those scopes; all there are where none is named."""
    clients: list[TestClient] = []

    def made(person_id: str, *scopes: Permission) -> Program:
        with office.db.transaction() as session:
            names = scopes or tokens.SCOPES
            word = tokens.issue(session, person_id, "Test", names, 30, person_id, datetime.now(UTC))[1]
        client = clients[0] if clients else office.client(person_id)
        client.cookies.clear()
        clients.append(client)
        return Program(client, word)

    return made
