"""What the YouTube Data API shows of a video, a thread, a comment: each resource whole, before `part` cuts it."""

import base64
import hashlib
import html
import json
import re
from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.emulator.world import Account, Comment, Post, World
from connectors.emulator.youtube.habits import Habits

INLINE_REPLIES = 5
_LINK = re.compile(r"https?://[^\s<]+")
Resource = dict[str, Any]


@dataclass(frozen=True)
class View:
    """How somebody looks at comments: as HTML or plain text, as which channel, and whether to tell about moderation.

    `held_too`: replies that wait for approval are shown (to the owner, in the queue and in a thread's replies).
    """

    world: World
    plain: bool = False
    viewer: Account | None = None
    tells_status: bool = False
    held_too: bool = False
    habits: Habits = field(default_factory=Habits)

    @property
    def spam(self) -> Set[str]:
        """Ids of what is shown in a list of its own."""
        return self.habits.spam

    def text(self, one: Comment) -> str:
        if not self.plain:
            return _as_html(one.text)
        return _LINK.sub(lambda link: self.habits.titles.get(link[0], link[0]), one.text)

    def replies(self, top: Comment) -> list[Comment]:
        """Newest first."""
        shown = [reply for reply in self.world.replies_to(top) if self.held_too or not reply.held]
        return [reply for reply in shown[::-1] if reply.id not in self.spam]


def etag(value: object) -> str:
    digest = hashlib.sha1(json.dumps(value, sort_keys=True).encode(), usedforsecurity=False).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def is_video(post: Post) -> bool:
    """Else a post in the channel's community tab: its comments name no video."""
    return not post.community


def thread(top: Comment, view: View) -> Resource:
    replies = view.replies(top)
    snippet = _place(top.post) | {
        "topLevelComment": _comment(top, view, _place(top.post)),
        "canReply": top.id not in view.habits.closed,
        "totalReplyCount": len(replies),
        "isPublic": not top.held,
    }
    parts: Resource = {"snippet": snippet}
    if replies:
        inline = replies[:INLINE_REPLIES]
        parts["replies"] = {"comments": [_comment(reply, view, _place(reply.post)) for reply in inline]}
    return _resource("commentThread", top.id, parts)


def comment(one: Comment, view: View) -> Resource:
    """As `comments.list` shows it: without the ids of channel and video, as all recordings have it."""
    return _comment(one, view, {})


def video(post: Post, world: World, spam: Set[str] = frozenset(), status: Resource | None = None) -> Resource:
    """Counted are public comments and replies: not held ones, nor spam."""
    public = [one for one in world.comments_of(post) if not one.held and not one.thread.held]
    public = [one for one in public if one.id not in spam and one.thread.id not in spam]
    statistics = {"viewCount": str(40 + 7 * len(public)), "likeCount": str(len(public)), "favoriteCount": "0"}
    if not post.comments_disabled:
        statistics["commentCount"] = str(len(public))
    parts = {"snippet": _video_snippet(post), "statistics": statistics}
    return _resource("video", post.id, parts | ({"status": status} if status else {}))


def status_of(post: Post, habits: Habits, world: World) -> Resource:
    """Is it ready to be seen, and by whom? What was there before is."""
    new = post.id in habits.uploaded
    waits = new and (world.now - post.at).total_seconds() < habits.processing
    stands = "failed" if new and habits.failed else "uploaded" if waits else "processed"
    privacy = "private" if post.id in habits.private else "public"
    more = {"failureReason": "conversion"} if stands == "failed" else {}
    return {"uploadStatus": stands, "privacyStatus": privacy, "license": "youtube", "embeddable": True, **more}


def channel(account: Account, world: World, branding: Resource | None = None) -> Resource:
    description = str((branding or {}).get("channel", {}).get("description", ""))
    snippet = {
        "title": account.name,
        "description": description,
        "customUrl": f"@{account.handle}",
        "publishedAt": "2012-03-01T08:00:00Z",
        "thumbnails": {},
        "localized": {"title": account.name, "description": description},
        "country": "SE",
    }
    videos = [post for post in world.posts_of(account) if post.published and is_video(post)]
    statistics = {
        "viewCount": "1000",
        "subscriberCount": "100",
        "hiddenSubscriberCount": False,
        "videoCount": str(len(videos)),
    }
    lists = {"relatedPlaylists": {"likes": "", "uploads": uploads_of(account)}}
    parts = {"snippet": snippet, "statistics": statistics, "contentDetails": lists}
    return _resource("channel", account.id, parts | ({"brandingSettings": branding} if branding else {}))


def playlist_item(post: Post, position: int) -> Resource:
    playlist = uploads_of(post.account)
    snippet = _video_snippet(post) | {
        "playlistId": playlist,
        "position": position,
        "resourceId": {"kind": "youtube#video", "videoId": post.id},
        "videoOwnerChannelTitle": post.account.name,
        "videoOwnerChannelId": post.account.id,
    }
    del snippet["liveBroadcastContent"], snippet["categoryId"]
    details = {"videoId": post.id, "videoPublishedAt": stamp(post.at)}
    id_ = base64.urlsafe_b64encode(f"{playlist}.{post.id}".encode()).decode()
    return _resource("playlistItem", id_, {"snippet": snippet, "contentDetails": details})


def search_result(post: Post) -> Resource:
    snippet = _video_snippet(post)
    del snippet["categoryId"]
    found = _resource("searchResult", "", {"snippet": snippet})
    return found | {"id": {"kind": "youtube#video", "videoId": post.id}}


def uploads_of(account: Account) -> str:
    """The playlist of everything a channel uploaded: its own id with UU for UC."""
    return "UU" + account.id[2:]


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _resource(kind: str, id_: str, parts: Resource) -> Resource:
    return {"kind": f"youtube#{kind}", "etag": etag([id_, parts]), "id": id_, **parts}


def _place(post: Post) -> dict[str, str]:
    channel_id = {"channelId": post.account.id}
    return channel_id | {"videoId": post.id} if is_video(post) else channel_id


def _comment(one: Comment, view: View, place: dict[str, str]) -> Resource:
    snippet: Resource = {**place, "textDisplay": view.text(one)}
    if view.viewer is not None and view.viewer.id == one.author.id:
        snippet["textOriginal"] = one.text
    snippet |= {"authorDisplayName": ""} if one.anonymous else _author(one)
    if one.parent:
        snippet["parentId"] = one.parent.id
    snippet |= {"canRate": True, "viewerRating": "none", "likeCount": one.likes}
    if view.tells_status and view.viewer is one.post.account:
        held = "heldForReview" if one.held else "published"
        snippet["moderationStatus"] = "likelySpam" if one.id in view.spam else held
    if image := view.habits.images.get(one.id):
        snippet["imageUrl"] = image
    snippet |= {"publishedAt": stamp(one.at), "updatedAt": stamp(one.versions[-1][0])}
    return _resource("comment", one.id, {"snippet": snippet})


def _author(one: Comment) -> Resource:
    return {
        "authorDisplayName": f"@{one.author.handle}",
        "authorProfileImageUrl": f"https://yt3.ggpht.com/ytc/{one.author.id}=s48-c-k-c0x00ffffff-no-rj",
        "authorChannelUrl": f"http://www.youtube.com/@{one.author.handle}",
        "authorChannelId": {"value": one.author.id},
    }


def _video_snippet(post: Post) -> Resource:
    """The first line of a post is its title, the rest its description."""
    title, _, description = post.text.partition("\n")
    return {
        "publishedAt": stamp(post.at),
        "channelId": post.account.id,
        "title": title[:100],
        "description": description,
        "thumbnails": {"default": {"url": f"https://i.ytimg.com/vi/{post.id}/default.jpg", "width": 120, "height": 90}},
        "channelTitle": post.account.name,
        "categoryId": "25",
        "liveBroadcastContent": "none",
    }


def _as_html(text: str) -> str:
    escaped = html.escape(text).replace("&#x27;", "&#39;").replace("\n", "<br>")
    return _LINK.sub(lambda link: f'<a href="{link[0]}">{link[0]}</a>', escaped)
