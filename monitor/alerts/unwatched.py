"""A working day on which a channel was not once read completely: told to responsible and deputy."""

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select

from config.language import _, moment
from connectors.errors import remedy
from monitor.alerts.coverage import missed
from monitor.alerts.digest import days_in_words
from monitor.alerts.models import Notice
from monitor.alerts.telling import Kind, NoLongerTrue, Scene, Telling, channel_note
from monitor.alerts.wording import Letter
from monitor.register.models import Channel
from monitor.watch.models import Schedule

WATCH_DAY = "watch_day"


def _tellings(scene: Scene) -> Iterable[Telling]:
    gaps = missed(scene.session, scene.now, scene.owner)
    for channel in scene.session.scalars(select(Channel).where(Channel.id.in_(gaps))):
        for day in gaps[channel.id]:
            for person in dict.fromkeys((channel.responsible_id, channel.deputy_id)):
                if person is not None:
                    yield Telling(WATCH_DAY, f"{channel.id}/{day}", "missed", str(day), person)


def _check(scene: Scene, notice: Notice) -> None:
    channel = scene.session.get(Channel, _channel_id(notice))
    if channel is None or channel.state != "active":
        raise NoLongerTrue(_("The channel is no longer watched."))
    if notice.recipient_id not in {channel.responsible_id, channel.deputy_id}:
        raise NoLongerTrue(_("The recipient is no longer responsible for the channel."))
    later = select(Notice.cycle).where(
        Notice.subject_kind == WATCH_DAY,
        Notice.subject.startswith(f"{channel.id}/", autoescape=True),
        Notice.recipient_id == notice.recipient_id,
        Notice.state.in_(("due", "sending", "sent")),
        Notice.cycle > notice.cycle,
    )
    if (told := scene.session.scalars(later.order_by(Notice.cycle.desc())).first()) is not None:
        raise NoLongerTrue(_("Told together with {day}.", day=told))


def _letter(scene: Scene, notice: Notice) -> Letter:
    session, channel = scene.session, scene.session.get_one(Channel, _channel_id(notice))
    day = date.fromisoformat(notice.cycle)
    days = sorted({day, *missed(session, scene.now, scene.owner).get(channel.id, [])})
    headline = _("{channel} was not watched: {days}", channel=channel.name, days=days_in_words(days))
    return channel_note(scene, channel, headline, _as_it_is_now(session.get(Schedule, channel.id), day, scene.zone))


def _channel_id(notice: Notice) -> str:
    return notice.subject.rpartition("/")[0]


def _as_it_is_now(schedule: Schedule | None, day: date, zone: ZoneInfo) -> list[str]:
    said = [_("On these working days the channel could not once be read completely.")]
    read = schedule.last_complete_at if schedule is not None else None
    if read is not None:
        said.append(_("Last complete read: {moment}.", moment=moment(read, zone)))
    if schedule is not None and schedule.failing_since is not None:
        said.append(_("What to do: {remedy}", remedy=_(_remedy(schedule))))
    elif read is not None and read.astimezone(zone).date() > day:
        said.append(_("It has been read completely since then, so what was written meanwhile has been fetched."))
    return said


def _remedy(schedule: Schedule) -> str:
    return schedule.failure_remedy or remedy(schedule.failure_kind or "")


KIND = Kind(_tellings, _check, _letter)
