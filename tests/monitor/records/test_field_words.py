"""What the log says of a change is read in words, in both languages."""

import ast
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from config.language import use_language
from monitor.audit.models import AuditEntry
from monitor.records.field_words import FIELDS, field_in_words
from monitor.records.log_words import changes_in_words
from monitor.records.subject_words import Names
from monitor.register.models import Absence, Channel, Decision, Organisation, Person, Unit

ROOT = Path(__file__).parents[3]
ROWS = (Organisation, Unit, Person, Channel, Decision, Absence)
OWN = {"created_at"}  # of no one's choosing: the log does not tell it
ZONE = ZoneInfo("Europe/Stockholm")


def _columns() -> set[str]:
    return {column.key for row in ROWS for column in row.__table__.columns} - OWN


def _written() -> set[str]:
    """Keys of dicts that are given to the log where they are written."""
    found = set()
    for path in (ROOT / "monitor").rglob("*.py"):
        for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id == "audited":
                for side in (each.value for each in call.keywords if each.arg in {"before", "after"}):
                    keys = side.keys if isinstance(side, ast.Dict) else []
                    found |= {key.value for key in keys if isinstance(key, ast.Constant)}
    return found


def test_every_field_of_the_register_and_of_what_is_logged_has_words() -> None:
    written = _written()
    assert written >= {"to", "text"}
    with use_language("sv"):
        assert [key for key in sorted(_columns() | written) if field_in_words(key) == key] == []


def test_fields_are_told_in_both_languages() -> None:
    told = {}
    for language in ("sv", "en"):
        with use_language(language):
            told[language] = [field_in_words(key) for key in FIELDS]
    same = {key for key, sv, en in zip(FIELDS, told["sv"], told["en"], strict=True) if sv == en}
    assert same <= {"host", "text", "version", "revision", "person"}  # which are the same in both


def test_a_change_is_told_with_names_words_and_local_times() -> None:
    entry = AuditEntry(
        id=1,
        hash="",
        at=datetime(2026, 1, 1, tzinfo=UTC),
        actor="admin",
        act="channel.changed",
        subject_kind="channel",
        subject="fb",
        before={"deputy_id": "eva", "watch_mode": "automatic"},
        after={"deputy_id": None, "watch_mode": "manual", "watched_since": "2026-01-13T11:00:00+00:00", "closed": True},
    )
    with use_language("sv"):
        told = [(each.field, each.step) for each in changes_in_words(entry, ZONE, Names({"eva": "Eva Ek"}))]
    assert told == [
        ("Ersättare", "Eva Ek → –"),
        ("Bevakningssätt", "hämtas av Kanalvakt → bevakas manuellt"),
        ("Bevakas sedan", "2026-01-13 kl. 12.00"),
        ("Sluten grupp", "ja"),
    ]
