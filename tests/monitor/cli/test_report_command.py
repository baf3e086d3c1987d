"""`kanalvakt watch report`: one period, four forms, the same figures."""

import io
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import time_machine
from pypdf import PdfReader

from monitor.cli.setup import opened_database
from monitor.register.models import Channel
from monitor.watch.day_rules import Verdict
from tests.monitor.cli.conftest import Answer, Command
from tests.monitor.days.almanac import FRIDAY, MONDAY, THURSDAY, Almanac, at
from tests.monitor.records.auditor import days, days_of_sheet, of_paper, recomputed, tallies, tallies_of_sheet
from tests.monitor.records.week import happens

WEEK = ("watch", "report", "--from", str(THURSDAY), "--to", str(MONDAY))
ENGLISH = ("--lang", "en")
KEYS = {"channel", "date", "verdict", "how", "first_complete_read", "reviewed_by", "attested_by", "reason"}


@pytest.fixture
def almanac() -> Iterator[Almanac]:
    """In the settings' own database; it is Monday, half past ten."""
    almanac = Almanac(opened_database(create=True))
    happens(almanac)
    with time_machine.travel(at(MONDAY, "10.30"), tick=False):
        yield almanac


@pytest.fixture
def asked(almanac: Almanac, kanalvakt: Command) -> Command:
    def report(*words: str) -> Answer:
        return kanalvakt(*WEEK, *words)

    return report


def test_json_has_the_keys_that_stay(asked: Command) -> None:
    answer = asked("--format", "json")
    told = json.loads(answer.out)
    assert {"from", "to", "working_days", "rows", "summary"} <= told.keys()
    assert (told["from"], told["to"]) == (str(THURSDAY), str(MONDAY))
    assert told["working_days"] == [str(THURSDAY), str(FRIDAY), str(MONDAY)]
    assert all(row.keys() >= KEYS for row in told["rows"])
    assert told["rows"][0] == told["rows"][0] | {
        "channel": "fb",
        "date": "2026-06-11",
        "verdict": "watched",
        "how": "automatic",
        "first_complete_read": "2026-06-11T06:00:00+00:00",
        "reviewed_by": "redaktor",
        "attested_by": None,
        "reason": "reviewed",
    }
    assert asked("--json").out == answer.out


def test_the_four_forms_tell_the_same_figures(asked: Command, tmp_path: Path) -> None:
    file = tmp_path / "rapport.pdf"
    as_json, as_sheet, as_text = (asked("--format", form).out for form in ("json", "csv", "text"))
    asked("--format", "pdf", "--output", str(file))
    on_paper, on_screen = of_paper(file.read_bytes()), " ".join(as_text.split())
    assert days_of_sheet(as_sheet) == days(as_json)
    assert tallies_of_sheet(as_sheet) == [figures for _name, figures in tallies(as_json)]
    for name, (*counts, percent) in tallies(as_json):
        for text in (on_paper, on_screen):
            assert f"{name} {' '.join(counts)} {percent.replace('.', ',')} %" in text
    for text in (on_paper, on_screen):
        for day in ("2026-06-11 Bevakad 08.00", "2026-06-12 Bevakad 08.00", "2026-06-15 Ännu ej bevakad –"):
            assert day in text
        assert "2026-06-11 – 2026-06-12 2 Ej bevakad Ingen har gått igenom kanalen." in text
    hash_ = recomputed(as_json)
    assert all(hash_ in text for text in (as_json, as_sheet, as_text, on_paper))


def test_text_is_written_in_the_language_asked_for(asked: Command) -> None:
    text = asked("--format", "text", *ENGLISH).out
    assert "Watch report 2026-06-11 – 2026-06-15" in text
    assert "All\t6\t2\t0\t2\t2\t50.0\N{NO-BREAK SPACE}%" in text
    assert "Percentage watched: 50.0\N{NO-BREAK SPACE}%" in text


@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_a_file_holds_what_is_shown_otherwise(asked: Command, tmp_path: Path, form: str) -> None:
    file = tmp_path / "rapport"
    answer = asked("--format", form, "--output", str(file))
    assert answer.out == ""
    assert file.read_bytes().decode() == asked("--format", form).out


def test_it_ends_with_1_while_a_gap_has_not_been_put_right(asked: Command, almanac: Almanac) -> None:
    assert asked("--json").code == 1
    assert asked("--json", "--channel", "fb").code == 0
    for day in (THURSDAY, FRIDAY):
        almanac.attests(MONDAY, "10.30", for_day=day)
    assert asked("--json").code == 0
    with time_machine.travel(at(MONDAY, "16.00"), tick=False):
        assert asked("--json").code == 1


def test_only_the_channels_asked_for(asked: Command) -> None:
    told = json.loads(asked("--json", "--channel", "grupp", "--channel", "grupp").out)
    assert {row["channel"] for row in told["rows"]} == {"grupp"}
    assert list(told["summary"]["channels"]) == ["grupp"]


def test_it_brings_the_register_up_to_date_before_it_reads(kanalvakt: Command, almanac: Almanac) -> None:
    tuesday = ("watch", "report", "--from", "2026-06-16", "--to", "2026-06-16", "--json")
    assert json.loads(kanalvakt(*tuesday).out)["rows"] == []
    with time_machine.travel(at(MONDAY, "10.30").replace(day=18), tick=False):
        assert [row["reason"] for row in json.loads(kanalvakt(*tuesday).out)["rows"]] == ["not_read", "not_attested"]


def test_of_a_day_without_a_reading_it_says_what_is_known(kanalvakt: Command, almanac: Almanac) -> None:
    words = ("watch", "report", "--from", "2026-06-16", "--to", "2026-06-18", "--channel", "fb", "--json", "--lang=sv")
    with time_machine.travel(at(date(2026, 6, 16), "10.30"), tick=False):
        kanalvakt(*words)
    with time_machine.travel(at(date(2026, 6, 18), "10.30"), tick=False):
        told = [row["reason_text"] for row in json.loads(kanalvakt(*words).out)["rows"]]
    assert told == [
        "Kanalvakt hämtade inte kanalen den dagen.",
        "Kanalvakt var inte igång, så kanalen hämtades inte.",
        "Dagen är inte slut.",
    ]


def test_a_period_without_watch_days_says_so(kanalvakt: Command, almanac: Almanac) -> None:
    answer = kanalvakt("watch", "report", "--from", "2026-06-13", "--to", "2026-06-14", *ENGLISH)
    assert answer.code == 0
    assert "Percentage watched: –" in answer.out
    assert "There are no watch days." in answer.out


@pytest.mark.parametrize(
    ("words", "because"),
    [
        (("--from", "2026-06-15", "--to", "2026-06-11"), "2026-06-11 is before 2026-06-15"),
        (("--from", "igår", "--to", "2026-06-11"), "igår is no day"),
        (("--from", "2026-02-30", "--to", "2026-06-11"), "2026-02-30 is no day"),
        (("--from", "2022-06-11", "--to", "2026-06-11"), "three years at most"),
        (("--from", "1999-12-31", "--to", "2026-06-11"), "between 2000-01-01 and 2027-06-16"),
        (("--from", "2026-06-11", "--to", "2150-01-01"), "between 2000-01-01 and 2027-06-16"),
        (("--from", "2026-06-11", "--to", "2026-06-12", "--channel", "fbb"), "Did you mean fb?"),
        (("--from", "2026-06-11", "--to", "2026-06-12", "--json", "--format", "csv"), "choose one"),
        (("--from", "2026-06-11", "--to", "2026-06-12", "--format", "xml"), "xml"),
        (("--from", "2026-06-11"), "--to"),
    ],
)
@pytest.mark.usefixtures("almanac")
def test_wrong_words_are_refused_with_a_sentence(kanalvakt: Command, words: tuple[str, ...], because: str) -> None:
    answer = kanalvakt("watch", "report", *words, *ENGLISH)
    assert (answer.code, answer.out) == (2, "")
    assert because in answer.err


def test_without_a_register_it_says_so(kanalvakt: Command) -> None:
    assert kanalvakt(*WEEK).code == 3


def test_a_file_that_cannot_be_written_is_a_sentence(asked: Command, tmp_path: Path) -> None:
    answer = asked("--json", "--output", str(tmp_path / "saknas" / "rapport.json"))
    assert answer.code == 3
    assert "saknas" in answer.err


def test_the_summary_is_what_stays_on_a_narrow_screen(almanac: Almanac) -> None:
    text = on_a_terminal(*WEEK, columns=40)
    assert text.rindex("Per unit") > text.rindex("Day by day")
    assert max(map(len, text.split("\r\n"))) <= 40


def test_a_pdf_is_not_written_to_a_screen_but_into_a_pipe(almanac: Almanac) -> None:
    assert "--output" in on_a_terminal(*WEEK, "--format", "pdf")
    command = [sys.executable, "-m", "monitor.cli.main", *WEEK, "--format", "pdf"]
    pdf = subprocess.run(command, capture_output=True, check=False).stdout
    assert PdfReader(io.BytesIO(pdf)).root_object["/Lang"] == "sv"


def test_a_correction_is_told_with_its_first_verdict(asked: Command) -> None:
    [late] = [row["corrected"] for row in json.loads(asked("--json").out)["rows"] if row["corrected"]]
    assert late["first_verdict"] == Verdict.PARTLY
    assert "Delvis\tBevakad\tKommunikator\t2026-06-15 10.00\tGjordes på papper." in asked().out


def test_a_renamed_channel_goes_by_its_present_name(asked: Command, almanac: Almanac) -> None:
    almanac.town.change(Channel, "fb", name="Nytt\nnamn")
    assert "Nytt namn (fb)" in asked().out


def on_a_terminal(*words: str, columns: int = 100) -> str:
    """What the real program shows on a terminal of that width, both streams, in English."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "monitor.cli.main", *ENGLISH, *words],
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"COLUMNS": str(columns)},
    ):
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 65536):
                shown += part
        except OSError:  # the other end is closed
            pass
    os.close(ours)
    return re.sub(r"\x1b\[[0-9;]*m", "", shown.decode())
