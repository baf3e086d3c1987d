"""Whatever is written to the audit log in any test has words: its kind, its fields, and values that are of a few."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import event

from config.language import use_language
from monitor.audit.models import AuditEntry
from monitor.records.field_words import FIELDS
from monitor.records.subject_words import KINDS
from monitor.records.value_words import VALUES, value_in_words

OPEN = frozenset({"reason", "answer", "note", "state_reason"})
"""Fields that may also hold a person's own words."""
RAW: set[str] = set()
"""What was written since it was last looked at, and has none."""


@event.listens_for(AuditEntry, "before_insert")
def look(_mapper: object, _connection: object, entry: AuditEntry) -> None:
    RAW.update(raw(entry))


def raw(entry: AuditEntry) -> Iterator[str]:
    """What has no words in it."""
    if entry.subject_kind not in KINDS:
        yield f"{entry.act}: {entry.subject_kind}"
    for side in (entry.before, entry.after):
        for key, value in (side or {}).items():
            name = key if key == "external_id" else key.removesuffix("_id")
            if name not in FIELDS:
                yield f"{entry.act}: {key}"
            elif key in VALUES and key not in OPEN:
                yield from (f"{entry.act}: {key} {each}" for each in _codes(value) if _same(key, each))


def _same(key: str, value: str) -> bool:
    with use_language("sv"):
        return value_in_words(key, value) == value and value not in VALUES[key]


def _codes(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, str) and each:
            yield each


@pytest.fixture(autouse=True)
def everything_logged_has_words(request: pytest.FixtureRequest) -> Iterator[None]:
    """Not in the tests of the log itself, which write anything."""
    RAW.clear()
    yield
    assert not RAW or "tests/monitor/audit/" in request.node.nodeid, f"the audit log has no words for: {sorted(RAW)}"
