"""The month of the watch as a picture (SVG): a row per channel, a column per day, a sign for what each day came to.

A sign is a shape with a letter, so that it can be told on paper and without seeing colours: what is watched is a quiet
ring, what is not is a dark square. The same month gives the same bytes. A page shows it with <img>, opened by itself it
needs STYLE_SOURCE as style-src in its Content-Security-Policy.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from html import escape
from textwrap import wrap

from config.language import _, language
from monitor.records.month import Line, Mark, MonthView, in_words, letter, percentage
from monitor.register.days_off import weekday

EDGE = 16
NAMES, CELL, SHARE = 226, 24, 62
ROW = 32
TITLE, WEEKDAYS = 64, 44
LEGEND = 54
LETTER = 6.6
"""The width of a letter in a day off's name, on the wide side."""
LONGEST_LINE, LONGEST_NAME_OF_DAY = 31, 24

STYLE = """
text{font:13px system-ui,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",Arial,sans-serif;fill:#16202a}
.page{fill:#fff}.off{fill:#e3e8ed}.line{stroke:#d5dbe2}.now{stroke:#16202a;stroke-width:2}
.title{font-size:18px;font-weight:700}.soft{fill:#4a5866}.small{font-size:12px}.strong{font-weight:700}
.mid{text-anchor:middle}.end{text-anchor:end}.sign{font-size:11px;font-weight:700;text-anchor:middle}
.watched{fill:#fff;stroke:#17643a;stroke-width:1.5}.watched-text{fill:#17643a}
.partly{fill:#ffe9ad;stroke:#6b4a00;stroke-width:1.5}.partly-text{fill:#523800}
.not_watched{fill:#9c1c1c;stroke:#9c1c1c;stroke-width:1.5}.not_watched-text{fill:#fff}
.pending{fill:#fff;stroke:#51606f;stroke-width:1.5;stroke-dasharray:2.5 2.2}.pending-text{fill:#51606f}
.corrected{fill:#16202a}
@media (prefers-color-scheme:dark){
text{fill:#eef2f6}.page{fill:#1b242d}.off{fill:#2c3843}.line{stroke:#37444f}.now{stroke:#eef2f6}.soft{fill:#b3c0cc}
.watched{fill:#1b242d;stroke:#9fe0b9}.watched-text{fill:#9fe0b9}
.partly{fill:#443409;stroke:#f2cf7a}.partly-text{fill:#f2cf7a}
.not_watched{fill:#ffb3ad;stroke:#ffb3ad}.not_watched-text{fill:#3a0f0f}
.pending{fill:#1b242d;stroke:#b3c0cc}.pending-text{fill:#b3c0cc}
.corrected{fill:#eef2f6}}
"""
STYLE_SOURCE = f"'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'"

NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

SHAPES = {
    Mark.WATCHED: '<circle class="watched" cx="12" cy="12" r="8.75"/>',
    Mark.PARTLY: '<path class="partly" d="M12 1.5 22.5 12 12 22.5 1.5 12Z"/>',
    Mark.NOT_WATCHED: '<path class="not_watched" d="M3 3H21V21H3Z"/>',
    Mark.PENDING: '<circle class="pending" cx="12" cy="12" r="8.75"/>',
}
BESIDE = '<path id="corrected" class="corrected" d="M16 0H24V8Z"/><path id="off" class="off" d="M0 0H24V24H0Z"/>'


def month_picture(view: MonthView) -> str:
    """An SVG document in the language in use; `view` is in the same."""
    width, height = size(view)
    named = 'role="img" aria-labelledby="title desc"'
    box = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" lang="{language()}" {box} {named}>',
            f'<title id="title">{_xml(_title(view))}</title>',
            f'<desc id="desc">{_xml(in_short(view))}</desc>',
            f"<style>{STYLE}</style>",
            f"<defs>{''.join(_signs())}</defs>",
            f'<rect class="page" width="{width}" height="{height}" rx="8"/>',
            *_heading(view),
            *_columns(view, height),
            *_rows(view),
            *_legend(height),
            "</svg>\n",
        ]
    )


def size(view: MonthView) -> tuple[int, int]:
    """Width and height in pixels of CSS."""
    width = 2 * EDGE + NAMES + len(view.days) * CELL + SHARE
    return width, _top(view) + max(1, len(view.lines)) * ROW + LEGEND


def in_short(view: MonthView) -> str:
    """What the picture says, for those who do not see it: 'Bevakat: 97,6 % (41 av 42 kanaldagar). Delvis: 1.'"""
    if not view.lines:
        return _("No channel had to be watched.")
    all_of_it, told = view.overall, {"percent": percentage(view.overall), "watched": view.overall.watched}
    whole = _("{percent} watched ({watched} of {days} channel days).", days=all_of_it.days - all_of_it.pending, **told)
    rest = {Mark.PARTLY: all_of_it.partly, Mark.NOT_WATCHED: all_of_it.not_watched, Mark.PENDING: all_of_it.pending}
    return " ".join([whole, *(f"{in_words(mark)}: {count}." for mark, count in rest.items() if count)])


def _title(view: MonthView) -> str:
    return _("The watch in {month}, {organisation}", month=view.month.in_words, organisation=view.organisation)


def _top(view: MonthView) -> int:
    """Where the first row begins: names of days off need room above their columns."""
    longest = max((len(each.off or "") for each in view.named_days_off), default=0)
    return TITLE + round(LETTER * min(longest, LONGEST_NAME_OF_DAY)) + WEEKDAYS


def _left(day: date) -> int:
    return EDGE + NAMES + (day.day - 1) * CELL


def _signs() -> Iterator[str]:
    for mark, shape in SHAPES.items():
        text = f'<text class="sign {mark}-text" x="12" y="16">{_xml(letter(mark))}</text>'
        yield f'<g id="{mark}">{shape}{text}</g>'
    yield BESIDE


def _heading(view: MonthView) -> Iterator[str]:
    yield f'<text class="title" x="{EDGE}" y="34">{_xml(_cut(_title(view), 90))}</text>'
    yield f'<text class="soft" x="{EDGE}" y="54">{_xml(in_short(view))}</text>'


def _columns(view: MonthView, height: int) -> Iterator[str]:
    """Weekday and number of each day; days off are shaded, and named above."""
    top, bottom = _top(view), height - LEGEND
    for each in view.days:
        left, mid = _left(each.day), _left(each.day) + CELL // 2
        if each.off:
            yield f'<path class="off" d="M{left} {top - WEEKDAYS + 4}h{CELL}V{bottom}h-{CELL}Z"/>'
        tone = "soft" if each.off else "strong"
        yield f'<text class="small soft mid" x="{mid}" y="{top - 24}">{_xml(weekday(each.day, "short"))}</text>'
        yield f'<text class="{tone} mid" x="{mid}" y="{top - 8}">{each.day.day}</text>'
        if each.day == view.today:
            yield f'<path class="now" d="M{left + 3} {top - 2}H{left + CELL - 3}"/>'
    for each in view.named_days_off:
        place = f"translate({_left(each.day) + CELL // 2 + 4} {top - WEEKDAYS - 4}) rotate(-90)"
        name = _xml(_cut(each.off or "", LONGEST_NAME_OF_DAY))
        yield f'<text class="small" transform="{place}">{name}</text>'


def _rows(view: MonthView) -> Iterator[str]:
    right = _left(view.days[-1].day) + CELL
    yield f'<text class="small soft end" x="{right + SHARE}" y="{_top(view) - 8}">{_xml(_("Watched"))}</text>'
    for number, line in enumerate(view.lines):
        top = _top(view) + number * ROW
        yield f'<g transform="translate(0 {top})"><title>{_xml(f"{line.name}: {percentage(line.tally)}")}</title>'
        yield f'<path class="line" d="M{EDGE} 0H{right + SHARE}"/>'
        yield from _name(line.name)
        yield from _cells(line)
        yield f'<text class="strong end" x="{right + SHARE}" y="20">{_xml(percentage(line.tally))}</text></g>'


def _name(name: str) -> Iterator[str]:
    """In one line or two, the second cut off where it is too long."""
    lines = wrap(name, LONGEST_LINE)
    if len(lines) < 2:
        yield f'<text x="{EDGE}" y="20">{_xml(name)}</text>'
        return
    for text, y in zip((lines[0], _cut(" ".join(lines[1:]), LONGEST_LINE)), (14, 27), strict=True):
        yield f'<text class="small" x="{EDGE}" y="{y}">{_xml(text)}</text>'


def _cells(line: Line) -> Iterator[str]:
    """A sign a day; those that say more than that all is well have it as a title too."""
    for day, cell in sorted(line.cells.items()):
        sign = f'<use href="#{cell.mark}" x="{_left(day)}" y="4"/>'
        if cell.corrected:
            sign += f'<use href="#corrected" x="{_left(day)}" y="4"/>'
        if cell.corrected or cell.mark is not Mark.WATCHED:
            told = _xml(f"{line.name}, {day}: {cell.in_words}. {cell.reason}")
            sign = f"<g><title>{told}</title>{sign}</g>"
        yield sign


def _legend(height: int) -> Iterator[str]:
    top = height - LEGEND + 16
    known = [(f"#{mark}", in_words(mark)) for mark in Mark]
    for place, (sign, words) in enumerate([*known, ("#corrected", _("Put right afterwards")), ("#off", _("Day off"))]):
        left = EDGE + place * 160
        yield f'<use href="{sign}" x="{left}" y="{top}"/>'
        yield f'<text class="small" x="{left + CELL + 7}" y="{top + 16}">{_xml(words)}</text>'


def _xml(text: str) -> str:
    """As XML; what no XML document may hold is shown as a sign that something is there."""
    return escape(NOT_IN_XML.sub("\ufffd", text))


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
