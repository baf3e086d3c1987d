"""What a reading listed to its end, so that what is known there but was not seen has disappeared.

A queue (public, or held for approval) is listed to its end or back to a time; a thread is whole in a queue when all its
public, or all its held, replies were seen.
"""

from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime

from connectors.base import Covered
from connectors.youtube.answers import Thread
from connectors.youtube.memory import Memory


@dataclass
class Coverage:
    """Filled while reading. `since`: of each queue that was listed; None means to its end. `vanished`: threads that
    were looked for and are in neither queue. `posts`: videos below which every public comment was seen, or none can be.
    """

    since: dict[bool, datetime | None] = field(default_factory=dict)
    seen: dict[bool, set[str]] = field(default_factory=lambda: {False: set(), True: set()})
    whole: dict[bool, set[str]] = field(default_factory=lambda: {False: set(), True: set()})
    vanished: set[str] = field(default_factory=set)
    posts: set[str] = field(default_factory=set)

    def to_the_end(self, held: bool) -> bool:
        return held in self.since and self.since[held] is None

    def is_seen(self, id_: str) -> bool:
        return id_ in self.seen[False] or id_ in self.seen[True]

    def see(self, thread: Thread, held: bool) -> None:
        self.seen[held].add(thread.id)
        if thread.whole:
            self.whole[held].add(thread.id)
        if thread.whole and thread.top.held:  # the queue shows all there is below a held comment
            self.whole[False].add(thread.id)

    def see_all_replies(self, thread: Thread) -> None:
        self.whole[False].add(thread.id)
        self.whole[True].add(thread.id)

    def claims(self, before: Memory, now: Memory) -> list[Covered]:
        """The queues as far as they were listed, the threads that changed since the last reading, and the videos.

        A held thread is in no video's list: what an interrupted reading kept of it is compared each time.
        """
        changed = {id_ for held in self.since for id_ in _changed(before, now, held)}
        threads = sorted(self.vanished | changed | (self.whole[False] & self.seen[True]))
        queues = [Covered("threads", since=since, held=held) for held, since in self.since.items()]
        return (
            queues
            + [Covered("post", post) for post in sorted(self.posts)]
            + [Covered("thread", id_, held=held) for id_ in threads for held in self.since if self._is_known(id_, held)]
        )

    def claims_of_all(self, posts: Set[str], public: Set[str] | None) -> list[Covered]:
        """After a walk through everything: `posts` in the held queue if it was listed to its end, `public` in the
        public one; None where that was not walked to its end."""
        below = {True: posts if self.to_the_end(True) else None, False: public}
        walked = [(held, ids) for held, ids in below.items() if ids is not None and held in self.since]
        whole = [Covered("threads", since=self.since[held], held=held) for held, _ in walked]
        return whole + [Covered("post", post, held=held) for held, ids in walked for post in sorted(ids)]

    def _is_known(self, id_: str, held: bool) -> bool:
        """Are all the thread's public, or all its held, replies in this reading?"""
        if held:
            return self.to_the_end(True) and (id_ in self.whole[True] or id_ not in self.seen[True])
        return id_ in self.whole[False] or id_ in self.vanished


def _changed(before: Memory, now: Memory, held: bool) -> set[str]:
    old, new = before.queue(held).marks, now.queue(held).marks
    return {id_ for id_ in old.keys() | new.keys() if old.get(id_) != new.get(id_)}
