"""The tables of the report on answers as pictures (SVG), each a file of its own for <img>.

pygal draws them. It is loaded where a picture is drawn, so that whoever draws none does not carry it. What it adds for
scripts is taken out, so that nothing runs in a picture, and the same table gives the same bytes. A picture that is
opened by itself needs `policy` as its Content-Security-Policy.
"""

import re
import sys
from base64 import b64encode
from collections.abc import Iterator, Sequence
from functools import partial
from hashlib import sha256
from html import unescape
from itertools import count
from math import ceil
from typing import Any, TypeVar
from xml.etree.ElementTree import Element

from babel.numbers import format_decimal

from config.language import language
from monitor.records.answer_panels import PERCENT, Column, Panel

WIDTH, UPRIGHT = 720, 340
LINE, EDGES, LEGEND_LINE = 22, 64, 24
"""The height that a lying bar takes with the room around it, everything above and below them, a line of the legend."""
LEGENDS = 2
"""So many columns' names stand beside each other in a legend."""
BESIDE = 84
"""Room for the number beside a lying bar."""
LONGEST = 34
"""Letters of a name that there is room for; the table beside the picture has all of them."""
BELOW = 36
"""Room below the legend of upright bars, whose slanting names push it down."""
MOST_NUMBERS = 24
"""So many upright bars have their number above them; of more, the numbers would run into each other."""
FONT = 'system-ui,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",Arial,sans-serif'
LIGHT = ("#0b5c8a", "#d9822b", "#2f7d4f", "#b04a8f", "#7a6a00", "#68737d")
DARK = ("#6db9e8", "#f5b26b", "#7fcf9d", "#e39ad0", "#d9c75a", "#a3afb9")
"""A colour each for six columns, at least 3 : 1 to the ground; a line of the ground's colour parts those that meet."""
GROUND, INK, QUIET, LINES = "#ffffff", "#16202a", "#4a5866", "#c3ccd4"
DARK_GROUND, DARK_INK, DARK_QUIET, DARK_LINES = "#1b242d", "#eef2f6", "#b3c0cc", "#4a5a67"
MOST_MARKS = 6
NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
STYLES = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)

Item = TypeVar("Item")


def chart(panel: Panel) -> str:
    """An SVG document in the language in use; `panel` is in the same, and is drawn."""
    drawn = _frame(panel)
    drawn.uuid = panel.key
    drawn.x_labels = [_short(row) for row in _placed(panel, panel.rows)]
    for column in _drawn(panel):
        drawn.add(_short(column.name), _placed(panel, _values(column)))
    drawn.add_xml_filter(partial(_bare, panel))
    return str(drawn.render(is_unicode=True, disable_xml_declaration=True))


def size(panel: Panel) -> tuple[int, int]:
    """Width and height in pixels of CSS."""
    columns = len(_drawn(panel))
    legend = -(-columns // LEGENDS) * LEGEND_LINE if columns > 1 else 0
    if not panel.lying:
        return WIDTH, UPRIGHT + legend + (LEGEND_LINE if legend else 0)
    bars = 1 if panel.stacked else columns
    return WIDTH, EDGES + legend + len(panel.rows) * (LINE * bars + 8)


def policy(picture: str) -> str:
    """What the picture may do where it is opened by itself: use its own style sheet, and nothing else."""
    styles = [unescape(found).encode() for found in STYLES.findall(picture)]
    sources = " ".join(f"'sha256-{b64encode(sha256(style).digest()).decode()}'" for style in styles)
    return f"default-src 'none'; style-src {sources}; base-uri 'none'; frame-ancestors 'self'"


def _pygal() -> Any:
    """The library, loaded late as that is slow, without the finder that it puts before Python's own for plugins of its
    own: Python warns of such an old one at every later import, and we have no plugins."""
    import pygal

    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "PluginImportFixer"]
    return pygal


def _frame(panel: Panel) -> Any:
    """An empty chart of the right kind."""
    pygal = _pygal()
    lying, upright = (pygal.HorizontalStackedBar, pygal.HorizontalBar), (pygal.StackedBar, pygal.Bar)
    kind = (lying if panel.lying else upright)[0 if panel.stacked else 1]
    width, height = size(panel)
    return kind(
        js=[],
        css=["file://style.css", "file://graph.css", f"inline:{_own_style(panel)}"],
        style=_style(),
        width=width,
        height=height,
        margin=12,
        margin_bottom=12 if panel.lying or len(_drawn(panel)) == 1 else BELOW,
        margin_right=BESIDE if panel.lying and not panel.stacked else 24,
        show_legend=len(_drawn(panel)) > 1,
        legend_at_bottom=True,
        legend_at_bottom_columns=LEGENDS,
        truncate_legend=-1,
        truncate_label=-1,
        range=(0, _marks(panel)[-1]),
        y_labels=_marks(panel),
        print_values=_has_numbers(panel),
        print_zeroes=True,
        print_values_position="top",
        value_formatter=partial(_number, panel.unit),
        x_label_rotation=0 if panel.lying else 45,
        no_data_text="",
    )


def _has_numbers(panel: Panel) -> bool:
    """Is there room for each bar's number beside it?"""
    few = len(panel.rows) <= MOST_NUMBERS and panel.unit != PERCENT
    return not panel.stacked and (panel.lying or few)


def _style() -> Any:
    style = _pygal().style.Style
    fonts = {f"{name}_font_family": FONT for name in ("label", "major_label", "legend", "value", "title", "no_data")}
    sizes = {f"{name}_font_size": 13 for name in ("label", "major_label", "legend", "value")}
    return style(
        background=GROUND,
        plot_background=GROUND,
        foreground=INK,
        foreground_strong=INK,
        foreground_subtle=LINES,
        guide_stroke_color=LINES,
        major_guide_stroke_color=LINES,
        guide_stroke_dasharray="none",
        major_guide_stroke_dasharray="none",
        font_family=FONT,
        colors=LIGHT,
        value_colors=(INK,) * len(LIGHT),
        opacity="1",
        opacity_hover="1",
        transition="0s",
        **fonts,
        **sizes,
    )


def _own_style(panel: Panel) -> str:
    """What pygal's own style sheet cannot say: bars that meet are parted, a number stands beside its lying bar, and all
    of it in the dark."""
    own = f"#chart-{panel.key}"
    beside = f"{own} .text-overlay text.value{{text-anchor:start;transform:translate(6px,0)}}" if panel.lying else ""
    colours = "".join(f"{own} .color-{number}{{fill:{colour}}}" for number, colour in enumerate(DARK))
    return (
        f"{own} .bar rect{{stroke:{GROUND}}}{own} .axis text{{fill:{QUIET}}}{beside}"
        f"@media (prefers-color-scheme:dark){{{own}{{background-color:{DARK_GROUND}}}{colours}"
        f"{own} .background{{fill:{DARK_GROUND} !important}}{own} .bar rect{{stroke:{DARK_GROUND}}}"
        f"{own} .axis text{{fill:{DARK_QUIET} !important}}{own} .axis .line{{stroke:{DARK_LINES} !important}}"
        f"{own} .legends .legend text,{own} .text-overlay text{{fill:{DARK_INK} !important}}}}"
    )


def _marks(panel: Panel) -> list[int]:
    """The numbers at the axis: whole ones, from nothing on, so that a bar's length is what it says."""
    if panel.unit == PERCENT:
        return list(range(0, 101, 20))
    columns = [[value or 0 for value in column.drawn] for column in _drawn(panel)]
    ends = [sum(row) if panel.stacked else max(row) for row in zip(*columns, strict=True)]
    highest = max([1, *ends])
    step = next(each for each in _steps() if each * MOST_MARKS >= highest)
    return list(range(0, ceil(highest / step) * step + 1, step))


def _steps() -> Iterator[int]:
    """1, 2, 5, 10, 20, 50 …"""
    return (digit * 10**power for power in count() for digit in (1, 2, 5))


def _drawn(panel: Panel) -> list[Column]:
    return [column for column in panel.columns if column.drawn]


def _placed(panel: Panel, items: Sequence[Item]) -> list[Item]:
    """Lying bars are drawn from below."""
    return list(reversed(items)) if panel.lying else list(items)


def _values(column: Column) -> list[dict[str, Any]]:
    """Each with what the table says of it."""

    def said(text: str, _value: object) -> str:
        return text

    pairs = zip(column.drawn, column.told, strict=True)
    return [{"value": value, "formatter": partial(said, told)} for value, told in pairs]


def _bare(panel: Panel, root: Element) -> Element:
    """The drawing with its title and what there is to see in it, without what only scripts need."""
    for parent in list(root.iter()):
        for child in list(parent):
            if _is_for_scripts(child):
                parent.remove(child)
    root.set("lang", language())
    root.set("role", "img")
    root.set("aria-labelledby", "title desc")
    root.set("width", root.get("viewBox", "").split()[2])
    root.set("height", root.get("viewBox", "").split()[3])
    title = next(each for each in root if each.tag == "title")
    title.set("id", "title")
    title.text = _xml(panel.heading)
    description = root.makeelement("desc", {"id": "desc"})  # pygal draws with lxml where that happens to be installed
    description.text = _xml(panel.main)
    root.append(description)
    return root


def _is_for_scripts(node: Any) -> bool:
    is_comment = not isinstance(node.tag, str)  # it says when the picture was drawn
    return is_comment or node.tag in {"script", "desc"} or node.get("class") == "tooltip"


def _number(unit: str, value: float) -> str:
    number = str(format_decimal(value, format="#,##0.##", locale=language()))
    return f"{number}\N{NO-BREAK SPACE}{unit}" if unit else number


def _short(text: str) -> str:
    text = _xml(text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def _xml(text: str) -> str:
    return NOT_IN_XML.sub("\ufffd", text)
