"""What was judged is remembered until something that it follows from has changed: the judge asks every five seconds.

What is remembered follows from committed rows alone, and is found again by a fingerprint of them: the number of
recordings that changed comments, the tally of what people said and did, the beginning of the watch, and what the
register says. Of the time it tells until when it holds: a pause ends, a deadline passes. A channel without a schedule
has no such number and is read afresh each time.

To find the threads where something waits takes long; to judge them does not. So the worker that judges writes them down
(OpenThreads), and a process that has just started looks at nothing else, as long as nothing has changed. What has
changed since is looked for below the posts alone that it is written of (Stirred), however much else is stored.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import JSON, Pool, bindparam, event, select, text
from sqlalchemy.orm import Session

from monitor.db import Database
from monitor.inbox.models import OpenThreads
from monitor.inbox.obligations import counted_schedules
from monitor.register.organisation import organisation
from monitor.register.people import named
from monitor.watch.stirring import Counts, forget_stirred, stirred_since

Threads = frozenset[tuple[str, str]]
"""Posts and threads, by the platform's ids."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """whole: of what is known. threads: of that alone from which it follows which threads have something that waits,
    but for what is counted: counts."""

    whole: tuple[Hashable, ...]
    threads: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class Narrow:
    """Where alone something can wait: in these threads, and below these posts, where something has changed since the
    threads were found."""

    threads: Threads
    stirred: frozenset[str]


@dataclass(frozen=True, slots=True)
class Remembered(Generic[T]):
    """Something that holds from `since` on and before `until`, as long as what it follows from stays as it is.
    threads: the only ones with something that waits."""

    mark: Fingerprint
    since: datetime
    until: datetime
    found: Sequence[T]
    threads: Threads


@dataclass
class _Memory:
    """Of one database, by channel. turns: whoever reads a channel; written: the fingerprints, and the counts, of the
    threads that this process has written down."""

    known: dict[str, Remembered[Any]] = field(default_factory=dict)
    turns: dict[str, threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))
    written: dict[str, tuple[str, Counts]] = field(default_factory=dict)


_lock = threading.Lock()
_memories: "WeakKeyDictionary[Pool, _Memory]" = WeakKeyDictionary()


def _memory(pool: Pool) -> _Memory:
    with _lock:
        return _memories.setdefault(pool, _Memory())


class Fingerprints:
    """Of every channel, or of one, as the database has it when first asked; to be made before anything is judged."""

    def __init__(self, session: Session, channel_id: str | None = None) -> None:
        self.session, self.only = session, channel_id
        self.channels = {
            id_: (schedule.revision, schedule.historic_before, count)
            for id_, (schedule, count) in counted_schedules(session, channel_id).items()
        }
        owner = organisation(session)
        self.hours = repr((owner.timezone, owner.service_hours, owner.closed_days, owner.other_hours))
        self.names = frozenset(named(session).items())
        self._written: dict[str, OpenThreads] | None = None

    def of(self, channel_id: str, own: frozenset[str], *known: Hashable) -> Fingerprint | None:
        """None: nothing is remembered of this channel. own: the channel's identities; known: whatever else its
        obligations follow from."""
        if channel_id not in self.channels:
            return None
        readings, historic_before, acts = counted = self.channels[channel_id]
        threads = sha256(repr((_rules(), historic_before, sorted(own))).encode()).hexdigest()
        return Fingerprint((*counted, self.hours, self.names, own, *known), threads, Counts(readings, acts))

    def narrow(self, channel_id: str, mark: Fingerprint) -> Narrow | None:
        """Where something can wait, as far as that follows from what is remembered here or was written down; None: it
        can be anywhere."""
        memory = _memory(self.session.connection().engine.pool)
        last, written = memory.known.get(channel_id), self._written_down(channel_id)
        starts = [(last.mark.threads, last.mark.counts, last.threads)] if last is not None else []
        starts += [written] if written is not None else []
        found = [
            Narrow(threads, stirred)
            for made_of, counts, threads in starts
            if made_of == mark.threads
            and (stirred := stirred_since(self.session, channel_id, counts, mark.counts)) is not None
        ]
        return min(found, key=lambda each: len(each.stirred), default=None)

    def _written_down(self, channel_id: str) -> tuple[str, Counts, Threads] | None:
        if self._written is None:
            query = select(OpenThreads)
            query = query if self.only is None else query.where(OpenThreads.channel_id == self.only)
            self._written = {row.channel_id: row for row in self.session.scalars(query)}
        row = self._written.get(channel_id)
        if row is None:
            return None
        threads = frozenset((post, thread) for post, thread in row.threads)
        return row.mark, Counts(row.revision, row.count), threads


@cache
def _rules() -> str:
    """Another one for other rules: what an earlier version wrote down says nothing."""
    room = sorted(Path(__file__).parent.glob("*.py"))
    return sha256(b"".join(each.read_bytes() for each in room)).hexdigest()


def remembered(
    prints: Fingerprints,
    channel_id: str,
    mark: Fingerprint | None,
    now: datetime,
    read: Callable[[Narrow | None], tuple[Sequence[T], datetime, Threads]],
) -> Sequence[T]:
    """What `read` gives, or gave when the fingerprint was the same. It also tells until when that holds, and in which
    threads it was; it is given where alone it need look, as far as that is known."""
    if mark is None:
        return read(None)[0]
    session = prints.session
    pool = session.connection().engine.pool  # engines with other options are other engines, of the same pool
    memory = _memory(pool)
    known = _holding(memory, channel_id, mark, now)
    if known is not None:
        return known.found
    with memory.turns[channel_id]:  # several who come at once do not all look for the same
        known = _holding(memory, channel_id, mark, now)
        if known is not None:
            return known.found
        found, until, threads = read(prints.narrow(channel_id, mark))
        _keep(session, memory, channel_id, Remembered(mark, now, until, found, threads))
    return found


def _holding(memory: _Memory, channel_id: str, mark: Fingerprint, now: datetime) -> Remembered[Any] | None:
    known = memory.known.get(channel_id)
    return known if known is not None and known.mark == mark and known.since <= now < known.until else None


def _keep(session: Session, memory: _Memory, channel_id: str, what: Remembered[Any]) -> None:
    def keep(_session: object = None) -> None:
        if session.in_nested_transaction():  # a part is over; the whole may still be undone
            return
        memory.known[channel_id] = what

    if not session.connection().get_execution_options().get("kanalvakt_writes"):
        keep()
    elif not session.in_nested_transaction():  # what is undone must not be remembered
        event.listen(session, "after_commit", keep)


WRITE = text(
    "INSERT INTO open_threads (channel_id, mark, revision, count, threads) "
    "SELECT id, :mark, :readings, :acts, :threads FROM channel WHERE id = :channel "
    "ON CONFLICT (channel_id) DO UPDATE SET mark = excluded.mark, revision = excluded.revision, "
    "count = excluded.count, threads = excluded.threads "
    # what another process has looked at later is worth more
    "WHERE open_threads.mark <> excluded.mark "
    "OR (open_threads.revision <= excluded.revision AND open_threads.count <= excluded.count)"
).bindparams(bindparam("threads", type_=JSON))


def write_down(db: Database) -> None:
    """Tells other processes, and this one after a start, in which threads something waits, as far as it is known here
    and was not told yet."""
    memory = _memory(db.engine.pool)
    known = dict(memory.known)
    marks = {channel: (each.mark.threads, each.mark.counts) for channel, each in known.items()}
    new = {channel for channel, mark in marks.items() if memory.written.get(channel) != mark}
    if not new:
        return
    with db.transaction(repeatable=True) as session:
        for channel in sorted(new):
            threads, (made_of, counts) = [list(each) for each in sorted(known[channel].threads)], marks[channel]
            values = {"channel": channel, "mark": made_of, **counts._asdict(), "threads": threads}
            session.execute(WRITE, values)
            forget_stirred(session, channel, counts)
    memory.written |= marks
