"""Which credentials a message gets follows from its incident's mode, which can never change, by the table below."""

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from monitor.emergency.exercise import ExerciseCredentials
from monitor.emergency.live import LiveCredentials
from monitor.register.models import Channel
from monitor.register.secrets import stored

Credentials = LiveCredentials | ExerciseCredentials


def _live(session: Session, channel: Channel) -> Credentials:
    return LiveCredentials(channel, stored(session, channel.id))


def _exercise(_session: Session, channel: Channel) -> Credentials:
    return ExerciseCredentials(dict(channel.exercise))


BY_MODE: Mapping[str, Callable[[Session, Channel], Credentials]] = {"actual": _live, "exercise": _exercise}


def entrusted(session: Session, mode: str, channel: Channel) -> Credentials:
    """Wants a transaction that may write. Raises KeyError for a mode that there is not."""
    return BY_MODE[mode](session, channel)
