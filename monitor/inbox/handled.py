"""What became of the comments that came in a period: how soon they were answered, and what was done to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor import NEEDS_SOMEBODY, Calendar, State
from monitor.db.bulk import among
from monitor.inbox.answer_rules import Answers, Came, answers
from monitor.inbox.deadline_rules import due_as_it_held, due_at
from monitor.inbox.models import Action
from monitor.inbox.unanswered import judged_between
from monitor.register.channels import all_channels
from monitor.register.organisation import organisation
from monitor.register.terms import terms_of
from monitor.watch.close_watching import close_times

KINDS = ("reply", "hide", "unhide", "remove", "delete", "release", "reject")


@dataclass(frozen=True, slots=True)
class Handled:
    """acts: how often each of KINDS was done through Kanalvakt in the period."""

    answers: Answers
    acts: dict[str, int]


def handled_between(
    session: Session, calendar: Calendar, begin: datetime, end: datetime, channel_ids: Sequence[str], now: datetime
) -> Handled:
    """Of residents' comments that were written from `begin` on and before `end`, as they stand now."""
    owner, channels = organisation(session), [each for each in all_channels(session) if each.id in channel_ids]
    terms = {each.id: terms_of(owner, each) for each in channels}
    came = [
        Came(
            stands.since,
            due_as_it_held(
                due_at(stands.since, getattr(terms[channel.id], stands.term), calendar),
                stands.since,
                close_times(session, channel.id),
            ),
            answered_at=verdict.at if stands.state is State.ANSWERED else None,
            waits=stands.state in NEEDS_SOMEBODY,
            privately=stands.state is State.ANSWERED_PRIVATELY,
            closed=stands.state is State.CLOSED_NO_REPLY,
        )
        for channel, _posted_at, verdict, stands in judged_between(session, channels, begin, end, now)
        if stands.state is not State.HISTORIC
    ]
    return Handled(answers(came, now), _acts(session, begin, end, channel_ids))


def _acts(session: Session, begin: datetime, end: datetime, channel_ids: Sequence[str]) -> dict[str, int]:
    query = select(Action.kind, func.count()).where(
        among(session, Action.channel_id, channel_ids),
        Action.state == "done",
        Action.done_at >= begin,
        Action.done_at < end,
    )
    found = dict(session.execute(query.group_by(Action.kind)).all())
    return {kind: found.get(kind, 0) for kind in KINDS}
