"""What is told of a channel's watch on a day."""

from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.inbox.unanswered import unanswered
from monitor.register.calendar import calendar_of
from monitor.register.models import Channel
from monitor.register.organisation import organisation
from monitor.watch.day_view import ShownDay, reason_in_words
from monitor.watch.today import why_so_far
from monitor.web.api.shapes import Moment, Out
from monitor.web.register.to_do import Act, act_open, newest_of


class CorrectedOut(Out):
    """What a person has put right. first_verdict: what the day had come to before."""

    by: str
    at: Moment
    note: str
    first_verdict: str | None


class DecisionOnDayOut(Out):
    """Where the channel's decision stood on the day."""

    status: str
    version: int | None
    valid_until: date | None


class WatchRow(Out):
    """As a row of `kanalvakt watch report --json`. pending: the day has not come to closing time, and is not watched
    yet. reason_text: the sentence, in the language that was asked for."""

    channel: str
    channel_name: str
    unit: str
    unit_name: str
    date: date
    watch_mode: str
    verdict: str
    how: str
    final: bool
    pending: bool
    first_complete_read: Moment | None
    reviewed_by: str | None
    reviewed_at: Moment | None
    attested_by: str | None
    attested_at: Moment | None
    reason: str | None
    reason_text: str
    corrected: CorrectedOut | None
    decision: DecisionOnDayOut


class TodayOut(Out):
    """As `kanalvakt watch today --json`. who: the person who is to act. act: what you can say of it: attest or review;
    newest: the comment that came last and waits, for a review."""

    channel: str
    name: str
    date: date
    watch_mode: str
    verdict: str | None
    how: str
    reason: str | None
    first_complete_read: Moment | None
    last_complete_read: Moment | None
    failure_kind: str | None
    unseen: int
    reviewed_by: str | None
    attested_by: str | None
    who: str | None
    act: Act | None
    newest: int


class WatchDayOut(Out):
    """One channel's day. verdict: null while it is not over and not yet watched. act, newest: as in /watch/today.
    corrects: may you put it right."""

    channel: str
    date: date
    watch_mode: str
    verdict: str | None
    how: str
    reason: str | None
    reason_text: str
    first_complete_read: Moment | None
    failure_kind: str | None
    unseen: int
    reviewed_by: str | None
    reviewed_at: Moment | None
    attested_by: str | None
    attested_at: Moment | None
    concluded_at: Moment | None
    corrected: CorrectedOut | None
    act: Act | None
    newest: int
    corrects: bool


def day_told(session: Session, who: Visitor, channel: Channel, day: ShownDay) -> WatchDayOut:
    now = datetime.now(UTC)
    act = act_open(session, who, channel, day, calendar_of(organisation(session)).local_date(now), now)
    waiting = unanswered(session, now, channel_id=channel.id) if act is Act.REVIEW else []
    keys = ("how", "failure_kind", "unseen", "reviewed_at", "attested_at", "concluded_at", "verdict")
    return WatchDayOut(
        channel=channel.id,
        date=day.day,
        watch_mode=day.mode,
        reason=day.why,
        reason_text=reason_in_words(day) if day.concluded_at else why_so_far(day),
        first_complete_read=day.first_complete_at,
        reviewed_by=day.reviewed_by_id,
        attested_by=day.attested_by_id,
        corrected=_corrected(day),
        act=act,
        newest=newest_of(waiting),
        corrects=day.concluded_at is not None and who.may(Permission.CORRECT_WATCH, channel.id),
        **{key: getattr(day, key) for key in keys},
    )


def _corrected(day: ShownDay) -> CorrectedOut | None:
    put = day.correction
    if put is None:
        return None
    return CorrectedOut(by=put.by_id, at=put.at, note=put.note, first_verdict=day.first_verdict)
