"""What a report says of a period."""

from datetime import date, timedelta

import pytest

from monitor.db import Database
from monitor.inbox.models import Action
from monitor.records.report_document import document
from monitor.records.report_paper import paper
from monitor.records.report_rules import Tally
from monitor.records.watch_report import watch_report
from monitor.register.models import Unit
from monitor.register.organisation import NotSetUp
from monitor.watch.day_rules import How, Verdict, Why
from tests.monitor.copies import keep_copy
from tests.monitor.days.almanac import FRIDAY, MONDAY, THURSDAY, Almanac, at
from tests.monitor.records.auditor import of_paper
from tests.monitor.records.week import a_week, made

BRIDGE_DAY, MIDSUMMERS_EVE = date(2026, 5, 15), date(2026, 6, 19)


def test_each_channel_and_working_day_has_one_row_with_its_verdict(almanac: Almanac) -> None:
    rows = a_week(almanac).rows
    assert [(row.channel, row.day, row.verdict, row.how, row.why, row.final, row.pending) for row in rows] == [
        ("fb", THURSDAY, Verdict.WATCHED, How.AUTOMATIC, Why.REVIEWED, True, False),
        ("grupp", THURSDAY, Verdict.NOT_WATCHED, How.NONE, Why.NOT_ATTESTED, True, False),
        ("fb", FRIDAY, Verdict.WATCHED, How.AUTOMATIC, Why.CORRECTED, True, False),
        ("grupp", FRIDAY, Verdict.NOT_WATCHED, How.NONE, Why.NOT_ATTESTED, True, False),
        ("fb", MONDAY, Verdict.NOT_WATCHED, How.NONE, Why.READING_FAILED, False, True),
        ("grupp", MONDAY, Verdict.NOT_WATCHED, How.NONE, Why.NOT_ATTESTED, False, True),
    ]


def test_a_day_that_is_not_over_counts_neither_way_until_it_closes(almanac: Almanac) -> None:
    report = a_week(almanac)
    assert report.overall == Tally(days=6, watched=2, partly=0, not_watched=2, pending=2)
    assert report.overall.percent == 50.0
    assert all(MONDAY not in gap.days for gap in report.gaps)
    closed = made(almanac, THURSDAY, MONDAY, MONDAY, "16.00")
    assert closed.overall == Tally(days=6, watched=2, partly=0, not_watched=4, pending=0)
    assert [gap.days[-1] for gap in closed.gaps] == [MONDAY, MONDAY]
    assert not closed.rows[-1].final


def test_it_sums_up_units_and_channels(almanac: Almanac) -> None:
    almanac.town._add(Unit(id="skola", name="Skola"))
    almanac.changes("grupp", unit_id="skola")
    report = a_week(almanac)
    assert report.units == {"kommunikation": Tally(3, 2, 0, 0, 1), "skola": Tally(3, 0, 0, 2, 1)}
    assert report.channels == {"fb": Tally(3, 2, 0, 0, 1), "grupp": Tally(3, 0, 0, 2, 1)}
    assert report.unit_names == {"kommunikation": "Kommunikation", "skola": "Skola"}


def test_a_gap_is_days_of_a_channel_that_follow_each_other_with_their_reason(almanac: Almanac) -> None:
    [gap] = a_week(almanac).gaps
    assert (gap.channel, gap.days, gap.why) == ("grupp", (THURSDAY, FRIDAY), Why.NOT_ATTESTED)
    assert gap.reason == "Ingen har gått igenom kanalen."


def test_a_corrected_day_keeps_its_first_verdict_and_says_who_put_it_right_and_why(almanac: Almanac) -> None:
    report = a_week(almanac)
    [late] = [row.corrected for row in report.rows if row.corrected]
    assert (late.by, late.note, late.first_verdict) == ("kommunikator", "Gjordes på papper.", Verdict.PARTLY)
    assert report.names == {"kommunikator": "Kommunikator", "redaktor": "Rut Redaktör"}
    text = of_paper(paper(report, ""))
    assert f"Tibro kommun på fb (fb) {FRIDAY} Delvis Bevakad Kommunikator 2026-06-15 10.00 Gjordes på papper." in text


def test_a_late_attestation_is_a_correction_with_its_person(almanac: Almanac) -> None:
    almanac.keep_over(THURSDAY)
    almanac.attests(FRIDAY, "09.00", for_day=THURSDAY)
    report = made(almanac, THURSDAY, THURSDAY, FRIDAY)
    row = report.rows[1]
    assert (row.verdict, row.how, row.attested_by) == (Verdict.WATCHED, How.ATTESTED, "redaktor")
    assert row.corrected is not None
    assert row.corrected.first_verdict is Verdict.NOT_WATCHED


def test_somebody_is_needed_while_a_gap_has_not_been_put_right(quick: Almanac) -> None:
    assert a_week(quick).needs_somebody
    only = made(quick, THURSDAY, MONDAY, MONDAY, channel_ids=["fb"])
    assert not only.needs_somebody
    assert {row.channel for row in only.rows} == {"fb"}
    assert list(only.channels) == ["fb"]


def test_what_a_person_has_confirmed_as_not_watched_stays_a_gap_and_needs_nobody(quick: Almanac) -> None:
    quick.keep_over(THURSDAY)
    quick.corrects(FRIDAY, THURSDAY, Verdict.NOT_WATCHED)
    report = made(quick, THURSDAY, THURSDAY, FRIDAY, channel_ids=["fb"])
    assert len(report.gaps) == 1
    assert not report.needs_somebody


def test_a_bridge_day_has_a_row_and_midsummers_eve_has_none(almanac: Almanac) -> None:
    almanac.changes(watched_since=at(BRIDGE_DAY - timedelta(days=3), "07.00"))
    report = made(almanac, date(2026, 5, 11), date(2026, 6, 24), date(2026, 6, 24))
    dates = {row.day for row in report.rows}
    assert BRIDGE_DAY in dates
    assert BRIDGE_DAY in report.working_days
    assert MIDSUMMERS_EVE not in dates
    assert MIDSUMMERS_EVE not in report.working_days


def test_days_before_the_watch_began_have_no_rows_and_days_to_come_have_none(almanac: Almanac) -> None:
    report = made(almanac, date(2026, 6, 1), date(2026, 6, 30), FRIDAY)
    assert {row.day for row in report.rows} == {THURSDAY, FRIDAY}
    assert date(2026, 6, 1) in report.working_days
    assert date(2026, 6, 30) in report.working_days


def test_a_day_that_was_planned_before_it_became_a_day_off_stays_a_working_day(quick: Almanac) -> None:
    quick.keep_over(THURSDAY)
    quick.organisation(closed_days=[str(THURSDAY)], other_hours={"2026-04-30": "07:30-12:00"})
    report = made(quick, THURSDAY, FRIDAY, FRIDAY)
    assert report.working_days == [THURSDAY, FRIDAY]
    assert (report.rules.closed_days, report.rules.other_hours) == ([str(THURSDAY)], {})


def test_on_each_day_the_decision_speaks_that_held_on_that_day(almanac: Almanac) -> None:
    almanac.town.decision(decided_on=date(2026, 1, 12), valid_until=THURSDAY)
    almanac.town.decision(decided_on=MONDAY, valid_until=date(2027, 6, 1))
    almanac.keep(MONDAY, "10.00")
    report = made(almanac, THURSDAY, MONDAY, date(2026, 12, 1))
    stood = [(row.day, row.decision.status, row.decision.version) for row in report.rows if row.channel == "fb"]
    assert stood == [(THURSDAY, "valid", 1), (FRIDAY, "expired", 1), (MONDAY, "valid", 2)]
    assert document(report)["summary"]["decisions"] == {"valid": 2, "expired": 1, "missing": 3, "not_needed": 0}
    assert [(each.channel, each.days, each.decision.status) for each in report.decisions] == [
        ("fb", 1, "valid"),
        ("fb", 1, "expired"),
        ("fb", 1, "valid"),
        ("grupp", 3, "missing"),
    ]


def test_a_retired_channel_keeps_its_rows_under_its_present_name(almanac: Almanac) -> None:
    almanac.keep_over(THURSDAY)
    almanac.changes("grupp", state="retired", watched_until=at(FRIDAY, "08.00"), name="Förr: gruppen")
    report = made(almanac, THURSDAY, FRIDAY, MONDAY)
    assert [(row.day, row.channel_name) for row in report.rows if row.channel == "grupp"] == [
        (THURSDAY, "Förr: gruppen")
    ]


def test_without_a_register_it_says_so(sqlite: Database) -> None:
    with sqlite.snapshot() as session, pytest.raises(NotSetUp):
        watch_report(session, THURSDAY, FRIDAY, at(FRIDAY, "10.00"))


def test_it_tells_how_soon_residents_were_answered_and_what_was_done(almanac: Almanac) -> None:
    almanac.comes("c1", THURSDAY, "08.02")
    almanac.is_answered("c1", THURSDAY, "10.02")
    almanac.comes("late", THURSDAY, "09.00")
    almanac.is_answered("late", MONDAY, "09.00")
    almanac.comes("open", THURSDAY, "09.00")
    after = almanac.comes("after", MONDAY, "09.00", post_external_id="post of c1")
    with almanac.town.db.transaction() as session:
        keep_copy(session, after)
    almanac.town._add(_hidden(after, THURSDAY))
    handled = made(almanac, THURSDAY, FRIDAY, date(2026, 6, 16)).handled
    assert handled is not None
    found = handled.answers
    assert (found.came, found.answered, found.in_time, found.waiting, found.overdue) == (3, 2, 1, 1, 1)
    assert found.percent == 33.3
    assert found.median_minutes == (120 + 4 * 24 * 60) // 2
    assert handled.acts == {"reply": 0, "hide": 1, "unhide": 0, "remove": 0, "delete": 0, "release": 0, "reject": 0}


def _hidden(comment: int, day: date) -> Action:
    moment = at(day, "10.00")
    known = {"created_at": moment, "next_at": moment, "state": "done", "done_at": moment}
    return Action(key="k", channel_id="fb", comment_id=comment, kind="hide", by_id="redaktor", **known)
