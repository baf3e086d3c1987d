"""The town's register, and what people do in it: each act is done the real way, and written into the chronicle."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy.orm import Session

from monitor.db import Database
from monitor.register.absences import add_absence
from monitor.register.deciding import confirm, make_decision
from monitor.register.decision_rules import Draft
from monitor.register.duty import note_duty
from monitor.register.models import Channel, Organisation, Person, Unit
from monitor.register.organisation import organisation
from monitor.register.storing import Storing
from monitor.watch.attesting import CannotAttest, attest
from monitor.watch.correcting import correct
from monitor.watch.day_rules import Verdict
from monitor.watch.pausing import pause, resume, retire
from monitor.watch.reviewing import review
from tests.monitor.register.slow_calendar import OFFICE, SlowCalendar
from tests.truth.two_years.chronicle import Absence, Chronicle, Past
from tests.truth.two_years.oracle import Oracle, may_attest

ADDRESS = "https://www.example.org/{id}"
CLOSED = frozenset({date(2025, 6, 5), date(2025, 12, 23), date(2026, 5, 15), date(2026, 11, 2)})
NOON = (time(7, 30), time(12))
OTHER = {
    date(2025, 4, 17): NOON,
    date(2025, 10, 31): NOON,
    date(2025, 11, 29): (time(9), time(14)),  # a Saturday
    date(2026, 4, 2): NOON,
    date(2026, 10, 30): NOON,
}
PEOPLE = {
    "rut": [],
    "erik": [],
    "sara": [],  # has no mail address
    "kim": ["communicator"],
    "karin": ["communicator"],
    "maja": ["unit_manager"],
    "adam": ["administrator"],
}
UNREACHABLE = "sara"


@dataclass(frozen=True)
class Kind:
    """A channel as it is registered. responsible and deputy: who hears of it first."""

    platform: str
    responsible: str
    deputy: str | None

    @property
    def automatic(self) -> bool:
        return self.platform not in {"facebook_group", "other"}


CHANNELS = {
    "fb": Kind("facebook", "rut", "erik"),
    "yt": Kind("youtube", "sara", "rut"),
    "ny": Kind("instagram", "rut", "erik"),
    "grupp": Kind("facebook_group", "rut", "erik"),
    "forum": Kind("other", "sara", None),
    "torg": Kind("other", "rut", "erik"),
}


class Town:
    """Every verb takes the moment at which it is done."""

    def __init__(self, db: Database, now: datetime) -> None:
        """Nobody has a channel yet. now: before anything else happens."""
        self.db = db
        self.chronicle = Chronicle([(now, SlowCalendar(OFFICE, CLOSED, OTHER))])
        with db.transaction() as session:
            hours = {str(day): f"{begin:%H:%M}-{end:%H:%M}" for day, (begin, end) in OTHER.items()}
            session.add(Organisation(name="Tibro kommun", closed_days=sorted(map(str, CLOSED)), other_hours=hours))
            for id_, roles in PEOPLE.items():
                email = None if id_ == UNREACHABLE else f"{id_}@example.org"
                session.add(Person(id=id_, name=id_.title(), email=email, roles=roles))
            session.flush()
            session.add(Unit(id="kommunikation", name="Kommunikation", manager_id="maja"))

    # -- the register

    def registers(self, id_: str, now: datetime) -> None:
        kind = CHANNELS[id_]
        values = {
            "platform": kind.platform,
            "name": f"Kanalen {id_}",
            "address": ADDRESS.format(id=id_),
            "unit_id": "kommunikation",
            "responsible_id": kind.responsible,
            "deputy_id": kind.deputy,
            "external_id": f"{id_}-own",
            "watch_mode": "automatic" if kind.automatic else "manual",
        }
        with self.db.transaction() as session:
            channel = Channel(id=id_, **values)
            Storing(session, "adam", now).add(channel, values)
            note_duty(channel, now)
        self.chronicle.channels[id_] = Past(kind.automatic, [(now, None)])

    def has_comments(self, id_: str, has_comments: bool, now: datetime) -> None:
        with self.db.transaction() as session:
            channel = session.get_one(Channel, id_)
            Storing(session, "adam", now).change(channel, {"has_comments": has_comments})
            note_duty(channel, now)
        self._duty(id_, now, has_comments)

    def retires(self, id_: str, now: datetime) -> None:
        self._with(id_, lambda session, channel: retire(session, channel, "Läggs ner", "adam", now))
        self._duty(id_, now, False)

    def pauses(self, id_: str, now: datetime) -> None:
        self._with(id_, lambda session, channel: pause(session, channel, "Byter app", "adam", now))
        self.chronicle.channels[id_].pauses.append((now, True))

    def resumes(self, id_: str, now: datetime) -> None:
        self._with(id_, lambda session, channel: resume(session, channel, "adam", now))
        self.chronicle.channels[id_].pauses.append((now, False))

    def closes_on(self, day: date, now: datetime) -> None:
        """A day off of its own, from now on."""
        known = self.chronicle.calendar(now)
        self._organisation(SlowCalendar(known.week, known.closed | {day}, known.other), now)

    def closes_early(self, day: date, now: datetime) -> None:
        known = self.chronicle.calendar(now)
        self._organisation(SlowCalendar(known.week, known.closed, {**known.other, day: NOON}), now)

    def decides(self, id_: str, valid_until: date, now: datetime) -> None:
        today = self.chronicle.calendar(now).local_date(now)
        kind, address = CHANNELS[id_], ADDRESS.format(id=id_)
        draft = Draft("Svara på frågor", address, "Invånare", kind.responsible, valid_until, today, ("rut", "erik"))
        with self.db.transaction() as session:
            made = make_decision(session, session.get_one(Channel, id_), draft, "maja", now)
            confirm(session, made, session.get_one(Person, "kim"), now)

    def is_away(self, person: str, first: date, last: date, now: datetime) -> None:
        with self.db.transaction() as session:
            add_absence(session, session.get_one(Person, person), first, last, "adam", now)
        self.chronicle.absences.append(Absence(person, first, last, now))

    # -- the watch

    def reviews(self, id_: str, by: str, now: datetime) -> None:
        self._with(id_, lambda session, channel: review(session, channel, by, now))
        past = self.chronicle.channels[id_]
        past.reviews.append(now)
        past.touched.append(now)

    def attests(self, id_: str, day: date, by: str, now: datetime) -> None:
        """Whether that counts is held against the oracle at once."""
        past = self.chronicle.channels[id_]
        allowed = may_attest(past, self._had_to_be_watched(id_, day, now), day, now) and day not in past.put_right
        said = any(of == day and who == by for of, _when, who in past.attested)
        made = None
        with suppress(CannotAttest):
            made = self._with(id_, lambda session, channel: attest(session, channel, day, by, now))
        assert (made is not None) is (allowed or said), (id_, day, now)
        if made is None:
            return
        past.touched.append(now)
        assert (made.at == now) is not said
        if not said:
            past.attested.append((day, now, by))
            is_over = day < self.chronicle.calendar(now).local_date(now)
            if is_over and Oracle(self.chronicle, id_).after_all(day) != "watched":
                past.corrected.append((day, now, "watched"))

    def corrects(self, id_: str, day: date, verdict: str, now: datetime) -> None:
        reason = "Kanalen sågs på plats."
        self._with(id_, lambda session, chosen: correct(session, chosen, day, Verdict(verdict), reason, "kim", now))
        past = self.chronicle.channels[id_]
        past.corrected.append((day, now, verdict))
        past.put_right.add(day)
        past.touched.append(now)

    def _had_to_be_watched(self, id_: str, day: date, now: datetime) -> bool:
        chronicle, past = self.chronicle, self.chronicle.channels[id_]
        return chronicle.is_working_day(day, now) and past.had_duty(day, chronicle.closing(day, now))

    def _duty(self, id_: str, now: datetime, begins: bool) -> None:
        duties = self.chronicle.channels[id_].duties
        if begins:
            duties.append((now, None))
        else:
            duties[-1] = (duties[-1][0], now)

    def _organisation(self, calendar: SlowCalendar, now: datetime) -> None:
        hours = {str(day): f"{begin:%H:%M}-{end:%H:%M}" for day, (begin, end) in calendar.other.items()}
        with self.db.transaction() as session:
            values = {"closed_days": sorted(map(str, calendar.closed)), "other_hours": hours}
            Storing(session, "adam", now).change(organisation(session), values)
        self.chronicle.calendars.append((now, calendar))

    def _with(self, id_: str, what: Callable[[Session, Channel], Any]) -> Any:
        with self.db.transaction() as session:
            return what(session, session.get_one(Channel, id_))
