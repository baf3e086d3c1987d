"""What the connector remembers between two readings of a channel: how each thread looked, which videos are known."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from connectors.base import ReadComment, State
from connectors.youtube.answers import Thread

EVER = datetime.min.replace(tzinfo=UTC)
_FOREIGN = (KeyError, TypeError, ValueError, AttributeError)


@dataclass(frozen=True, slots=True)
class Mark:
    """How a thread looked: when it began, how many replies, what the shown ones were, when the newest was written."""

    posted_at: datetime
    count: int
    digest: str
    newest: datetime

    @classmethod
    def of(cls, thread: Thread) -> "Mark":
        newest = max((reply.posted_at for reply in thread.replies), default=thread.top.posted_at)
        return cls(thread.top.posted_at, thread.count, thread.digest, newest)


@dataclass
class Queue:
    """One list of threads: what is public, or what waits for approval. `newest`: the newest thread ever listed."""

    newest: datetime = EVER
    marks: dict[str, Mark] = field(default_factory=dict)

    def has_changed(self, thread: Thread) -> bool:
        mark = self.marks.get(thread.id)
        return mark is None or (mark.count, mark.digest) != (thread.count, thread.digest)

    def explained(self, thread: Thread, replies: Iterable[ReadComment]) -> bool:
        """Do the replies newer than all that we knew make up for the whole difference in number?"""
        mark = self.marks.get(thread.id)
        return mark is not None and thread.count - mark.count == sum(one.posted_at > mark.newest for one in replies)


@dataclass
class Memory:
    """`public` holds marks of threads with replies only; `held` of all, so that one let through is looked for.

    `blank`: there was no earlier reading.
    """

    public: Queue = field(default_factory=Queue)
    held: Queue = field(default_factory=Queue)
    videos: set[str] = field(default_factory=set)
    blank: bool = False

    def queue(self, held: bool) -> Queue:
        return self.held if held else self.public

    @classmethod
    def from_state(cls, state: State) -> "Memory":
        """A blank one where there is no state, or one that we did not write."""
        try:
            return cls(_queue(state["public"]), _queue(state["held"]), set(state["videos"]))
        except _FOREIGN:
            return cls(blank=True)

    def to_state(self) -> State:
        queues = {"public": _as_json(self.public), "held": _as_json(self.held)}
        return {**queues, "videos": sorted(self.videos)}

    def next(self) -> "Memory":
        """An empty one for the next reading, that keeps what never ends."""
        return Memory(Queue(self.public.newest), Queue(self.held.newest), set(self.videos))

    def note(self, thread: Thread, held: bool) -> None:
        if held or thread.count:
            self.queue(held).marks[thread.id] = Mark.of(thread)

    def note_newest(self, threads: Iterable[Thread], held: bool) -> None:
        queue = self.queue(held)
        queue.newest = max([queue.newest, *(thread.top.posted_at for thread in threads)])


def _queue(value: State) -> Queue:
    marks = {
        id_: Mark(datetime.fromisoformat(posted), count, digest, datetime.fromisoformat(newest))
        for id_, (posted, count, digest, newest) in value["marks"].items()
    }
    return Queue(datetime.fromisoformat(value["newest"]), marks)


def _as_json(queue: Queue) -> State:
    marks = {
        id_: [mark.posted_at.isoformat(), mark.count, mark.digest, mark.newest.isoformat()]
        for id_, mark in queue.marks.items()
    }
    return {"newest": queue.newest.isoformat(), "marks": marks}
