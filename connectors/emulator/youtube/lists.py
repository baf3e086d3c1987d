"""The list methods of the YouTube Data API: which things a request finds, in which order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from connectors.emulator.world import Account, Comment, Post, World
from connectors.emulator.youtube.channel_texts import ChannelTexts
from connectors.emulator.youtube.google import Caller, Refusal
from connectors.emulator.youtube.habits import Habits
from connectors.emulator.youtube.parameters import Asked, Key, Rules, newest_first
from connectors.emulator.youtube.resources import (
    Resource,
    View,
    channel,
    comment,
    is_video,
    playlist_item,
    search_result,
    status_of,
    thread,
    uploads_of,
    video,
)

AUTH = "https://www.googleapis.com/auth/"
COMMENT_SCOPES = frozenset({AUTH + "youtube.force-ssl"})
READ_SCOPES = frozenset({AUTH + "youtube", AUTH + "youtube.force-ssl", AUTH + "youtube.readonly"})
TEXT = ("html", "plainText")
Found = list[tuple[Key, Callable[[], Resource]]]
"""Each thing's place in the list, and how to show it: only a page of a long list is ever shown."""


@dataclass(frozen=True)
class Listing:
    """One method: its kind of resource, who may call it, its rules."""

    kind: str
    find: "Callable[[Lists, Asked, Caller], Found]"
    scopes: frozenset[str]
    filters: tuple[str, ...]
    parts: tuple[str, ...]
    default: int = 5
    least: int = 1
    most: int = 50
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def rules(self) -> Rules:
        return Rules(self.filters, self.parts, self.default, self.least, self.most, self.words)


class Lists:
    """Finds things in the world for a caller."""

    def __init__(self, world: World, habits: Habits, texts: ChannelTexts) -> None:
        self._world = world
        self._habits = habits
        self._texts = texts

    def page(self, listing: Listing, asked: Asked, caller: Caller) -> Resource:
        """The list response for a request, still without its etag. Raises Refusal."""
        found = listing.find(self, asked, caller)
        page, more = asked.page(found, empty_pages=self._habits.empty_pages, circle=self._habits.circle)
        items = [_only(asked.parts, show()) for _, show in page]
        body: Resource = {"kind": f"youtube#{listing.kind}ListResponse"}
        if more:
            body["nextPageToken"] = more
        total = len(items) if listing.kind in ("commentThread", "comment") else len(found)
        body["pageInfo"] = {"totalResults": total, "resultsPerPage": asked.limit}
        return body | {"items": items}

    # -- comments

    def threads(self, asked: Asked, caller: Caller) -> Found:
        if asked.filter == "channelId":
            raise _failure()
        view = self._view(asked, caller)
        if asked.filter == "id":
            _no_status(asked)
            wanted = [self._world.comments.get(id_) for id_ in asked.several("id")]
            tops = [one for one in wanted if one and not one.parent and self._is_there(one) and not one.held]
        else:
            view = replace(view, tells_status=True)
            tops, view = self._queue(asked, caller, view)
        return [(_newest(top), partial(thread, top, view)) for top in tops]

    def comments(self, asked: Asked, caller: Caller) -> Found:
        view = self._view(asked, caller)
        if asked.filter == "id":
            wanted = [self._world.comments.get(id_) for id_ in asked.several("id")]
            shown = [one for one in wanted if one and self._is_there(one) and not one.held and not one.thread.held]
        else:
            top = self._world.comments.get(asked.get("parentId"))
            owner = top is not None and caller.account is top.post.account
            if top is None or top.parent or not self._is_there(top) or (top.held and not owner):
                raise _not_found("commentNotFound", "youtube.comment", "parentId")
            view = replace(view, tells_status=True, held_too=owner)
            shown = view.replies(top)
        return [(_newest(one), partial(comment, one, view)) for one in shown]

    def _queue(self, asked: Asked, caller: Caller, view: View) -> tuple[list[Comment], View]:
        """Top-level comments of a channel or video with one moderation status, newest first."""
        status = asked.get("moderationStatus")
        owner, posts = self._scene(asked)
        if status != "published":
            if caller.account is not owner:
                raise _forbidden()
            view = replace(view, held_too=True)
        tops = [one for post in posts for one in self._world.comments_of(post) if one.parent is None]
        tops = [top for top in tops if (top.id in self._habits.spam) == (status == "likelySpam")]
        if status == "published":
            tops = [top for top in tops if not top.held]
        elif status == "heldForReview":
            tops = [top for top in tops if top.held or any(reply.held for reply in view.replies(top))]
        ranking = _liked if asked.get("order") == "relevance" else _newest
        return sorted(tops, key=ranking, reverse=True)[: self._habits.deepest], view

    def _scene(self, asked: Asked) -> tuple[Account, list[Post]]:
        """Whose comments a filter means, and the posts they stand below."""
        if asked.filter == "videoId":
            post = self._video(asked.get("videoId"))
            if post is None:
                raise _not_found("videoNotFound", "youtube.commentThread", "videoId")
            if post.comments_disabled:
                raise _comments_disabled()
            return post.account, [post]
        account = self._account(asked.get("allThreadsRelatedToChannelId"))
        if account is None:
            raise _not_found("channelNotFound", "youtube.commentThread", "allThreadsRelatedToChannelId")
        posts = [post for post in self._world.posts_of(account) if post.published and not post.comments_disabled]
        return account, [post for post in posts if is_video(post) or self._habits.community]

    def _view(self, asked: Asked, caller: Caller) -> View:
        plain = asked.get("textFormat") == "plainText"
        return View(self._world, plain=plain, viewer=caller.account, habits=self._habits)

    def _is_there(self, one: Comment) -> bool:
        there = one.deleted_at is None and not one.rejected
        above = one.thread.deleted_at is None and not one.thread.rejected
        spam = one.id in self._habits.spam or one.thread.id in self._habits.spam
        return there and above and not spam and one.post.published and one.post.deleted_at is None

    # -- videos and channels

    def videos(self, asked: Asked, _: Caller) -> Found:
        found = [post for id_ in asked.several("id") if (post := self._video(id_))]
        return _in_order([(post.id, partial(self._shown_video, post)) for post in found])

    def _shown_video(self, post: Post) -> Resource:
        return video(post, self._world, self._habits.spam, status_of(post, self._habits, self._world))

    def channels(self, asked: Asked, caller: Caller) -> Found:
        mine = [caller.account] if caller.account else []
        named = [account for id_ in asked.several("id") if (account := self._account(id_))]
        found = mine if asked.filter == "mine" else named
        return _in_order([(one.id, partial(channel, one, self._world, self._texts.of(one))) for one in found])

    def playlist_items(self, asked: Asked, _: Caller) -> Found:
        wanted = asked.get("playlistId")
        account = next((one for one in self._youtube_accounts() if uploads_of(one) == wanted), None)
        if account is None:
            raise _not_found("playlistNotFound", "youtube.playlistItem", "playlistId")
        videos = self._videos_of(account)
        return _in_order([(post.id, partial(playlist_item, post, place)) for place, post in enumerate(videos)])

    def search(self, asked: Asked, _: Caller) -> Found:
        account = self._account(asked.get("channelId"))
        videos = self._videos_of(account) if account else []
        return _in_order([(post.id, partial(search_result, post)) for post in videos])

    def _youtube_accounts(self) -> list[Account]:
        return [account for account in self._world.accounts.values() if account.platform == "youtube"]

    def _account(self, id_: str) -> Account | None:
        return next((account for account in self._youtube_accounts() if account.id == id_), None)

    def _video(self, id_: str) -> Post | None:
        post = self._world.posts.get(id_)
        there = post and post.account.platform == "youtube" and post.published and post.deleted_at is None
        return post if post and there and is_video(post) else None

    def _videos_of(self, account: Account) -> list[Post]:
        return [post for post in self._world.posts_of(account) if post.published and is_video(post)]


def _no_status(asked: Asked) -> None:
    if asked.given("moderationStatus") or asked.given("searchTerms"):
        message = "The moderationStatus and searchTerms parameters cannot be used with the id parameter."
        raise Refusal(400, "incompatibleParameters", message, domain="youtube.parameter", location="parameters.")


def _only(parts: Sequence[str], item: Resource) -> Resource:
    return {name: value for name, value in item.items() if name in ("kind", "etag", "id") or name in parts}


def _newest(one: Comment) -> Key:
    return newest_first(one.at, one.id)


def _liked(top: Comment) -> tuple[int, Key]:
    return top.likes, _newest(top)


def _in_order(shows: Sequence[tuple[str, Callable[[], Resource]]]) -> Found:
    """Things that are not sorted by time: their places fall from first to last."""
    return [((f"{len(shows) - place:09}", id_), show) for place, (id_, show) in enumerate(shows)]


def _not_found(reason: str, domain: str, location: str) -> Refusal:
    message = f"The {location} parameter names something that cannot be found."
    return Refusal(404, reason, message, domain=domain, location=location)


def _forbidden() -> Refusal:
    message = "One or more of the requested comment threads cannot be retrieved due to insufficient permissions."
    place = "moderationStatus"
    return Refusal(403, "forbidden", message, domain="youtube.commentThread", location=place)


def _comments_disabled() -> Refusal:
    link = '<code><a href="/youtube/v3/docs/commentThreads/list#videoId">videoId</a></code>'
    message = f"The video identified by the {link} parameter has disabled comments."
    return Refusal(403, "commentsDisabled", message, domain="youtube.commentThread", location="videoId")


def _failure() -> Refusal:
    message = (
        "The API server failed to successfully process the request. While this can be a transient error, it usually "
        "indicates that the request's input is invalid."
    )
    return Refusal(
        400, "processingFailure", message, domain="youtube.commentThread", location="body", location_type="other"
    )


METHODS = {
    "commentThreads": Listing(
        "commentThread",
        Lists.threads,
        COMMENT_SCOPES,
        filters=("allThreadsRelatedToChannelId", "channelId", "videoId", "id"),
        parts=("id", "snippet", "replies"),
        default=20,
        most=100,
        words={
            "textFormat": TEXT,
            "order": ("time", "relevance"),
            "moderationStatus": ("published", "heldForReview", "likelySpam"),
        },
    ),
    "comments": Listing(
        "comment",
        Lists.comments,
        COMMENT_SCOPES,
        filters=("parentId", "id"),
        parts=("id", "snippet"),
        default=20,
        most=100,
        words={"textFormat": TEXT},
    ),
    "videos": Listing("video", Lists.videos, READ_SCOPES, ("id",), ("id", "snippet", "statistics", "status")),
    "channels": Listing(
        "channel",
        Lists.channels,
        READ_SCOPES,
        ("mine", "id"),
        ("id", "snippet", "statistics", "contentDetails", "brandingSettings"),
        least=0,
    ),
    "playlistItems": Listing(
        "playlistItem", Lists.playlist_items, READ_SCOPES, ("playlistId",), ("id", "snippet", "contentDetails"), least=0
    ),
    "search": Listing("search", Lists.search, READ_SCOPES, ("channelId",), ("id", "snippet"), least=0),
}
"""Path below /youtube/v3/ → method. Maxima, defaults and scopes as the discovery document has them."""
