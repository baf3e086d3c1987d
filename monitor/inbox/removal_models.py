"""What is kept of a comment that is taken away, and the steps in which that was done. The database refuses to change or
remove any of it."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from monitor.db import Base


class SavedCopy(Base):
    """A comment as it stood when somebody took it away: the beginning of a case, whose number is this row's id.

    case_id: of the first copy, where this is a later one: something had changed before the action was sent. content:
    all that is known of it, as canonical JSON. picture: its text set as an image (PNG); None where the comment is
    suspected of showing abuse of a child, of which nothing but words is kept. picture_sha256: also in the content.
    sha256: of the content in UTF-8, in hex; the audit log holds it as well.
    """

    __tablename__ = "saved_copy"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id"), index=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), index=True)
    by_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    content: Mapped[str] = mapped_column(repr=False)
    sha256: Mapped[str]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("saved_copy.id"), index=True, default=None)
    picture_sha256: Mapped[str | None] = mapped_column(default=None)
    picture: Mapped[bytes | None] = mapped_column(default=None, repr=False, deferred=True)


class RemovalStep(Base):
    """One step of the case that begins with the copy case_id.

    kind, rule: of removal_rules. action_id: of what was done on the platform. answer: yes or no. statute: the law that
    the rule stands in, where one does. number: of the police report, or in the register of records. note: in the
    person's own words.
    """

    __tablename__ = "removal_step"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("saved_copy.id"), index=True)
    kind: Mapped[str]
    by_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    action_id: Mapped[int | None] = mapped_column(ForeignKey("action.id"), index=True, default=None)
    answer: Mapped[bool | None] = mapped_column(default=None)
    rule: Mapped[str | None] = mapped_column(default=None)
    statute: Mapped[str | None] = mapped_column(default=None)
    number: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="", repr=False)
