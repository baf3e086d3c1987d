"""Which credentials a message gets follows from its incident's mode, which can never change, by the table below."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.orm import Session

from monitor.emergency.exercise import ExerciseCredentials
from monitor.emergency.live import LiveCredentials
from monitor.register.models import Channel
from monitor.register.secrets import stored_for

Credentials = LiveCredentials | ExerciseCredentials


ByChannel = dict[str, Credentials]


def _live(session: Session, channels: Sequence[Channel]) -> ByChannel:
    stored = stored_for(session, [channel.id for channel in channels])
    return {channel.id: LiveCredentials(channel, stored[channel.id]) for channel in channels}


def _exercise(_session: Session, channels: Sequence[Channel]) -> ByChannel:
    return {channel.id: ExerciseCredentials(dict(channel.exercise)) for channel in channels}


BY_MODE: Mapping[str, Callable[[Session, Sequence[Channel]], ByChannel]] = {"actual": _live, "exercise": _exercise}


def entrusted(session: Session, mode: str, channels: Sequence[Channel]) -> ByChannel:
    """By channel. Wants a transaction that may write. Raises KeyError for a mode that there is not."""
    return BY_MODE[mode](session, channels)
