"""What CAP 1.2 means beyond what its schema can say. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""An identifier or a sender. CAP forbids only spaces, commas, < and &, but ours are parts of addresses too."""
LONGEST_AREA = 49
"""Characters of an area's description that Google shows."""
MUNICIPALITY = "Kommun"
"""Whose code a geocode is, as the Swedish warning feed names it."""
WITH_INFO = frozenset({"Alert", "Update"})
ABOUT_EARLIER = frozenset({"Update", "Cancel"})


class Fault(StrEnum):
    """What is wrong with an alert that the schema accepts."""

    IDENTIFIER = "identifier"
    SENDER = "sender"
    DUPLICATE = "duplicate"
    NO_REFERENCES = "no_references"
    UNKNOWN_REFERENCE = "unknown_reference"
    EXPIRED_REFERENCE = "expired_reference"
    NO_INFO = "no_info"
    NO_DESCRIPTION = "no_description"
    NO_EXPIRES = "no_expires"
    EXPIRES_BEFORE_SENT = "expires_before_sent"
    EXPIRES_IN_THE_PAST = "expires_in_the_past"
    NO_AREA = "no_area"
    AREA_TOO_LONG = "area_too_long"
    OUTSIDE = "outside"
    POLYGON = "polygon"
    TIME = "time"
    NO_NOTE = "no_note"


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier message, as a later one names it."""

    sender: str
    identifier: str
    sent: datetime


@dataclass(frozen=True, slots=True)
class Area:
    """codes: of municipalities. polygons: rings of (latitude, longitude)."""

    description: str
    codes: tuple[str, ...] = ()
    polygons: tuple[tuple[tuple[float, float], ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Info:
    """What is said in one language. category … certainty: CAP's own words."""

    language: str
    category: str
    event: str
    urgency: str
    severity: str
    certainty: str
    response: str = ""
    expires: datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    contact: str = ""
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """status: Actual or Exercise. kind: Alert, Update or Cancel. incident: what several messages are about."""

    identifier: str
    sender: str
    sent: datetime
    status: str
    kind: str
    note: str = ""
    references: tuple[Reference, ...] = ()
    incident: str = ""
    infos: tuple[Info, ...] = ()


def faults(
    alert: Alert, now: datetime, earlier: Mapping[str, datetime | None] | None = None, own: Iterable[str] = ()
) -> list[Fault]:
    """What must be mended before it may go out; nothing for a good one.

    earlier: when each message that was sent before expires, by identifier; None: not looked at. own: codes of
    municipalities for which we may speak; none: any.
    """
    found = [*_names(alert, earlier), *_references(alert, now, earlier), *_times(alert, now)]
    if not alert.infos and alert.kind in WITH_INFO:
        found.append(Fault.NO_INFO)
    for info in alert.infos:
        found += _info(info, frozenset(own))
    if alert.status == "Exercise" and not alert.note.strip():
        found.append(Fault.NO_NOTE)
    return list(dict.fromkeys(found))


def stamp(moment: datetime) -> str:
    """A time as CAP writes it: whole seconds and the offset, which for UTC is -00:00. Raises ValueError for a time
    without a zone."""
    if moment.utcoffset() is None:
        raise ValueError("a time needs an offset")
    text = moment.replace(microsecond=0).isoformat()
    return f"{text[:-6]}-00:00" if text.endswith("+00:00") else text


def reference(of: Reference) -> str:
    """As it stands in `references`, which is a list of these with spaces between them."""
    return f"{of.sender},{of.identifier},{stamp(of.sent)}"


def ring(polygon: Iterable[tuple[float, float]]) -> str:
    """As CAP writes it: latitude,longitude with spaces between them."""
    return " ".join(f"{latitude:.5f},{longitude:.5f}" for latitude, longitude in polygon)


def _names(alert: Alert, earlier: Mapping[str, datetime | None] | None) -> Iterator[Fault]:
    if not NAME.fullmatch(alert.identifier):
        yield Fault.IDENTIFIER
    if not NAME.fullmatch(alert.sender):
        yield Fault.SENDER
    if earlier is not None and alert.identifier in earlier:
        yield Fault.DUPLICATE


def _references(alert: Alert, now: datetime, earlier: Mapping[str, datetime | None] | None) -> Iterator[Fault]:
    if alert.kind in ABOUT_EARLIER and not alert.references:
        yield Fault.NO_REFERENCES
    for each in alert.references:
        if not (NAME.fullmatch(each.identifier) and NAME.fullmatch(each.sender)):
            yield Fault.UNKNOWN_REFERENCE
        elif earlier is not None:
            expires = earlier.get(each.identifier, now)
            if each.identifier not in earlier:
                yield Fault.UNKNOWN_REFERENCE
            elif expires is not None and expires <= now and alert.kind != "Cancel":
                yield Fault.EXPIRED_REFERENCE


def _times(alert: Alert, now: datetime) -> Iterator[Fault]:
    moments = [alert.sent, *(each.sent for each in alert.references)]
    if any(_unfit(each) for each in moments):
        yield Fault.TIME
    for info in alert.infos:
        if info.expires is None:
            yield Fault.NO_EXPIRES
        elif _unfit(info.expires):
            yield Fault.TIME
        elif info.expires <= now:
            yield Fault.EXPIRES_IN_THE_PAST
        elif not _unfit(alert.sent) and info.expires <= alert.sent:
            yield Fault.EXPIRES_BEFORE_SENT


def _unfit(moment: datetime) -> bool:
    """Offsets that are no whole minutes cannot be written."""
    offset = moment.utcoffset()
    return offset is None or bool(offset % timedelta(minutes=1))


def _info(info: Info, own: frozenset[str]) -> Iterator[Fault]:
    if not info.description.strip():
        yield Fault.NO_DESCRIPTION
    if not any(each.description.strip() and each.codes for each in info.areas):
        yield Fault.NO_AREA
    for area in info.areas:
        if len(area.description) > LONGEST_AREA:
            yield Fault.AREA_TOO_LONG
        if own and not own.issuperset(area.codes):
            yield Fault.OUTSIDE
        if not all(_closed(each) for each in area.polygons):
            yield Fault.POLYGON


def _closed(polygon: tuple[tuple[float, float], ...]) -> bool:
    on_earth = all(-90 <= latitude <= 90 and -180 <= longitude <= 180 for latitude, longitude in polygon)
    return len(polygon) >= 4 and polygon[0] == polygon[-1] and on_earth
