"""The month as a picture: whole, readable without colours, and always the same."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.language import use_language
from monitor.records.month import Cell, Line, Mark, Month, MonthDay, MonthView, in_words, letter, percentage, span
from monitor.records.month_picture import SHAPES, STYLE, in_short, month_picture, size
from monitor.records.report_rules import Tally, tally
from monitor.register.calendar import OfficeCalendar, week_of
from monitor.register.days_off import why_off
from monitor.watch.day_rules import Verdict

SVG = "{http://www.w3.org/2000/svg}"
WEEK = week_of({"mon-fri": "07:30-16:00"})
CLOSED = date(2026, 6, 5)
CALENDAR = OfficeCalendar(ZoneInfo("Europe/Stockholm"), WEEK, frozenset({CLOSED}))
JUNE, DECEMBER = Month(2026, 6), Month(2026, 12)
SCHEMES = {"light": STYLE.partition("@media")[0], "dark": STYLE.partition("@media")[2]}

months = st.builds(Month, st.integers(2000, 2099), st.integers(1, 12))
cells = st.builds(Cell, st.sampled_from(Mark), st.text(st.characters(codec="utf-8"), max_size=30), st.booleans())
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=90)


def view(month: Month, lines: dict[str, dict[date, Cell]]) -> MonthView:
    days = [MonthDay(day, why_off(CALENDAR, day)) for day in month.days]
    drawn = [Line(name, name, "Enhet", marked, counted(marked)) for name, marked in lines.items()]
    everything = counted({(name, day): cell for name, marked in lines.items() for day, cell in marked.items()})
    return MonthView(month, "Tibro kommun", month.last, days, drawn, everything)


def counted(marked: dict[date, Cell] | dict[tuple[str, date], Cell]) -> Tally:
    marks = [cell.mark for cell in marked.values()]
    return tally((Verdict.NOT_WATCHED, True) if mark is Mark.PENDING else (Verdict(mark), False) for mark in marks)


@st.composite
def views(draw: st.DrawFn) -> MonthView:
    month = draw(months)
    marked = st.dictionaries(st.sampled_from(list(month.days)), cells)
    return view(month, draw(st.dictionaries(names, marked, max_size=5)))


def signs(picture: ET.Element) -> Counter[str]:
    """How often each sign is drawn, the legend's left out."""
    drawn = [use.attrib["href"][1:] for row in picture.iter(f"{SVG}g") for use in row.findall(f"{SVG}use")]
    return Counter(drawn)


@given(views())
def test_it_is_well_formed_and_shows_each_channel_day_exactly_once(month: MonthView) -> None:
    picture = ET.fromstring(month_picture(month))  # noqa: S314 - our own
    cells = [cell for line in month.lines for cell in line.cells.values()]
    expected = Counter(cell.mark.value for cell in cells)
    expected["corrected"] = sum(cell.corrected for cell in cells)
    assert signs(picture) == +expected
    for row, line in zip(_rows(picture), month.lines, strict=True):
        columns = [use.attrib["x"] for use in row.iter(f"{SVG}use") if use.attrib["href"] != "#corrected"]
        assert len(set(columns)) == len(columns) == len(line.cells)


@given(views())
def test_the_same_month_gives_the_same_bytes(month: MonthView) -> None:
    backwards = [
        Line(line.channel, line.name, line.unit_name, dict(reversed(line.cells.items())), line.tally)
        for line in month.lines
    ]
    again = MonthView(month.month, month.organisation, month.today, month.days, backwards, month.overall)
    assert month_picture(month).encode() == month_picture(again).encode()


def test_names_are_text_and_never_markup() -> None:
    name = '<script>alert("&")</script>'
    drawn = month_picture(view(JUNE, {name: {date(2026, 6, 1): Cell(Mark.NOT_WATCHED, "<b>&amp;</b>", False)}}))
    assert "<script" not in drawn
    assert "<b>" not in drawn
    told = [title.text for title in ET.fromstring(drawn).iter(f"{SVG}title")]  # noqa: S314 - our own
    assert f"{name}, 2026-06-01: Ej bevakad. <b>&amp;</b>" in told


def test_a_name_that_no_line_holds_is_cut_and_stands_whole_in_its_title() -> None:
    name = "Socialförvaltningens öppna förskolas och familjecentrals slutna grupp för föräldrar i Tibro"
    picture = ET.fromstring(month_picture(view(JUNE, {name: {}})))  # noqa: S314 - our own
    [row] = _rows(picture)
    lines = [text.text or "" for text in row.findall(f"{SVG}text")][:2]
    assert lines == ["Socialförvaltningens öppna", "förskolas och familjecentrals…"]
    assert row.findtext(f"{SVG}title") == f"{name}: –"


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_sign_has_a_shape_and_a_letter_of_its_own(language: str) -> None:
    with use_language(language):
        assert len({letter(mark) for mark in Mark}) == len({in_words(mark) for mark in Mark}) == len(Mark)
        drawn = month_picture(view(JUNE, {}))
    shapes = {re.sub(r'class="\w+" ?', "", shape) for shape in SHAPES.values()}
    assert len(shapes) == len(Mark) - 1  # watched and not yet watched are both rings, one of them broken
    assert "stroke-dasharray" in STYLE[STYLE.index(".pending{") : STYLE.index(".pending-text{")]
    assert all(f'<g id="{mark}">' in drawn for mark in Mark)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_signs_can_be_told_in_grey(scheme: str) -> None:
    """What is not watched is dark where the others are light, whatever the colours."""
    filled = {mark: _luminance(_colour(f".{mark}", "fill", scheme)) for mark in Mark}
    for mark in (Mark.WATCHED, Mark.PARTLY, Mark.PENDING):
        assert _ratio(filled[Mark.NOT_WATCHED], filled[mark]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_contrast_is_enough_for_letters_and_for_shapes(scheme: str) -> None:
    page, off = (_luminance(_colour(name, "fill", scheme)) for name in (".page", ".off"))
    for mark in Mark:
        letters = _luminance(_colour(f".{mark}-text", "fill", scheme))
        assert _ratio(letters, _luminance(_colour(f".{mark}", "fill", scheme))) >= 4.5, mark
        edge = _luminance(_colour(f".{mark}", "stroke", scheme))
        assert min(_ratio(edge, page), _ratio(edge, off)) >= 3, mark
    for words in ("text", ".soft"):
        assert min(_ratio(_luminance(_colour(words, "fill", scheme)), each) for each in (page, off)) >= 4.5
    assert _ratio(_luminance(_colour(".corrected", "fill", scheme)), page) >= 3


@pytest.mark.parametrize("language", ["sv", "en"])
def test_it_says_in_words_what_it_shows(language: str) -> None:
    marked = {
        date(2026, 6, 1): Cell(Mark.WATCHED, "", False),
        date(2026, 6, 2): Cell(Mark.NOT_WATCHED, "", False),
        date(2026, 6, 3): Cell(Mark.PENDING, "", False),
    }
    with use_language(language):
        month = view(JUNE, {"fb": marked})
        picture = ET.fromstring(month_picture(month))  # noqa: S314 - our own
        told = in_short(month)
    assert (picture.attrib["role"], picture.attrib["aria-labelledby"]) == ("img", "title desc")
    assert picture.attrib["lang"] == language
    assert picture.findtext(f"{SVG}desc") == told
    assert (
        told
        == {
            "sv": "50\xa0% bevakat (1 av 2 kanaldagar). Ej bevakad: 1. Ännu ej bevakad: 1.",
            "en": "50% watched (1 of 2 channel days). Not watched: 1. Not yet watched: 1.",
        }[language]
    )


def test_days_off_are_named_and_bridge_days_are_none() -> None:
    def off(day: date) -> str | None:
        return why_off(CALENDAR, day)

    assert [off(date(2026, 6, day)) for day in (18, 19, 20, 21)] == [None, "Midsommarafton", "Midsommardagen", "söndag"]
    assert (off(date(2026, 5, 14)), off(date(2026, 5, 15))) == ("Kristi himmelsfärdsdag", None)
    assert off(CLOSED) == "Stängt"
    eves = [each.off for each in view(DECEMBER, {}).named_days_off]
    assert eves == ["Julafton", "Juldagen", "Annandag jul", "Nyårsafton"]
    drawn = month_picture(view(DECEMBER, {}))
    assert all(name in drawn for name in ("Julafton", "Annandag jul", "Nyårsafton"))
    with use_language("en"):
        assert (off(date(2026, 6, 19)), off(date(2026, 6, 21))) == ("Midsummer Eve", "Sunday")


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.sampled_from(["sv", "en"]))
def test_a_day_has_a_reason_exactly_when_it_is_no_working_day(day: date, language: str) -> None:
    with use_language(language):
        assert (why_off(CALENDAR, day) is None) == CALENDAR.is_working_day(day)


@given(months)
def test_a_month_is_written_as_it_is_read_and_has_its_own_days(month: Month) -> None:
    assert Month.written(str(month)) == month
    days = list(month.days)
    assert {(day.year, day.month) for day in days} == {(month.year, month.number)}
    assert all((after - before).days == 1 for before, after in pairwise(days))
    assert (days[0].day, days[-1]) == (1, month.last)
    assert month.next.previous == month == month.previous.next


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "2026-6", "1999-12", "2100-01", "june", "", "２０２６-06", "2026-06\n"]
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Month.written(text)


def test_figures_and_spans_are_written_as_people_write_them() -> None:
    days = [date(2026, 6, 9), date(2026, 6, 10), date(2026, 6, 11)]
    assert (percentage(tally([(Verdict.WATCHED, False)] * 1)), percentage(Tally())) == ("100\xa0%", "–")
    assert percentage(Tally(days=250, watched=144, not_watched=106)) == "57,6\xa0%"
    assert (span(days), span(days[:1])) == ("9–11 juni", "9 juni")
    with use_language("en"):
        assert (span(days), JUNE.in_words, percentage(Tally(days=8, watched=7))) == ("9–11 June", "June 2026", "87.5%")


def test_its_size_grows_with_the_channels() -> None:
    heights = [size(view(JUNE, {str(number): {} for number in range(count)}))[1] for count in (1, 2, 40)]
    assert heights[1] - heights[0] == (heights[2] - heights[1]) / 38 > 0


def _rows(picture: ET.Element) -> Iterator[ET.Element]:
    return (group for group in picture.findall(f"{SVG}g") if group.find(f"{SVG}title") is not None)


def _colour(selector: str, name: str, scheme: str) -> str:
    """What the scheme paints it with; the light one's where the dark one changes nothing."""
    for text in (SCHEMES[scheme], SCHEMES["light"]):
        if found := re.search(rf"(?:^|[}}\n{{]){re.escape(selector)}{{[^}}]*?\b{name}:#([0-9a-f]+)", text):
            return found[1]
    raise AssertionError((selector, name))


def _luminance(colour: str) -> float:
    """WCAG 2.2's relative luminance."""
    digits = colour if len(colour) == 6 else "".join(2 * digit for digit in colour)
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _ratio(one: float, other: float) -> float:
    light, dark = max(one, other), min(one, other)
    return (light + 0.05) / (dark + 0.05)
