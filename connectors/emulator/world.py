"""The emulated platforms' memory: accounts, people, posts, comments, and a clock of their own.

Whatever happens here is what "really" happened; the platform modules only show it, each with its platform's habits.
Verbs change the world and return what they made; nothing else may: they keep the lists that the platforms look up.
"""

import threading
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from connectors.emulator.accounts import Account as Account
from connectors.emulator.accounts import Person as Person
from connectors.emulator.effects import Effect
from connectors.emulator.ids import Ids, Platform

START = datetime(2026, 11, 16, 7, 0, tzinfo=UTC)


@dataclass
class Post:
    """A post, media or video. `visitor`: written by a resident on the organisation's page (Facebook only).

    versions: (time, text), oldest first. link: the address that it shares besides its text (Facebook only).
    """

    id: str
    account: Account
    author: Person
    at: datetime
    versions: list[tuple[datetime, str]]
    code: str = ""  # Instagram's shortcode
    pk: str = ""  # Instagram's private id
    visitor: bool = False
    published: bool = True
    comments_disabled: bool = False
    community: bool = False  # YouTube: in the community tab, not a video
    deleted_at: datetime | None = None
    link: str = ""
    listed_at: datetime | None = None  # published through the API: lists show it from then on

    @property
    def text(self) -> str:
        return self.versions[-1][1]

    @property
    def updated_at(self) -> datetime | None:
        """When it was last edited; None if never."""
        return self.versions[-1][0] if len(self.versions) > 1 else None


@dataclass
class Comment:
    """A comment or reply. `parent` is what the platform stores: always the top-level comment, however deep the answer.

    `target` is the comment (or visitor's post) that the writer truly answered; no platform tells it for a reply to a
    reply. versions: (time, text), oldest first. author None: the platform withholds it.
    """

    id: str
    post: Post
    author: Person
    at: datetime
    versions: list[tuple[datetime, str]]
    parent: "Comment | None" = None
    target: "Comment | Post | None" = None
    tags: tuple[Person, ...] = ()  # Facebook: people tagged in the text
    anonymous: bool = False  # the platform withholds the author
    hidden: bool = False
    held: bool = False
    rejected: bool = False
    restricted: bool = False  # Instagram: omitted until approved
    deleted_at: datetime | None = None
    published_at: datetime | None = None  # when a held one became public
    likes: int = 0
    listed_at: datetime | None = None  # written through the API: lists show it from then on

    @property
    def text(self) -> str:
        return self.versions[-1][1]

    @property
    def thread(self) -> "Comment":
        return self.parent or self

    @property
    def edited(self) -> bool:
        return len(self.versions) > 1


@dataclass
class Token:
    """A credential the platforms accept. kind: page, user, app, system, oauth, api_key, session.

    `expires_at` None: never; `data_access_expires_at` likewise: until when the person has allowed the app to see data.
    `error`: (code, subcode) that every call answers with, for a dead one.
    """

    value: str
    kind: str
    account: Account | None = None
    scopes: tuple[str, ...] = ()
    expires_at: datetime | None = None
    app_secret: str | None = None
    error: tuple[int, int | None] | None = None
    data_access_expires_at: datetime | None = None


@dataclass
class World:
    """Guard each use with `lock`. effects: what the APIs did, in order. list_lag: seconds until lists show that."""

    seed: int = 1
    clock: datetime = START
    real_time: bool = False  # let the clock run with the wall's
    accounts: dict[str, Account] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    subscriptions: dict[str, tuple[str, ...]] = field(default_factory=dict)  # Facebook: what a page tells the app of
    effects: list[Effect] = field(default_factory=list)
    list_lag: float = 0

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        self._ids = Ids(self.seed)
        self._started = datetime.now(UTC)
        self._named: dict[tuple[Platform, str], Person] = {}
        self._posts_of: dict[str, list[Post]] = defaultdict(list)
        self._comments_of: dict[str, list[Comment]] = defaultdict(list)
        self._replies_to: dict[str, list[Comment]] = defaultdict(list)

    # -- the clock

    @property
    def now(self) -> datetime:
        """The platforms' time, in whole seconds as all three show it."""
        ran = datetime.now(UTC) - self._started if self.real_time else timedelta()
        return (self.clock + ran).replace(microsecond=0)

    def advance(self, seconds: float) -> None:
        self.clock += timedelta(seconds=seconds)

    # -- what there is

    def account(
        self, platform: Platform, id_: str, handle: str, name: str, *, pk: str = "", page_id: str = ""
    ) -> Account:
        account = Account(platform, id_, handle, name, pk=pk or self._ids.digits(11), page_id=page_id)
        self.accounts[id_] = account
        return account

    def person(self, platform: Platform, name: str, handle: str | None = None) -> Person:
        plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
        handle = handle or "".join(c for c in plain if c.isalnum()) + self._ids.digits(3)
        person = Person(self._ids.person(platform), handle, name)
        self.people[person.id] = person
        self._named.setdefault((platform, name), person)
        return person

    def resident(self, platform: Platform, name: str) -> Person:
        """The person of that name, made when first spoken of."""
        return self._named.get((platform, name)) or self.person(platform, name)

    def token(self, token: Token) -> Token:
        self.tokens[token.value] = token
        return token

    # -- what happens

    def publish(
        self, account: Account, text: str, *, author: Person | None = None, published: bool = True, link: str = ""
    ) -> Post:
        """A post by the organisation or, with `author`, by a visitor on its Facebook page."""
        id_, code, pk = self._ids.post(account.platform, account.id)
        now, writer = self.now, author or account.person
        post = Post(id_, account, writer, now, [(now, text)], code, pk, author is not None, published, link=link)
        self.posts[id_] = post
        self._posts_of[account.id].append(post)
        return post

    def comment(
        self,
        on: Post | Comment,
        author: Person,
        text: str,
        *,
        tags: tuple[Person, ...] = (),
        anonymous: bool = False,
        held: bool = False,
        through_api: bool = False,
        effect: str = "reply",
    ) -> Comment:
        """A comment on a post, or a reply to a comment. A reply to a reply is stored below the top-level comment."""
        post = on if isinstance(on, Post) else on.post
        parent = on.thread if isinstance(on, Comment) else None
        id_ = self._ids.comment(post.account.platform, post.id, parent.id if parent else None)
        made = Comment(id_, post, author, self.now, [(self.now, text)], parent, on, tags, anonymous, held=held)
        self.comments[id_] = made
        self._comments_of[post.id].append(made)
        if parent:
            self._replies_to[parent.id].append(made)
        if through_api:
            made.listed_at = self.now + timedelta(seconds=self.list_lag)
            self.did(effect, on, made)
        return made

    def did(self, kind: str, target: Account | Post | Comment, made: Post | Comment | None = None) -> None:
        """Something was done through an API."""
        self.effects.append(Effect(kind, target.id, self.now, made.id if made else None))

    def answer(self, on: Post | Comment, text: str, *, mention: bool = False, top_level: bool = False) -> Comment:
        """The organisation answers on the platform itself. `mention`: names the author of `on`, by tag or @handle.
        `top_level`: below the post, not in the thread of the comment it means."""
        post = on if isinstance(on, Post) else on.post
        tags = (on.author,) if mention and post.account.platform == "facebook" else ()
        if mention:
            text = f"{on.author.name if tags else '@' + on.author.handle} {text}"
        return self.comment(post if top_level else on, post.account.person, text, tags=tags)

    def edit(self, thing: Comment | Post, text: str) -> None:
        thing.versions.append((self.now, text))

    def delete(self, thing: Comment | Post) -> None:
        """Gone for good; with a top-level comment its replies, with a post everything below it."""
        below = self._replies_to[thing.id] if isinstance(thing, Comment) else self._comments_of[thing.id]
        for each in (thing, *below):
            each.deleted_at = each.deleted_at or self.now

    def hide(self, comment: Comment, hidden: bool = True) -> None:
        comment.hidden = hidden

    def hold(self, comment: Comment) -> None:
        """Back into the queue for approval: no longer public."""
        comment.held, comment.published_at = True, None

    def restrict(self, comment: Comment, restricted: bool = True) -> None:
        """Instagram: by a restricted resident; nobody but its author sees it until it is approved."""
        comment.restricted = restricted

    def release(self, comment: Comment) -> None:
        """The organisation lets a held comment through: public now, but dated when it was written."""
        comment.held, comment.published_at = False, self.now

    def reject(self, comment: Comment) -> None:
        comment.held, comment.rejected = False, True

    # -- what can be seen

    def posts_ever(self, account: Account) -> list[Post]:
        """Deleted ones too, in the order in which they were made."""
        return list(self._posts_of[account.id])

    def comments_ever(self, post: Post) -> list[Comment]:
        """At every level; deleted, rejected and restricted ones too, in the order in which they were made."""
        return list(self._comments_of[post.id])

    def posts_of(self, account: Account) -> list[Post]:
        """Not deleted, newest first, as lists show them."""
        mine = [
            post
            for post in self._posts_of[account.id]
            if not post.deleted_at and (post.listed_at or self.now) <= self.now
        ]
        return sorted(mine, key=lambda post: (post.at, post.id), reverse=True)

    def comments_of(self, post: Post) -> list[Comment]:
        """At every level. Not deleted, not rejected, oldest first; held, hidden and restricted ones included."""
        return _there(self._comments_of[post.id], self.now)

    def replies_to(self, comment: Comment) -> list[Comment]:
        """As `comments_of`, below a top-level comment."""
        return _there(self._replies_to[comment.id], self.now)


def _there(comments: Iterable[Comment], now: datetime) -> list[Comment]:
    there = (comment for comment in comments if _is_listed(comment, now) and not comment.rejected)
    return sorted(there, key=lambda comment: (comment.at, comment.id))


def _is_listed(thing: Post | Comment, now: datetime) -> bool:
    return not thing.deleted_at and (thing.listed_at or now) <= now
