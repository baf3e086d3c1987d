"""What a visitor can say of a channel's watch with one press."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.inbox.unanswered import Obligation
from monitor.register.models import Channel
from monitor.watch.attesting import counts_today
from monitor.watch.day_rules import Verdict, Why
from monitor.watch.day_view import ShownDay

BY_HAND_AFTERWARDS = frozenset({Why.NOT_READ, Why.READ_IN_PART, Why.READING_FAILED, Why.PAUSED, Why.NOT_ATTESTED})
"""Why a day that is over was not watched, where a person's word can still put it right."""


class Act(StrEnum):
    """ATTEST: "I have gone through the channel". REVIEW: "I have gone through what was fetched"."""

    ATTEST = "attest"
    REVIEW = "review"


def act_open(session: Session, who: Visitor, channel: Channel, day: ShownDay, today: date, now: datetime) -> Act | None:
    """What the visitor can say of that day; None where there is nothing, or where it is not theirs to say."""
    if day.verdict is Verdict.WATCHED or not who.may(Permission.ATTEST, channel.id):
        return None
    if day.day != today:
        return Act.ATTEST if day.concluded_at is not None and day.why in BY_HAND_AFTERWARDS else None
    if day.why is Why.NOT_REVIEWED:
        return Act.REVIEW
    return Act.ATTEST if counts_today(session, channel, day.fetch, now) else None


def newest_of(items: Iterable[Obligation]) -> int:
    """The number of the comment that came last; 0 where none waits."""
    return max((each.comment_id for each in items), default=0)
