"""What is asked of the reports in an address, what the reader may ask for, and the reports that pages have shown."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Lock
from urllib.parse import urlencode

from fastapi import HTTPException
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import _
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.db.bulk import among
from monitor.records.answer_report import AnswerReport
from monitor.records.period import WrongPeriod, check_period
from monitor.register.models import Channel, Unit

SHOWN_FIRST = timedelta(days=29)
"""So many days before today the period begins, where none is asked for."""
KEPT = 16


class Wish(BaseModel):
    """As it stands in the address; "" asks for nothing in particular. made: names the report that a page has shown."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)
    first: str = Field("", alias="from")
    last: str = Field("", alias="to")
    channel: str = ""
    unit: str = ""
    made: str = ""

    @property
    def query(self) -> str:
        named = {"from": self.first, "to": self.last, "channel": self.channel, "unit": self.unit}
        return urlencode({name: value for name, value in named.items() if value})


@dataclass(frozen=True, slots=True)
class Choices:
    """channels: id, name and unit of those that the reader may have reports of; units: id and name of theirs."""

    channels: list[tuple[str, str, str]]
    units: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """wish: as it was understood, with its period. channels: ids, of those that the reader may have reports of."""

    wish: Wish
    first: date
    last: date
    channels: tuple[str, ...]


class Shelf:
    """The reports that pages have shown last, a few of them, in this process. They are safe to ask from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._reports: OrderedDict[tuple[object, ...], AnswerReport] = OrderedDict()

    def put(self, what: Asked, report: AnswerReport) -> None:
        with self._lock:
            self._reports[self._key(what, report.made_at.isoformat())] = report
            while len(self._reports) > KEPT:
                self._reports.popitem(last=False)

    def find(self, what: Asked, made: str) -> AnswerReport | None:
        """The report of just these channels and days that was made then, if it is still here."""
        with self._lock:
            return self._reports.get(self._key(what, made))

    @staticmethod
    def _key(what: Asked, made: str) -> tuple[object, ...]:
        return (made, what.first, what.last, what.channels)


def choices(session: Session, who: Visitor) -> Choices:
    """Retired channels too, as the past is asked for."""
    mine = sorted(who.channels_for(Permission.READ_REPORTS))
    query = select(Channel.id, Channel.name, Channel.unit_id).where(among(session, Channel.id, mine))
    rows = [(id_, name, unit) for id_, name, unit in session.execute(query.order_by(Channel.name, Channel.id))]
    theirs = select(Unit.id, Unit.name).where(among(session, Unit.id, sorted({unit for _id, _name, unit in rows})))
    return Choices(rows, [(id_, name) for id_, name in session.execute(theirs.order_by(Unit.name, Unit.id))])


def asked(offered: Choices, wish: Wish, today: date) -> Asked:
    """Raises WrongPeriod, and 404 for a channel or a unit that the reader has no reports of."""
    if wish.channel and wish.channel not in {id_ for id_, _name, _unit in offered.channels}:
        raise HTTPException(404)
    if wish.unit and wish.unit not in {id_ for id_, _name in offered.units}:
        raise HTTPException(404)
    last = _day(wish.last) if wish.last else today
    first = _day(wish.first) if wish.first else last - SHOWN_FIRST
    check_period(first, last, today)
    chosen = [id_ for id_, _name, unit in offered.channels if wish.channel in {"", id_} and wish.unit in {"", unit}]
    understood = wish.model_copy(update={"first": first.isoformat(), "last": last.isoformat()})
    return Asked(understood, first, last, tuple(sorted(chosen)))


def _day(text: str) -> date:
    """Raises WrongPeriod."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise WrongPeriod(_("{text} is no day: write it as 2026-06-18.", text=text)) from None
