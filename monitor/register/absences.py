"""When people are away, and which channels nobody is left to watch meanwhile. Why they are away is not asked."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from config.language import N_, _
from monitor import Calendar
from monitor.audit import audited
from monitor.db.numbered import numbered
from monitor.register.faults import Refused
from monitor.register.models import Absence, Channel, Person
from monitor.register.people import absences

LONGEST = timedelta(days=731)
BOTH_AWAY = N_(
    "Nobody is left for {channel} from {first} to {last}: responsible and deputy are both away. Name somebody else."
)
NO_DEPUTY = N_("Nobody is left for {channel} from {first} to {last}: it has no deputy. Name one.")
NO_SUCH = N_("{name} has no absence with the number {number}: see `kanalvakt person absence {name} --list`.")


@dataclass(frozen=True, slots=True)
class Unattended:
    """A channel that nobody is left for: the first and the last such working day."""

    channel: Channel
    first: date
    last: date


def add_absence(session: Session, person: Person, first: date, last: date, actor: str, now: datetime) -> Absence:
    """Notes that the person is away from `first` to `last`, both included; the audit log tells it.

    Raises Refused for dates the wrong way round, for more than two years, and when some of the days are noted already.
    """
    if last < first:
        raise Refused(_("{last} is before {first}: the first day away comes first.", first=first, last=last))
    if last - first > LONGEST:
        raise Refused(_("Away for more than two years: give the person's channels to somebody else instead."))
    for known in absences(session, person.id):
        if known.first_day <= last and first <= known.last_day:
            raise Refused(_already(person, known))
    absence = Absence(person_id=person.id, first_day=first, last_day=last)
    session.add(absence)
    session.flush()
    audited(session, actor, "absence.added", ("person", person.id), now, after=_days(absence))
    return absence


def remove_absence(session: Session, person: Person, number: int, actor: str, now: datetime) -> Absence:
    """The person is not away then after all; the audit log keeps it. Raises Refused if it is none of the person's."""
    absence = numbered(session, Absence, number)
    if absence is None or absence.person_id != person.id:
        raise Refused(_(NO_SUCH, name=person.id, number=number))
    audited(session, actor, "absence.removed", ("person", person.id), now, before=_days(absence))
    session.delete(absence)
    return absence


def unattended(session: Session, person: Person, first: date, last: date, calendar: Calendar) -> list[Unattended]:
    """The channels that the person answers or stands in for, and that have nobody else on working days in between."""
    own = or_(Channel.responsible_id == person.id, Channel.deputy_id == person.id)
    watched = (Channel.state != "retired", Channel.has_comments)
    channels = session.scalars(select(Channel).where(own, *watched).order_by(Channel.id))
    days = [first + timedelta(number) for number in range((last - first).days + 1)]
    working = [day for day in days if calendar.is_working_day(day)]
    found = ((channel, _alone(session, _other(channel, person), working)) for channel in channels)
    return [Unattended(channel, alone[0], alone[-1]) for channel, alone in found if alone]


def alone_in_words(each: Unattended) -> str:
    """In the language in use."""
    why = BOTH_AWAY if each.channel.deputy_id is not None else NO_DEPUTY
    return _(why, channel=each.channel.name, first=each.first, last=each.last)


def _other(channel: Channel, person: Person) -> str | None:
    return channel.deputy_id if channel.responsible_id == person.id else channel.responsible_id


def _alone(session: Session, other: str | None, days: list[date]) -> list[date]:
    """The days on which the other one is away as well, or is nobody."""
    if other is None:
        return days
    known = absences(session, other)
    return [day for day in days if any(each.first_day <= day <= each.last_day for each in known)]


def _already(person: Person, known: Absence) -> str:
    return _(
        "{name} is noted as away from {first} to {last} already: take that away first (number {number}).",
        name=person.name,
        first=known.first_day,
        last=known.last_day,
        number=known.id,
    )


def _days(absence: Absence) -> dict[str, object]:
    return {"id": absence.id, "first_day": absence.first_day, "last_day": absence.last_day}
