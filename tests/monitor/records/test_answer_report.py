"""The report on answers as people and programs get it: by hand, from comments stored as readings store them."""

import csv
import io
import json
import re
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from config.language import use_language
from monitor.db import Database
from monitor.emergency.incidents import close, start
from monitor.emergency.models import Incident
from monitor.inbox.handled import handled_between
from monitor.records.answer_charts import chart, policy, size
from monitor.records.answer_document import COLUMNS, document, sheet
from monitor.records.answer_panels import Column, Panel, panels
from monitor.records.answer_report import AnswerReport, answer_report
from monitor.register.calendar import calendar_of
from monitor.register.models import Channel
from monitor.register.organisation import organisation
from tests.monitor.days.almanac import FRIDAY, THURSDAY, at
from tests.monitor.records.answered_week import NOW, WEDNESDAY, town_with_a_week
from tests.monitor.town import Town

SVG = "{http://www.w3.org/2000/svg}"


def report_of(db: Database, first: date = THURSDAY, last: date = WEDNESDAY, **more: list[str]) -> AnswerReport:
    with db.snapshot() as session:
        return answer_report(session, first, last, NOW, **more)


def test_the_figures_are_those_of_a_hand_count(db: Database) -> None:
    town_with_a_week(db)
    found = report_of(db)
    overall = found.overall
    assert (overall.written, overall.answered, overall.closed_no_reply, overall.waiting, overall.historic) == (
        6,
        2,
        1,
        2,
        1,
    )
    assert (overall.in_time, overall.late, overall.overdue, overall.percent_in_time) == (1, 1, 1, 33.3)
    assert (overall.working.median, overall.working.ninetieth) == ((60 + 600) // 2, 600)
    assert overall.clock.ninetieth == (3 * 24 + 17) * 60
    assert overall.longest_wait == (4 * 24 + 14) * 60 - 10
    assert (found.channels["fb"].written, found.channels["ig"].written, found.channels["yt"].written) == (4, 2, 0)
    assert (found.units["kommunikation"].written, found.units["kultur"].written) == (6, 0)
    assert found.days[THURSDAY] == {"fb": 2, "ig": 1, "yt": 0}
    assert (found.hours[8], found.hours[22], sum(found.hours), overall.outside) == (3, 1, 6, 1)
    assert {begin: each.written for begin, each in found.steps.items() if each.written} == {
        THURSDAY: 3,
        FRIDAY: 2,
        WEDNESDAY: 1,
    }


def test_a_report_of_one_channel_or_unit_leaves_the_others_out(sqlite: Database) -> None:
    town_with_a_week(sqlite)
    assert list(report_of(sqlite, channel_ids=["ig"]).channels) == ["ig"]
    assert list(report_of(sqlite, unit_ids=["kultur"]).channels) == ["yt"]
    neither = report_of(sqlite, channel_ids=["fb"], unit_ids=["kultur"])
    assert (neither.channels, neither.overall.written) == ({}, 0)
    for panel in panels(neither):
        assert all(len(column.told) == len(panel.rows) for column in panel.columns)


def test_a_retired_channel_stays_in_the_periods_in_which_something_came(sqlite: Database) -> None:
    town = town_with_a_week(sqlite)
    town.change(Channel, "fb", state="retired")
    assert "fb" in report_of(sqlite).channels
    assert "fb" not in report_of(sqlite, date(2026, 5, 1), date(2026, 5, 31)).channels


def test_json_and_csv_tell_the_same_and_nothing_that_residents_wrote(sqlite: Database) -> None:
    town_with_a_week(sqlite)
    told = document(report_of(sqlite))
    text = sheet(json.loads(json.dumps(told)))
    rows = list(csv.DictReader(io.StringIO(text)))
    for record in ("channel", "unit", "step", "day", "hour"):
        mine = [row for row in rows if row["record"] == record]
        assert [[row[name] for name in COLUMNS[9:]] for row in mine] == [
            ["" if each.get(name) is None else str(each[name]) for name in COLUMNS[9:]] for each in told[f"{record}s"]
        ]
    for words in ("badet", "Anna", "facebook.com"):
        assert words not in text + json.dumps(told)


def test_a_spreadsheet_calculates_nothing(sqlite: Database) -> None:
    town_with_a_week(sqlite)
    for row in csv.reader(io.StringIO(sheet(document(report_of(sqlite))))):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in row)


@pytest.mark.parametrize(
    ("language", "last"), [("sv", WEDNESDAY), ("en", date(2026, 9, 30)), ("sv", date(2027, 6, 30))]
)
def test_a_picture_shows_what_its_table_says(sqlite: Database, language: str, last: date) -> None:
    town_with_a_week(sqlite)
    with use_language(language):
        for panel in filter(lambda each: each.is_drawn, panels(report_of(sqlite, last=last))):
            picture = chart(panel)
            root = ET.fromstring(picture)  # noqa: S314 - our own
            assert root.get("lang") == language
            assert (root.get("width"), root.get("height")) == tuple(map(str, size(panel)))
            assert root.findtext(f"{SVG}title") == panel.heading
            assert root.findtext(f"{SVG}desc") == panel.main
            drawn = [pair for column in panel.columns for pair in zip(column.drawn, column.told, strict=False)]
            there = [told for value, told in drawn if value is not None]
            assert len(root.findall(f".//{SVG}g[@class='bar']")) == len(drawn if panel.stacked else there)
            printed = [text.text for text in root.iter(f"{SVG}text") if text.get("class") == "value"]
            assert printed == [] or sorted(map(str, printed)) == sorted(there)


def test_nothing_runs_or_is_fetched_in_a_picture_and_it_is_the_same_each_time(sqlite: Database) -> None:
    town_with_a_week(sqlite)
    for panel in filter(lambda each: each.is_drawn, panels(report_of(sqlite))):
        picture = chart(panel)
        assert picture == chart(panel)
        assert not re.search(r"<script|javascript|style=|href|url\(|@import|on\w+=", picture)
        root = ET.fromstring(picture)  # noqa: S314 - our own
        assert not [value for each in root.iter() for value in each.attrib.values() if "//" in value]
        assert "unsafe" not in policy(picture)


def test_names_that_no_picture_can_hold_do_not_break_it() -> None:
    panel = Panel(
        "x", "a\x00b", "Kanal", ["<b>&\x0b", "y" * 500], [Column("\x1b", ["1", "–"], [1, None])], "c\x07", lying=True
    )
    root = ET.fromstring(chart(panel))  # noqa: S314 - our own
    assert root.findtext(f"{SVG}title") == "a\ufffdb"
    assert "<b>&\ufffd" in "".join(root.itertext())


def test_the_channels_without_a_colour_of_their_own_are_drawn_together(sqlite: Database) -> None:
    town = Town(sqlite)
    for number in range(9):
        town.channel(f"c{number}", name=f"Kanal {number}")
        town.comment(f"k{number}", at(THURSDAY, "09.00"), channel_id=f"c{number}")
    volume = next(panel for panel in panels(report_of(sqlite)) if panel.key == "volume")
    assert [column.name for column in volume.columns][-2:] == ["5 andra kanaler", "Alla"]
    assert sum(int(column.told[0]) for column in volume.columns[:-1]) == int(volume.columns[-1].told[0]) == 9


def test_percentages_are_written_alike_in_the_sentence_and_in_the_table(sqlite: Database) -> None:
    town_with_a_week(sqlite)
    in_time = panels(report_of(sqlite))[0]
    assert in_time.columns[0].told[0] == "33,3\N{NO-BREAK SPACE}%"
    assert in_time.main == "33,3\N{NO-BREAK SPACE}% besvarades i tid: 1 av 3."


def test_in_a_crisis_the_deadline_that_held_then_is_the_one_that_counts(sqlite: Database) -> None:
    """Answered on a Saturday at six in the morning: the hour of one had passed before the crisis was over."""
    town, night = Town(sqlite), datetime(2026, 6, 13, 0, 0, tzinfo=UTC)
    town.person("kris", roles=["crisis_staff"])
    town.schedule()
    with sqlite.transaction() as session:
        incident = start(session, "kris", "actual", "elevated", "Ström", "", night)
    with sqlite.transaction() as session:
        close(session, session.get_one(Incident, incident.id), "kris", night + timedelta(hours=3), "klart")
    for name, minutes in (("late", 60), ("just", 150), ("usual", 200)):
        town.comment(name, night + timedelta(minutes=minutes))
        town.answer(f"to-{name}", night + timedelta(hours=4), name)
    with sqlite.snapshot() as session:
        found = answer_report(session, date(2026, 6, 13), date(2026, 6, 13), night + timedelta(hours=9))
        calendar = calendar_of(organisation(session))
        handled = handled_between(
            session, calendar, night, night + timedelta(days=1), ["fb"], night + timedelta(days=1)
        )
    assert (found.overall.in_time, found.overall.late) == (2, 1)
    assert (handled.answers.answered, handled.answers.in_time) == (3, 2)
