"""`kanalvakt person`: for people and for programs."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from monitor.alerts.models import Notice
from monitor.audit.models import AuditEntry
from monitor.cli.setup import opened_database
from monitor.register.models import Person
from tests.monitor.cli.conftest import SAMPLE, Command

NOW = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
ENGLISH = ("--lang", "en")
pytestmark = pytest.mark.usefixtures("imported")


@pytest.fixture(autouse=True)
def _summer() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def people(kanalvakt: Command) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in json.loads(kanalvakt("person", "list", "--json").out)}


def last_entry() -> AuditEntry:
    with opened_database().snapshot() as session:
        return session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()  # type: ignore[return-value]


def notice(person: str, state: str) -> None:
    about = {"subject_kind": "digest", "subject": person, "rung": "digest", "recipient_id": person, "state": state}
    with opened_database().transaction() as session:
        count = len(session.scalars(select(Notice)).all())
        session.add(Notice(**about, cycle=str(count), due_at=NOW, created_at=NOW))


def test_the_list_tells_duties_for_programs(kanalvakt: Command) -> None:
    row = people(kanalvakt)["redaktor"]
    assert (row["name"], row["roles"]) == ("Redaktör, sociala medier", ["moderator"])
    assert row["responsible_for"] == ["facebook", "instagram"]
    assert "youtube" in row["deputy_for"]
    assert (row["manager_of"], row["away_until"], row["reachable"]) == ([], None, True)
    assert people(kanalvakt)["enhetschef"]["manager_of"] == ["kommunikation"]


def test_the_list_for_people_marks_who_has_duties_and_cannot_be_reached(kanalvakt: Command) -> None:
    with opened_database().transaction() as session:
        session.get_one(Person, "larare").email = None
        session.add(Person(id="gast", name="Gäst utan uppgifter"))
    answer = kanalvakt("person", "list")
    assert "larare\tLärare\tredaktör\tforaldragrupp\t–\t–\tNEJ, och har ansvar" in answer.out
    assert "gast\tGäst utan uppgifter\t–\t–\t–\t–\tnej" in answer.out
    assert answer.err == "larare har ansvar och går inte att nå med e-post: rätta adressen.\n"


def test_an_address_that_mails_did_not_get_to_does_not_count(kanalvakt: Command) -> None:
    notice("redaktor", "failed")
    assert people(kanalvakt)["redaktor"]["reachable"] is False
    notice("redaktor", "cancelled")
    assert people(kanalvakt)["redaktor"]["reachable"] is False
    notice("redaktor", "sent")
    assert people(kanalvakt)["redaktor"]["reachable"] is True


def test_a_person_is_added_and_the_log_keeps_no_address(kanalvakt: Command) -> None:
    words = ("--name", "Åsa Ek", "--email", "asa@example.org", "--phone", "+46700000009", "--language", "en")
    answer = kanalvakt("person", "add", "asa", *words, "--role", "moderator", "--role", "auditor", "--role", "auditor")
    assert answer.code == 0
    assert "nästa import tar bort den som inte står där" in answer.out
    with opened_database().snapshot() as session:
        added = session.get_one(Person, "asa")
    assert (added.name, added.email, added.phone) == ("Åsa Ek", "asa@example.org", "+46700000009")
    assert (added.roles, added.language) == (["moderator", "auditor"], "en")
    entry = last_entry()
    assert (entry.act, entry.subject, entry.actor) == ("person.added", "asa", "command")
    assert "asa@example.org" not in json.dumps(entry.after)


def test_who_asks_is_noted_when_said(kanalvakt: Command) -> None:
    kanalvakt("person", "add", "asa", "--name", "Åsa Ek", "--by", "kommunikator")
    assert last_entry().actor == "kommunikator"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("redaktor", "--name", "Rut"), ["The id redaktor is Redaktör, sociala medier's already."]),
        (("å sa", "--name", "Åsa"), ["id is no short name."]),
        (("asa", "--name", " "), ["name is empty."]),
        (("asa", "--name", "Åsa", "--email", "asa"), ["email is no e-mail address."]),
        (("asa", "--name", "Åsa", "--phone", "x"), ["phone is no telephone number."]),
        (("asa", "--name", "Åsa", "--role", "modertor"), ["Did you mean moderator?"]),
        (("asa", "--name", "Åsa", "--language", "de"), ["language must be one of sv, en."]),
        (("asa", "--name", "Åsa", "--role", "communicator"), ["asa cannot be reached: email is missing."]),
        (("asa", "--name", "Åsa", "--role", "unit_manager"), ["asa cannot be reached: email is missing."]),
        (("redaktor", "--name", " ", "--email", "x"), ["name is empty.", "no e-mail address", "already."]),
        (("asa", "--name", "Åsa", "--by", "redaktr"), ["Did you mean redaktor?"]),
    ],
)
def test_what_the_register_file_would_refuse_is_refused_here_too(
    kanalvakt: Command, words: tuple[str, ...], told: list[str]
) -> None:
    answer = kanalvakt("person", "add", *words, *ENGLISH)
    assert (answer.code, answer.out) == (2, "")
    assert all(sentence in answer.err for sentence in told)
    assert "asa" not in people(kanalvakt)


def test_the_id_of_somebody_who_left_is_not_given_to_another(kanalvakt: Command) -> None:
    with opened_database().transaction() as session:
        session.get_one(Person, "larare").retired = True
    answer = kanalvakt("person", "add", "larare", "--name", "En annan", *ENGLISH)
    assert (answer.code, "who has left the register" in answer.err) == (2, True)


def test_an_absence_is_noted_shown_and_taken_away(kanalvakt: Command) -> None:
    noted = kanalvakt("person", "absence", "rektor", "--from", "2026-06-29", "--to", "2026-07-03", "--json")
    assert noted.code == 0
    expected = {"number": 1, "from": "2026-06-29", "to": "2026-07-03"}
    assert json.loads(noted.out) == {"person": "rektor", "absences": [expected], "unattended": []}
    assert people(kanalvakt)["rektor"]["away_until"] == "2026-07-03"
    assert "1\t2026-06-29\t2026-07-03" in kanalvakt("person", "absence", "rektor", "--list").out
    assert (
        kanalvakt("person", "absence", "rektor", "--remove", "1").out == "Rektor är inte antecknad som frånvarande.\n"
    )
    assert people(kanalvakt)["rektor"]["away_until"] is None
    assert last_entry().act == "absence.removed"


def test_when_nobody_is_left_for_a_channel_it_is_named(kanalvakt: Command) -> None:
    kanalvakt("person", "absence", "larare", "--from", "2026-07-06", "--to", "2026-07-31")
    answer = kanalvakt("person", "absence", "rektor", "--from", "2026-07-25", "--to", "2026-08-07", *ENGLISH)
    assert answer.code == 1  # noted, and somebody has to do something about it
    assert "Nobody is left for Föräldrar på Nyboskolan from 2026-07-27 to 2026-07-31" in answer.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("rektor", "--from", "2026-07-31", "--to", "2026-07-06"), "the first day away comes first"),
        (("rektor", "--from", "2026-07-31"), "give both --from and --to"),
        (("rektor", "--from", "31 juli", "--to", "2026-08-01"), "31 juli is no day"),
        (("rektor", "--list", "--from", "2026-07-06", "--to", "2026-07-31"), "go without --from"),
        (("rektor", "--remove", "7"), "no absence with the number 7"),
        (("rektor", "--remove", "9" * 20), "no absence with the number 999"),
        (("rektr", "--list"), "Did you mean rektor?"),
    ],
)
def test_an_absence_that_makes_no_sense_is_refused(kanalvakt: Command, words: tuple[str, ...], told: str) -> None:
    answer = kanalvakt("person", "absence", *words, *ENGLISH)
    assert (answer.code, answer.out) == (2, "")
    assert told in answer.err


def test_an_import_takes_away_who_is_not_in_the_file_as_was_said(kanalvakt: Command) -> None:
    kanalvakt("person", "add", "asa", "--name", "Åsa Ek")
    kanalvakt("register", "import", str(SAMPLE))
    assert "asa" not in people(kanalvakt)
