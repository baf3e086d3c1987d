"""Schemathesis asks every address what its description allows, and what it does not: no server error, no answer that is
not described."""

import os
from datetime import UTC, datetime
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks

from config.settings import Settings
from monitor.access import tokens
from monitor.access.permission_rules import MATRIX
from monitor.db import Database
from monitor.register.models import Person
from monitor.web.allowance import Allowance
from monitor.web.api.app import create_api

EXAMPLES = int(os.environ.get("API_EXAMPLES", "6"))
"""For each address and way of asking."""
HELD = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]


@pytest.fixture
def described(filled: Database) -> Any:
    """The API's description with the application behind it; without a word of tokens, as every question has one."""
    api = create_api()
    told = api.openapi()
    for path in told["paths"].values():
        for operation in path.values():
            operation.pop("security", None)
    api.openapi = lambda: told  # type: ignore[method-assign]
    api.state.db, api.state.settings = filled, Settings()
    api.state.refusals = Allowance(burst=60, per_second=1)
    return schemathesis.openapi.from_asgi("/openapi.json", api)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_no_server_error_and_no_answer_that_is_not_described(
    described: Any, filled: Database, mode: GenerationMode
) -> None:
    failures, shut = list[str](), list[str]()
    for found in described.get_all_operations():
        operation = found.ok()
        try:
            statuses = _asked(operation, mode, {"Authorization": f"Bearer {_token(filled)}"})
        except Unsatisfiable:  # nothing is sent there, so that nothing can be sent wrongly
            assert mode is GenerationMode.NEGATIVE, operation.label
        except FailureGroup as why:
            failures += [f"{operation.label}: {each}" for each in why.exceptions]
        else:
            shut += [operation.label] if statuses <= {401, 403} else []
    assert not failures, "\n\n".join(failures)
    assert not shut, "asked without having been let in"


def _asked(operation: Any, mode: GenerationMode, headers: dict[str, str]) -> set[int]:
    """The statuses of the answers. Raises FailureGroup."""
    statuses = set[int]()

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        statuses.add(case.call_and_validate(headers=headers, checks=HELD).status_code)

    ask()
    return statuses


def _token(db: Database) -> str:
    """Of somebody who may everything, for each address anew: what was asked before may have ended it."""
    with db.transaction() as session:
        person = session.get_one(Person, "redaktor")
        person.roles, person.retired = sorted(MATRIX), False
        _row, word = tokens.issue(session, person.id, "Test", tokens.SCOPES, 30, person.id, datetime.now(UTC))
    return word
