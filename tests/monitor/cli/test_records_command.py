"""`kanalvakt records`: the log in words, and the proof that it is whole."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product

import pytest
import time_machine
from sqlalchemy import text, update

from monitor.audit.models import AuditEntry
from monitor.cli.setup import opened_database
from monitor.records.acts import ACTS, act_in_words
from monitor.register.deciding import add_version
from monitor.register.models import Decision
from monitor.register.storing import Done
from tests.monitor.cli.conftest import Command
from tests.monitor.records.test_auditing import DRAFT

NIGHT = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)  # half past midnight in Tibro, before the clocks go back
PAUSE = ("channel", "pause", "facebook", "--reason", "Ny token väntas", "--by", "redaktor")
ENGLISH = ("--lang", "en")
pytestmark = pytest.mark.usefixtures("imported")


@pytest.fixture(autouse=True)
def _paused(imported: None, kanalvakt: Command) -> Iterator[None]:
    with time_machine.travel(NIGHT, tick=False):
        with opened_database().transaction() as session:
            add_version(session, "youtube", DRAFT, "enhetschef", NIGHT, actor="enhetschef")
        kanalvakt(*PAUSE)
        yield


def listed(kanalvakt: Command, *words: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(kanalvakt("records", "audit", *words, "--json").out)
    return found


def tamper(statement: object, table: str = "audit_entry") -> None:
    with opened_database().transaction() as session:
        session.execute(text(f"DROP TRIGGER {table}_no_update"))
        session.execute(statement)  # type: ignore[call-overload]


def test_the_newest_comes_first_in_local_time_and_in_words(kanalvakt: Command) -> None:
    lines = kanalvakt("records", "audit").out.splitlines()
    assert lines[0].split("\t") == ["Nummer", "När", "Vem", "Vad", "Om", "Ändring"]
    number, when, *rest = lines[1].split("\t")
    assert number.isdecimal()
    assert when == "2026-10-25 00.30"
    change = "Läge: i bruk → pausad; Skäl: – → Ny token väntas"
    assert rest == ["redaktor", "pausade läsningen av en kanal", "channel/facebook", change]
    assert "någon vid servern\tlade till en kanal" in "\n".join(lines)


def test_the_same_in_english(kanalvakt: Command) -> None:
    told = kanalvakt("records", "audit", *ENGLISH).out
    assert "redaktor\tpaused the reading of a channel\tchannel/facebook" in told
    assert "somebody at the server\tadded a channel" in told


def test_programs_get_everything_an_entry_says(kanalvakt: Command) -> None:
    newest = listed(kanalvakt)[0]
    assert (newest["actor"], newest["act"]) == ("redaktor", "channel.paused")
    assert newest["at"] == "2026-10-24T22:30:00+00:00"
    assert newest["before"] == {"state": "active", "state_reason": None}
    assert newest["after"] == {"state": "paused", "state_reason": "Ny token väntas"}


def test_only_what_is_asked_for_is_shown(kanalvakt: Command) -> None:
    assert {entry["subject_kind"] for entry in listed(kanalvakt, "--subject", "channel")} == {"channel"}
    assert {entry["subject"] for entry in listed(kanalvakt, "--subject", "channel/youtube")} == {"youtube"}
    assert [entry["act"] for entry in listed(kanalvakt, "--subject", "decision/youtube/1")] == ["decision.made"]
    assert [entry["act"] for entry in listed(kanalvakt, "--actor", "redaktor")] == ["channel.paused"]
    assert listed(kanalvakt, "--actor", "nobody") == []


def test_days_are_the_organisations(kanalvakt: Command) -> None:
    assert len(listed(kanalvakt, "--from", "2026-10-25", "--to", "2026-10-25", "--actor", "redaktor")) == 1
    assert listed(kanalvakt, "--to", "2026-10-24", "--actor", "redaktor") == []
    assert listed(kanalvakt, "--from", "2026-10-26", "--to", "2026-10-26") == []


def test_nothing_found_is_said(kanalvakt: Command) -> None:
    assert kanalvakt("records", "audit", "--actor", "nobody", *ENGLISH).out == "The audit log has no such entry.\n"


def test_contact_details_are_not_in_the_log(kanalvakt: Command) -> None:
    shown = json.dumps(listed(kanalvakt))
    assert "example.org" not in shown
    assert "+4670" not in shown


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("audit", "--from", "i går"), "i går is no day"),
        (("audit", "--from", "2026-10-26", "--to", "2026-10-25"), "give the earlier day with --from"),
        (("audit-verify", "--noted", "12"), "12 is no noted entry"),
        (("audit-verify", "--noted", "12:xyz"), "12:xyz is no noted entry"),
    ],
)
def test_words_that_cannot_be_used_are_said(kanalvakt: Command, words: tuple[str, ...], told: str) -> None:
    answer = kanalvakt("records", *words, *ENGLISH)
    assert (answer.code, answer.out) == (2, "")
    assert told in answer.err


def test_a_whole_log_is_proven_and_its_last_entry_told(kanalvakt: Command) -> None:
    answer = kanalvakt("records", "audit-verify", *ENGLISH)
    newest = listed(kanalvakt)[0]
    assert answer.code == 0
    assert f"The audit log is whole. Entries: {newest['id']}." in answer.out
    assert f"Last entry: {newest['id']}:{newest['hash']}" in answer.out
    assert "Note it where nobody who runs this server can change it" in answer.out
    found = json.loads(kanalvakt("records", "audit-verify", "--json").out)
    assert found["whole"] is True
    assert (found["entries"], found["head"]) == (newest["id"], f"{newest['id']}:{newest['hash']}")
    assert (found["broken"], found["facts"]["differing"]) == (None, [])


def test_what_was_noted_is_found_again_later(kanalvakt: Command) -> None:
    noted = json.loads(kanalvakt("records", "audit-verify", "--json").out)["head"]
    kanalvakt("channel", "resume", "facebook", "--by", "redaktor")
    answer = kanalvakt("records", "audit-verify", "--noted", noted, *ENGLISH)
    assert (answer.code, "The entry that was noted is in it, unchanged." in answer.out) == (0, True)
    wrong = f"{noted[:-1]}{'0' if noted[-1] != '0' else '1'}"
    assert kanalvakt("records", "audit-verify", "--noted", wrong).code == 1


def test_an_altered_entry_is_told_first_and_nothing_is_offered_to_be_noted(kanalvakt: Command) -> None:
    tamper(update(AuditEntry).where(AuditEntry.id.in_([2, 3])).values(actor="nobody"))
    answer = kanalvakt("records", "audit-verify", *ENGLISH)
    assert answer.code == 1
    assert "THE AUDIT LOG IS BROKEN: entry 2 is the first" in answer.err
    assert "Last entry" not in answer.out
    found = json.loads(kanalvakt("records", "audit-verify", "--json").out)
    assert (found["whole"], found["broken"], found["head"]) == (False, 2, None)


def test_a_decision_that_is_not_what_the_log_says_is_told_too(kanalvakt: Command) -> None:
    tamper(update(Decision).where(Decision.channel_id == "youtube").values(purpose="Något annat"), "decision")
    answer = kanalvakt("records", "audit-verify", *ENGLISH)
    number = listed(kanalvakt, "--subject", "decision/youtube/1")[0]["id"]
    assert answer.code == 1
    assert f"decision/youtube/1 is not what entry {number} says: purpose." in answer.err
    assert "The audit log is whole." in answer.out


def test_an_entry_that_cannot_be_read_is_named_and_the_others_are_listed(kanalvakt: Command) -> None:
    whole = len(listed(kanalvakt))
    tamper(text("UPDATE audit_entry SET at = 'i går' WHERE id = 2"))
    with opened_database().transaction() as session:
        session.execute(text("UPDATE audit_entry SET actor = x'ff' WHERE id = 3"))
    answer = kanalvakt("records", "audit", *ENGLISH)
    assert answer.code == 1
    assert answer.err.splitlines() == [
        f"Entry {number} cannot be read: somebody altered it. See `kanalvakt records audit-verify`."
        for number in (3, 2)
    ]
    assert len(answer.out.splitlines()) == 1 + whole - 2
    assert len(listed(kanalvakt)) == whole - 2


def test_values_that_are_no_tables_are_shown_as_nothing(kanalvakt: Command) -> None:
    tamper(text("""UPDATE audit_entry SET after = '["x"]' WHERE id = 2"""))
    assert kanalvakt("records", "audit").code == 0


@pytest.mark.parametrize("table", ["audit_entry", "audit_head"])
def test_a_log_that_was_taken_away_whole_is_broken_from_its_first_entry(kanalvakt: Command, table: str) -> None:
    with opened_database().transaction() as session:
        session.execute(text(f"DROP TABLE {table}"))
    answer = kanalvakt("records", "audit-verify", *ENGLISH)
    assert answer.code == 1
    assert "THE AUDIT LOG IS BROKEN: entry 1 is the first" in answer.err


@pytest.mark.parametrize(("table", "words"), [("audit_entry", ("audit",)), ("correction", ("audit-verify",))])
def test_a_table_that_is_gone_is_no_fault_of_kanalvakts(kanalvakt: Command, table: str, words: tuple[str, ...]) -> None:
    with opened_database().transaction() as session:
        session.execute(text(f"DROP TABLE {table}"))
    answer = kanalvakt("records", *words)
    assert (answer.code, answer.out) == (3, "")
    assert answer.err == "Databasen saknar en tabell som hör till den: återställ den från en säkerhetskopia.\n"


def test_values_are_shown_in_words(kanalvakt: Command) -> None:
    told = kanalvakt("records", "audit", "--subject", "channel/facebook").out
    assert "Har kommentarer: ja" in told
    assert "Administratörer: redaktor, " in told
    told = kanalvakt("records", "audit", "--subject", "organisation", *ENGLISH).out
    assert "Opening hours: mon-fri 07:30-16:00" in told
    assert not {"True", "False", "[", "{"} & set(told)


def test_every_act_on_the_register_has_words_in_both_languages() -> None:
    kinds = ("channel", "person", "unit")
    done = {f"{kind}.{act}" for kind, act in product(kinds, (Done.ADDED, Done.CHANGED, Done.RETIRED))}
    assert done | {"channel.paused", "channel.resumed", "organisation.changed"} <= ACTS.keys()
    assert act_in_words("something.new") == "something.new"


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "igår", "2026-02-30"])
@pytest.mark.parametrize("option", ["--from", "--to"])
def test_a_day_that_nobody_means_is_refused(kanalvakt: Command, option: str, day: str) -> None:
    refused = kanalvakt("records", "audit", option, day)
    assert (refused.code, refused.err.strip()) == (2, f"{day} är ingen dag: skriv den som 2026-06-18.")
