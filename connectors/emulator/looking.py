"""Control verbs that only look: at the world, the ledger and the truth."""

from dataclasses import asdict
from typing import Any

from connectors.emulator.finding import Finder, as_json
from connectors.emulator.ledger import Ledger
from connectors.emulator.truth import truth
from connectors.emulator.world import World


class Looking:
    """Each public method is a verb: its parameters are the request's, its result is sent as JSON."""

    def __init__(self, world: World, ledger: Ledger) -> None:
        self._world = world
        self._ledger = ledger
        self._find = Finder(world)

    def accounts(self) -> list[dict[str, Any]]:
        """The organisation's accounts."""
        return [asdict(account) for account in self._world.accounts.values()]

    def posts(self, account: str = "") -> list[dict[str, Any]]:
        """Posts of an account (default: all), newest first."""
        return [as_json(post) for each in self._find.accounts(account) for post in self._world.posts_of(each)]

    def comments(self, account: str = "", post: str = "") -> list[dict[str, Any]]:
        """Comments and replies below a post, or on an account, or all there are; oldest first below each post."""
        accounts = [] if post else self._find.accounts(account)
        posts = [self._find.post(post)] if post else [one for each in accounts for one in self._world.posts_of(each)]
        return [as_json(comment) for each in posts for comment in self._world.comments_of(each)]

    def truth(self, account: str = "") -> dict[str, str]:
        """How it really stands with everything residents wrote: id and state."""
        wanted = {each.id for each in self._find.accounts(account)}
        return {id_: state for id_, state in truth(self._world).items() if self._account_of(id_) in wanted}

    def ledger(self, since: int = 0) -> dict[str, Any]:
        """Every request from number `since` on, the sums by site, and the number to go on from."""
        part = self._ledger.since(since)
        return {"entries": [e.as_json() for e in part.entries], "sums": part.sums(), "next": self._ledger.mark()}

    def effects(self) -> list[dict[str, Any]]:
        """What was done through the platforms' APIs: replies, hiding, deleting, moderation; oldest first."""
        return [{**asdict(effect), "at": effect.at.isoformat()} for effect in self._world.effects]

    def clock(self) -> str:
        """The world's time."""
        return self._world.now.isoformat()

    def _account_of(self, id_: str) -> str:
        post = self._world.posts.get(id_) or self._world.comments[id_].post
        return post.account.id
