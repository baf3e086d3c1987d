"""Today's watch at a glance: how each channel's day stands, and who is to act."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from config.language import N_, _
from monitor import Calendar
from monitor.register.calendar import calendar_of
from monitor.register.channels import all_channels
from monitor.register.organisation import organisation
from monitor.register.people import ladders
from monitor.watch.day_rules import Verdict, Why, end_of_service
from monitor.watch.day_view import ShownDay, reason_in_words, shown_days
from monitor.watch.schedules import schedules

SO_FAR = {
    Why.NOT_READ: N_("Not read yet today."),
    Why.NOT_REVIEWED: N_("Read completely. Nobody has gone through what is new yet."),
    Why.NOT_ATTESTED: N_("Nobody has gone through the channel yet."),
    Why.PAUSED: N_("Reading is paused: somebody has to go through the channel."),
}
"""Why a day that is not over is not watched yet; the other reasons are said as afterwards."""


@dataclass(frozen=True, slots=True)
class Today:
    """One channel's day. who: id of the person who is to act, None when it is watched, or when nobody is there.

    last_complete_at: of the channel, on whatever day. closed: service hours are over.
    """

    shown: ShownDay
    name: str
    last_complete_at: datetime | None
    who: str | None
    closed: bool

    @property
    def is_missed(self) -> bool:
        return self.closed and self.shown.verdict is not Verdict.WATCHED


def today(session: Session, now: datetime) -> list[Today]:
    """All channels that are to be watched today, by id; none on a day off. Raises NotSetUp without a register."""
    calendar: Calendar = calendar_of(organisation(session))
    day = calendar.local_date(now)
    channels = {channel.id: channel for channel in all_channels(session)}
    last_complete = {id_: schedule.last_complete_at for id_, schedule in schedules(session).items()}
    known = ladders(session, channels.values(), day)
    closed = now >= end_of_service(calendar, day)
    return [
        Today(
            shown,
            channels[shown.channel_id].name,
            last_complete.get(shown.channel_id),
            None if shown.verdict is Verdict.WATCHED else _first(known[shown.channel_id]),
            closed,
        )
        for shown in shown_days(session, day, day)
    ]


def for_programs(each: Today) -> dict[str, object]:
    """Times are times, not yet JSON."""
    day = each.shown
    return {
        "channel": day.channel_id,
        "name": each.name,
        "date": day.day,
        "watch_mode": day.mode,
        "verdict": day.verdict,
        "how": day.how,
        "reason": day.why,
        "first_complete_read": day.first_complete_at,
        "last_complete_read": each.last_complete_at,
        "failure_kind": day.failure_kind,
        "unseen": day.unseen,
        "reviewed_by": day.reviewed_by_id,
        "attested_by": day.attested_by_id,
        "who": each.who,
    }


def why_so_far(day: ShownDay) -> str:
    """Why today's watch stands as it does, in the language in use; empty where nothing can be said yet.

    Until midnight, for what somebody goes through after closing time still counts.
    """
    if day.concluded_at is None and day.why in SO_FAR:
        return _(SO_FAR[day.why])
    return reason_in_words(day)


def _first(ladder: Iterable[Iterable[str]]) -> str | None:
    """The responsible person, or who is next: as the guard tells them."""
    return next((person for step in ladder for person in step), None)
