"""A person's word that a channel has been gone through, where no machine has read it."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import _
from monitor import Calendar
from monitor.audit import audited
from monitor.db.turns import DAYS, take_turns
from monitor.register.calendar import calendar_of
from monitor.register.models import Channel, Person
from monitor.register.organisation import organisation
from monitor.watch.day_facts import Runs, runs_between
from monitor.watch.day_models import Attestation, Correction, WatchDay
from monitor.watch.day_register import keep, subject_of
from monitor.watch.day_rules import (
    Facts,
    Fetch,
    How,
    Verdict,
    Why,
    end_of_service,
    may_attest,
    may_attest_today,
)
from monitor.watch.day_standing import AUTOMATIC
from monitor.watch.day_view import ShownDay, in_short, recorded, shown_days
from monitor.watch.schedules import schedules

ATTESTED = "watch_day.attested"
PATIENCE = timedelta(minutes=5)
"""How much later than it is due a reading may begin before a person need not wait for it."""


class CannotAttest(Exception):
    """The attestation would not count. The text says why, and what to do instead, in the language in use."""


def attest(
    session: Session,
    channel: Channel,
    day: date,
    person_id: str,
    now: datetime,
    note: str = "",
    count: int | None = None,
) -> Attestation:
    """ "I have gone through the channel", for a day. Said twice by the same person, the first one is given back.

    count: comments seen, where somebody counted. For a concluded day it becomes a Correction. Raises CannotAttest.
    """
    take_turns(session, DAYS)
    calendar = calendar_of(organisation(session))
    keep(session, [channel.id], now)
    row = _row(session, calendar, channel, day, now)
    if (earlier := _said_already(session, channel, day, person_id)) is not None:
        return earlier
    _check(session, calendar, channel, row, person_id, now)
    [before] = shown_days(session, day, day, [channel.id])
    _check_correction(before, channel)
    attestation = Attestation(channel_id=channel.id, day=day, by_id=person_id, at=now, note=note.strip(), count=count)
    session.add(attestation)
    session.flush()
    counts = row.concluded_at is not None and before.verdict is not Verdict.WATCHED
    correction = _put_right(session, attestation) if counts else None
    keep(session, [channel.id], now)
    _audit(session, attestation, correction, before, now)
    return attestation


def _said_already(session: Session, channel: Channel, day: date, person_id: str) -> Attestation | None:
    said = (Attestation.channel_id == channel.id, Attestation.day == day, Attestation.by_id == person_id)
    return session.scalars(select(Attestation).where(*said).order_by(Attestation.id)).first()


def _row(session: Session, calendar: Calendar, channel: Channel, day: date, now: datetime) -> WatchDay:
    """The register's row of that day. Raises CannotAttest where there is none, and says why."""
    row = session.get(WatchDay, (channel.id, day))
    if row is not None:
        return row
    if day > calendar.local_date(now):
        raise CannotAttest(_("{day} has not come yet: attest it on that day, when you have gone through it.", day=day))
    if not calendar.is_working_day(day):
        raise CannotAttest(_("{day} is no working day: nothing has to be attested.", day=day))
    if not channel.has_comments:
        raise CannotAttest(_("{channel} has no comments: nothing has to be attested.", channel=channel.name))
    because = _("{channel} was not to be watched on {day}: nothing has to be attested.", channel=channel.name, day=day)
    raise CannotAttest(because)


def _check(
    session: Session, calendar: Calendar, channel: Channel, row: WatchDay, person_id: str, now: datetime
) -> None:
    """Raises CannotAttest for a person who has left, and where a machine has read the channel or is about to."""
    if session.get_one(Person, person_id).retired:
        raise CannotAttest(_("{person} is no longer in the register.", person=person_id))
    begin, end = calendar.midnight(row.day), calendar.midnight(row.day + timedelta(days=1))
    runs = runs_between(session, begin, end, [channel.id], now).get(channel.id, Runs())
    is_today = row.day == calendar.local_date(now)
    if row.concluded_at is None and not is_today:
        raise CannotAttest(_("A reading of {day} has not ended yet: try again in a while.", day=row.day))
    mode = channel.watch_mode if is_today else row.mode
    if not may_attest(Facts(mode == AUTOMATIC, runs.fetch)):
        read = _("{channel} was read automatically on {day}: ", channel=channel.name, day=row.day)
        raise CannotAttest(read + _("go through what is new in Kanalvakt instead (`kanalvakt review`)."))
    if is_today and not counts_today(session, channel, runs.fetch, now):
        waits = _("{channel} is read automatically, and no reading has failed today: ", channel=channel.name)
        raise CannotAttest(waits + _("wait for the next one. You can attest if it fails."))


def _check_correction(shown: ShownDay, channel: Channel) -> None:
    """Raises CannotAttest where somebody who may correct days has said what this one came to."""
    if shown.why is Why.CORRECTED:
        words = {"channel": channel.name, "day": shown.day}
        corrected = _("{channel}, {day}, has been corrected already: ", **words)
        raise CannotAttest(corrected + _("ask a communicator or an administrator to correct it again."))


def counts_today(session: Session, channel: Channel, fetch: Fetch, now: datetime) -> bool:
    """Does a person's word count today that the channel has been gone through? fetch: the day's best reading so far."""
    facts = Facts(channel.watch_mode == AUTOMATIC, fetch, paused=channel.state == "paused")
    return may_attest_today(facts, overdue=_is_overdue(session, channel, now))


def _is_overdue(session: Session, channel: Channel, now: datetime) -> bool:
    """Nobody need wait for a reading that is late, that comes when the day has closed, or that is in no schedule."""
    due, calendar = _due(session).get(channel.id), calendar_of(organisation(session))
    return due is None or due < now - PATIENCE or due > end_of_service(calendar, calendar.local_date(now))


def _due(session: Session) -> dict[str, datetime]:
    """When each channel's reading is due, or became so."""
    return {id_: schedule.due_at or schedule.next_poll_at for id_, schedule in schedules(session).items()}


def _put_right(session: Session, attestation: Attestation) -> Correction:
    correction = Correction(
        channel_id=attestation.channel_id,
        day=attestation.day,
        verdict=Verdict.WATCHED,
        how=How.ATTESTED,
        reason=Why.ATTESTED,
        by_id=attestation.by_id,
        at=attestation.at,
        note=attestation.note,
        attestation_id=attestation.id,
    )
    session.add(correction)
    session.flush()
    return correction


def _audit(
    session: Session, attestation: Attestation, correction: Correction | None, before: ShownDay, now: datetime
) -> None:
    """The note is the person's own, and stays with the attestation."""
    said = {"attestation": attestation.id, "count": attestation.count} | (recorded(correction) if correction else {})
    [after] = shown_days(session, attestation.day, attestation.day, [attestation.channel_id])
    audited(
        session,
        attestation.by_id,
        ATTESTED,
        subject_of(attestation.channel_id, attestation.day),
        now,
        before=in_short(before),
        after=in_short(after) | said,
    )
