"""`kanalvakt decision`: for people and for programs."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from pypdf import PdfReader

from monitor.cli.setup import opened_database
from monitor.register.deciding import latest_of
from monitor.register.decision_words import fingerprint
from monitor.register.models import Channel
from tests.monitor.cli.conftest import Command

NOW = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
ENGLISH = ("--lang", "en")
pytestmark = pytest.mark.usefixtures("imported")
WHOLE = ("--purpose", "Svara på frågor", "--audience", "Kommuninvånare", "--responsible", "redaktor")


@pytest.fixture(autouse=True)
def _summer() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def version(kanalvakt: Command, channel: str = "facebook") -> int:
    return int(json.loads(kanalvakt("decision", "show", channel, "--json").out)["version"])


def test_everything_that_is_missing_is_told_at_once_each_with_its_own_sentence(kanalvakt: Command) -> None:
    before = version(kanalvakt)
    answer = kanalvakt("decision", "add", "facebook", "--by", "enhetschef", "--address", "")
    assert (answer.code, answer.out) == (2, "")
    labels = (
        "Syfte",
        "Social mediekanal (adress)",
        "Huvudsaklig målgrupp",
        "Ansvarig för kanalen",
        "Gäller t.o.m.",
    )
    assert [label for label in labels if f"{label} saknas" not in answer.err] == []
    assert version(kanalvakt) == before


def test_a_manager_decides_and_the_next_version_speaks(kanalvakt: Command) -> None:
    before = version(kanalvakt)
    call = ("decision", "add", "facebook", "--by", "enhetschef", *WHOLE, "--valid-until", "2027-06-30")
    answer = kanalvakt(*call, "--authorised", "larare", "--authorised", "kommunikator")
    assert (answer.code, answer.err) == (0, "")
    assert f"Version {before + 1} av beslutet om facebook gäller t.o.m. 2027-06-30." in answer.out
    shown = json.loads(kanalvakt("decision", "show", "facebook", "--json").out)
    assert (shown["version"], shown["decided_on"], shown["decided_by"]) == (before + 1, "2026-07-01", "enhetschef")
    assert shown["authorised"] == ["larare", "kommunikator"]
    with opened_database().snapshot() as session:
        assert shown["sha256"] == fingerprint(latest_of(session, "facebook"))  # type: ignore[arg-type]


def test_who_is_not_the_units_manager_decides_nothing(kanalvakt: Command) -> None:
    answer = kanalvakt("decision", "add", "facebook", "--by", "redaktor", *WHOLE, "--valid-until", "2027-06-30")
    assert answer.code == 2
    assert "inte enhetschef" in answer.err


def test_a_renewal_says_what_was_said_before_but_for_what_is_given(kanalvakt: Command) -> None:
    before = json.loads(kanalvakt("decision", "show", "facebook", "--json").out)
    call = ("decision", "renew", "facebook", "--by", "enhetschef", "--valid-until", "2028-01-31")
    assert kanalvakt(*call, "--audience", "Alla i Tibro").code == 0
    after = json.loads(kanalvakt("decision", "show", "facebook", "--json").out)
    changed = {key for key in before if before[key] != after[key]}
    said = {"version", "audience", "valid_until", "decided_on", "sha256"}
    assert said <= changed <= said | {"sent_to", "sent_at", "confirmed_by", "confirmed_at"}
    earlier = json.loads(kanalvakt("decision", "show", "facebook", "--version", "1", "--json").out)
    assert earlier == before


def test_too_long_a_term_is_refused_with_the_last_day_that_would_do(kanalvakt: Command) -> None:
    answer = kanalvakt("decision", "renew", "facebook", "--by", "enhetschef", "--valid-until", "2028-07-02")
    assert answer.code == 2
    assert "2028-07-01" in answer.err


def test_the_list_ends_with_one_while_a_decision_needs_somebody(kanalvakt: Command) -> None:
    with opened_database().transaction() as session:
        for channel in session.query(Channel):
            channel.state = "active" if channel.id == "facebook" else "retired"
    kanalvakt("decision", "confirm", "facebook", "--by", "kommunikator")
    assert kanalvakt("decision", "list").code == 0
    with time_machine.travel(datetime(2029, 1, 2, 9, 0, tzinfo=UTC), tick=False):
        answer = kanalvakt("decision", "list", "--json")
    assert answer.code == 1
    [row] = json.loads(answer.out)
    assert (row["channel"], row["status"], row["needs_somebody"]) == ("facebook", "expired", True)
    assert row["days_left"] < 0


def test_the_website_needs_no_decision(kanalvakt: Command) -> None:
    with opened_database().transaction() as session:
        for channel in session.query(Channel):
            channel.state = "active" if channel.id == "webbplats" else "retired"
    answer = kanalvakt("decision", "list", "--json")
    [row] = json.loads(answer.out)
    assert (answer.code, row["status"], row["needs_somebody"]) == (0, "not_needed", False)
    assert "webbplats\t–\tBehövs inte" in kanalvakt("decision", "list").out


def test_people_are_shown_by_name_and_id_and_who_received_and_confirmed_it(kanalvakt: Command) -> None:
    shown = kanalvakt("decision", "show", "facebook").out
    assert "Ansvarig för kanalen: Redaktör, sociala medier (redaktor)\n" in shown
    assert "Behöriga användare: Redaktör, sociala medier (redaktor), Kommunikatör (kommunikator)\n" in shown
    assert "Förmedlat till kommunikatören: Kommunikatör (kommunikator)\n" in shown
    assert "Bekräftat av kommunikatören: Kommunikatör (kommunikator)\n" in shown
    assert "Förmedlat den:" not in shown, "the file tells only when it had arrived"
    kanalvakt("decision", "renew", "facebook", "--by", "enhetschef", "--valid-until", "2028-01-31")
    assert "Förmedlat den: –\n" in kanalvakt("decision", "show", "facebook").out


def test_every_version_is_listed(kanalvakt: Command) -> None:
    kanalvakt("decision", "renew", "facebook", "--by", "enhetschef", "--valid-until", "2028-01-31")
    rows = json.loads(kanalvakt("decision", "list", "--all", "--json").out)
    assert [each["version"] for each in rows if each["channel"] == "facebook"] == [1, 2]
    assert "facebook\t2\t2026-07-01\t2028-01-31\tenhetschef" in kanalvakt("decision", "list", "--all").out


def test_the_communicator_confirms_and_nobody_else_can(kanalvakt: Command) -> None:
    kanalvakt("decision", "renew", "facebook", "--by", "enhetschef", "--valid-until", "2028-01-31")
    assert kanalvakt("decision", "confirm", "facebook", "--by", "redaktor").code == 2
    for _twice in range(2):
        assert kanalvakt("decision", "confirm", "facebook", "--by", "kommunikator").code == 0
    shown = json.loads(kanalvakt("decision", "show", "facebook", "--json").out)
    assert (shown["confirmed_by"], shown["confirmed_at"]) == ("kommunikator", NOW.isoformat())


def test_the_pdf_holds_the_four_contents(kanalvakt: Command, tmp_path: Path) -> None:
    file = tmp_path / "beslut.pdf"
    assert kanalvakt("decision", "pdf", "facebook", "--output", str(file)).code == 0
    text = "".join(page.extract_text() for page in PdfReader(file).pages)
    for label in ("Syfte", "Social mediekanal (adress)", "Huvudsaklig målgrupp", "Ansvarig för kanalen"):
        assert label in text


@pytest.mark.parametrize("words", [("show", "fax"), ("pdf", "facebook", "--version", "99"), ("show", "webbplats")])
def test_what_is_not_there_is_said_with_what_is(kanalvakt: Command, words: tuple[str, ...]) -> None:
    answer = kanalvakt(*ENGLISH, "decision", *words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.count("\n") == 1


def test_a_day_that_is_none_is_refused_and_nothing_is_decided(kanalvakt: Command) -> None:
    before = version(kanalvakt)
    answer = kanalvakt("decision", "renew", "facebook", "--by", "enhetschef", "--valid-until", "31/12 2027")
    assert (answer.code, version(kanalvakt)) == (2, before)
    assert "2026-06-18" in answer.err
