"""A crisis message in CAP 1.2, the common language of alerts, for whoever reads alerts by machine."""

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, tostring

from monitor.emergency.cap_rules import MUNICIPALITY, Alert, Area, Info, reference, ring, stamp

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
MEDIA_TYPE = "application/cap+xml"
UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Control signs, which XML does not take."""
TAGS = {"sv": "sv-SE", "en": "en-GB"}
"""CAP's own default is American English: the language is always said."""


def to_xml(alert: Alert) -> bytes:
    """The alert as a file, in the order that the schema demands; what is empty is left out. It is not judged here: ask
    `cap_rules.faults` first. Raises ValueError for a time without a zone."""
    top = Element("alert", {"xmlns": NAMESPACE})
    _add(top, "identifier", alert.identifier)
    _add(top, "sender", alert.sender)
    _add(top, "sent", stamp(alert.sent))
    _add(top, "status", alert.status)
    _add(top, "msgType", alert.kind)
    _add(top, "scope", "Public")
    _add(top, "note", alert.note)
    _add(top, "references", " ".join(map(reference, alert.references)))
    _add(top, "incidents", alert.incident)
    for info in alert.infos:
        _info(SubElement(top, "info"), info)
    xml: bytes = tostring(top, encoding="utf-8", xml_declaration=True)
    return xml


def _info(top: Element, info: Info) -> None:
    _add_all(
        top,
        [
            ("language", TAGS.get(info.language, info.language)),
            ("category", info.category),
            ("event", info.event),
            ("responseType", info.response),
            ("urgency", info.urgency),
            ("severity", info.severity),
            ("certainty", info.certainty),
            ("expires", stamp(info.expires) if info.expires else ""),
            ("senderName", info.sender_name),
            ("headline", info.headline),
            ("description", info.description),
            ("instruction", info.instruction),
            ("web", info.web),
            ("contact", info.contact),
        ],
    )
    for area in info.areas:
        _area(SubElement(top, "area"), area)


def _area(top: Element, area: Area) -> None:
    _add(top, "areaDesc", area.description)
    _add_all(top, [("polygon", ring(each)) for each in area.polygons])
    for code in area.codes:
        _add_all(SubElement(top, "geocode"), [("valueName", MUNICIPALITY), ("value", code)])


def _add_all(top: Element, parts: Iterable[tuple[str, str]]) -> None:
    for name, text in parts:
        _add(top, name, text)


def _add(top: Element, name: str, text: str) -> None:
    if text:
        SubElement(top, name).text = UNFIT.sub("", text)
