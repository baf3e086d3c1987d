"""What a visitor of instagram.com gets to see of the world, page by page."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Generic, Literal, NamedTuple, TypeVar

from connectors.emulator.world import Account, Comment, Post, World

Order = Literal["newest", "oldest", "ranked"]
Thing = TypeVar("Thing", Post, Comment)


class UnknownCursor(Exception):
    """A page was asked for after something that is not in the list."""


class Page(NamedTuple, Generic[Thing]):
    """Some things of a list, and the cursor of the next page; None after the last one."""

    things: Sequence[Thing]
    cursor: str | None


class Contents:
    """The public side of a world's Instagram accounts.

    private: user names whose posts only followers see. order: of the comments below a post; Instagram promises none.
    promises_more: every page says that there is a next one, which may be empty.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.private: set[str] = set()
        self.order: Order = "newest"
        self.promises_more = False

    # -- finding

    def account(self, name: str) -> Account | None:
        """By user name or private id."""
        accounts = (one for one in self.world.accounts.values() if one.platform == "instagram")
        return next((one for one in accounts if name in (one.handle.lower(), one.pk)), None)

    def post(self, name: str) -> Post | None:
        """By shortcode or private id."""
        posts = (post for post in self.world.posts.values() if name in (post.code, post.pk) and post.code)
        return next((post for post in posts if is_shown(post)), None)

    def comment(self, id_: str) -> Comment | None:
        found = self.world.comments.get(id_)
        return found if found and found.post.code and is_shown(found) else None

    # -- listing

    def count_posts(self, account: Account) -> int:
        return sum(is_shown(post) for post in self.world.posts_ever(account))

    def count_comments(self, post: Post) -> int:
        """Answers included."""
        return sum(is_shown(comment) for comment in self.world.comments_ever(post))

    def count_answers(self, comment: Comment) -> int:
        return sum(is_shown(answer) for answer in self.world.replies_to(comment))

    def timeline(self, account: Account, after: str, size: int) -> Page[Post]:
        """Newest first; nothing of a private account."""
        if account.handle in self.private:
            return Page((), None)
        posts = sorted(self.world.posts_ever(account), key=lambda post: (post.at, post.id), reverse=True)
        return self._page(posts, after, size)

    def comments(self, post: Post, after: str, size: int) -> Page[Comment]:
        """The top level, in the order that `order` says."""
        comments = [comment for comment in self.world.comments_ever(post) if comment.parent is None]
        return self._page(sorted(comments, key=self._rank, reverse=self.order == "newest"), after, size)

    def answers(self, comment: Comment, after: str, size: int) -> Page[Comment]:
        """Oldest first."""
        answers = [one for one in self.world.comments_ever(comment.post) if one.parent is comment]
        return self._page(sorted(answers, key=_age), after, size)

    def _page(self, things: Sequence[Thing], after: str, size: int) -> Page[Thing]:
        """What is shown of the list, beginning after the thing named `after` even when that has gone meanwhile."""
        names = [thing.id for thing in things]
        if after and after not in names:
            raise UnknownCursor(after)
        rest = [thing for thing in things[names.index(after) + 1 if after else 0 :] if is_shown(thing)]
        more = len(rest) > size or (self.promises_more and bool(rest))
        return Page(rest[:size], rest[:size][-1].id if more else None)

    @property
    def _rank(self) -> Callable[[Comment], tuple[str, str]]:
        return _fame if self.order == "ranked" else _age


def is_shown(thing: Post | Comment) -> bool:
    """To a visitor who is not the organisation: not gone, hidden or restricted, alone or with what it stands below."""
    if isinstance(thing, Post):
        return thing.published and thing.deleted_at is None
    lost = any(
        one.deleted_at or one.rejected or one.held or one.hidden or one.restricted for one in (thing, thing.thread)
    )
    return not lost and is_shown(thing.post)


def _age(comment: Comment) -> tuple[str, str]:
    return comment.at.isoformat(), comment.id


def _fame(comment: Comment) -> tuple[str, str]:
    """No order that anybody could guess, but always the same."""
    return hashlib.sha256(comment.id.encode()).hexdigest(), comment.id
