"""From the resources of the YouTube Data API to posts, threads and comments. Raises KeyError, TypeError or ValueError
for a resource that lacks what the documentation promises; takes what it leaves out on purpose.
"""

import hashlib
import re
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.apart import moment
from connectors.base import Author, ReadComment, ReadPost
from connectors.sound import sound_comment, sound_post

WATCH = "https://www.youtube.com/watch?v="
CHANNEL = "https://www.youtube.com/channel/"
_HANDLE = re.compile(r"(?<![\w.])@(\w(?:[\w.·-]*\w)?)")
Resource = dict[str, Any]
Each = Callable[[], AbstractContextManager[None]]
"""Around the reading of each one: what becomes of one that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Thread:
    """A top-level comment with as many of its newest replies as the list shows; `count` of them exist."""

    top: ReadComment
    replies: tuple[ReadComment, ...]
    count: int

    @property
    def id(self) -> str:
        return self.top.external_id

    @property
    def whole(self) -> bool:
        return len(self.replies) >= self.count

    @property
    def digest(self) -> str:
        """Changes when a reply that the list shows comes, goes or is edited. Likes leave it alone."""
        shown = [(one.external_id, one.edited_at, one.held) for one in self.replies]
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:12]


def thread(item: Resource, *, held: bool, each: Each = nullcontext) -> Thread:
    """`held`: the list was the queue for approval. A comment that tells its own status is believed."""
    snippet = item["snippet"]
    post = snippet.get("videoId") or snippet["channelId"]
    held = held or not snippet.get("isPublic", True)
    top = comment(snippet["topLevelComment"], post=post, thread=item["id"], held=held)
    inline = item.get("replies", {}).get("comments", [])
    replies = replies_in(inline, post=post, thread=item["id"], held=held, each=each)
    return Thread(top, replies, int(snippet.get("totalReplyCount", 0)))


def replies_in(
    items: Iterable[Resource], *, post: str, thread: str, held: bool, each: Each = nullcontext
) -> tuple[ReadComment, ...]:
    found = list[ReadComment]()
    for item in items:
        with each():
            found.append(comment(item, post=post, thread=thread, held=held))
    return tuple(found)


def comment(item: Resource, *, post: str, thread: str, held: bool) -> ReadComment:
    """`post`: the video or, for a comment on the channel itself, the channel. `held`: for one that does not tell."""
    snippet = item["snippet"]
    posted, updated = moment(snippet["publishedAt"]), moment(snippet["updatedAt"])
    text = snippet["textDisplay"]
    read = ReadComment(
        external_id=item["id"],
        post_external_id=post,
        thread_external_id=thread,
        parent_external_id=snippet.get("parentId"),
        posted_at=posted,
        edited_at=updated if updated > posted else None,
        text=text,
        author=_author(snippet),
        permalink=_permalink(post, item["id"]),
        mentions=tuple(dict.fromkeys(_HANDLE.findall(text))),
        held=snippet.get("moderationStatus", "heldForReview" if held else "published") != "published",
    )
    return sound_comment(read)


def video(item: Resource) -> ReadPost:
    """Its text: the title, and below it the description."""
    snippet, statistics = item["snippet"], item.get("statistics", {})
    declared = statistics.get("commentCount")  # absent where comments are disabled
    read = ReadPost(
        external_id=item["id"],
        posted_at=moment(snippet["publishedAt"]),
        author=Author(external_id=snippet["channelId"], name=snippet.get("channelTitle")),
        text="\n".join(part for part in (snippet["title"], snippet.get("description")) if part),
        permalink=WATCH + item["id"],
        declared_comments=None if declared is None else int(declared),
    )
    return sound_post(read)


def unknown_post(external_id: str, posted_at: datetime) -> ReadPost:
    """What comments stand below when no video can be shown for it: the channel's own page, or a video made private."""
    page = CHANNEL + external_id if _is_channel(external_id) else WATCH + external_id
    return ReadPost(external_id=external_id, posted_at=posted_at, permalink=page)


def _author(snippet: Resource) -> Author | None:
    """None where the account is gone. The display name is the handle since 2023; before, the handle was in the URL."""
    external_id = snippet.get("authorChannelId", {}).get("value")
    shown = snippet.get("authorDisplayName") or None
    address = snippet.get("authorChannelUrl", "").rpartition("/")[2]
    handle = next((word[1:] for word in (shown or "", address) if word.startswith("@")), None)
    return Author(external_id, handle, shown) if external_id or shown else None


def _permalink(post: str, comment: str) -> str:
    return f"{CHANNEL}{post}/community" if _is_channel(post) else f"{WATCH}{post}&lc={comment}"


def _is_channel(id_: str) -> bool:
    """Channels have 24 characters, videos 11."""
    return len(id_) > 11
