"""What was judged is remembered until something that it follows from has changed: the judge asks every five seconds.

What is remembered follows from committed rows alone, and is found again by a fingerprint of them: the number of
recordings that changed comments, the tally of what people said and did, the beginning of the watch, and what the
register says. Of the time it tells until when it holds: a pause ends, a deadline passes. A channel without a schedule
has no such number and is read afresh each time.
"""

import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Pool, event
from sqlalchemy.orm import Session

from monitor.inbox.obligations import counted_schedules
from monitor.register.organisation import organisation
from monitor.register.people import named

Fingerprint = tuple[Hashable, ...]

T = TypeVar("T")

_lock = threading.Lock()
_known: "WeakKeyDictionary[Pool, dict[str, Remembered[Any]]]" = WeakKeyDictionary()


class Fingerprints:
    """Of every channel, or of one, as the database has it when first asked; to be made before anything is judged."""

    def __init__(self, session: Session, channel_id: str | None = None) -> None:
        self.channels = {
            id_: (schedule.revision, schedule.historic_before, count)
            for id_, (schedule, count) in counted_schedules(session, channel_id).items()
        }
        owner = organisation(session)
        self.hours = repr((owner.timezone, owner.service_hours, owner.closed_days, owner.other_hours))
        self.names = frozenset(named(session).items())

    def of(self, channel_id: str, *known: Hashable) -> Fingerprint | None:
        """None: nothing is remembered of this channel. known: whatever else its obligations follow from."""
        if channel_id not in self.channels:
            return None
        return *self.channels[channel_id], self.hours, self.names, *known


@dataclass(frozen=True, slots=True)
class Remembered(Generic[T]):
    """Something that holds from `since` on and before `until`, as long as what it follows from stays as it is."""

    mark: Fingerprint
    since: datetime
    until: datetime
    found: Sequence[T]


def remembered(
    session: Session,
    channel_id: str,
    mark: Fingerprint | None,
    now: datetime,
    read: Callable[[], tuple[Sequence[T], datetime]],
) -> Sequence[T]:
    """What `read` gives, or gave when the fingerprint was the same. It also tells until when that holds."""
    pool = session.connection().engine.pool  # engines with other options are other engines, of the same pool
    with _lock:
        known: Remembered[T] | None = _known.get(pool, {}).get(channel_id)
    if known is not None and known.mark == mark and known.since <= now < known.until:
        return known.found
    found, until = read()
    if mark is not None:
        _keep(session, pool, channel_id, Remembered(mark, now, until, found))
    return found


def _keep(session: Session, pool: Pool, channel_id: str, what: Remembered[Any]) -> None:
    def keep(_session: object = None) -> None:
        if session.in_nested_transaction():  # a part is over; the whole may still be undone
            return
        with _lock:
            _known.setdefault(pool, {})[channel_id] = what

    if not session.connection().get_execution_options().get("kanalvakt_writes"):
        keep()
    elif not session.in_nested_transaction():  # what is undone must not be remembered
        event.listen(session, "after_commit", keep)
