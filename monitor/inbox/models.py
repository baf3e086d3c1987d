"""What people decide to do on the platforms, and what became of it."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.db import Base


class Action(Base):
    """One thing that one person does to one comment on its platform, exactly once.

    kind: reply, hide, unhide, delete (our own), release, reject. state: pending, armed (about to be sent, or sent),
    done, unknown (sent, the answer lost: the platform is read before anything else), refused (certainly not done),
    needs_human (could not be found out), asks (somebody has answered meanwhile: a person has to confirm).
    key: chosen by whoever asks; the same one is the same action. confirmed: even if somebody has answered.
    token: of the attempt that holds it; whoever has another one has lost it. next_at: when to go on with it.
    baseline: ids of our own comments in the thread before the first attempt. remote_id: of the reply, once known.
    armed_at: when the latest attempt was; its answer lost, until when the platform may have got it.
    reason: a rule of ours, or the platform's error. remedy: what that means for people, to be translated.
    interim: the reply only says that an answer will come.
    """

    __tablename__ = "action"
    __table_args__ = (UniqueConstraint("key"),)
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    key: Mapped[str]
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id"), index=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), index=True)
    kind: Mapped[str]
    by_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    next_at: Mapped[datetime] = mapped_column(index=True)
    text: Mapped[str] = mapped_column(default="", repr=False)
    state: Mapped[str] = mapped_column(default="pending", index=True)
    token: Mapped[str | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    looks: Mapped[int] = mapped_column(default=0)
    baseline: Mapped[list[str]] = mapped_column(default_factory=list)
    armed_at: Mapped[datetime | None] = mapped_column(default=None)
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    remote_id: Mapped[str | None] = mapped_column(default=None)
    reason: Mapped[str | None] = mapped_column(default=None)
    remedy: Mapped[str | None] = mapped_column(default=None)
    confirmed: Mapped[bool] = mapped_column(default=False)
    interim: Mapped[bool] = mapped_column(default=False)


class Mark(Base):
    """What a person says of an obligation. The database refuses to change or remove it; a later one goes before it.

    kind: of mark_rules.Kind. until: of an acknowledgement or a snooze. reason: code of why no reply is needed. reply:
    the own comment that it speaks of, by its platform's id. note: in the person's own words, or a case number.
    """

    __tablename__ = "mark"
    __table_args__ = (Index("ix_mark_channel", "channel_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id"))
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), index=True)
    kind: Mapped[str]
    by_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    until: Mapped[datetime | None] = mapped_column(default=None)
    reason: Mapped[str | None] = mapped_column(default=None)
    reply: Mapped[str | None] = mapped_column(default=None)
    note: Mapped[str] = mapped_column(default="", repr=False)


class FlagRule(Base):
    """What makes a comment a flagged one. kind: breach, report, danger (a word or phrase), rush (many at once).

    word, language: of the first three. comments in minutes: of a rush; channel_id: None for every channel. retired: no
    longer in use; what it flagged stays explained by it.
    """

    __tablename__ = "flag_rule"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    kind: Mapped[str]
    added_at: Mapped[datetime]
    word: Mapped[str | None] = mapped_column(default=None)
    language: Mapped[str | None] = mapped_column(default=None)
    channel_id: Mapped[str | None] = mapped_column(ForeignKey("channel.id"), default=None)
    comments: Mapped[int | None] = mapped_column(default=None)
    minutes: Mapped[int | None] = mapped_column(default=None)
    retired: Mapped[bool] = mapped_column(default=False)


class Flag(Base):
    """One comment that a rule or a person has flagged, or one rush of a channel (no comment).

    key: what makes it the same flag, so that nobody is told of it twice. words: what matched, as it was written. by_id:
    who reported it, where a person did; note: what that person wrote down.
    """

    __tablename__ = "flag"
    __table_args__ = (UniqueConstraint("key"),)
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    key: Mapped[str]
    kind: Mapped[str]
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"), index=True, default=None)
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("flag_rule.id"), default=None)
    words: Mapped[list[str]] = mapped_column(default_factory=list, repr=False)
    by_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    note: Mapped[str] = mapped_column(default="", repr=False)


class FlagScan(Base):
    """How far a channel's comments have been held against the rules. revision: of its Schedule at that time."""

    __tablename__ = "flag_scan"
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id"), primary_key=True)
    revision: Mapped[int]
    until: Mapped[datetime]


class LinkUse(Base):
    """A link from a mail that has been used, so that it does nothing a second time. digest: as monitor.register.links
    makes it."""

    __tablename__ = "link_use"
    digest: Mapped[str] = mapped_column(primary_key=True)
    by_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class Tally(Base):
    """How often people said or did something that changes where a channel's obligations stand. Kept by the database
    (monitor.db.tallying); nobody else writes here."""

    __tablename__ = "tally"
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"), primary_key=True)
    count: Mapped[int]


class OpenThreads(Base):
    """In which threads of a channel something waited at that revision of its schedule and count of its tally, as long
    as monitor.inbox.remembering finds the same mark. threads: pairs of a post's and a thread's id on the platform.
    Nothing is lost with a row: it is found again."""

    __tablename__ = "open_threads"
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"), primary_key=True)
    mark: Mapped[str]
    revision: Mapped[int]
    count: Mapped[int]
    threads: Mapped[list[list[str]]] = mapped_column(JSON, repr=False)
