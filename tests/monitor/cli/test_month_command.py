"""`kanalvakt watch month`: the table, the picture in a file, and one JSON document."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import time_machine

from monitor.cli.setup import opened_database
from monitor.db.migrating import upgrade
from tests.monitor.cli.conftest import Command
from tests.monitor.days.almanac import at
from tests.web.register.watch_town import MISSED, PARTLY, watched_town

NOW = at(date(2026, 6, 27), "13.20")
NAMES = {"fb": "Tibro kommun på Facebook", "ig": "Biblioteket\npå Instagram"}
BUT = {("ig", date(2026, 6, 9)): MISSED, ("ig", date(2026, 6, 10)): PARTLY}


@pytest.fixture(autouse=True)
def _town() -> Iterator[None]:
    """A Saturday in June; two channels are watched since May."""
    with time_machine.travel(NOW):
        db = opened_database(create=True)
        upgrade(db)
        watched_town(db, NAMES, date(2026, 5, 4), NOW, BUT)
        yield


def test_it_shows_a_letter_a_day_and_the_share_of_each_channel(kanalvakt: Command) -> None:
    answer = kanalvakt("watch", "month")
    lines = answer.out.splitlines()
    assert answer.code == 0
    assert lines[0].startswith("juni 2026: 94,7\xa0% bevakat (36 av 38 kanaldagar). Delvis: 1. Ej bevakad: 1.")
    assert lines[1] == f"Kanal\t{'1234567890' * 3}\tBevakad"
    assert lines[2] == "Biblioteket på Instagram\tBBBBB··BEDBB··BBBB···BBBBB··  \t89,4\xa0%"
    assert lines[3] == "Tibro kommun på Facebook\tBBBBB··BBBBB··BBBB···BBBBB··  \t100\xa0%"
    assert "2026-06-19 Midsommarafton" in lines


def test_it_speaks_english_and_shows_another_month(kanalvakt: Command) -> None:
    answer = kanalvakt("--lang", "en", "watch", "month", "2026-05")
    assert "May 2026: 100% watched" in answer.out
    assert "\t···WWWWW··" in answer.out  # the watch began on the fourth, a Monday
    assert "2026-05-14 Ascension Day" in answer.out


def test_it_writes_the_picture_and_gives_the_same_figures_as_json(kanalvakt: Command, tmp_path: Path) -> None:
    file = tmp_path / "juni.svg"
    told = json.loads(kanalvakt("watch", "month", "2026-06", "--json", "--output", str(file)).out)
    report = json.loads(kanalvakt("watch", "report", "--from", "2026-06-01", "--to", "2026-06-30", "--json").out)
    picture = ET.fromstring(file.read_text())  # noqa: S314 - our own
    drawn = [use.attrib["href"] for use in picture.iter("{http://www.w3.org/2000/svg}use")]
    assert told["overall"] == report["summary"]["overall"]
    assert sum(len(channel["dates"]) for channel in told["channels"]) == len(report["rows"]) == 38
    assert drawn.count("#watched") - 1 == told["overall"]["watched"]
    assert {"date": "2026-06-19", "why_text": "Midsommarafton"} in told["days_off"]
    assert told["channels"][0]["dates"][6] == {
        "date": "2026-06-09",
        "mark": "not_watched",
        "reason_text": "Kanalen kunde inte hämtas (inloggningsuppgifterna gäller inte längre).",
        "corrected": False,
    }


def test_a_month_before_the_watch_began_is_empty(kanalvakt: Command) -> None:
    answer = kanalvakt("watch", "month", "2026-03")
    assert (answer.code, answer.out) == (0, "mars 2026: Ingen kanal skulle bevakas.\n")


@pytest.mark.parametrize("written", ["2026-13", "juni"])
def test_what_is_no_month_is_a_wrong_word(kanalvakt: Command, written: str) -> None:
    answer = kanalvakt("watch", "month", written)
    assert answer.code == 2
    assert "skriv den som 2026-06" in answer.err


def test_a_folder_that_is_not_there_is_said_without_a_traceback(kanalvakt: Command, tmp_path: Path) -> None:
    answer = kanalvakt("watch", "month", "--output", str(tmp_path / "nowhere" / "juni.svg"))
    assert answer.code != 0
    assert "nowhere" in answer.err
    assert "Traceback" not in answer.err
