"""Meta's webhooks: tells a subscriber by real HTTP what happened in the world, as Meta does.

Batched, signed over the raw body, ASCII-escaped with escaped slashes, and on request doubled and out of order. What the
subscriber does not take is kept and tried again. Pages tell of everything that is done to comments and posts; Instagram
tells of new comments only.
"""

import hashlib
import hmac
import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx2

from connectors.emulator.finding import Refused
from connectors.emulator.world import Account, Comment, Post, World

MOST = 1000  # changes in one delivery
TIMEOUT_SECONDS = 10
OBJECTS = {"facebook": "page", "instagram": "instagram"}
Change = tuple[Account, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where the app wants to be told, and its secret."""

    url: str
    app_secret: str


@dataclass(frozen=True, slots=True)
class Told:
    """How much of a post or comment the subscriber has been told."""

    versions: int
    hidden: bool
    deleted: bool


class Webhooks:
    """Each public method is a control verb. `sent`: every body that was posted, with its headers."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._random = random.Random(world.seed)  # noqa: S311 - the order of a toy's deliveries
        self._to: Subscription | None = None
        self._told: dict[str, Told] = {}
        self._waiting: list[bytes] = []
        self.sent: list[tuple[bytes, dict[str, str]]] = []

    def subscribe_webhook(self, url: str, verify_token: str, app_secret: str, pages: list[str] | None = None) -> str:
        """Asks the address for its consent. It is told from now on of `pages` and others that the app subscribed to."""
        number = str(self._random.randrange(10**9, 10**10))
        query = {"hub.mode": "subscribe", "hub.challenge": number, "hub.verify_token": verify_token}
        try:
            answer = httpx2.get(url, params=query, timeout=TIMEOUT_SECONDS, trust_env=False)
        except httpx2.HTTPError as error:
            raise Refused(f"The callback address does not answer: {type(error).__name__}.") from None
        if answer.status_code != 200 or answer.text != number:
            raise Refused("The URL couldn't be validated. Callback verification failed.")
        self._to, self._waiting = Subscription(url, app_secret), []
        self._world.subscriptions |= dict.fromkeys(pages or (), ("feed", "mention"))
        self._news()  # what happened before the subscription is never told
        return url

    def unsubscribe_webhook(self) -> None:
        """Nobody is told any more."""
        self._to = None

    def deliver_webhooks(self, copies: int = 1, shuffle: bool = False, most: int = MOST) -> list[int]:
        """Posts what happened since the last time, and what was not taken then; the statuses that came back (0: none).

        copies: how often each delivery comes. shuffle: in any order. most: changes in one delivery.
        """
        if self._to is None:
            raise Refused("Nobody has subscribed.")
        changes = [(account, change) for account, change in self._news() if self._is_wanted(account)]
        if shuffle:
            self._random.shuffle(changes)
        bodies = [*self._waiting, *_bodies(changes, most, int(self._world.now.timestamp()))]
        posts = [body for body in bodies for _copy in range(copies)]
        if shuffle:
            self._random.shuffle(posts)
        self._waiting, statuses = [], []
        for body in posts:
            statuses.append(status := self._post(self._to, body))
            if status != 200 and body not in self._waiting:
                self._waiting.append(body)
        return statuses

    def _post(self, to: Subscription, body: bytes) -> int:
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature(body, to.app_secret)}
        self.sent.append((body, headers))
        try:
            answer = httpx2.post(to.url, content=body, headers=headers, timeout=TIMEOUT_SECONDS, trust_env=False)
        except httpx2.HTTPError:
            return 0
        return answer.status_code

    def _is_wanted(self, account: Account) -> bool:
        """Has the page's own subscribed_apps been told so? That of an Instagram account's page, too."""
        page = account.id if account.platform == "facebook" else account.page_id
        return "feed" in self._world.subscriptions.get(page, ())

    def _news(self) -> list[Change]:
        """All that has happened since this was last asked, thing by thing."""
        return [(account, change) for account in self._world.accounts.values() for change in self._of(account)]

    def _of(self, account: Account) -> Iterator[dict[str, Any]]:
        if account.platform not in OBJECTS:
            return
        for post in self._world.posts_ever(account):
            things: list[Post | Comment] = [post, *self._world.comments_ever(post)]
            for thing in things:
                before, after = self._told.get(thing.id), _state(thing)
                self._told[thing.id] = after
                verbs = list(_verbs(before, after))
                yield from _page(thing, verbs) if account.platform == "facebook" else _instagram(thing, verbs)


def signature(body: bytes, app_secret: str) -> str:
    """The header X-Hub-Signature-256."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def written(delivery: object) -> bytes:
    """JSON as Meta writes it: nothing but ASCII, and slashes escaped."""
    return json.dumps(delivery, separators=(",", ":")).replace("/", "\\/").encode("ascii")


def _state(thing: Post | Comment) -> Told:
    hidden = isinstance(thing, Comment) and thing.hidden
    return Told(len(thing.versions), hidden, thing.deleted_at is not None)


def _verbs(before: Told | None, after: Told) -> Iterator[str]:
    if before is None:
        yield "add"
    known = before or Told(1, hidden=False, deleted=False)
    if after.versions > known.versions:
        yield "edited"
    if after.hidden != known.hidden:
        yield "hide" if after.hidden else "unhide"
    if after.deleted and not known.deleted:
        yield "remove"


def _page(thing: Post | Comment, verbs: Iterable[str]) -> Iterator[dict[str, Any]]:
    for verb in verbs:
        value = _comment(thing) if isinstance(thing, Comment) else _post(thing)
        if verb == "remove":
            value.pop("message", None)
        yield {"field": "feed", "value": {**value, "verb": verb}}


def _post(post: Post) -> dict[str, Any]:
    return {
        "from": {"id": post.author.id, "name": post.author.name},
        "message": post.text,
        "post_id": post.id,
        "created_time": int(post.at.timestamp()),
        "item": "post" if post.visitor else "status",
    }


def _comment(comment: Comment) -> dict[str, Any]:
    post = comment.post
    link = f"https://www.facebook.com/{post.account.id}/posts/{post.id.rpartition('_')[2]}/"
    sender = {} if comment.anonymous else {"from": {"id": comment.author.id, "name": comment.author.name}}
    return sender | {
        "post": {
            "status_type": "mobile_status_update",
            "is_published": post.published,
            "updated_time": (post.updated_at or post.at).strftime("%Y-%m-%dT%H:%M:%S%z"),
            "permalink_url": link,
            "promotion_status": "inactive",
            "id": post.id,
        },
        "message": comment.text,
        "post_id": post.id,
        "comment_id": comment.id,
        "created_time": int(comment.at.timestamp()),
        "item": "comment",
        "parent_id": comment.parent.id if comment.parent else post.id,
    }


def _instagram(thing: Post | Comment, verbs: Iterable[str]) -> Iterator[dict[str, Any]]:
    """New comments only, and none of a restricted resident."""
    if not isinstance(thing, Comment) or "add" not in verbs or thing.restricted:
        return
    value: dict[str, Any] = {
        "from": {"id": thing.author.id, "username": thing.author.handle},
        "media": {"id": thing.post.id, "media_product_type": "FEED"},
        "id": thing.id,
        "text": thing.text,
    }
    if thing.parent:
        value["parent_id"] = thing.parent.id
    yield {"field": "comments", "value": value}


def _bodies(changes: list[Change], most: int, now: int) -> Iterator[bytes]:
    for platform, kind in OBJECTS.items():
        mine = [(account, change) for account, change in changes if account.platform == platform]
        for start in range(0, len(mine), most):
            entries: dict[str, list[dict[str, Any]]] = {}
            for account, change in mine[start : start + most]:
                entries.setdefault(account.id, []).append(change)
            entry = [{"id": id_, "time": now, "changes": told} for id_, told in entries.items()]
            yield written({"object": kind, "entry": entry})
