"""From what a control request says to what it means in the world, and back to JSON."""

from typing import Any

from connectors.emulator.ids import Platform
from connectors.emulator.world import Account, Comment, Person, Post, World


class Refused(Exception):
    """What was asked cannot be: a sentence that says why."""


class Finder:
    """Finds things by the platform's own id. Raises Refused where there is no such thing (any more)."""

    def __init__(self, world: World) -> None:
        self._world = world

    def accounts(self, id_: str) -> list[Account]:
        """The one with that id; all where it is empty."""
        return [self.account(id_)] if id_ else list(self._world.accounts.values())

    def account(self, id_: str) -> Account:
        if id_ not in self._world.accounts:
            raise Refused(f"There is no account {id_!r}.")
        return self._world.accounts[id_]

    def thing(self, id_: str) -> Post | Comment:
        thing = self._world.posts.get(id_) or self._world.comments.get(id_)
        if thing is None or thing.deleted_at is not None:
            raise Refused(f"There is no post or comment {id_!r}.")
        return thing

    def post(self, id_: str) -> Post:
        thing = self.thing(id_)
        if not isinstance(thing, Post):
            raise Refused(f"{id_!r} is a comment, not a post.")
        return thing

    def comment(self, id_: str, *platforms: Platform) -> Comment:
        """A comment on one of these platforms."""
        thing = self.thing(id_)
        if not isinstance(thing, Comment):
            raise Refused(f"{id_!r} is a post, not a comment.")
        if thing.post.account.platform not in platforms:
            raise Refused(f"That can be done on {' and '.join(platforms)} only.")
        return thing

    def person(self, platform: Platform, by: str) -> Person:
        """A resident by id or name; a name that nobody has yet is a new person."""
        return self._world.people.get(by) or self._world.resident(platform, by)


def as_json(thing: Post | Comment) -> dict[str, Any]:
    """A post or comment with all the world knows of it."""
    common = {
        "id": thing.id,
        "text": thing.text,
        "at": thing.at.isoformat(),
        "versions": [[at.isoformat(), text] for at, text in thing.versions],
        "author": {"id": thing.author.id, "handle": thing.author.handle, "name": thing.author.name},
        "deleted": thing.deleted_at is not None,
    }
    if isinstance(thing, Post):
        flags = {"visitor": thing.visitor, "published": thing.published}
        return {**common, "account": thing.account.id, "code": thing.code, **flags}
    flags = {name: getattr(thing, name) for name in ("anonymous", "hidden", "held", "rejected", "restricted")}
    where = {"account": thing.post.account.id, "post": thing.post.id}
    return {**common, **where, "parent": thing.parent.id if thing.parent else None, **flags}
