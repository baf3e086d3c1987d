"""What the feeds of warnings say, each in its own shape. They are others': nothing in them is taken for granted, and
one item that cannot be read hides no other."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

from monitor.emergency.warning_rules import COUNTIES, STALE_AFTER, SWEDEN, Source, Warned

OVER = "faran över"
LONGEST = 4_000
"""Characters of a text that are kept."""
CODES = {name.lower(): code for code, name in COUNTIES.items()} | {"sverige": SWEDEN, "sweden": SWEDEN}


class Unreadable(Exception):
    """This is not the feed, or not in a shape that we know."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a feed tells now. odd: items that could not be read. stale: it was made long ago. complete: what it does not
    tell any more is over."""

    warnings: tuple[Warned, ...]
    odd: int = 0
    stale: bool = False
    complete: bool = False


def read(source: Source, body: bytes, now: datetime) -> Answer:
    """Raises Unreadable."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):  # the latter: thousands of brackets
        raise Unreadable from None
    items = list(_items(source, told))
    found = [_or_none(READERS[source], item) for item in items]
    made = _moment(told.get("timestamp")) if isinstance(told, dict) else None
    return Answer(
        tuple(each for each in found if each is not None),
        odd=found.count(None),
        stale=made is not None and now - made > STALE_AFTER,
        complete=source in (Source.SMHI, Source.VMA_RETOLD),
    )


def _items(source: Source, told: Any) -> Iterator[Any]:
    items = told
    if source is Source.VMA:
        items = told.get("alerts") if isinstance(told, dict) else None
    if not isinstance(items, list):
        raise Unreadable
    for item in items:
        if source is not Source.SMHI:
            yield item
        else:
            areas = item.get("warningAreas") if isinstance(item, dict) else None
            yield from ({"warning": item, "area": area} for area in areas or [None])


def _or_none(reader: Callable[[Any], Warned], item: Any) -> Warned | None:
    try:
        return reader(item)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
        return None


# -- Sveriges Radio: CAP as JSON; a cancel has no info


def _vma(item: Any) -> Warned:
    identifier, info = _needed(item["identifier"]), _swedish(item.get("info"))
    areas, about = _listed(info.get("area")), _first_reference(item.get("references"))
    codes = {_code(each.get("value")) for area in areas for each in _listed(area.get("geocode"))}
    return Warned(
        Source.VMA,
        identifier,
        thread=_text(item.get("incidents")) or about or identifier,
        about=about,
        status=_text(item.get("status")),
        kind=_text(item.get("msgType")),
        sent=_needed_moment(item["sent"]),
        level=_text(info.get("severity")),
        headline=_text(info.get("headline")) or _text(info.get("event")),
        text=_text(info.get("description")),
        web=_address(info.get("web")),
        codes=frozenset(codes - {""}),
        areas=tuple(_text(area.get("areaDesc")) for area in areas),
        expires=_moment(info.get("expires")),
    )


def _swedish(infos: Any) -> dict[str, Any]:
    every = _listed(infos if isinstance(infos, list) else [infos])
    ours = [each for each in every if _text(each.get("language")).lower().startswith("sv")]
    return next(iter([*ours, *every]), {})


def _first_reference(references: Any) -> str:
    """sender,identifier,sent: the identifier."""
    parts = _text(references).split(" ")[0].split(",")
    return parts[1] if len(parts) == 3 else ""


# -- SMHI: what is not there any more is over


def _smhi(item: Any) -> Warned:
    warning, area = item["warning"], item["area"]
    thread = f"{_needed(warning['id'])}.{_needed(area['id'])}"
    published = _needed_moment(area["published"])
    counties = _listed(area.get("affectedAreas"))
    told = [_said(each.get("text")) for each in _listed(area.get("descriptions"))]
    event = _said(area.get("eventDescription")) or _said(warning.get("event"))
    level = area.get("warningLevel") or {}
    return Warned(
        Source.SMHI,
        f"{thread}@{published.isoformat()}",
        thread,
        status="Actual",
        kind="Alert",
        sent=published,
        level=_text(level.get("code")),
        headline=": ".join(filter(None, (_said(level), event, _said(area.get("areaName"))))),
        text="\n".join(filter(None, told)),
        codes=frozenset(_code(each.get("id")) for each in counties) - {""},
        areas=tuple(_said(each) for each in counties),
        expires=_moment(area.get("approximateEnd")),
    )


def _said(text: Any) -> str:
    """Swedish where there is any: {"sv": …, "en": …}."""
    return _text(text.get("sv") or text.get("en")) if isinstance(text, dict) else _text(text)


# -- krisinformation.se: names of places instead of codes, and HTML


def _news(item: Any) -> Warned:
    return _krisinformation(item, Source.KRISINFORMATION)


def _vma_retold(item: Any) -> Warned:
    """It has no word for taking one back: residents are told that the danger is over, in a headline."""
    told = _krisinformation(item, Source.VMA_RETOLD)
    over = OVER in f"{told.headline} {_text(item.get('PushMessage'))}".lower()
    return replace(told, kind="Cancel") if over else told


def _krisinformation(item: Any, source: Source) -> Warned:
    identifier, areas = _needed(item["Identifier"]), _listed(item.get("Area"))
    names = tuple(_text(each.get("Description")) for each in areas)
    sent = _moment(item.get("Updated")) or _needed_moment(item["Published"])
    return Warned(
        source,
        f"{identifier}@{sent.isoformat()}",
        thread=identifier,
        status="Test" if item.get("IsTest") is True else "Actual",
        kind="Alert",
        sent=sent,
        level="push" if item.get("Push") is True else "",
        headline=_text(item.get("Headline")) or _text(item.get("PushMessage")),
        text=_text(item.get("Preamble")) or _plain(_text(item.get("BodyText"))),
        web=_address(item.get("Web")),
        codes=frozenset(CODES[name.lower()] for name in names if name.lower() in CODES),
        areas=names,
    )


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def _plain(html: str) -> str:
    words = _Words()
    words.feed(html)
    return " ".join(" ".join(words.found).split())


# -- what may be anything


def _listed(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    """Without control signs, which PostgreSQL or a page would stumble over."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        return ""
    return "".join(sign for sign in str(value) if sign.isprintable() or sign in "\n\t").strip()[:LONGEST]


def _needed(value: Any) -> str:
    text = _text(value)
    if not text:
        raise ValueError
    return text


def _address(value: Any) -> str:
    """A link that may stand on a page."""
    text = _text(value)
    return text if text.startswith(("https://", "http://")) else ""


def _code(value: Any) -> str:
    """A county or municipality: SMHI tells counties as numbers, so that Stockholm's zero is lost."""
    text = _text(value)
    return text.zfill(2) if text.isdecimal() else ""


def _moment(value: Any) -> datetime | None:
    try:
        return _needed_moment(value)
    except (TypeError, ValueError, OverflowError):  # the latter: a time before the first year
        return None


def _needed_moment(value: Any) -> datetime:
    found = datetime.fromisoformat(value)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


READERS: dict[Source, Callable[[Any], Warned]] = {
    Source.VMA: _vma,
    Source.SMHI: _smhi,
    Source.KRISINFORMATION: _news,
    Source.TOP_STORIES: _news,
    Source.VMA_RETOLD: _vma_retold,
}
