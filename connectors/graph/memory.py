"""What a reading of an account on Graph tells the next one: its state, which has to stay small."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from connectors.base import State

GONE = "gone"
"""The mark of a post that was not there when it was asked for."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A post as it was last looked into. mark: its fingerprint. at: Unix time. edge: number of the edge it was on."""

    mark: str
    at: int
    edge: int


class Memory:
    """The state, taken apart; parts that make no sense count as not there.

    limits (posts, comments) that Graph did not find too big; posts: the newest ones; counts: of the posts
    older than that which do not fit into one listing, the count that they were last walked with; degraded: fields that
    Graph refused; history: was everything read to its end once?
    """

    def __init__(self, state: State) -> None:
        self.state = dict(state)
        self.history = state.get("history") is True
        self.limits = _limits(state.get("limits"))
        self.degraded = _names(state.get("degraded"))
        self.posts = _posts(state.get("posts"))
        self.counts = _counts(state.get("counts"))

    def keep_limits(self, limits: tuple[int, int]) -> None:
        self.state["limits"] = list(limits)

    def keep_degraded(self, fields: tuple[str, ...]) -> None:
        self._keep("degraded", list(fields))

    def keep_post(self, id_: str, mark: str, posted_at: datetime, edge: int) -> None:
        self.posts[id_] = Seen(mark, int(posted_at.timestamp()), edge)
        self.state["posts"] = {id_: [seen.mark, seen.at, seen.edge] for id_, seen in self.posts.items()}

    def keep_only(self, posts: Collection[str], listed: Collection[str] | None) -> None:
        """Forgets the other posts, and the counts of those that are not among `listed`; None keeps all counts."""
        if listed is not None:
            self.counts = {id_: count for id_, count in self.counts.items() if id_ in listed}
        self.state["posts"] = {id_: [s.mark, s.at, s.edge] for id_, s in self.posts.items() if id_ in posts}
        self._keep("counts", self.counts)

    def _keep(self, name: str, value: object) -> None:
        if value:
            self.state[name] = value
        else:
            self.state.pop(name, None)


def _limits(limits: object) -> tuple[int, int] | None:
    if isinstance(limits, list) and len(limits) == 2 and all(isinstance(limit, int) and limit > 0 for limit in limits):
        return limits[0], limits[1]
    return None


def _names(names: object) -> tuple[str, ...]:
    return tuple(name for name in names if isinstance(name, str)) if isinstance(names, list) else ()


def _posts(posts: object) -> dict[str, Seen]:
    if not isinstance(posts, dict):
        return {}
    sound = {str(id_): seen for id_, seen in posts.items() if isinstance(seen, list) and len(seen) == 3}
    return {
        id_: Seen(str(mark), at, edge)
        for id_, (mark, at, edge) in sound.items()
        if isinstance(at, int) and isinstance(edge, int)
    }


def _counts(counts: object) -> dict[str, int]:
    if not isinstance(counts, dict):
        return {}
    return {str(id_): count for id_, count in counts.items() if isinstance(count, int)}
