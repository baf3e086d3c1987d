"""The tables of watch days: what each came to, and what people say of it. The database keeps what has been said."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from monitor.db import Base

NOT_WATCHED = sql("verdict <> 'watched'")
"""Of watch days, word for word as in the index of them: those are few, and asked for again and again."""


class WatchDay(Base):
    """The proof of one channel's watch on one working day. Planned by the calendar; the database refuses to change it
    once it is concluded, which happens when the day is over: what is put right later is a Correction.

    mode: automatic or manual, as the channel was that day. fetch: none, failed, partial or complete: the best reading
    of the day; fetched_at: when that ended; poll_run_id: which it was. first_complete_at: when the first complete one
    ended. failure_kind: of the latest reading that failed. unseen: comments that nobody has gone through, as last
    counted. review: none, nothing_new, handled (all that was new has been answered), person; reviewed_by_id: who.
    attestation_id: the person's word that counts where no machine read. kept_at: when all this was last looked at while
    the day lasted; None: it was filled in afterwards. verdict, how and reason (of day_rules) are how it stands now;
    final from concluded_at on.
    """

    __tablename__ = "watch_day"
    __table_args__ = (Index("ix_watch_day_not_watched", "day", sqlite_where=NOT_WATCHED, postgresql_where=NOT_WATCHED),)
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True, index=True)
    mode: Mapped[str]
    planned_at: Mapped[datetime] = mapped_column(index=True)
    fetch: Mapped[str] = mapped_column(default="none")
    fetched_at: Mapped[datetime | None] = mapped_column(default=None)
    first_complete_at: Mapped[datetime | None] = mapped_column(default=None)
    poll_run_id: Mapped[int | None] = mapped_column(ForeignKey("poll_run.id"), default=None)
    failure_kind: Mapped[str | None] = mapped_column(default=None)
    unseen: Mapped[int] = mapped_column(default=0)
    review: Mapped[str] = mapped_column(default="none")
    reviewed_at: Mapped[datetime | None] = mapped_column(default=None)
    reviewed_by_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    attestation_id: Mapped[int | None] = mapped_column(ForeignKey("attestation.id"), default=None)
    kept_at: Mapped[datetime | None] = mapped_column(default=None)
    verdict: Mapped[str | None] = mapped_column(default=None)
    how: Mapped[str] = mapped_column(default="none")
    reason: Mapped[str | None] = mapped_column(default=None)
    concluded_at: Mapped[datetime | None] = mapped_column(default=None, index=True)


class Attestation(Base):
    """A person's "I have gone through the channel" for one day. count: comments seen, where somebody counted."""

    __tablename__ = "attestation"
    __table_args__ = (Index("ix_attestation_channel_day", "channel_id", "day"),)
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id"))
    day: Mapped[date]
    by_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")
    count: Mapped[int | None] = mapped_column(default=None)


class Review(Base):
    """A person has gone through everything that was fetched of a channel until then."""

    __tablename__ = "review"
    __table_args__ = (Index("ix_review_channel_at", "channel_id", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id"))
    by_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class Correction(Base):
    """What holds instead of a concluded WatchDay's verdict; of several the latest. The row itself stays as it was.

    attestation_id: the late attestation that it rests on, if it is one. note: why, in the person's own words.
    """

    __tablename__ = "correction"
    __table_args__ = (Index("ix_correction_channel_day", "channel_id", "day"),)
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id"))
    day: Mapped[date]
    verdict: Mapped[str]
    how: Mapped[str]
    reason: Mapped[str | None]
    by_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")
    attestation_id: Mapped[int | None] = mapped_column(ForeignKey("attestation.id"), default=None)
