"""An answer before it is sent: what its platform takes, and exactly the text that residents will read."""

from dataclasses import dataclass, field
from enum import StrEnum

from connectors import EVERY_PLATFORM
from connectors.about import Writes
from connectors.acting import sent
from monitor.inbox.looking import target_of
from monitor.inbox.reply_rules import left_open, signed_text
from monitor.register.models import Channel
from monitor.watch.models import Comment


class Unfit(StrEnum):
    """Why a text cannot be sent as it is."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    LEFT_OPEN = "left_open"


@dataclass(frozen=True, slots=True)
class Draft:
    """text: what the action carries. whole: what residents read, with the name that is put before a reply to a reply.

    longest: characters that the platform takes. open_fields: of a template, that still stand there.
    """

    text: str = field(repr=False)
    whole: str = field(repr=False)
    longest: int
    open_fields: tuple[str, ...] = ()

    @property
    def left(self) -> int:
        """Characters for which there is still room; negative where it is too long."""
        return self.longest - len(self.whole)

    @property
    def unfit(self) -> Unfit | None:
        if not self.text.strip():
            return Unfit.EMPTY
        if self.left < 0:
            return Unfit.TOO_LONG
        return Unfit.LEFT_OPEN if self.open_fields else None


def takes(channel: Channel) -> Writes | None:
    """What can be done from here on the channel's platform; None: nothing."""
    if channel.state == "retired" or channel.watch_mode == "manual":
        return None
    return EVERY_PLATFORM[channel.platform].writes


def draft(comment: Comment, writes: Writes, text: str, signature: str = "") -> Draft:
    """The answer that such a text makes."""
    signed = signed_text(text, signature)
    whole = sent(writes, target_of(comment), signed) if signed else ""
    return Draft(signed, whole, writes.longest_reply, tuple(left_open(signed)))
