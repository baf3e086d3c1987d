"""A channel that cannot be read and that needs a person, and that it is read again: told at once, each of them once.

Trouble that passes by itself (limits, outages, the network) is never told here: a working day without one complete
reading is, by `unwatched`. Everything is derived from rows: the schedule's failing period, and who was told of it.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from config.language import _, duration, moment
from connectors.errors import ConnectorError, UnexpectedAnswer, remedy
from monitor.alerts.models import Notice
from monitor.alerts.telling import (
    READ,
    Kind,
    NoLongerTrue,
    NotNow,
    Scene,
    Telling,
    active_channel,
    channel_note,
    check_hours,
    check_recipient,
    concerned,
)
from monitor.alerts.wording import Letter
from monitor.register.models import Channel
from monitor.watch.models import PollRun, Schedule

TROUBLE = "trouble"
RECOVERY = "recovery"
NEEDS_PERSON = frozenset(error.kind for error in ConnectorError.__subclasses__() if error.needs_person)
LASTING = timedelta(hours=1)  # an answer that we do not understand: one may be a slip of the platform's
LOOK_AGAIN = timedelta(minutes=15)


# -- trouble


def _troubles(scene: Scene) -> Iterable[Telling]:
    failing = select(Channel, Schedule).join(Schedule).where(*READ, Schedule.failing_since.is_not(None))
    rows = [(channel, schedule) for channel, schedule in scene.session.execute(failing)]
    people = concerned(scene, [channel for channel, _schedule in rows])
    for channel, schedule in rows:
        if is_told(scene, schedule):
            for person in people[channel.id]:
                yield Telling(TROUBLE, channel.id, _rung(schedule), _cycle(schedule), person)


def is_told(scene: Scene, schedule: Schedule) -> bool:
    """Does what a channel fails with need a person? What passes by itself does not."""
    if schedule.failure_kind == UnexpectedAnswer.kind:
        since = _unexpected_since(scene.session, schedule.channel_id)
        return since is not None and scene.now - since >= LASTING
    return schedule.failure_kind in NEEDS_PERSON


def _unexpected_since(session: Session, channel_id: str) -> datetime | None:
    """When the first of the latest readings in a row that ended so began; None where the latest ended otherwise."""
    of_channel, ended = PollRun.channel_id == channel_id, PollRun.finished_at.is_not(None)
    otherwise = select(func.max(PollRun.started_at)).where(
        of_channel,
        ended,
        PollRun.error_kind.is_distinct_from(UnexpectedAnswer.kind),
        PollRun.outcome.not_in(("lost", "thread")),
    )
    before = session.scalars(otherwise).one()
    such = select(func.min(PollRun.started_at)).where(of_channel, PollRun.error_kind == UnexpectedAnswer.kind)
    return session.scalars(such.where(PollRun.started_at > before) if before is not None else such).one()


def _rung(schedule: Schedule) -> str:
    """One notice per remedy: the code tells a changed password from a lost role. Ours to mend is one thing."""
    by_code = schedule.failure_code and schedule.failure_kind in NEEDS_PERSON
    return f"{schedule.failure_kind} {schedule.failure_code}" if by_code else str(schedule.failure_kind)


def _cycle(schedule: Schedule) -> str:
    """The failing period; '' while there is none."""
    return schedule.failing_since.astimezone(UTC).isoformat() if schedule.failing_since is not None else ""


def _check_trouble(scene: Scene, notice: Notice) -> None:
    channel = active_channel(scene, notice.subject)
    check_recipient(scene, channel, notice)
    schedule = scene.session.get(Schedule, channel.id)
    if schedule is None or _cycle(schedule) != notice.cycle:
        raise NoLongerTrue(_("The channel has been read again since."))
    check_hours(scene)
    if _rung(schedule) != notice.rung:  # a blip of the network hides the expired token, and does not mend it
        raise NotNow(scene.now + LOOK_AGAIN)


def _trouble_letter(scene: Scene, notice: Notice) -> Letter:
    channel = scene.session.get_one(Channel, notice.subject)
    schedule = scene.session.get_one(Schedule, notice.subject)
    todo = schedule.failure_remedy or remedy(schedule.failure_kind or "")
    said = [_("What to do: {remedy}", remedy=_(todo))]
    if schedule.failing_since is not None:
        said.append(_("Not read since {moment}.", moment=moment(schedule.failing_since, scene.zone)))
    if schedule.last_complete_at is not None:
        said.append(_("Last complete read: {moment}.", moment=moment(schedule.last_complete_at, scene.zone)))
    said.append(
        _("Kanalvakt goes on trying, and fetches what was written meanwhile. You are told when it works again.")
    )
    if schedule.failure_detail:
        said.append(_("For whoever mends it: {detail}", detail=schedule.failure_detail))
    return channel_note(scene, channel, _("{channel} cannot be read", channel=channel.name), said)


# -- recovery


def _recoveries(scene: Scene) -> Iterable[Telling]:
    """To everybody who was told of the latest trouble of a channel that is read now, and not yet of its end."""
    told, over = aliased(Notice), aliased(Notice)
    latest = (
        select(told.subject, told.recipient_id, func.max(told.cycle).label("cycle"))
        .where(told.subject_kind == TROUBLE, told.state == "sent")
        .group_by(told.subject, told.recipient_id)
        .subquery()
    )
    same = (over.subject == latest.c.subject, over.cycle == latest.c.cycle, over.recipient_id == latest.c.recipient_id)
    open_ = (
        select(latest)
        .join(Channel, Channel.id == latest.c.subject)
        .join(Schedule)
        .where(*READ, Schedule.failing_since.is_(None))
        .where(~select(over).where(over.subject_kind == RECOVERY, *same).exists())
    )
    for channel, person, cycle in scene.session.execute(open_):
        if _read_again(scene.session, channel, cycle) is not None:
            yield Telling(RECOVERY, channel, "read", cycle, person)


def _read_again(session: Session, channel_id: str, cycle: str) -> datetime | None:
    """When the first complete reading after the beginning of that failing period ended."""
    after = (PollRun.started_at > datetime.fromisoformat(cycle), PollRun.outcome == "complete")
    return session.scalars(select(func.min(PollRun.finished_at)).where(PollRun.channel_id == channel_id, *after)).one()


def _check_recovery(scene: Scene, notice: Notice) -> None:
    channel = active_channel(scene, notice.subject)
    newer = select(Notice.id).where(
        Notice.subject_kind == TROUBLE,
        Notice.subject == channel.id,
        Notice.recipient_id == notice.recipient_id,
        Notice.state == "sent",
        Notice.cycle > notice.cycle,
    )
    if scene.session.scalars(newer.limit(1)).first() is not None:
        raise NoLongerTrue(_("The recipient has been told of new trouble since."))
    check_hours(scene)
    schedule = scene.session.get(Schedule, channel.id)
    if schedule is None or schedule.failing_since is not None:
        raise NotNow(scene.now + LOOK_AGAIN)


def _recovery_letter(scene: Scene, notice: Notice) -> Letter:
    channel = scene.session.get_one(Channel, notice.subject)
    began, read = datetime.fromisoformat(notice.cycle), _read_again(scene.session, channel.id, notice.cycle)
    again = read or scene.now
    said = [
        _("Read again since {moment}.", moment=moment(again, scene.zone)),
        _(
            "It could not be read for {duration}, from {moment}.",
            duration=duration(again - began),
            moment=moment(began, scene.zone),
        ),
        _("What was written meanwhile has been fetched."),
    ]
    return channel_note(scene, channel, _("{channel} is read again", channel=channel.name), said)


TROUBLES = Kind(_troubles, _check_trouble, _trouble_letter)
RECOVERIES = Kind(_recoveries, _check_recovery, _recovery_letter)
