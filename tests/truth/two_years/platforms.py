"""The platforms of the town's channels: residents write, the town answers there, and sometimes nothing can be read."""

from dataclasses import dataclass, field
from datetime import datetime

from config.settings import Settings
from connectors.base import Account, Author, Budget, Credential, Health, ReadComment, Reading, ReadPlan, ReadPost
from connectors.errors import AuthExpired, ConnectorError, Unavailable
from tests.truth.two_years.chronicle import Span


class Killed(BaseException):
    """The worker dies in the middle of a reading."""


@dataclass
class Feed:
    """One channel's platform, and the connector that reads it: what was written since the last reading.

    written: what is there, by when. trouble: while it fails, and how. killing: the next reading kills its worker.
    """

    own: Author
    trouble: tuple[tuple[Span, str], ...] = ()
    written: list[ReadComment] = field(default_factory=list)
    given: list[ReadComment] = field(default_factory=list)
    killing: bool = False

    def asks(self, id_: str, moment: datetime) -> None:
        """A resident, below a post of the town's own that has nothing else below it."""
        self._writes(id_, moment, Author("anna", None, "Anna"), None)

    def answers(self, id_: str, moment: datetime) -> None:
        self._writes(f"{id_}-answer", moment, self.own, id_)

    def outcome(self, moment: datetime) -> str:
        """What a reading comes to then."""
        return next((how for span, how in self.trouble if span.covers(moment)), "complete")

    # -- as a connector

    @property
    def budgets(self) -> tuple[Budget, ...]:
        return (Budget(f"platform/{self.own.external_id}"),)

    def check(self) -> Health:
        return Health("none", can_read=True)

    def read(self, plan: ReadPlan) -> Reading:
        if self.killing:
            self.killing = False
            raise Killed
        outcome = self.outcome(plan.now)
        new = [] if outcome == "failed" else [each for each in self.written if each.posted_at <= plan.now]
        self.given = new if outcome == "complete" else new[: len(new) // 2]
        self.written = [each for each in self.written if each not in self.given]
        posts = tuple(ReadPost(each.post_external_id, each.posted_at, self.own) for each in self.given)
        said = () if outcome == "failed" else (ReadPost("p0", plan.now, self.own), *posts)
        return Reading(said, tuple(self.given), requests=1, counted_cost=1, error=_errors()[outcome])

    def _writes(self, id_: str, moment: datetime, author: Author, parent: str | None) -> None:
        below = (f"post of {parent or id_}", parent or id_)
        self.written.append(ReadComment(id_, *below, moment, "Hur länge?", author, parent_external_id=parent))
        self.written.sort(key=lambda each: each.posted_at)


@dataclass(frozen=True)
class Platforms:
    """What readings take instead of the real connectors."""

    feeds: dict[str, Feed]

    def connect(self, _platform: str, account: Account, _credential: Credential, _settings: Settings) -> Feed:
        return self.feeds[account.external_id.removesuffix("-own")]


def _errors() -> dict[str, ConnectorError | None]:
    return {"complete": None, "partial": Unavailable("it broke off"), "failed": AuthExpired("no answer")}
