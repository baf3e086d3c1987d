"""The crisis page's files: pages for people, in Swedish and English, and the same for machines."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement, tostring

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config.language import _, moment, use_language
from monitor.emergency import cap
from monitor.emergency.cap_rules import LONGEST_AREA, NAME, Alert, Area, Info, Reference, faults
from monitor.emergency.composing import BEGINS, EXERCISE, HEADS
from monitor.emergency.hub_contents import LISTED, Contents, Shelf, Shown
from monitor.emergency.incident_words import STAGES
from monitor.emergency.message_rules import PARTS
from monitor.emergency.models import Message

Told = dict[str, Any]
"""A message as machines read it: see `told`."""
ATOM = "http://www.w3.org/2005/Atom"
LASTS = timedelta(hours=24)
KINDS = {"alert": "Alert", "update": "Update", "correction": "Update", "cancel": "Cancel"}
"""CAP has no correction: it is an update."""
FRONTS = {"sv": "index", "en": "en"}
"""The first page, by language."""
CARDS = "cards/"
ROBOTS = b"User-agent: *\nAllow: /\n"
MADE = re.compile(rb'<p class="made">[^<]*</p>|"made": "[^"]*"')
"""What says when a file was written."""
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.globals.update(_=_)
TEMPLATES.filters.update(moment=moment)


def files(
    found: Contents, incidents: Collection[int], base: str, kept: Path, *, fronts: bool = True, feeds: bool = True
) -> dict[str, bytes]:
    """By name, what others lead to first. incidents: those whose messages' own pages are made. kept: where they lie
    already, so that no card is drawn twice. fronts: the first pages. feeds: what machines read of all of them."""
    made = dict[str, bytes]()
    shown = [each for each in found.messages if NAME.fullmatch(each.identifier)]
    for each in shown:
        if each.incident.id in incidents:
            made |= _of_message(each, found, base, kept)
    if feeds:
        made |= _feeds(found, shown[:LISTED], base)
    for language, name in FRONTS.items() if fronts else ():
        made[f"{name}.html"] = _page("hub/front.html", language, found, base, shelves=found.shelves)
    return made


def _feeds(found: Contents, listed: Sequence[Shown], base: str) -> dict[str, bytes]:
    on_front = (each for shelf in found.shelves for each in (*shelf.live, *shelf.past))
    either = {each.identifier: each for each in (*listed, *on_front)}
    said = {identifier: told(each, found, base) for identifier, each in either.items()}
    return {
        "index.json": _json(found, said, base),
        "feed.atom": _atom(found, listed, said, base),
        "robots.txt": ROBOTS,
    }


def same(one: bytes, other: bytes) -> bool:
    """Do two files say the same, whenever they were written?"""
    return MADE.sub(b"", one) == MADE.sub(b"", other)


def marks(page: bytes) -> list[bytes]:
    """What a page is known by: the messages on it, each with its text, and when it was written."""
    return [
        found[0] for found in re.finditer(rb'<article id="[^"]*" data-sha256="[^"]*"|<p class="made">[^<]*</p>', page)
    ]


def seal(identifier: str, text_hash: str) -> bytes:
    """By what a message's page is known to show exactly this text."""
    return f'<article id="{identifier}" data-sha256="{text_hash}"'.encode()


def parts(shown: Shown) -> list[tuple[str, str]]:
    """Headings and paragraphs, in the message's language. One without a heading where the page has words of its own."""
    if shown.words:
        return [("", shown.words)]
    answers = [(name, getattr(shown.message, name).strip()) for name in PARTS]
    with use_language(shown.message.language):
        return [(_(HEADS[name]) if name in HEADS else "", said) for name, said in answers if said]


def headline(shown: Shown) -> str:
    """In the message's language."""
    message = shown.message
    with use_language(message.language):
        said = _(BEGINS[message.kind], headline=message.headline) if message.kind in BEGINS else message.headline  # type: ignore[index]
    return f"{EXERCISE[message.language]}: {said}" if shown.incident.mode == "exercise" else said


def alert_of(shown: Shown, found: Contents, base: str) -> Alert:
    """The message in CAP's terms. What nobody has seen cannot be updated: then it is an alert of its own."""
    message, incident = shown.message, shown.incident
    references = _references(shown, found, base)
    exercise = incident.mode == "exercise"
    sent = (message.sent or message.made_at).astimezone(found.zone)
    return Alert(
        *(shown.identifier, _sender(found, base), sent),
        status="Exercise" if exercise else "Actual",
        kind=KINDS[message.kind] if references else "Alert",
        note=EXERCISE[message.language] if exercise else "",
        references=references,
        incident=f"incident-{incident.id}",
        infos=(_info(shown, found, base, sent),),
    )


def _in_cap(shown: Shown, found: Contents, base: str) -> Alert | None:
    """None where something is wrong with it, such as a register without the municipality's code."""
    alert = alert_of(shown, found, base)
    return None if faults(alert, shown.message.sent or shown.message.made_at) else alert


def _info(shown: Shown, found: Contents, base: str, sent: datetime) -> Info:
    message = shown.message
    text = "\n\n".join(filter(None, (f"{head} {said}".strip() for head, said in parts(shown))))
    head = headline(shown)
    area = shown.incident.area if 0 < len(shown.incident.area) <= LONGEST_AREA else found.name
    return Info(
        *(message.language, message.category, shown.incident.title),
        *_gravity(message),
        response="AllClear" if _is_over(message) else "Monitor",
        expires=(message.expires or sent + LASTS).astimezone(found.zone),
        sender_name=found.name,
        headline=head,
        description=text or head,
        instruction=message.to_do.strip(),
        web=f"{base}/{shown.identifier}",
        contact=found.phone,
        areas=(Area(area[:LONGEST_AREA], (found.code,) if found.code else ()),),
    )


def _is_over(message: Message) -> bool:
    """A withdrawal is the last word too, and says nothing of whether the danger is over."""
    return message.final and message.kind in ("alert", "update")


def _gravity(message: Message) -> tuple[str, str, str]:
    """Urgency, severity and certainty."""
    if _is_over(message):
        return "Past", "Minor", message.certainty
    if message.kind == "cancel":
        return "Unknown", "Unknown", "Unknown"
    return message.urgency, message.severity, message.certainty


def _references(shown: Shown, found: Contents, base: str) -> tuple[Reference, ...]:
    earlier = shown.earlier
    if earlier is None or earlier.identifier is None or earlier.sent is None:
        return ()
    return (Reference(_sender(found, base), earlier.identifier, earlier.sent.astimezone(found.zone)),)


def _sender(found: Contents, base: str) -> str:
    """A name that is ours alone: the website's host."""
    return urlsplit(found.website or base).hostname or "localhost"


def _of_message(shown: Shown, found: Contents, base: str, kept: Path) -> Iterator[tuple[str, bytes]]:
    identifier = shown.identifier
    card = f"{CARDS}{identifier}.jpg"
    image = None if (kept / card).exists() else _card(shown)
    if image is not None:
        yield card, image
    alert = _in_cap(shown, found, base)
    if alert is not None:
        yield f"cap/{identifier}.xml", cap.to_xml(alert)
    pictured = image is not None or (kept / card).exists()
    language = shown.message.language
    yield f"{identifier}.html", _page("hub/message.html", language, found, base, shown=shown, pictured=pictured)


def _card(shown: Shown) -> bytes | None:
    """None where there are no cards; what is wrong with a picture must not keep the words back."""
    with suppress(Exception):
        from monitor.emergency.cards import card  # type: ignore[import-not-found,unused-ignore]

        return bytes(card(shown.message, shown.incident.mode == "exercise"))
    return None


def _page(template: str, language: str, found: Contents, base: str, **values: Any) -> bytes:
    with use_language(language):
        known = {"found": found, "base": base, "language": language, "headline": headline, "parts": parts}
        known |= {"stages": STAGES, "fronts": FRONTS, "shown": None, "shelves": ()}
        return TEMPLATES.get_template(template).render(**(known | values)).encode()


def _json(found: Contents, said: Mapping[str, Told], base: str) -> bytes:
    told = {
        "organisation": found.name,
        "exercise": found.exercise,
        "made": found.made.isoformat(timespec="seconds"),
        "url": base,
        "incidents": [_incident(each, said) for each in found.shelves],
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _incident(shelf: Shelf, said: Mapping[str, Told]) -> dict[str, Any]:
    incident = shelf.incident
    next_at = shelf.next_update_at
    return {
        "title": incident.title,
        "stage": incident.stage,
        "next_update_at": next_at.isoformat() if next_at else None,
        "messages": [said[each.identifier] for each in (*shelf.live, *shelf.past)],
        "questions": [{"question": each.title, "answer": each.answer} for each in shelf.questions],
    }


def told(shown: Shown, found: Contents, base: str) -> Told:
    """A message for machines, in its own language. cap: None where CAP has no words for it, and there is no file."""
    message = shown.message
    return {
        "identifier": shown.identifier,
        "kind": message.kind,
        "holds": shown.holds,
        "final": message.final,
        "replaces": shown.earlier.identifier if shown.earlier else None,
        "language": message.language,
        "sent": message.sent.isoformat() if message.sent else None,
        "next_update_at": shown.next_update_at.isoformat() if shown.next_update_at else None,
        "expires": message.expires.isoformat() if message.expires else None,
        "headline": headline(shown),
        "parts": [{"heading": head, "text": text} for head, text in parts(shown)],
        "url": f"{base}/{shown.identifier}",
        "cap": f"{base}/cap/{shown.identifier}.xml" if _in_cap(shown, found, base) else None,
        "sha256": message.text_hash,
    }


def _atom(found: Contents, listed: Sequence[Shown], said: Mapping[str, Told], base: str) -> bytes:
    top = Element("feed", {"xmlns": ATOM})
    newest = max((each.message.sent for each in listed if each.message.sent), default=None)
    with use_language(found.language):
        title = _("Crisis information from {name}", name=found.name)
    _text(top, "id", f"{base}/feed.atom")
    _text(top, "title", title)
    _text(top, "updated", (newest or datetime(2000, 1, 1, tzinfo=found.zone)).isoformat())
    _text(SubElement(top, "author"), "name", found.name)
    SubElement(top, "link", {"rel": "self", "href": f"{base}/feed.atom"})
    SubElement(top, "link", {"href": base})
    for each in listed:
        _entry(SubElement(top, "entry"), said[each.identifier], _standing(each, found, base))
    xml: bytes = tostring(top, encoding="utf-8", xml_declaration=True)
    return xml


def _standing(shown: Shown, found: Contents, base: str) -> str:
    """Until when it holds, or that it does not any more, in its own language: a copy tells nothing else."""
    expires = shown.message.expires
    with use_language(shown.message.language):
        if not shown.holds:
            return _("This message is no longer valid. Newer information: {address}", address=base)
        return _("Holds until {when}.", when=moment(expires, found.zone)) if expires else ""


def _entry(top: Element, said: Told, standing: str) -> None:
    _text(top, "id", said["url"])
    _text(top, "title", said["headline"])
    _text(top, "updated", said["sent"])
    SubElement(top, "link", {"href": said["url"], "hreflang": said["language"]})
    if said["cap"]:
        SubElement(top, "link", {"rel": "related", "type": cap.MEDIA_TYPE, "href": said["cap"]})
    words = (*(f"{each['heading']} {each['text']}".strip() for each in said["parts"]), standing)
    _text(top, "summary", "\n\n".join(filter(None, words)))


def _text(top: Element, name: str, text: str) -> None:
    SubElement(top, name).text = cap.UNFIT.sub("", text)
