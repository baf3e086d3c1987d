"""What is written down of changes, so that nothing else has to be judged again: see stirring.py."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from monitor.db import Base


class Stirred(Base):
    """A post below which something changed that may change where obligations stand, and with which number of its
    channel: counter "readings" counts Schedule.revision, "acts" the tally of what people say and do.

    Every number has a row, but those of readings that changed so much that all has to be looked at. What nobody needs
    any more is taken away.
    """

    __tablename__ = "stirred"
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"), primary_key=True)
    counter: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    post_external_id: Mapped[str] = mapped_column(primary_key=True)
