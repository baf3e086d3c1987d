"""What readings cost, counted at the emulator's ledger, beside a naive walk of the same world."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from connectors.base import ReadPlan, State
from connectors.emulator.server import Emulator
from connectors.emulator.world import Post, World
from connectors.errors import RateLimited
from tests.bench.connectors.naive import WALKS
from tests.bench.connectors.stages import SITES, STAGES, addresses, environment
from tests.connectors.instagram_public.account import start_new_process
from tests.connectors.stage import Stage

POSTS = 60
EVERY = 2 * 86_400  # seconds between two posts
CHANGED = (1, 5)
HELD = 0.02
"""Share of YouTube's comments that wait for approval."""
WHY = {"youtube": "what waits for approval is not in a video's list"}
"""Why a naive walk does not see everything."""


@dataclass(frozen=True, slots=True)
class Costs:
    """Counted costs of one platform (Graph: calls, YouTube: units, instaloader: requests), and what was found.

    changed: of a round with so many changed posts. lost, naive_lost: comments that the first sync and the naive walk
    did not find; why the latter did not.
    """

    platform: str
    posts: int
    comments: int
    idle: int
    changed: dict[int, int]
    first: int
    daily: int
    full: int
    naive: int
    lost: int
    naive_lost: int
    why: str = ""

    @property
    def per_changed(self) -> float:
        most = max(self.changed)
        return (self.changed[most] - self.idle) / most


def measure(platform: str, seed: int = 1, posts: int = POSTS) -> Costs:
    """In a world of its own."""
    with Emulator(World(seed=seed)) as emulator, environment(addresses(emulator)):
        start_new_process()
        stage = STAGES[platform](emulator, 0)
        published = _populate(stage, random.Random(seed), posts)  # noqa: S311 - a toy world
        return _measure(_Meter(stage), published)


def _measure(meter: "_Meter", posts: list[Post]) -> Costs:
    stage = meter.stage
    first, found = meter.read(full=True)
    lost = stage.shown().keys() - found
    idle, _ = meter.read()
    changed = {}
    for many in CHANGED:
        for post in posts[-many:]:
            stage.comment(post, f"Ny fråga {many}")
        changed[many], _ = meter.read()
    daily, _ = meter.read(daily=True)
    full, _ = meter.read(full=True)
    naive, seen = meter.count(lambda: WALKS[stage.platform](stage))
    there = stage.shown().keys() - {post.id for post in stage.world.posts_of(stage.account)}
    return Costs(
        platform=stage.platform,
        posts=len(posts),
        comments=len(there),
        idle=idle,
        changed=changed,
        first=first,
        daily=daily,
        full=full,
        naive=naive,
        lost=len(lost),
        naive_lost=len(there - seen),
        why=WHY.get(stage.platform, ""),
    )


@dataclass
class _Meter:
    """Reads as the product does, with the state of the last complete reading, and looks into the ledger."""

    stage: Stage
    state: State = field(default_factory=dict)

    def read(self, *, full: bool = False, daily: bool = False) -> tuple[int, set[str]]:
        """Cost until the reading is complete, and the ids of the comments it gave.

        Instaloader counts its own requests in real time: where it says stop, the hours are taken for over.
        """
        self._settle()
        cost, found = 0, set[str]()
        for _attempt in range(20):
            plan = ReadPlan(self.stage.world.now, full=full, daily=daily, state=self.state)
            mark = self.stage.emulator.ledger.mark()
            reading = self.stage.connector().read(plan)
            cost += self.stage.emulator.ledger.since(mark).cost(SITES[self.stage.platform])
            found |= {comment.external_id for comment in reading.comments}
            self.state = reading.state
            if reading.complete:
                self.stage.world.advance(900)
                return cost, found
            if not isinstance(reading.error, RateLimited):
                break
            start_new_process()
        raise RuntimeError(f"{self.stage.platform} cannot be read: {reading.error!r}")

    def count(self, walk: Callable[[], set[str]]) -> tuple[int, set[str]]:
        mark = self.stage.emulator.ledger.mark()
        found = walk()
        return self.stage.emulator.ledger.since(mark).cost(SITES[self.stage.platform]), found

    def _settle(self) -> None:
        """What a process that has been running for a while knows (the tokens of Instagram's start page) is known."""
        if self.stage.platform == "instagram_public" and self.state:
            start_new_process()
            self.stage.connector().read(ReadPlan(self.stage.world.now, state=self.state))


def _populate(stage: Stage, chance: random.Random, posts: int) -> list[Post]:
    """Some months of a municipality's channel: most posts get a few comments, some get many."""
    world, residents = stage.world, [stage.resident]
    residents += [world.person(stage.account.platform, f"Invånare {number}") for number in range(20)]
    began = world.clock
    world.clock = began - timedelta(seconds=EVERY * posts)
    published = []
    for number in range(posts):
        visitor = stage.platform == "facebook" and number % 8 == 7
        author = chance.choice(residents) if visitor else None
        published.append(world.publish(stage.account, f"Nyhet {number}", author=author))
        at, comments = world.clock, chance.choice((0, 1, 2, 3, 5, 8, 12, 30))
        for _comment in range(comments):
            world.advance(chance.randrange(60, 3600))
            held = stage.platform == "youtube" and chance.random() < HELD
            comment = world.comment(published[-1], chance.choice(residents), "En fråga om vattnet", held=held)
            if held:
                continue
            for _reply in range(chance.choice((0, 0, 0, 1, 2, 7))):
                world.advance(60)
                world.comment(comment, chance.choice(residents), "Det undrar jag också")
        world.clock = at + timedelta(seconds=EVERY)
    world.clock = began + timedelta(days=3)
    return published
