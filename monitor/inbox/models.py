"""What people decide to do on the platforms, and what became of it."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
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
