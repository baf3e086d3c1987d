"""An account of the organisation on its emulated platform, somebody who reads it, and residents who write."""

from dataclasses import dataclass, field

from config.settings import Settings
from connectors import connect
from connectors.base import Account, Connector, Covered, Credential, ReadComment, Reading, ReadPlan, State
from connectors.emulator import truth
from connectors.emulator.server import Emulator
from connectors.emulator.world import Account as Held
from connectors.emulator.world import Comment, Person, Post, World


@dataclass
class Stage:
    """`read` remembers the state from one reading to the next, as the product does."""

    emulator: Emulator
    platform: str
    account: Held
    credential: Credential
    resident: Person
    address: str
    """What the register calls external_id."""
    state: State = field(default_factory=dict)

    @property
    def world(self) -> World:
        return self.emulator.world

    def connector(self, credential: Credential | None = None) -> Connector:
        """With the settings that the environment gives now."""
        return connect(self.platform, Account(self.address), credential or self.credential, Settings())

    def read(
        self,
        *,
        full: bool = False,
        daily: bool = False,
        verify: tuple[str, ...] = (),
        allowance: int | None = None,
    ) -> Reading:
        plan = ReadPlan(self.world.now, full, daily, verify, allowance, self.state)
        reading = self.connector().read(plan)
        self.state = reading.state
        return reading

    def post(self, text: str = "Badhuset öppnar på måndag", comments: int = 0) -> Post:
        """One of the organisation's own, with so many comments by the resident, each a second after the other."""
        self.world.advance(60)
        post = self.world.publish(self.account, text)
        for number in range(comments):
            self.comment(post, f"Fråga {number}")
        return post

    def comment(self, on: Post | Comment, text: str) -> Comment:
        self.world.advance(1)
        return self.world.comment(on, self.resident, text)

    def shown(self) -> dict[str, str]:
        """Id and text of every comment there is to be read."""
        return truth.shown(self.world, self.account)


def texts(reading: Reading) -> dict[str, str]:
    return {comment.external_id: comment.text for comment in reading.comments}


def by_id(reading: Reading, comment: Comment | Post) -> ReadComment:
    return next(found for found in reading.comments if found.external_id == comment.id)


def is_claimed(reading: Reading, comment: Comment) -> bool:
    """Does the reading say that it listed the place where this comment would be, to its end?"""
    return any(_covers(claim, comment) for claim in reading.covered)


def wrongly_claimed(reading: Reading, world: World, account: Held) -> list[str]:
    """Comments that are there, were not given, and stand where the reading claims to have listed everything."""
    given = texts(reading)
    there = [comment for post in world.posts_of(account) for comment in world.comments_of(post)]
    missing = [comment for comment in there if comment.id not in given and not comment.thread.restricted]
    return [comment.id for comment in missing if is_claimed(reading, comment)]


def _covers(claim: Covered, comment: Comment) -> bool:
    if claim.held != comment.held or (claim.since and comment.at < claim.since):
        return False
    places = {
        "post": claim.external_id in (comment.post.id, comment.post.code, comment.post.pk),
        "thread": claim.external_id == comment.thread.id,
        "threads": comment.parent is None,
        "posts": False,
    }
    return places[claim.what]
