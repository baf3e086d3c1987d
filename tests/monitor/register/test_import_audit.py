"""Every change that an import makes stands in the audit log, and nothing else does."""

from datetime import UTC, datetime

from sqlalchemy import select

from monitor.audit import COMMAND
from monitor.audit.models import AuditEntry
from monitor.audit.verifying import verify
from monitor.db import Database
from monitor.register.file import RegisterFile
from monitor.register.importing import import_register
from tests.monitor.register.test_importing import with_channel, without_channel

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
OURS = ("channel", "person", "unit", "organisation")


def entries(db: Database, register: RegisterFile, actor: str = COMMAND) -> list[AuditEntry]:
    """What an import adds to the log."""
    with db.transaction() as session:
        before = len(session.scalars(select(AuditEntry)).all())
        import_register(session, register, NOW, actor)
        assert verify(session).broken is None
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()[before:]
        return [row for row in rows if row.subject_kind in OURS]


def told(found: list[AuditEntry]) -> list[tuple[str, str]]:
    return [(entry.act, entry.subject) for entry in found]


def test_the_first_import_tells_of_everything_once(db: Database, sample: RegisterFile) -> None:
    found = entries(db, sample)
    assert told(found) == [
        ("organisation.changed", "1"),
        *(("person.added", person.id) for person in sample.person),
        *(("unit.added", unit.id) for unit in sample.unit),
        *(("channel.added", channel.id) for channel in sample.channel),
    ]
    assert {(entry.actor, entry.at) for entry in found} == {(COMMAND, NOW)}


def test_importing_again_adds_nothing(db: Database, sample: RegisterFile) -> None:
    entries(db, sample)
    assert entries(db, sample) == []


def test_a_change_is_told_with_the_changed_keys_alone(db: Database, sample: RegisterFile) -> None:
    entries(db, sample)
    (entry,) = entries(db, with_channel(sample, "instagram", name="Insta", responsible="enhetschef"), "kommunikator")
    assert (entry.actor, entry.act, entry.subject) == ("kommunikator", "channel.changed", "instagram")
    assert entry.before == {"name": "Tibro kommun på Instagram", "responsible_id": "redaktor"}
    assert entry.after == {"name": "Insta", "responsible_id": "enhetschef"}


def test_of_contact_details_only_the_change_is_told(db: Database, sample: RegisterFile) -> None:
    found = entries(db, sample)
    chief = next(person for person in sample.person if person.id == "enhetschef")
    moved = chief.model_copy(update={"email": "ny@example.org", "phone": None})
    people = [moved if person is chief else person for person in sample.person]
    owner = sample.organisation.model_copy(update={"email": "info@example.org"})
    found += entries(db, sample.model_copy(update={"person": people, "organisation": owner}))
    assert [entry.after for entry in found[-2:]] == [{"email": "changed"}, {"email": "changed", "phone": "removed"}]
    assert [entry.before for entry in found[-2:]] == [{}, {}]
    words = "".join(f"{entry.before}{entry.after}" for entry in found)
    assert "@example.org" not in words
    assert "+4670" not in words
    assert "0504" not in words


def test_what_leaves_the_file_is_told_as_retired_and_as_changed_when_it_comes_back(
    db: Database, sample: RegisterFile
) -> None:
    entries(db, sample)
    left = without_channel(sample, "foraldragrupp")
    gone = {"rektor", "larare"}
    left = left.model_copy(
        update={
            "person": [person for person in sample.person if person.id not in gone],
            "unit": [unit for unit in sample.unit if unit.manager not in gone],
        }
    )
    assert told(entries(db, left)) == [
        ("channel.retired", "foraldragrupp"),
        ("person.retired", "larare"),
        ("person.retired", "rektor"),
        ("unit.retired", "barn-och-utbildning"),
    ]
    assert told(entries(db, left)) == []
    assert told(entries(db, sample)) == [
        ("person.changed", "rektor"),
        ("person.changed", "larare"),
        ("unit.changed", "barn-och-utbildning"),
        ("channel.changed", "foraldragrupp"),
    ]
