"""Decisions in the register file: known ones stay as they are, a receipt is added, and nothing is a version twice."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from monitor.audit.models import AuditEntry
from monitor.db import Database
from monitor.register.deciding import confirm
from monitor.register.exporting import export
from monitor.register.faults import RegisterFaults
from monitor.register.file import DecisionEntry, RegisterFile, parse
from monitor.register.importing import Imported, import_register
from monitor.register.models import Decision, DecisionReceipt, Person
from monitor.register.rows import decisions_of

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def bring_in(db: Database, register: RegisterFile) -> Imported:
    with db.transaction() as session:
        return import_register(session, register, NOW)


def changed(register: RegisterFile, channel: dict[str, object] | None = None, **decision: object) -> RegisterFile:
    """The file with another decision about Facebook, and perhaps another channel."""
    first = register.channel[0]
    said = first.decision[0].model_copy(update=decision)
    return register.model_copy(
        update={"channel": [first.model_copy(update={"decision": [said], **(channel or {})}), *register.channel[1:]]}
    )


def decided(db: Database) -> list[DecisionEntry]:
    with db.snapshot() as session:
        return decisions_of(session, "facebook")


def acts(db: Database) -> list[tuple[str, str, str]]:
    with db.snapshot() as session:
        query = select(AuditEntry).where(AuditEntry.subject_kind == "decision").order_by(AuditEntry.id)
        return [(entry.actor, entry.act, entry.subject) for entry in session.scalars(query)]


def test_a_decision_without_an_address_is_about_the_channels_and_stays_so(db: Database, sample: RegisterFile) -> None:
    plain = changed(sample, address=None)
    bring_in(db, plain)
    bring_in(db, changed(plain, {"address": "https://www.facebook.com/tibro"}))
    assert [each.address for each in decided(db)] == ["https://www.facebook.com/tibrokommun"]


def test_an_export_brought_in_again_makes_no_version_also_after_the_channel_has_moved(
    db: Database, sample: RegisterFile
) -> None:
    bring_in(db, sample)
    moved = changed(sample, {"address": "https://www.facebook.com/tibro"})
    bring_in(db, moved)
    with db.snapshot() as session:
        text = export(session, "toml")
    assert bring_in(db, parse(text)) == Imported()
    assert len(decided(db)) == 1
    with db.snapshot() as session:
        assert export(session, "toml") == text


def test_another_address_is_another_decision(db: Database, sample: RegisterFile) -> None:
    bring_in(db, sample)
    bring_in(db, changed(sample, address="https://www.facebook.com/tibro"))
    assert [each.address for each in decided(db)][1:] == ["https://www.facebook.com/tibro"]


def test_a_day_that_is_given_later_confirms_the_known_version_once(db: Database, sample: RegisterFile) -> None:
    bring_in(db, changed(sample, communicated_on=None))
    assert [(each.communicated_to, each.communicated_on) for each in decided(db)] == [("kommunikator", None)]
    for _time in range(2):
        bring_in(db, changed(sample, communicated_on=date(2026, 3, 29)))
        assert [each.communicated_on for each in decided(db)] == [date(2026, 3, 29)]
    bring_in(db, changed(sample, communicated_on=date(2026, 4, 1)))
    assert [each.communicated_on for each in decided(db)] == [date(2026, 3, 29)]
    about = "facebook/1"
    assert acts(db) == [("command", "decision.made", about), ("command", "decision.confirmed", about)]


def test_the_day_on_which_it_was_confirmed_is_the_organisations(db: Database, sample: RegisterFile) -> None:
    bring_in(db, changed(sample, communicated_on=None))
    with db.transaction() as session:
        decision = session.scalars(select(Decision)).one()
        late = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)  # half past midnight in Sweden
        confirm(session, decision, session.get_one(Person, "kommunikator"), late)
    assert decided(db)[0].communicated_on == date(2026, 6, 2)


def test_a_decision_that_was_never_sent_has_no_receipt(db: Database, sample: RegisterFile) -> None:
    bring_in(db, changed(sample, communicated_to=None, communicated_on=None))
    with db.snapshot() as session:
        assert session.scalars(select(DecisionReceipt)).all() == []


def faults(text: str) -> list[str]:
    with pytest.raises(RegisterFaults) as found:
        parse(text)
    return [fault.what for fault in found.value.faults]


@pytest.mark.parametrize("key", ["purpose", "audience", "responsible"])
def test_each_content_that_is_missing_or_empty_is_a_fault_of_its_own(sample_text: str, key: str) -> None:
    lines = sample_text.splitlines()
    place = next(
        n for n, line in enumerate(lines) if line.startswith(f"{key} =") and n > lines.index("[[channel.decision]]")
    )
    without, empty = [*lines[:place], *lines[place + 1 :]], [*lines[:place], f'{key} = ""', *lines[place + 1 :]]
    assert faults("\n".join(without)) == [f"{key} saknas."]
    assert faults("\n".join(empty)) == [f"{key} är tom."]


def test_an_address_that_is_there_must_be_one(sample_text: str) -> None:
    line = 'audience = "Kommuninvånare i Tibro"'
    assert sample_text.count(line) == 1
    [fault] = faults(sample_text.replace(line, f'{line}\naddress = ""'))
    assert fault.startswith("address")


def test_a_decision_holds_for_the_organisations_longest_term(sample_text: str) -> None:
    long = sample_text.replace("valid_until = 2027-12-31", "valid_until = 2029-01-01")
    assert faults(long) == ["Beslutet ska gälla mer än 24 månader, det vill säga efter 2028-01-12."]
    short = sample_text.replace("longest_decision_months = 24", "longest_decision_months = 12")
    assert faults(short) == ["Beslutet ska gälla mer än 12 månader, det vill säga efter 2027-01-12."]


def test_a_decision_that_another_has_followed_is_not_measured_again(sample_text: str) -> None:
    """What held under the rules of its time can be brought in again."""
    long = sample_text.replace("valid_until = 2027-12-31", "valid_until = 2030-01-01")
    start = long.index("\n[[channel.decision]]")
    end = long.index("\n\n", start)
    later = long[start:end].replace("2026-01-12", "2026-06-01").replace("2030-01-01", "2027-01-01")
    assert parse(f"{long[:end]}\n{later}{long[end:]}").channel[0].decision[1].valid_until == date(2027, 1, 1)


def test_a_manager_who_decides_has_the_role(sample_text: str) -> None:
    text = sample_text.replace('roles = ["unit_manager"]', 'roles = ["moderator"]', 1)
    assert faults(text) == ["enhetschef beslutar om en kanal men har inte rollen unit_manager."]


def test_a_time_where_a_date_belongs_is_a_fault_and_no_crash(sample_text: str) -> None:
    assert faults(sample_text.replace("decided_on = 2026-01-12", "decided_on = 2026-01-12T08:00:00")) == [
        "decided_on ska vara ett datum."
    ]
