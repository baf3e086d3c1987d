"""The hub, as the first place of every message: written by us, and read back from outside."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from config.language import N_
from config.settings import Settings
from connectors.base import Budget, State
from connectors.errors import Refused, Unavailable
from connectors.publishing import LAST_LOOK, Draft, Prepared, Published, Search
from monitor.db import Database
from monitor.db.no_room import no_room
from monitor.emergency import hub
from monitor.emergency.claimed import Clock
from monitor.emergency.models import Delivery

NO_ROOM = N_("The server's disk is full. Let whoever runs Kanalvakt free some space: then it goes on by itself.")
NOT_WRITTEN = N_(
    "The crisis page's files cannot be written. Let whoever runs Kanalvakt look at the server: `kanalvakt doctor`."
)


@dataclass(frozen=True)
class HubPublisher:
    """A Publisher. Publishing may be repeated: the same files are written again."""

    db: Database
    settings: Settings
    identifier: str
    text_hash: str
    longest_post: int = 1_000_000
    needs_image: bool = False
    asks_first: bool = False
    publish_cost: int = 0
    settle: timedelta = timedelta(0)
    best_effort: bool = False
    budgets: tuple[Budget, ...] = ()

    def prepare(self, draft: Draft, progress: State, now: datetime) -> Prepared:  # noqa: ARG002 - the protocol's
        return Prepared(progress)

    def publish(self, draft: Draft, progress: State) -> Published:  # noqa: ARG002 - the protocol's
        LAST_LOOK.get()()
        try:
            hub.publish_pages(self.db, self.settings, datetime.now(UTC), self.identifier)
        except OSError as error:
            remedy = NO_ROOM if no_room(error) else NOT_WRITTEN
            failure = Unavailable("the crisis page cannot be written", code=type(error).__name__, remedy=remedy)
        else:
            return Published(self.identifier, draft.link)
        raise failure

    def find(self, draft: Draft, progress: State, since: datetime) -> Search:  # noqa: ARG002 - the protocol's
        there = self._is_there()
        return Search(Published(self.identifier, draft.link) if there else None, complete=True)

    def verify(self, draft: Draft, published: Published) -> Published:  # noqa: ARG002 - the protocol's
        if not self._is_there():
            raise Refused("the crisis page does not show it from outside", code="hub")
        return published

    def _is_there(self) -> bool:
        return hub.verify(self.settings, self.identifier, self.text_hash)


def publish_feeds(db: Database, settings: Settings, delivery_id: int, clock: Clock) -> None:
    """What machines read, of a message whose pages are out. Raises as `hub.publish_hub`."""
    with db.snapshot() as session:
        identifier = session.scalars(select(Delivery.marker).where(Delivery.id == delivery_id)).one()
    hub.publish_feeds(db, settings, clock(), identifier)
