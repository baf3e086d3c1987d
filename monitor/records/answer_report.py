"""How residents were answered in a period: the facts that all forms of the report on answers tell."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor import State
from monitor.db.bulk import among
from monitor.inbox.deadline_rules import due_as_it_held, due_at
from monitor.inbox.unanswered import judged_between
from monitor.records.answer_report_rules import (
    Arrival,
    Came,
    Figures,
    Key,
    Step,
    arrival,
    figures,
    grouped,
    step_begin,
    step_of,
    steps,
)
from monitor.register.calendar import calendar_of
from monitor.register.models import Channel, Organisation, Unit
from monitor.register.organisation import organisation
from monitor.register.terms import terms_of
from monitor.watch.close_watching import close_times
from monitor.watch.models import Schedule

HOURS = range(24)


@dataclass(frozen=True, slots=True)
class AnswerReport:
    """Of the comments written from `first` to `last`, both included, as they stood at `made_at`.

    channels, units: by id, those in use and asked for, and retired ones that something was written on; channel_names
    and unit_names: what they are called today; channel_units: the unit of each. steps: by the first day of each day,
    week or month of the period, as `step` says. days: of each day of the period, how many were written, by channel.
    hours: how many were written in each hour of the day, on the organisation's clock.
    """

    organisation: str
    timezone: str
    first: date
    last: date
    made_at: datetime
    overall: Figures
    channels: Mapping[str, Figures]
    units: Mapping[str, Figures]
    step: Step
    steps: Mapping[date, Figures]
    days: Mapping[date, Mapping[str, int]]
    hours: Sequence[int]
    channel_names: Mapping[str, str]
    channel_units: Mapping[str, str]
    unit_names: Mapping[str, str]


def answer_report(
    session: Session,
    first: date,
    last: date,
    now: datetime,
    channel_ids: Sequence[str] | None = None,
    unit_ids: Sequence[str] | None = None,
) -> AnswerReport:
    """channel_ids, unit_ids: only of these channels, and of these units' channels; None: of all. Raises NotSetUp."""
    owner, rows = organisation(session), _channels(session, channel_ids, unit_ids)
    every = list(_arrivals(session, owner, rows, (first, last), now))
    shown = _shown([channel for channel, _before in rows], every)
    names = {channel.id: channel.name for channel in shown}
    units, step = sorted({channel.unit_id for channel in shown}), step_of(first, last)
    about = (owner.name, owner.timezone, first, last, now)
    return AnswerReport(
        *about,
        overall=figures(every),
        channels=_figures(grouped(every, names, lambda each: each.channel)),
        units=_figures(grouped(every, units, lambda each: each.unit)),
        step=step,
        steps=_figures(grouped(every, steps(first, last, step), lambda each: step_begin(each.day, step, first))),
        days=_days(every, list(names), first, last),
        hours=_hours(every),
        channel_names=names,
        channel_units={channel.id: channel.unit_id for channel in shown},
        unit_names=_unit_names(session, units),
    )


def _shown(channels: Sequence[Channel], every: Sequence[Arrival]) -> list[Channel]:
    """Retired ones only where something was written on them."""
    there = {each.channel for each in every}
    return [channel for channel in channels if channel.id in there or channel.state != "retired"]


def _channels(
    session: Session, ids: Sequence[str] | None, unit_ids: Sequence[str] | None
) -> list[tuple[Channel, datetime | None]]:
    """Those that can have comments, by id, with the moment before which everything on them is historic."""
    query = select(Channel, Schedule.historic_before).outerjoin(Schedule, Schedule.channel_id == Channel.id)
    for column, chosen in ((Channel.id, ids), (Channel.unit_id, unit_ids)):
        if chosen is not None:
            query = query.where(among(session, column, chosen))
    return [
        (channel, before) for channel, before in session.execute(query.where(Channel.has_comments).order_by(Channel.id))
    ]


def _arrivals(
    session: Session,
    owner: Organisation,
    channels: Sequence[tuple[Channel, datetime | None]],
    period: tuple[date, date],
    now: datetime,
) -> Iterator[Arrival]:
    calendar, zone, historic = calendar_of(owner), ZoneInfo(owner.timezone), {each.id: at for each, at in channels}
    begin, end = calendar.midnight(period[0]), calendar.midnight(period[1] + timedelta(days=1))
    found = judged_between(session, [channel for channel, _before in channels], begin, end, now)
    for channel, posted_at, verdict, stands in found:
        usual = due_at(stands.since, getattr(terms_of(owner, channel), stands.term), calendar)
        due = due_as_it_held(usual, stands.since, close_times(session, channel.id))
        answered_at = verdict.at if stands.state is State.ANSWERED else None
        told = (posted_at, stands.since, due, stands.state, answered_at, historic[channel.id])
        yield arrival(Came(channel.id, channel.unit_id, *told), calendar, zone, now)


def _figures(groups: Mapping[Key, Sequence[Arrival]]) -> dict[Key, Figures]:
    return {key: figures(arrivals) for key, arrivals in groups.items()}


def _hours(every: Sequence[Arrival]) -> list[int]:
    by_hour = grouped(every, HOURS, lambda each: each.hour)
    return [len(by_hour[hour]) for hour in HOURS]


def _days(every: Sequence[Arrival], channels: Sequence[str], first: date, last: date) -> dict[date, dict[str, int]]:
    days = steps(first, last, Step.DAY)
    counts = {day: dict.fromkeys(channels, 0) for day in days}
    for each in every:
        counts[each.day][each.channel] += 1
    return counts


def _unit_names(session: Session, ids: Sequence[str]) -> dict[str, str]:
    query = select(Unit.id, Unit.name).where(among(session, Unit.id, ids)).order_by(Unit.id)
    return dict(session.execute(query).all())
