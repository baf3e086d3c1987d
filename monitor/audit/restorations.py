"""Restorations from a backup: until a person lets go of it, a restored Kanalvakt reads and writes nobody.

Only a person knows whether the old one still runs somewhere, and what it told people after the backup was made.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from monitor.db import Base


class Restoration(Base):
    """One restoration. made_at: the moment that the backup showed. released_at: since when people are told again."""

    __tablename__ = "restoration"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    made_at: Mapped[datetime]
    restored_at: Mapped[datetime]
    released_at: Mapped[datetime | None] = mapped_column(default=None)


@dataclass(frozen=True, slots=True)
class Held:
    """Since when, and from a backup of when."""

    restored_at: datetime
    made_at: datetime


def held(session: Session) -> Held | None:
    """None: people are told as usual."""
    query = select(Restoration).where(Restoration.released_at.is_(None)).order_by(Restoration.id.desc()).limit(1)
    found = session.scalars(query).first()
    return Held(found.restored_at, found.made_at) if found is not None else None


def is_held(session: Session) -> bool:
    """Must nobody be told anything yet?"""
    return session.scalar(select(Restoration.id).where(Restoration.released_at.is_(None)).limit(1)) is not None


def release(session: Session, now: datetime) -> list[datetime]:
    """From now on people are told. Gives of when the backups were; none: people were told already."""
    open_ = update(Restoration).where(Restoration.released_at.is_(None)).values(released_at=now)
    return list(session.scalars(open_.returning(Restoration.made_at)))
