"""What is found at the platforms after a broadcast, beside what our rows say."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from connectors.emulator.effects import Effect
from connectors.emulator.world import World
from monitor.emergency.models import Delivery
from monitor.emergency.rules import Fate
from tests.monitor.emergency.broadcast import Broadcast


@dataclass
class Found:
    """What became of the broadcasts. untrue: said to be out and is not, or the other way round. asked: of the channels,
    how many a person was asked about; refused: how many a person has to mend. people: why.
    wrong: what was wrong, in words."""

    broadcasts: int = 0
    deliveries: int = 0
    missed: int = 0
    twice: int = 0
    silent: int = 0
    untrue: int = 0
    asked: int = 0
    refused: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    points: Counter[str] = field(default_factory=Counter)
    people: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def blame(self, what: str, context: str, where: str) -> None:
        setattr(self, what, getattr(self, what) + 1)
        self.wrong.append(f"{what}: {context}: {where}")

    def add(self, other: "Found") -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


def count(here: Broadcast, message: int, mark: int, context: str, found: Found) -> None:
    """mark: so many effects there were before. context: what happened, in words."""
    found.broadcasts += 1
    new = here.effects[mark:]
    for delivery in here.deliveries_of(message):
        found.deliveries += 1
        stage = here.stages.get(delivery.place)
        if stage is not None:
            texts = [_text(here.world, each) for each in new if _account(here.world, each) == stage.account.id]
            _judge(delivery, sum(delivery.marker in text for text in texts), context, found)


def _judge(delivery: Delivery, out: int, context: str, found: Found) -> None:
    """A person who was asked, or told why it is refused, knows that it may be missing."""
    state = Fate(delivery.state)
    where = f"{delivery.place} {delivery.marker} {state} {delivery.reason}"
    found.asked += state == Fate.NEEDS_HUMAN
    found.refused += state == Fate.REJECTED
    if state in (Fate.NEEDS_HUMAN, Fate.REJECTED):
        found.people[f"{context}: {delivery.place} {state} {delivery.reason}"] += 1
    if out > 1:
        found.blame("twice", context, where)
    if out == 0 and state not in (Fate.NEEDS_HUMAN, Fate.REJECTED):
        found.blame("missed", context, where)
    if (out == 0 and state == Fate.VERIFIED) or (out and state in (Fate.REJECTED, Fate.EXPIRED)):
        found.blame("untrue", context, where)


def _text(world: World, effect: Effect) -> str:
    thing: Any = world.posts.get(effect.made or "") or world.comments.get(effect.made or "")
    return str(thing.text) if thing is not None else ""


def _account(world: World, effect: Effect) -> str:
    """Where it was published; of a comment on a video, whose the video is."""
    post = world.posts.get(effect.target)
    return post.account.id if post is not None else effect.target
