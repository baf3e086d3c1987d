"""Decisions and watch days are held against what the log said of them when they were written."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text, update

from monitor.audit import SYSTEM, audited
from monitor.audit.verifying import verify
from monitor.db import Database
from monitor.inbox.day_keeping import keep_days
from monitor.records.auditing import Agreement, Difference, agreement
from monitor.register.deciding import add_version, renew
from monitor.register.decision_rules import Draft
from monitor.register.file import RegisterFile, load
from monitor.register.importing import import_register
from monitor.register.models import Channel, Decision, DecisionReceipt
from monitor.watch.day_models import WatchDay
from tests.monitor.cli.conftest import SAMPLE
from tests.monitor.town import Town

NOW = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
DAY = date(2026, 11, 23)
DRAFT = Draft(
    purpose="Föra dialog",
    address="https://www.facebook.com/tibrokommun",
    audience="Kommuninvånare",
    responsible="redaktor",
    valid_until=date(2027, 12, 31),
    decided_on=date(2026, 1, 12),
    authorised=("redaktor", "ersattare"),
)


class Archive(Town):
    """Tibro with one decision and one concluded day, both logged; and somebody who owns the database."""

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        with db.transaction() as session:
            add_version(session, "fb", DRAFT, "redaktor", NOW, actor="redaktor")
        self.conclude(DAY)

    def conclude(self, day: date, *, logged: bool = True) -> None:
        says = {"verdict": "watched", "how": "automatic", "reason": "nothing_new", "first_complete_at": NOW}
        with self.db.transaction() as session:
            session.add(WatchDay(channel_id="fb", day=day, mode="automatic", planned_at=NOW, concluded_at=NOW, **says))
            if logged:
                after = says | {"by": None}
                audited(session, SYSTEM, "watch_day.concluded", ("watch_day", f"fb/{day}"), NOW, after=after)

    def tamper(self, *statements: Any) -> None:
        with self.db.transaction() as session:
            for table in ("decision", "watch_day"):
                for act in ("update", "delete"):
                    on = "" if self.db.is_sqlite else f" ON {table}"
                    session.execute(text(f"DROP TRIGGER {table}_no_{act}{on}"))
            for statement in statements:
                session.execute(statement)

    def agreement(self) -> Agreement:
        with self.db.snapshot() as session:
            return agreement(session)


@pytest.fixture
def sample_register() -> RegisterFile:
    return load(SAMPLE)


@pytest.fixture
def archive(db: Database) -> Archive:
    return Archive(db)


def test_what_nobody_touched_is_what_the_log_says(archive: Archive) -> None:
    assert archive.agreement() == Agreement(2, 0, [])


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("purpose", "Något annat", "purpose"),
        ("audience", "Alla", "audience"),
        ("address", "https://www.facebook.com/annan", "address"),
        ("responsible_id", "ersattare", "responsible"),
        ("decided_by_id", "ersattare", "decided_by"),
        ("decided_on", date(2026, 1, 13), "decided_on"),
        ("valid_until", date(2029, 12, 31), "valid_until"),
        ("authorised", ["redaktor"], "authorised"),
    ],
)
def test_a_decision_that_was_changed_is_named_with_the_field(
    archive: Archive, field: str, value: object, told: str
) -> None:
    archive.tamper(update(Decision).values({field: value}))
    assert archive.agreement() == Agreement(1, 0, [Difference("decision", "fb/1", 1, [told])])


@pytest.mark.parametrize(
    ("field", "value"),
    [("verdict", "not_watched"), ("how", "attested"), ("reason", "reviewed"), ("first_complete_at", None)],
)
def test_a_watch_day_that_was_changed_is_named_with_the_field(archive: Archive, field: str, value: object) -> None:
    archive.tamper(update(WatchDay).values({field: value}))
    assert archive.agreement() == Agreement(1, 0, [Difference("watch_day", f"fb/{DAY}", 2, [field])])


def test_rows_that_are_gone_are_missed(archive: Archive) -> None:
    archive.tamper(delete(Decision), delete(WatchDay))
    found = archive.agreement().differing
    assert [(each.kind, each.entry, each.fields) for each in found] == [("decision", 1, []), ("watch_day", 2, [])]


def test_a_day_that_was_opened_again_is_missed(archive: Archive) -> None:
    archive.tamper(update(WatchDay).values(concluded_at=None))
    assert archive.agreement().differing == [Difference("watch_day", f"fb/{DAY}", 2, [])]


def test_a_day_that_is_not_over_says_nothing_yet(archive: Archive) -> None:
    with archive.db.transaction() as session:
        session.add(WatchDay(channel_id="fb", day=date(2026, 11, 24), mode="automatic", planned_at=NOW))
    assert archive.agreement() == Agreement(2, 0, [])


def test_what_is_older_than_the_log_is_counted_and_not_called_broken(archive: Archive) -> None:
    archive.decision()
    assert archive.agreement() == Agreement(2, 3, [])  # decided, sent, confirmed


def test_a_day_that_no_entry_concluded_was_slipped_in_however_old_it_says_it_is(archive: Archive) -> None:
    archive.conclude(date(2020, 11, 20), logged=False)
    assert archive.agreement() == Agreement(2, 0, [Difference("watch_day", "fb/2020-11-20", None, [])])


def test_what_is_younger_than_the_log_and_has_no_entry_was_slipped_in(archive: Archive) -> None:
    later = NOW + timedelta(seconds=1)
    with archive.db.transaction() as session:
        slipped_in = {"decided_by_id": "redaktor", "created_at": later, "authorised": []}
        made = {"purpose": "x", "address": "https://x.example", "audience": "x", "responsible_id": "redaktor"}
        days = {"decided_on": DAY, "valid_until": date(2030, 1, 1)}
        session.add(Decision(channel_id="fb", version=2, **made, **slipped_in, **days))  # type: ignore[arg-type]
    assert archive.agreement() == Agreement(2, 0, [Difference("decision", "fb/2", None, [])])


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE decision SET valid_until = 'never'", "decision"),
        ("UPDATE decision SET authorised = 'everybody'", "decision"),
        ("UPDATE watch_day SET first_complete_at = 'soon'", "watch_day"),
    ],
)
def test_a_row_that_cannot_be_read_any_more_is_named(sqlite: Database, statement: str, kind: str) -> None:
    archive = Archive(sqlite)
    archive.tamper(text(statement))
    found = archive.agreement()
    assert (found.agree, [each.kind for each in found.differing]) == (1, [kind])
    assert len(found.differing[0].fields) > 1


def test_a_later_entry_does_not_cover_a_change(archive: Archive) -> None:
    archive.tamper(update(WatchDay).values(verdict="not_watched"))
    with archive.db.transaction() as session:
        about = ("watch_day", f"fb/{DAY}")
        audited(session, SYSTEM, "watch_day.concluded", about, NOW, after={"verdict": "not_watched"})
    assert archive.agreement().differing == [Difference("watch_day", f"fb/{DAY}", 2, ["verdict"])]


def test_what_the_register_decisions_and_days_really_write_agrees_with_their_entries(
    db: Database, sample_register: RegisterFile
) -> None:
    morning = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    with db.transaction() as session:
        import_register(session, sample_register, morning)
    with db.transaction() as session:
        renew(session, session.get_one(Channel, "facebook"), "enhetschef", date(2028, 6, 30), morning)
    keep_days(db, morning)
    kept = keep_days(db, morning + timedelta(days=3))
    with db.snapshot() as session:
        decisions = session.scalars(select(func.count()).select_from(Decision)).one()
        confirmed = session.scalars(select(func.count()).where(DecisionReceipt.confirmed_at.is_not(None))).one()
        assert verify(session).broken is None
        assert agreement(session) == Agreement(decisions + confirmed + kept.concluded, 0, [])
    assert decisions >= 2
    assert confirmed >= 1
    assert kept.concluded >= 2
