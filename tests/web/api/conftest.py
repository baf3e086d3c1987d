"""A program with a token, on either database, and its questions over the application itself."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from config.settings import Settings
from monitor.access import tokens
from monitor.access.permission_rules import Permission
from monitor.db import Database
from monitor.register.models import Person
from monitor.web.app import create_app


@dataclass(frozen=True)
class Program:
    """Asks with its token; each write has a key of its own unless one is given."""

    client: TestClient
    word: str = field(repr=False)

    def get(self, path: str, **query: Any) -> Response:
        return self._sent("GET", path, params={name: value for name, value in query.items() if value is not None})

    def post(self, path: str, body: Any = None, key: str | None = None) -> Response:
        return self.write("POST", path, body, key)

    def write(self, method: str, path: str, body: Any = None, key: str | None = None) -> Response:
        return self._sent(method, path, json=body, headers={"Idempotency-Key": key or str(uuid.uuid4())})

    def _sent(self, method: str, path: str, headers: dict[str, str] | None = None, **rest: Any) -> Response:
        authorised = {"Authorization": f"Bearer {self.word}"} | (headers or {})
        return self.client.request(method, f"/api/v1{path}", headers=authorised, **rest)


Programs = Callable[..., Program]


@pytest.fixture
def client(filled: Database) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(), filled), base_url="http://localhost") as opened:
        yield opened


@pytest.fixture
def program(client: TestClient, filled: Database) -> Programs:
    """Makes one for a person of the register, with those scopes; all there are where none is named."""

    def made(person_id: str = "redaktor", *scopes: Permission) -> Program:
        with filled.transaction() as session:
            names = scopes or tokens.SCOPES
            _row, word = tokens.issue(session, person_id, "Test", names, 30, person_id, datetime.now(UTC))
        return Program(client, word)

    return made


@pytest.fixture
def redaktor(db: Database) -> None:
    """The one person of an otherwise empty register, on either database."""
    with db.transaction() as session:
        session.add(Person(id="redaktor", name="Rut Redaktör", email="rut@example.org"))
