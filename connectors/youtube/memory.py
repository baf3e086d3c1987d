"""What the connector remembers between two readings: how each thread looked, which videos there are, how far a walk
through everything came that is not finished yet.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime

from connectors.base import ReadComment, ReadPost, State
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


@dataclass(frozen=True, slots=True)
class Known:
    """A video. `count`: what YouTube should say of its public comments if there are none but those that we saw; None
    while we never saw them all. Both are None for what is no video that can be shown."""

    posted_at: datetime | None = None
    count: int | None = None


@dataclass
class Walk:
    """A walk through everything, a video at a time, that an allowance ended. `todo` is None until all are listed.

    replies: threads whose replies were all read, by how many they were. tried: the allowance that did not do for
    everything in one go.
    """

    todo: list[str] | None = None
    replies: dict[str, int] = field(default_factory=dict)
    tried: int = 0

    def has_read(self, thread: Thread) -> bool:
        return self.replies.get(thread.id) == thread.count

    def finish(self, video: str) -> None:
        self.todo = [one for one in self.todo or [] if one != video]


@dataclass
class Memory:
    """`public` holds marks of threads with replies only; `held` of all, so that one let through is looked for.

    spoken: when the newest public comment was written. looked_at: when the counts of young videos were last compared.
    uncounted: YouTube last refused to tell the counts.
    blank: there was no earlier reading.
    """

    public: Queue = field(default_factory=Queue)
    held: Queue = field(default_factory=Queue)
    videos: dict[str, Known] = field(default_factory=dict)
    spoken: datetime = EVER
    looked_at: datetime = EVER
    walk: Walk | None = None
    uncounted: bool = False
    blank: bool = False

    def queue(self, held: bool) -> Queue:
        return self.held if held else self.public

    @classmethod
    def from_state(cls, state: State) -> "Memory":
        """A blank one where there is no state, or one that we did not write."""
        try:
            videos = {id_: Known(_moment(at), _number(count)) for id_, (at, count) in state["videos"].items()}
            spoken, looked_at = (datetime.fromisoformat(state[name]) for name in ("spoken", "looked_at"))
            queues = _queue(state["public"]), _queue(state["held"])
            return cls(*queues, videos, spoken, looked_at, _walk(state), bool(state["uncounted"]))
        except _FOREIGN:
            return cls(blank=True)

    def to_state(self) -> State:
        state = {
            "public": _as_json(self.public),
            "held": _as_json(self.held),
            "videos": {id_: [_text(one.posted_at), one.count] for id_, one in self.videos.items()},
            "spoken": self.spoken.isoformat(),
            "looked_at": self.looked_at.isoformat(),
            "uncounted": self.uncounted,
        }
        return state | ({"walk": asdict(self.walk)} if self.walk else {})

    def next(self) -> "Memory":
        """An empty one for the next reading, that keeps what never ends."""
        walk = self.walk and replace(self.walk, replies=dict(self.walk.replies))
        queues = Queue(self.public.newest), Queue(self.held.newest)
        return Memory(*queues, dict(self.videos), self.spoken, self.looked_at, walk, self.uncounted)

    def note(self, thread: Thread, held: bool) -> None:
        if held or thread.count:
            self.queue(held).marks[thread.id] = Mark.of(thread)

    def note_newest(self, threads: Iterable[Thread], held: bool) -> None:
        queue = self.queue(held)
        queue.newest = max([queue.newest, *(thread.top.posted_at for thread in threads)])

    # -- videos

    def count_new(self, comments: Iterable[ReadComment]) -> None:
        """Public comments, each once: those newer than all that we knew are expected in their video's count."""
        new = [one for one in comments if one.posted_at > self.spoken]
        for one in new:
            known = self.videos.get(one.post_external_id, Known())
            if known.count is not None:
                self.videos[one.post_external_id] = replace(known, count=known.count + 1)
        self.spoken = max([self.spoken, *(one.posted_at for one in new)])

    def know(self, ids: Iterable[str]) -> None:
        """Of these was asked, whether or not there is anything to be shown."""
        for id_ in ids:
            self.videos.setdefault(id_, Known())

    def meet(self, post: ReadPost) -> None:
        count = self.videos.get(post.external_id, Known()).count
        self.videos[post.external_id] = Known(post.posted_at, count)

    def saw_all_below(self, post: ReadPost) -> None:
        self.videos[post.external_id] = Known(post.posted_at, post.declared_comments)

    def as_expected(self, post: ReadPost) -> bool:
        return self.videos.get(post.external_id, Known()).count == post.declared_comments


def _queue(value: State) -> Queue:
    marks = {
        id_: Mark(datetime.fromisoformat(posted), count, digest, datetime.fromisoformat(newest))
        for id_, (posted, count, digest, newest) in value["marks"].items()
    }
    return Queue(datetime.fromisoformat(value["newest"]), marks)


def _walk(state: State) -> Walk | None:
    walk = state.get("walk")
    if walk is None:
        return None
    todo = walk["todo"] if walk["todo"] is None else list(walk["todo"])
    return Walk(todo, dict(walk["replies"]), int(walk["tried"]))


def _as_json(queue: Queue) -> State:
    marks = {
        id_: [mark.posted_at.isoformat(), mark.count, mark.digest, mark.newest.isoformat()]
        for id_, mark in queue.marks.items()
    }
    return {"newest": queue.newest.isoformat(), "marks": marks}


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _number(count: int | None) -> int | None:
    return None if count is None else int(count)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
