"""The forms of a report tell the same figures, and its hash vouches for each of them."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from config.language import use_language
from monitor.audit.models import AuditHead
from monitor.records.report_document import as_json, document
from monitor.records.report_paper import paper
from monitor.records.report_rules import Tally
from monitor.records.report_sheet import sheet
from monitor.records.watch_report import WatchReport
from monitor.register.models import Person
from monitor.watch.day_rules import Verdict
from tests.conftest import Measured
from tests.monitor.days.almanac import FRIDAY, MONDAY, THURSDAY, Almanac
from tests.monitor.records.auditor import days, days_of_sheet, of_paper, recomputed, tallies, tallies_of_sheet
from tests.monitor.records.week import a_week, made

FORMULA = '=HYPERLINK("https://example.com")'


def test_no_form_tells_the_address_of_a_channel(quick: Almanac) -> None:
    quick.changes("grupp", closed=True, publish_address=False, address="https://www.facebook.com/groups/hemlig")
    report = a_week(quick)
    told = document(report)
    for text in (as_json(told), sheet(told), of_paper(paper(report, told["hash"]))):
        assert "hemlig" not in text


def test_the_forms_tell_the_same_figures(almanac: Almanac) -> None:
    almanac.town.decision()
    report = a_week(almanac)
    told = document(report)
    as_text, as_sheet, as_paper = as_json(told), sheet(told), of_paper(paper(report, told["hash"]))
    assert len(tallies(as_text)) == 4
    assert tallies_of_sheet(as_sheet) == [figures for _name, figures in tallies(as_text)]
    assert days_of_sheet(as_sheet) == days(as_text)
    assert told["hash"] in as_sheet
    assert f"SHA-256 {told['hash']}" in as_paper
    for name, (*counts, percent) in tallies(as_text):
        assert f"{name} {' '.join(counts)} {percent.replace('.', ',')} %" in as_paper
    for number, verdict in ((11, "Bevakad 08.01"), (12, "Bevakad 08.01"), (15, "Ännu ej bevakad –")):
        assert f"2026-06-{number} {verdict.replace('08.01', '08.00')}" in as_paper


def test_times_are_written_as_in_the_mails(quick: Almanac) -> None:
    report = a_week(quick)
    with use_language("en"):
        as_paper = of_paper(paper(report, document(report)["hash"]))
    assert "2026-06-11 Watched 08:00" in as_paper
    assert "2026-06-15 10:00" in as_paper


def test_the_hash_is_what_anybody_recomputes_from_the_document(almanac: Almanac) -> None:
    text = as_json(document(a_week(almanac)))
    assert recomputed(text) == json.loads(text)["hash"]


def test_the_hash_is_the_same_in_both_languages_and_whenever_the_report_is_made(almanac: Almanac) -> None:
    almanac.read(THURSDAY, "08.00")
    almanac.keep_over(THURSDAY)
    first = document(made(almanac, THURSDAY, THURSDAY, FRIDAY))
    almanac.organisation(name="Tibro kommun")
    almanac.keep_over(FRIDAY)
    with use_language("en"):
        later = document(made(almanac, THURSDAY, THURSDAY, MONDAY))
    assert first["audit_head"] != later["audit_head"]
    assert first["rows"][0]["reason_text"] != later["rows"][0]["reason_text"]
    assert first["hash"] == later["hash"]


def _verdict(report: WatchReport) -> WatchReport:
    return replace(report, rows=[replace(report.rows[0], verdict=Verdict.PARTLY), *report.rows[1:]])


@pytest.mark.parametrize(
    "change",
    [
        _verdict,
        lambda report: replace(report, overall=replace(report.overall, watched=3)),
        lambda report: replace(report, channels={**report.channels, "fb": Tally(3, 3)}),
        lambda report: replace(report, gaps=[]),
        lambda report: replace(report, working_days=report.working_days[1:]),
        lambda report: replace(report, decisions=report.decisions[1:]),
        lambda report: replace(report, organisation="Hjo kommun"),
        lambda report: replace(report, rules=replace(report.rules, reminder_minutes=[30])),
        lambda report: replace(report, names={}),
        lambda report: replace(report, handled=None),
    ],
)
def test_another_figure_has_another_hash(quick: Almanac, change: Callable[[WatchReport], WatchReport]) -> None:
    report = a_week(quick)
    assert document(change(report))["hash"] != document(report)["hash"]


def test_it_names_the_last_entry_of_the_audit_log(almanac: Almanac) -> None:
    report = a_week(almanac)
    with almanac.db.snapshot() as session:
        head = session.scalars(select(AuditHead)).one()
    assert document(report)["audit_head"] == {"id": head.entry_id, "hash": head.hash}
    assert f"{head.entry_id}:{head.hash}" in of_paper(paper(report, ""))


def test_names_that_a_spreadsheet_would_calculate_are_kept_from_it(quick: Almanac) -> None:
    quick.changes("fb", name=FORMULA)
    quick.town.change(Person, "redaktor", name=FORMULA)
    quick.organisation(name=FORMULA)
    report = a_week(quick)
    text = sheet(document(report))
    assert text.count("HYPERLINK") >= 7
    assert text.count("'=HYPERLINK") == text.count("HYPERLINK")


def test_the_paper_is_tagged_says_its_title_and_language_and_is_archived(almanac: Almanac) -> None:
    report = a_week(almanac)
    reader = PdfReader(io.BytesIO(paper(report, "0" * 64)))
    root = reader.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "sv"
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == (
        "Bevakningsrapport 2026-06-11 – 2026-06-15",
        "Tibro kommun",
    )
    said = root["/Metadata"].get_data().decode()
    for mark in ("<pdfaid:part>2<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<"):
        assert mark in said
    assert all("0" * 64 in page.extract_text() for page in reader.pages)
    assert list(kinds(root["/StructTreeRoot"])).count("/TH") == 7 + 7 + 5 + 4 + 7 + 2 + 2 + 2 * 7


def kinds(element: Any) -> Iterator[str]:
    """What the elements of a tagged document are for a screen reader."""
    element = element.get_object()
    for each in element if isinstance(element, list) else [element]:
        if isinstance(each.get_object(), dict):
            yield each.get_object().get("/S", "")
            yield from kinds(each.get_object().get("/K", []))


def test_the_paper_is_written_in_the_language_of_who_asks(quick: Almanac) -> None:
    with use_language("en"):
        report = a_week(quick)
        pdf = paper(report, "")
    text = of_paper(pdf)
    assert PdfReader(io.BytesIO(pdf)).root_object["/Lang"] == "en"
    assert "Watch report 2026-06-11 – 2026-06-15" in text
    assert "All 6 2 0 2 2 50.0 %" in text
    assert "Nobody has gone through the channel." in text


def test_the_same_report_is_the_same_file(quick: Almanac) -> None:
    report = a_week(quick)
    assert paper(report, "") == paper(report, "")


def test_a_year_of_ten_channels_is_on_paper_in_reasonable_time(quick: Almanac, measured: Measured) -> None:
    report = a_week(quick)
    year = [THURSDAY + timedelta(days=number) for number in range(251)]
    names = {f"c{number}": f"Kanal {number}" for number in range(10)}
    rows = [replace(report.rows[0], day=day, channel=id_) for day in year for id_ in names]
    named = {
        "channels": dict.fromkeys(names, Tally(len(year), len(year))),
        "channel_names": report.channel_names | names,
    }
    reader = PdfReader(io.BytesIO(paper(replace(report, rows=rows, **named), "")))
    last = reader.pages[-1].extract_text()
    assert str(year[-1]) in last
    assert "Bedömning" in last, "the head of a table is repeated on each page"
    measured("rows of a report on paper", len(rows))
