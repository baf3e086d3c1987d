"""How the days that are not concluded stand: what is known of each, and what follows for its row."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor import Calendar
from monitor.db.bulk import among
from monitor.register.calendar import calendar_of
from monitor.register.identities import Identities
from monitor.register.models import Channel
from monitor.register.organisation import organisation
from monitor.watch.day_arrivals import Arrivals
from monitor.watch.day_facts import Runs, brought_at, facts_of, kept_before
from monitor.watch.day_models import Attestation, Review, WatchDay
from monitor.watch.day_planning import is_over
from monitor.watch.day_rules import (
    Facts,
    Looked,
    Why,
    as_shown,
    cutoff,
    end_of_service,
    looked,
    unseen_afterwards,
    verdict,
)

AUTOMATIC = "automatic"
SETTLING = timedelta(minutes=1)
"""What a reading brought may be committed so much later than it says it was fetched."""
Waiting = Callable[[Session, Channel, datetime | None, datetime, frozenset[str]], int]
"""How many comments that were fetched after one moment, and no later than another, need somebody; and our names."""


@dataclass(frozen=True, slots=True)
class Open:
    """A day that is not concluded, and what is known of it. review: the channel's latest before the day's end.

    passed: the day is over, and only what was written down while it lasted still tells of it. mode: automatic, manual.
    """

    row: WatchDay
    channel: Channel
    runs: Runs
    review: Review | None
    attestation: Attestation | None
    passed: bool

    @property
    def mode(self) -> str:
        return self.row.mode if self.passed else self.channel.watch_mode

    @property
    def paused(self) -> bool:
        if self.passed and self.row.kept_at is not None:
            return self.row.reason == Why.PAUSED
        return self.channel.state == "paused"

    def facts(self, seen: Looked) -> Facts:
        attested = self.attestation is not None
        return Facts(self.mode == AUTOMATIC, self.runs.fetch, seen, attested=attested, paused=self.paused)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the register at one moment."""

    session: Session
    calendar: Calendar
    reminder_minutes: Sequence[int]
    now: datetime
    identities: Identities
    arrivals: Arrivals

    @classmethod
    def at(cls, session: Session, now: datetime) -> "Look":
        """Raises NotSetUp without a register."""
        owner, names = organisation(session), Identities(session)
        return cls(session, calendar_of(owner), owner.reminder_minutes, now, names, Arrivals(session, names))

    def open_days(self, channel_ids: Sequence[str] | None = None) -> Iterator[Open]:
        """All up to today, the oldest first."""
        today = self.calendar.local_date(self.now)
        query = select(WatchDay, Channel).join(Channel, Channel.id == WatchDay.channel_id)
        query = query.where(WatchDay.concluded_at.is_(None), WatchDay.day <= today)
        if channel_ids is not None:
            query = query.where(among(self.session, WatchDay.channel_id, channel_ids))
        rows = self.session.execute(query.order_by(WatchDay.day, WatchDay.channel_id)).all()
        for day, of_day in groupby(rows, key=lambda each: each[0].day):
            channels = list(of_day)
            facts = facts_of(self.session, self.calendar, day, [channel.id for _row, channel in channels], self.now)
            for row, channel in channels:
                known = facts.runs.get(channel.id, Runs()), facts.reviews.get(channel.id)
                yield Open(row, channel, *known, facts.attestations.get(channel.id), passed=day < today)

    def duty_ended(self, day: Open) -> bool:
        return is_over(self.calendar, day.channel, day.row.day)

    def is_stirred(self, day: Open) -> bool:
        """Has anything happened, or the hour come, since the day was last kept? Asks no comments."""
        row = day.row
        if self.duty_ended(day):
            return True
        if day.passed:
            return not day.runs.under_way
        if self.has_moved(day):
            return True
        as_it_was = self.values(day, Looked(row.review), row.unseen)
        return any(getattr(row, name) != value for name, value in as_it_was.items())

    def has_moved(self, day: Open) -> bool:
        """Has the channel been read or gone through since the day was last kept? Otherwise what was counted holds:
        comments, answers and acts on the platform come by readings, of the channel or of one thread."""
        row = day.row
        if row.kept_at is None or row.mode != day.mode:
            return True
        happened = (day.runs.ended_at, day.review.at if day.review else None)
        return any(moment is not None and moment >= row.kept_at - SETTLING for moment in happened)

    def gone_through(self, day: Open, waiting: Waiting | None) -> tuple[Looked, int]:
        """Whether somebody has gone through what was new, and how many comments nobody has.

        waiting: None, as on a day that is over, leaves what was last counted of what had come by then.
        """
        if day.mode != AUTOMATIC:
            return Looked.NONE, 0
        if not self.has_moved(day):
            return Looked(day.row.review), day.row.unseen
        after, until = day.review.at if day.review else None, self._cutoff(day.row)
        latest = self.arrivals.latest(day.channel, after, until)
        if latest is not None and waiting is not None and not day.passed:
            counted = self._counted(day, after, until)
            names = self.identities.of(day.channel)
            unseen = waiting(self.session, day.channel, after, until, names) if counted is None else counted
        else:
            unseen = self._unseen_afterwards(day, after, until, latest)
        review = self._of_that_day(day)
        came = int(latest is not None)  # how many there are does not matter here
        return looked(day.runs.first_complete_at, review.at if review else None, came, unseen), unseen

    def _unseen_afterwards(self, day: Open, after: datetime | None, until: datetime, latest: datetime | None) -> int:
        kept_at = day.row.kept_at
        if latest is None or (kept_at is not None and latest <= kept_at):
            came = int(latest is not None)  # whoever counts all that ever came takes long, and nobody asks for it
        else:
            came, latest = self.arrivals.between(day.channel, after, until)
        return unseen_afterwards(came, latest, kept_at, day.row.unseen)

    def values(self, day: Open, seen: Looked, unseen: int) -> dict[str, object]:
        """What the day's row should say now, by column."""
        reached, how, why = verdict(day.facts(seen))
        closed = self.now >= end_of_service(self.calendar, day.row.day)
        review = self._of_that_day(day)
        return {
            "mode": day.mode,
            "fetch": day.runs.fetch,
            "fetched_at": day.runs.fetched_at,
            "first_complete_at": day.runs.first_complete_at,
            "poll_run_id": day.runs.poll_run_id,
            "failure_kind": day.runs.failure_kind,
            "unseen": unseen,
            "review": seen,
            "reviewed_at": review.at if review else None,
            "reviewed_by_id": review.by_id if review else None,
            "attestation_id": day.attestation.id if day.attestation else None,
            "verdict": as_shown(reached, closed=closed),
            "how": how,
            "reason": why,
        }

    def _counted(self, day: Open, after: datetime | None, until: datetime) -> int | None:
        """What was last counted, today or on the day before, if it would come to the same again.

        The day's first complete reading has everything counted: the register may have been changed meanwhile.
        """
        row = day.row if day.row.kept_at is not None else kept_before(self.session, day.row)
        if row is None or row.kept_at is None or row.mode != AUTOMATIC:
            return None
        happened = (after, day.runs.first_complete_at, brought_at(self.session, day.channel.id, row.kept_at - SETTLING))
        if any(moment is not None and moment >= row.kept_at - SETTLING for moment in happened):
            return None
        came_later, _latest = self.arrivals.between(day.channel, self._cutoff(row), until)
        return None if came_later else row.unseen

    def _cutoff(self, row: WatchDay) -> datetime:
        return cutoff(self.calendar, row.day, self.reminder_minutes)

    def _of_that_day(self, day: Open) -> Review | None:
        """The latest review, if it was made on that day."""
        review = day.review
        return review if review is not None and self.calendar.local_date(review.at) == day.row.day else None
