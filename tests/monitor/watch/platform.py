"""A platform that tests tell what happens on it, and a connector that reads it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from config.settings import Settings
from connectors.base import (
    Account,
    Author,
    Budget,
    Covered,
    Credential,
    Health,
    ReadComment,
    Reading,
    ReadPlan,
    ReadPost,
)
from connectors.errors import ConnectorError

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # in service hours
OWN = Author("page-1", "tibrokommun", "Tibro kommun")
ANNA = Author("anna", None, "Anna Andersson")


@dataclass
class Platform:
    """One account with posts and comments. `connect` is what `poll` takes instead of the real ones.

    unlisted: ids that the platform has but no listing shows; unclear: those about which it gives no clear answer.
    usage, degraded: as in Reading. covered: what each reading claims to have listed to its end. error: what each
    reading ends with. `plans`: what was asked. `during`: called in the middle of each reading.
    """

    now: datetime = MONDAY
    posts: dict[str, ReadPost] = field(default_factory=dict)
    comments: dict[str, ReadComment] = field(default_factory=dict)
    covered: tuple[Covered, ...] = (Covered("threads"), Covered("posts"))
    error: Exception | None = None
    unlisted: set[str] = field(default_factory=set)
    unclear: set[str] = field(default_factory=set)
    usage: int | None = None
    degraded: tuple[str, ...] = ()
    plans: list[ReadPlan] = field(default_factory=list)
    during: Callable[[], None] = lambda: None

    # -- what happens

    def post(self, id_: str = "p1", **values: Any) -> ReadPost:
        self.posts[id_] = ReadPost(id_, self.now - timedelta(hours=2), OWN, **values)
        self.covered = (*self.covered, Covered("post", id_))
        return self.posts[id_]

    def visitor_post(self, id_: str, text: str = "Hej kommunen!") -> None:
        self.posts[id_] = ReadPost(id_, self.now, ANNA, text, by_visitor=True)
        self.comments[id_] = ReadComment(id_, id_, id_, self.now, text, ANNA, is_post=True)

    def comment(self, id_: str, text: str = "När öppnar badet?", post: str = "p1", **values: Any) -> None:
        known = {"posted_at": self.now, "author": ANNA, "thread_external_id": id_} | values
        self.comments[id_] = ReadComment(external_id=id_, post_external_id=post, text=text, **known)

    def reply(self, id_: str, to: str, text: str = "På måndag.", **values: Any) -> None:
        post = self.comments[to].post_external_id
        known = {"author": OWN, "thread_external_id": to, "parent_external_id": to} | values
        self.comment(id_, text, post, **known)

    def change(self, id_: str, **values: Any) -> None:
        self.comments[id_] = replace(self.comments[id_], **values)

    def delete(self, *ids: str) -> None:
        for id_ in ids:
            del self.comments[id_]

    # -- what is read

    def reading(self, asked: Iterable[str] = ()) -> Reading:
        error = self.error if isinstance(self.error, ConnectorError) else None
        return Reading(
            tuple(self.posts.values()),
            tuple(comment for id_, comment in self.comments.items() if id_ not in self.unlisted),
            self.covered,
            state={"looks": len(self.plans)},
            requests=2,
            counted_cost=3,
            usage=self.usage,
            looked_up={id_: id_ in self.comments for id_ in asked if id_ not in self.unclear},
            degraded=self.degraded,
            error=error,
        )

    def connect(self, _platform: str, _account: Account, _credential: Credential, _settings: Settings) -> "Platform":
        return self

    @property
    def budgets(self) -> tuple[Budget, ...]:
        return (Budget("platform/page-1"),)

    def check(self) -> Health:
        return Health("none", can_read=True)

    def read(self, plan: ReadPlan) -> Reading:
        self.plans.append(plan)
        self.during()
        if self.error is not None and not isinstance(self.error, ConnectorError):
            raise self.error
        return self.reading(plan.verify)
