"""What colleagues need in order to share one inbox: who is at what, what they tell each other, and ready-made words."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from monitor.db import Base


class Claim(Base):
    """Somebody is at a comment, so that two people do not answer it at once. It holds before `until`."""

    __tablename__ = "claim"
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    since: Mapped[datetime]
    until: Mapped[datetime]


class Note(Base):
    """An internal note: what colleagues should know of a comment. Residents never see it, and exports leave it out.

    The database refuses to change or remove it.
    """

    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id"))
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), index=True)
    by_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(repr=False)


class Assignment(Base):
    """Who is to answer a comment; the latest one counts, and the database refuses to change or remove any.

    to_id: None gives it back to whoever is responsible for the channel.
    """

    __tablename__ = "assignment"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id"))
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), index=True)
    by_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    to_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True, default=None)


class Forward(Base):
    """A comment that a unit was asked about. to_id: the unit's manager then, who is told once. note: what is asked.

    The database refuses to change or remove it.
    """

    __tablename__ = "forward"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id"))
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), index=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    to_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    by_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(index=True)
    note: Mapped[str] = mapped_column(default="", repr=False)


class ReplyTemplate(Base):
    """Words to begin an answer with. text: may hold fields of reply_rules.FIELDS. unit_id: on whose channels it is
    offered, channel_id: on which one alone; None for everywhere. kind: of reply_rules.TemplateKind.

    retired: offered to nobody any more.
    """

    __tablename__ = "reply_template"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    name: Mapped[str]
    language: Mapped[str]
    text: Mapped[str]
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"), default=None)
    retired: Mapped[bool] = mapped_column(default=False)
    channel_id: Mapped[str | None] = mapped_column(ForeignKey("channel.id"), default=None)
    kind: Mapped[str] = mapped_column(default="answer", server_default="answer")


class Signature(Base):
    """What stands below answers. owner: a person's id, or "" for everybody who has none of their own."""

    __tablename__ = "signature"
    owner: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
