"""Tables of the watch: the schedule that rows are, the readings, and what they saw.

All times are UTC. Nothing here is overwritten by absence: what disappears is marked, what changes leaves its old text
as an Observation.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.db import Base


class Schedule(Base):
    """One channel's place in time. `next_poll_at` is the only schedule and the only retry.

    Claiming moves next_poll_at a lease ahead and writes `claim`; whoever holds another claim has lost the channel.
    historic_before: what was written earlier is historic (set by the first complete reading).
    failing_since/failure_*: the latest reading's error while it lasts.
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


class PollRun(Base):
    """What one reading did. outcome: running, complete, partial (an error, but something came), failed, lost (the
    worker died). counted_cost in the platform's unit."""

    __tablename__ = "poll_run"
    __table_args__ = (Index("ix_poll_run_channel_started", "channel_id", "started_at"),)
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


class Post(Base):
    """Context of comments. content_hash: of everything shown, to write only what changed."""

    __tablename__ = "post"
    __table_args__ = (UniqueConstraint("channel_id", "external_id"),)
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


class Comment(Base):
    """One comment, reply or visitor's post as last shown. Fields as in connectors.base.ReadComment, and:

    fetched_at: first seen by us. text_seen_at: when the current text was first seen. public_seen_at: when a comment
    that had been held was first seen published. missing_since: since when complete readings have not shown it.
    """

    __tablename__ = "comment"
    __table_args__ = (
        UniqueConstraint("channel_id", "external_id"),
        Index("ix_comment_thread", "channel_id", "thread_external_id"),
        Index("ix_comment_post_posted", "channel_id", "post_external_id", "posted_at"),
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


class Observation(Base):
    """A change that a reading noticed. kind: edited (text = the text before), hidden, unhidden, held, published, gone,
    back. platform_at: when the platform says it happened, if it does."""

    __tablename__ = "observation"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    poll_run_id: Mapped[int] = mapped_column(ForeignKey("poll_run.id"))
    kind: Mapped[str]
    seen_at: Mapped[datetime]
    text: Mapped[str | None] = mapped_column(default=None)
    platform_at: Mapped[datetime | None] = mapped_column(default=None)
