"""What people do on one channel between rounds."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import select

from monitor.watch.models import Comment as Stored
from tests.truth.history import EDITS_ARE_DATED, History

HABITS = {
    "ask": 30,
    "reply": 24,
    "answer": 22,
    "publish": 4,
    "visit": 3,
    "ask_a_lot": 0.4,
    "reply_a_lot": 0.6,
    "edit": 3,
    "delete": 3,
    "delete_post": 0.6,
    "hide": 2,
    "hold": 2,
}
"""How often each verb is chosen, among all of them."""


@dataclass
class Life(History):
    """A channel in a database and a world that it shares with others.

    look: reads the channel completely and undisturbed, or says that it cannot be read now.
    """

    channel: str = ""
    look: Callable[["Life"], bool] = field(default=lambda _life: False)

    def happen(self, chance: random.Random) -> None:
        """One thing."""
        [verb] = chance.choices(list(HABITS), list(HABITS.values()))
        self.world.advance(chance.choice((0, 1, 5, 30)))
        getattr(self, verb)(chance.randrange(256), chance.randrange(256))

    def edit(self, which: int, who: int) -> None:
        """Where the platform does not date edits, both texts are read at once: what nobody could know is not asked."""
        comment = self._comment(which)
        if comment is None:
            return
        if self.stage.platform in EDITS_ARE_DATED:
            self.world.edit(comment, self._words(comment.text))
        elif self.look(self):
            self.world.edit(comment, self._words(comment.text))
            if not self.look(self):
                raise RuntimeError(f"{self.channel} could not be read in peace")
            self.world.advance(1)  # an answer in the very second of the reading could be to either text

    def stored(self) -> dict[str, str]:
        with self.db.snapshot() as session:
            there = select(Stored.external_id, Stored.text)
            mine = there.where(Stored.missing_since.is_(None), Stored.channel_id == self.channel)
            return {row.external_id: row.text for row in session.execute(mine)}
