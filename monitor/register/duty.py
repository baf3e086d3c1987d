"""Since when, and until when, a channel has to be watched every working day."""

from datetime import datetime

from monitor.register.models import Channel


def note_duty(channel: Channel, now: datetime) -> None:
    """Notes that the duty to watch the channel begins or ends now. To be called whenever the channel has changed.

    Every channel with comments has to be watched until it is retired: a pause does not end the duty.
    """
    due = channel.has_comments and channel.state != "retired"
    watched = channel.watched_since is not None and channel.watched_until is None
    if due and not watched:
        channel.watched_since, channel.watched_until = now, None
    elif watched and not due:
        channel.watched_until = now
