"""Every address of the API: whether it asks who is there, and for what; and that nobody gets past it without."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from starlette.testclient import TestClient

from monitor.access import tokens
from monitor.access.permission_rules import Permission
from monitor.db import Database
from monitor.register.models import Person
from monitor.web.api.app import OPEN, create_api
from monitor.web.api.asking import caller
from monitor.web.api.problems import flat
from tests.web.api.conftest import Program, Programs

WRITES = {"POST", "PUT", "PATCH", "DELETE"}
ASKS_AGAIN = {
    "/channels/{channel_id}/check",
    "/channels/{channel_id}/decisions/preview",
    "/comments/{comment_id}/draft",
    "/people/{person_id}/ways/try",
    "/webhooks/{number}/test",
}
"""Those that write nothing of ours, but that somebody has answered: asked twice, they ask and answer twice."""


@dataclass(frozen=True)
class Route:
    """permission: None where a token is enough. own: without the permission with regard to oneself. keyed: asks for an
    Idempotency-Key."""

    method: str
    path: str
    permission: Permission | None
    own: bool
    known: bool
    keyed: bool

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def filled_in(self) -> str:
        """With something in each gap that names nothing, and is no fault."""
        return re.sub(r"\{\w+\}", "1", self.path.replace("{day}", "2026-06-18").replace("{month}", "2026-06"))


@cache
def routes() -> tuple[Route, ...]:
    return tuple(each for route in create_api().routes for one in flat(route) for each in _described(one))


def _described(route: Any) -> Iterator[Route]:
    calls = list(_calls(route.dependant)) if hasattr(route, "dependant") else []
    asking = next((each for each in calls if hasattr(each, "permission")), None)
    permission, own = (asking.permission, asking.own) if asking is not None else (None, False)
    keyed = any(getattr(each, "__module__", "").endswith("api.once") for each in calls)
    for method in sorted(route.methods - {"HEAD"}):
        yield Route(method, route.path, permission, own, caller in calls, keyed)


def _calls(dependant: Dependant) -> Iterator[Any]:
    for each in dependant.dependencies:
        yield each.call
        yield from _calls(each)


SCOPED = tuple(each for each in routes() if each.permission is not None)


def ask(one: Program, route: Route) -> tuple[int, str]:
    answer = one.write(route.method, route.filled_in, None if route.method == "GET" else {})
    is_problem = answer.headers.get("content-type") == "application/problem+json"
    code = answer.json()["type"].removeprefix("urn:kanalvakt:problem:") if is_problem else ""
    return answer.status_code, code


def test_there_are_many() -> None:
    assert len(SCOPED) > 30


def test_each_asks_for_a_token_or_stands_among_the_open_ones() -> None:
    assert {each.path for each in routes() if not each.known} == OPEN.keys()


def test_each_write_asks_for_a_key() -> None:
    assert {each.path for each in routes() if each.method in WRITES and not each.keyed} == ASKS_AGAIN
    assert not [each for each in routes() if each.keyed and each.method not in WRITES]


def test_no_address_is_about_logins() -> None:
    assert not [each for each in routes() if each.permission is Permission.MANAGE_LOGINS]


@pytest.fixture
def stranger(client: TestClient) -> Program:
    return Program(client, "kanalvakt_none")


def test_nobody_gets_past_without_a_token(stranger: Program) -> None:
    for each in routes():
        if each.known:
            assert ask(stranger, each) == (401, "not-authenticated"), each


def test_a_token_without_the_scope_is_told_which_one_is_missing(program: Programs, filled: Database) -> None:
    _role(filled, "communicator", "auditor", "unit_manager")
    for permission in sorted({each.permission for each in SCOPED if each.permission}):
        lacking = program("redaktor", *sorted(tokens.SCOPES - {permission}))
        for each in SCOPED:
            if each.permission is permission:
                assert ask(lacking, each) == (403, "scope-missing"), each


def test_a_token_permits_nothing_that_its_person_may_not(program: Programs, filled: Database) -> None:
    with filled.transaction() as session:
        session.add(Person(id="gast", name="Gast"))
    one = program("gast")
    for each in SCOPED:
        status, code = ask(one, each)
        assert (status, code) == (403, "not-permitted") or (each.own and status in {404, 422}), (each, status, code)


def test_whoever_has_both_gets_past(program: Programs, filled: Database) -> None:
    _role(filled, "communicator", "auditor", "unit_manager")
    one = program()
    for each in SCOPED:
        if each.path not in ASKS_AGAIN:
            status, code = ask(one, each)
            assert status in {200, 204, 404, 409, 422}, (each, status, code)


def _role(db: Database, *roles: str) -> None:
    with db.transaction() as session:
        session.get_one(Person, "redaktor").roles = list(roles)
