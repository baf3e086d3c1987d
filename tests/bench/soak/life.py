"""Residents write, the organisation answers, and something fails every now and then."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from redis import Redis

from connectors.emulator.world import Comment
from tests.bench.soak.growth import CONNECTIONS, PARTS, Look, looks
from tests.faults.whole import CONNECTED, CUT, FLAGGED, Whole

PAUSE, EVERY, LOOK = 1.0, 60.0, 5.0
"""Seconds between two comments, two faults, and two looks at what is held."""
FLAGS = 20
"""One in so many comments is flagged."""
ORDINARY = "En fråga om vattnet på Storgatan"


@dataclass
class Life:
    """written: comments and answers; asked: comments by residents alone. flagged: their ids on the platform."""

    here: Whole
    chance: random.Random
    faults: Counter[str] = field(default_factory=Counter)
    written: int = 0
    asked: int = 0
    flagged: set[str] = field(default_factory=set)
    seen: list[Look] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)

    def goes_by(self, seconds: float) -> None:
        """In the second half nobody kills a process: a leak shows only in one that lives for a while."""
        began = time.monotonic()
        duties: list[tuple[float, float, Callable[[], None]]] = [
            (0.0, PAUSE, self._somebody_writes),
            (EVERY, EVERY, lambda: self._something_fails(deadly=time.monotonic() - began < seconds / 2)),
            (0.0, LOOK, lambda: self._looks(time.monotonic() - began)),
        ]
        while (now := time.monotonic() - began) < seconds:
            for place, (due, pause, duty) in enumerate(duties):
                if now >= due:
                    duty()
                    duties[place] = (max(due + pause, now), pause, duty)
            time.sleep(0.1)

    def _somebody_writes(self) -> None:
        self.asked += 1
        flagged = self.asked % FLAGS == 0
        page = self.chance.randrange(len(self.here.pages))
        made = self.here.write(page, FLAGGED if flagged else ORDINARY)
        self.written += 1
        if flagged:
            self.flagged.add(made)
        else:
            self._open.append(made)
        while len(self._open) > len(self.here.pages):
            self._answer(self._open.pop(0))

    def _answer(self, id_: str) -> None:
        world = self.here.emulator.world
        with world.lock:
            thing = world.comments[id_]
            assert isinstance(thing, Comment)
            world.answer(thing, "Vattnet är tillbaka.")
            self.written += 1

    def _looks(self, at: float) -> None:
        self.seen += looks(self.here.home, at)
        with suppress(Exception):  # while the database is away nobody is connected
            self.seen.append(Look(at, "all", 0, CONNECTIONS, self.here.sql(CONNECTED)[0][0]))

    # -- faults

    def _something_fails(self, *, deadly: bool) -> None:
        kills = {f"{name} killed": self._kills(words) for name, words in PARTS.items() if name != "up" and deadly}
        kinds = kills | {
            "broker emptied": lambda: Redis(port=self.here.broker.port).flushall(),
            "broker killed, back after 2 s": self._kills_broker,
            "all connections to the database ended by it": lambda: self.here.sql(CUT),
            "all connections to the database cut": self.here.address.cut,
            "database died, back after 2 s": self._kills_database,
        }
        name = self.chance.choice(sorted(kinds))
        self.faults[name] += 1
        kinds[name]()

    def _kills(self, words: str) -> Callable[[], object]:
        def kill() -> None:
            with suppress(ValueError, ProcessLookupError):  # it is just being started again
                os.kill(self.here.up.pid(words), signal.SIGKILL)

        return kill

    def _kills_broker(self) -> None:
        self.here.broker.kill()
        time.sleep(2)
        self.here.broker.start()

    def _kills_database(self) -> None:
        self.here.cluster.crash()
        time.sleep(2)
        self.here.cluster.start()
