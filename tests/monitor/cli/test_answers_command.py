"""`kanalvakt report answers`: one period, three forms, the same figures."""

import csv
import io
import json
from collections.abc import Iterator

import pytest
import time_machine

from monitor.cli.setup import opened_database
from tests.monitor.cli.conftest import Command
from tests.monitor.days.almanac import THURSDAY
from tests.monitor.records.answered_week import NOW, WEDNESDAY, town_with_a_week

WEEK = ("report", "answers", "--from", str(THURSDAY), "--to", str(WEDNESDAY))


@pytest.fixture(autouse=True)
def week() -> Iterator[None]:
    """In the settings' own database."""
    town_with_a_week(opened_database(create=True))
    with time_machine.travel(NOW, tick=False):
        yield


def test_the_forms_tell_the_same_figures(kanalvakt: Command) -> None:
    text, told, sheet = (kanalvakt(*WEEK, "--format", form) for form in ("text", "json", "csv"))
    assert (text.code, told.code, sheet.code) == (0, 0, 0)
    overall = json.loads(told.out)["overall"]
    [row] = [row for row in csv.DictReader(io.StringIO(sheet.out)) if row["record"] == "overall"]
    assert (overall["percent_in_time"], row["percent_in_time"], row["written"]) == (33.3, "33.3", "6")
    assert "33,3\N{NO-BREAK SPACE}% besvarades i tid: 1 av 3." in text.out
    assert "Alla\t5 tim 30 min\t10 tim 0 min" in text.out


def test_it_can_be_of_one_channel_or_one_unit(kanalvakt: Command) -> None:
    for words, ids in ((("--channel", "ig"), ["ig"]), (("--unit", "kultur"), ["yt"])):
        told = json.loads(kanalvakt(*WEEK, "--format", "json", *words).out)
        assert [each["channel"] for each in told["channels"]] == ids


def test_wrong_words_are_answered_with_what_there_is(kanalvakt: Command) -> None:
    for words, said in (
        ((*WEEK, "--unit", "kultr"), "Menade du kultur?"),
        ((*WEEK, "--channel", "fbb"), "Menade du fb?"),
        (("report", "answers", "--from", "2026-06-17", "--to", "2026-06-11"), "2026-06-11 är före 2026-06-17"),
        (("report", "answers", "--from", "juni", "--to", "2026-06-11"), "juni är ingen dag"),
    ):
        answer = kanalvakt(*words)
        assert answer.code == 2
        assert said in answer.err
