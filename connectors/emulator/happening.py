"""Control verbs by which residents and the organisation do things on the platforms."""

from typing import Any

from connectors.emulator.finding import Finder, Refused, as_json
from connectors.emulator.world import Comment, World

SOMEBODY = "Kim Exempelsson"


class Happening:
    """Each public method is a verb: its parameters are the request's, its result is sent as JSON."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._find = Finder(world)

    # -- residents

    def comment(
        self, on: str, text: str, by: str = SOMEBODY, anonymous: bool = False, held: bool = False
    ) -> dict[str, Any]:
        """A resident comments on a post, or replies to a comment. by: a person's id, or a name, known or new."""
        thing = self._find.thing(on)
        account = (thing.post if isinstance(thing, Comment) else thing).account
        if held and account.platform != "youtube":
            raise Refused("Only YouTube holds comments for approval.")
        author = self._find.person(account.platform, by)
        return as_json(self._world.comment(thing, author, text, anonymous=anonymous, held=held))

    def visitor_post(self, account: str, text: str, by: str = SOMEBODY) -> dict[str, Any]:
        """A resident writes a post on the organisation's Facebook page."""
        page = self._find.account(account)
        if page.platform != "facebook":
            raise Refused("Only a Facebook page takes posts by visitors.")
        return as_json(self._world.publish(page, text, author=self._find.person("facebook", by)))

    def edit(self, thing: str, text: str) -> dict[str, Any]:
        """The writer of a comment or post changes its text."""
        found = self._find.thing(thing)
        self._world.edit(found, text)
        return as_json(found)

    def delete(self, thing: str) -> dict[str, Any]:
        """A comment or post disappears, with everything below it."""
        found = self._find.thing(thing)
        self._world.delete(found)
        return as_json(found)

    # -- the organisation, on the platform itself

    def publish(self, account: str, text: str, published: bool = True, link: str = "") -> dict[str, Any]:
        """The organisation publishes a post, a picture or a video. link: what a post on Facebook shares."""
        found = self._find.account(account)
        if link and found.platform != "facebook":
            raise Refused("Only a post on Facebook shares a link.")
        return as_json(self._world.publish(found, text, published=published, link=link))

    def answer(self, on: str, text: str, mention: bool = False, top_level: bool = False) -> dict[str, Any]:
        """The organisation answers a comment or post. mention: names its author. top_level: outside the thread."""
        return as_json(self._world.answer(self._find.thing(on), text, mention=mention, top_level=top_level))

    def hide(self, comment: str, hidden: bool = True) -> dict[str, Any]:
        """The organisation hides a comment on Facebook or Instagram, or shows it again."""
        found = self._find.comment(comment, "facebook", "instagram")
        self._world.hide(found, hidden)
        return as_json(found)

    def restrict(self, comment: str, restricted: bool = True) -> dict[str, Any]:
        """Instagram leaves out the comment of a restricted resident until it is approved."""
        found = self._find.comment(comment, "instagram")
        self._world.restrict(found, restricted)
        return as_json(found)

    def hold(self, comment: str) -> dict[str, Any]:
        """YouTube puts a comment (back) into the queue for approval."""
        found = self._find.comment(comment, "youtube")
        self._world.hold(found)
        return as_json(found)

    def release(self, comment: str) -> dict[str, Any]:
        """The organisation lets a held YouTube comment through."""
        found = self._find.comment(comment, "youtube")
        self._world.release(found)
        return as_json(found)

    def reject(self, comment: str) -> dict[str, Any]:
        """The organisation throws a held YouTube comment away."""
        found = self._find.comment(comment, "youtube")
        self._world.reject(found)
        return as_json(found)
