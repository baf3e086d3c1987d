"""Tables of the watch: the schedule that rows are, the readings, what they saw, and what they cost.

All times are UTC. Nothing here is overwritten by absence: what disappears is marked, what changes leaves its old text
as an Observation.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from monitor.db import Base


class Schedule(Base):
    """One channel's place in time. `next_poll_at` is the only schedule and the only retry.

    Claiming moves next_poll_at a lease ahead and writes `claim`; whoever holds another claim has lost the channel.
    historic_before: what was written earlier is historic (set by the first reading that brought something).
    last_full_at: when everything was walked, however old; last_daily_at: when all posts younger than GROWN were.
    failing_since/failure_*: the latest reading's error while it lasts; failure_remedy is a sentence to be translated.
    usage: share of the rate budget that the platform last reported, in percent. degraded: fields that it refuses.
    budgets: keys of what the channel's calls count against, as its connector last told.
    hinted_at: when a webhook last said that something happened here. due_at: when the reading that has been claimed
    became due; None when it has been recorded, whatever it came to. Claiming again leaves it alone, so a channel that
    is claimed again and again and never read stands out. revision: counts the recordings that changed anything in what
    is stored of the channel's comments. close_times: each time in which it was, or is, watched closely, as
    close_watching writes them: it is known afterwards which deadlines held.
    """

    __tablename__ = "schedule"
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"), primary_key=True)
    next_poll_at: Mapped[datetime] = mapped_column(index=True)
    claim: Mapped[str | None] = mapped_column(default=None)
    connector_state: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    last_complete_at: Mapped[datetime | None] = mapped_column(default=None)
    last_full_at: Mapped[datetime | None] = mapped_column(default=None)
    needs_full: Mapped[bool] = mapped_column(default=True)
    historic_before: Mapped[datetime | None] = mapped_column(default=None)
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None] = mapped_column(default=None)
    failure_kind: Mapped[str | None] = mapped_column(default=None)
    failure_detail: Mapped[str | None] = mapped_column(default=None)
    failure_code: Mapped[str | None] = mapped_column(default=None)
    failure_remedy: Mapped[str | None] = mapped_column(default=None)
    last_daily_at: Mapped[datetime | None] = mapped_column(default=None)
    usage: Mapped[int | None] = mapped_column(default=None)
    degraded: Mapped[list[str]] = mapped_column(default_factory=list)
    budgets: Mapped[list[str]] = mapped_column(default_factory=list)
    hinted_at: Mapped[datetime | None] = mapped_column(default=None)
    due_at: Mapped[datetime | None] = mapped_column(default=None)
    revision: Mapped[int] = mapped_column(default=0)
    close_times: Mapped[list[str]] = mapped_column(default_factory=list)


class CloseWatch(Base):
    """A channel in a crisis: read every minute around the clock, as far as its budgets go. Written by the emergency's
    room above; whoever reads, judges or tells looks here and need not know of incidents.

    hours: its deadlines, counted around the clock. people: ids of those who are told at once, in place of digests.
    """

    __tablename__ = "close_watch"
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[datetime]
    until: Mapped[datetime | None] = mapped_column(default=None)
    hours: Mapped[int] = mapped_column(default=1)
    people: Mapped[list[str]] = mapped_column(default_factory=list)


RUNNING = sql("outcome = 'running'")
"""Of readings, word for word as in the index of them: at most one of a channel's, and each new one looks for it."""


class PollRun(Base):
    """What one reading did. outcome: running, complete, partial (an error, but something came), failed, lost (the
    worker died), thread (one thread only, for an action: no reading of the channel). counted_cost in the platform's
    unit; of one that runs, what it may come to. full, daily: how thoroughly was asked. degraded: fields that the
    platform refused, so that they were left out. usage: share of the rate budget it reported, in percent. quiet: every
    comment was, and stays, as it was stored."""

    __tablename__ = "poll_run"
    __table_args__ = (
        Index("ix_poll_run_channel_started", "channel_id", "started_at"),
        Index("ix_poll_run_running", "channel_id", sqlite_where=RUNNING, postgresql_where=RUNNING),
    )
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"))
    claim: Mapped[str]
    started_at: Mapped[datetime]
    full: Mapped[bool]
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    outcome: Mapped[str] = mapped_column(default="running")
    error_kind: Mapped[str | None] = mapped_column(default=None)
    error_detail: Mapped[str | None] = mapped_column(default=None)
    retry_at: Mapped[datetime | None] = mapped_column(default=None)
    posts: Mapped[int] = mapped_column(default=0)
    comments_seen: Mapped[int] = mapped_column(default=0)
    new: Mapped[int] = mapped_column(default=0)
    edited: Mapped[int] = mapped_column(default=0)
    gone: Mapped[int] = mapped_column(default=0)
    requests: Mapped[int] = mapped_column(default=0)
    counted_cost: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[float] = mapped_column(default=0.0)
    daily: Mapped[bool] = mapped_column(default=False)
    degraded: Mapped[list[str]] = mapped_column(default_factory=list)
    usage: Mapped[int | None] = mapped_column(default=None)
    error_code: Mapped[str | None] = mapped_column(default=None)
    quiet: Mapped[bool] = mapped_column(default=False)


class Post(Base):
    """Context of comments. content_hash: of everything shown, to write only what changed.

    gap: comments that the platform counted below it beyond those it showed, when it was last listed to its end;
    gap_since: since when there has been one. links: addresses that it leads to, as far as its text does not say them.
    """

    __tablename__ = "post"
    __table_args__ = (
        UniqueConstraint("channel_id", "external_id"),
        Index("ix_post_gap", "channel_id", "gap_since"),
    )
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"))
    external_id: Mapped[str]
    posted_at: Mapped[datetime]
    fetched_at: Mapped[datetime]
    content_hash: Mapped[bytes]
    author_id: Mapped[str | None] = mapped_column(default=None)
    author_name: Mapped[str | None] = mapped_column(default=None)
    text: Mapped[str] = mapped_column(default="")
    permalink: Mapped[str | None] = mapped_column(default=None)
    declared_comments: Mapped[int | None] = mapped_column(default=None)
    by_visitor: Mapped[bool] = mapped_column(default=False)
    counts_replies: Mapped[bool | None] = mapped_column(default=True)
    gap: Mapped[int] = mapped_column(default=0)
    gap_since: Mapped[datetime | None] = mapped_column(default=None)
    links: Mapped[list[str]] = mapped_column(default_factory=list)


MISSING = "missing_since IS NOT NULL"
IS_POST = sql("is_post")
"""Of comments, word for word as in the index of them: few are visitors' posts, and each reading looks for those."""


class Comment(Base):
    """One comment, reply or visitor's post as last shown. Fields as in connectors.base.ReadComment, and:

    fetched_at: first seen by us. text_seen_at: when the current text was first seen. public_seen_at: when a comment
    that had been held was first seen published. missing_since: since when complete readings have not shown it.
    missed: so many complete readings in a row have not shown it, counted up to two. looked_up_at: when the platform was
    last asked for it by its id, after two. deleted_at: it then said that there is no such comment. unlisted: it then
    gave the comment, which listings do not show: it is there, and counts as there.
    """

    __tablename__ = "comment"
    __table_args__ = (
        UniqueConstraint("channel_id", "external_id"),
        Index("ix_comment_thread", "channel_id", "thread_external_id"),
        Index("ix_comment_post_posted", "channel_id", "post_external_id", "posted_at"),
        Index(
            "ix_comment_post_author", "channel_id", "post_external_id", sql("lower(author_id)"), "parent_external_id"
        ),
        Index(
            "ix_comment_post_handle",
            "channel_id",
            "post_external_id",
            sql("lower(author_handle)"),
            "parent_external_id",
        ),
        Index("ix_comment_fetched", "channel_id", "fetched_at"),
        Index("ix_comment_text_seen", "channel_id", "text_seen_at"),
        Index("ix_comment_posted", "posted_at", "id"),
        Index("ix_comment_channel_posted", "channel_id", "posted_at", "id"),
        Index("ix_comment_hidden", "posted_at", "id", sqlite_where=sql("hidden"), postgresql_where=sql("hidden")),
        Index("ix_comment_missing", "posted_at", "id", sqlite_where=sql(MISSING), postgresql_where=sql(MISSING)),
        Index("ix_comment_is_post", "channel_id", sqlite_where=IS_POST, postgresql_where=IS_POST),
        Index("ix_comment_missed", "channel_id", sqlite_where=sql("missed > 0"), postgresql_where=sql("missed > 0")),
    )
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"))
    external_id: Mapped[str]
    post_external_id: Mapped[str]
    thread_external_id: Mapped[str]
    posted_at: Mapped[datetime]
    fetched_at: Mapped[datetime]
    text_seen_at: Mapped[datetime]
    text: Mapped[str]
    content_hash: Mapped[bytes]
    parent_external_id: Mapped[str | None] = mapped_column(default=None)
    author_id: Mapped[str | None] = mapped_column(default=None)
    author_handle: Mapped[str | None] = mapped_column(default=None)
    author_name: Mapped[str | None] = mapped_column(default=None)
    mentions: Mapped[list[str]] = mapped_column(default_factory=list)
    permalink: Mapped[str | None] = mapped_column(default=None)
    edited_at: Mapped[datetime | None] = mapped_column(default=None)
    hidden: Mapped[bool] = mapped_column(default=False)
    held: Mapped[bool] = mapped_column(default=False)
    is_post: Mapped[bool] = mapped_column(default=False)
    public_seen_at: Mapped[datetime | None] = mapped_column(default=None)
    missing_since: Mapped[datetime | None] = mapped_column(default=None)
    missed: Mapped[int] = mapped_column(default=0)
    looked_up_at: Mapped[datetime | None] = mapped_column(default=None)
    deleted_at: Mapped[datetime | None] = mapped_column(default=None)
    unlisted: Mapped[bool] = mapped_column(default=False)


class Observation(Base):
    """A change that a reading noticed. kind: edited (text = the text before), hidden, unhidden, held, published, gone,
    back, deleted (the platform says so), unlisted. platform_at: when the platform says it happened, if it does."""

    __tablename__ = "observation"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    poll_run_id: Mapped[int] = mapped_column(ForeignKey("poll_run.id"))
    kind: Mapped[str]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    text: Mapped[str | None] = mapped_column(default=None)
    platform_at: Mapped[datetime | None] = mapped_column(default=None)


class Parking(Base):
    """A budget that is used up: nothing that counts against it is asked before `until`.

    key: of connectors.base.Budget. reason: the platform's code, or what rule of ours.
    """

    __tablename__ = "parking"
    key: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]
    since: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")


class Spending(Base):
    """The ledger: what a channel's calls cost on one day of a budget, and for what.

    purpose: poll, check, reply, crisis. cost in the platform's unit.
    """

    __tablename__ = "spending"
    budget: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"), primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    cost: Mapped[int] = mapped_column(default=0)
    requests: Mapped[int] = mapped_column(default=0)


class TokenHealth(Base):
    """What the latest look at a channel's credential found; fields as in connectors.base.Health.

    problem: kind of error; message and remedy say it to people (remedy: a sentence to be translated).
    """

    __tablename__ = "token_health"
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"), primary_key=True)
    checked_at: Mapped[datetime]
    token_kind: Mapped[str]
    can_read: Mapped[bool]
    can_reply: Mapped[bool] = mapped_column(default=False)
    can_publish: Mapped[bool] = mapped_column(default=False)
    scopes_missing: Mapped[list[str]] = mapped_column(default_factory=list)
    expires: Mapped[datetime | None] = mapped_column(default=None)
    data_access_expires: Mapped[datetime | None] = mapped_column(default=None)
    role: Mapped[str | None] = mapped_column(default=None)
    subscribed: Mapped[bool | None] = mapped_column(default=None)
    problem: Mapped[str | None] = mapped_column(default=None)
    message: Mapped[str | None] = mapped_column(default=None)
    remedy: Mapped[str | None] = mapped_column(default=None)


class Hint(Base):
    """A webhook delivery that was taken in, so that the same one is never taken twice. digest: of its raw body."""

    __tablename__ = "hint"
    digest: Mapped[bytes] = mapped_column(primary_key=True)
    received_at: Mapped[datetime] = mapped_column(index=True)


class HubNote(Base):
    """What a person says of an own post that leads to no page of the website: kind linked (url: where it is said), or
    dismissed (reason: why it need not be there). The latest one of a post counts."""

    __tablename__ = "hub_note"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), index=True)
    kind: Mapped[str]
    by_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    url: Mapped[str | None] = mapped_column(default=None)
    reason: Mapped[str | None] = mapped_column(default=None)
