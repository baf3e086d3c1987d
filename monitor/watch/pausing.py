"""A person pauses the reading of a channel, lets it go on, or ends the watch of it for good; all in the audit log."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from config.language import N_, _
from connectors import PLATFORMS
from monitor.register.duty import note_duty
from monitor.register.faults import Refused
from monitor.register.models import Channel
from monitor.register.storing import Done, Storing
from monitor.watch.checking import read_soon
from monitor.watch.models import Schedule

BY_HAND = N_("{name} is watched by people: there is no reading to pause, and the duty to watch it cannot be paused.")
NO_COMMENTS = N_("{name} has no comments and is not read: there is nothing to pause.")


def pause(session: Session, channel: Channel, reason: str, actor: str, now: datetime) -> None:
    """No machine reads it until it is resumed. The duty to watch it goes on: a person goes through it by hand.

    Raises Refused for a channel that is retired or that no machine reads, and without a reason.
    """
    if channel.state == "retired":
        raise Refused(_("{name} is not watched any more: there is nothing to pause.", name=channel.id))
    if channel.watch_mode != "automatic" or channel.platform not in PLATFORMS or not channel.has_comments:
        raise Refused(_(BY_HAND if channel.has_comments else NO_COMMENTS, name=channel.id))
    _change(session, channel, "paused", _given(reason), Done.PAUSED, actor, now)


def resume(session: Session, channel: Channel, actor: str, now: datetime) -> None:
    """It is read again, at once. Raises Refused for a channel that is not paused."""
    if channel.state == "retired":
        raise Refused(_("{name} is retired: import a register file that has it, to watch it again.", name=channel.id))
    if channel.state != "paused":
        raise Refused(_("{name} is not paused.", name=channel.id))
    _change(session, channel, "active", None, Done.RESUMED, actor, now)
    read_soon(session, channel.id, now)


def retire(session: Session, channel: Channel, reason: str, actor: str, now: datetime) -> None:
    """The duty to watch it ends now. Its history and decisions are kept; a register file that has it brings it back.

    Raises Refused for a channel that is retired already, and without a reason.
    """
    if channel.state == "retired":
        raise Refused(_("{name} is retired already.", name=channel.id))
    _change(session, channel, "retired", _given(reason), Done.RETIRED, actor, now)
    note_duty(channel, now)


def _change(
    session: Session, channel: Channel, state: str, reason: str | None, act: Done, actor: str, now: datetime
) -> None:
    Storing(session, actor, now).change(channel, {"state": state, "state_reason": reason}, act)
    # a reading that was due before is not late when the channel is read again
    session.execute(update(Schedule).where(Schedule.channel_id == channel.id).values(due_at=None))


def _given(reason: str) -> str:
    if not reason.strip():
        raise Refused(_("The reason is empty: say why, so that others understand it later."))
    return reason.strip()
