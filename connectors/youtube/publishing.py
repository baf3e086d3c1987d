"""Crisis messages on YouTube, as far as that goes: a comment below each of the channel's newest videos.

YouTube's API publishes no posts. A comment reaches whoever happens to look there, so it never counts as delivered.
Where one video takes none the next one may; what was written is looked for below all of them.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, ClassVar

from connectors.apart import moment
from connectors.base import State
from connectors.errors import ConnectorError, OutcomeUnknown, PermissionLost, Refused, UnexpectedAnswer
from connectors.publishing import Draft, Prepared, Published, Search, marked
from connectors.youtube import WRITING
from connectors.youtube.answers import WATCH, Resource
from connectors.youtube.api import Api, has_oauth
from connectors.youtube.questions import Questions
from connectors.youtube.writing import PAGE, YouTubeWriting

VIDEOS = 3
"""So many of the newest get a comment."""
STATUSES = ("published", "heldForReview", "likelySpam")
"""Where a comment of our own may be: YouTube holds what has addresses in it more often than other comments."""
CLOCKS_DIFFER = timedelta(minutes=10)


class YouTubePublishing(YouTubeWriting):
    """What makes the connector a Publisher. progress: "videos", the ids of those that get a comment."""

    longest_post: ClassVar[int] = WRITING.longest_reply
    needs_image: ClassVar[bool] = False
    asks_first: ClassVar[bool] = True
    publish_cost: ClassVar[int] = 2 + 50 * VIDEOS
    best_effort: ClassVar[bool] = True

    def prepare(self, draft: Draft, progress: State, now: datetime) -> Prepared:
        if not draft.text.strip() or len(draft.text) > self.longest_post:
            raise Refused("the text is empty or too long", code="length")
        if not has_oauth(self._credential):
            raise PermissionLost("writing takes the channel's own OAuth token", code="api_key")
        if progress.get("videos"):
            return Prepared(progress)
        with self._open(now, _nothing) as api:
            videos = list(islice(self._others(api, draft), VIDEOS))
        if not videos:
            raise Refused("the channel has no video to comment on", code="videoNotFound")
        return Prepared({"videos": videos})

    def publish(self, draft: Draft, progress: State) -> Published:
        """Whoever refuses is passed over; it ends where nobody knows whether it was done."""
        done: list[Published] = []
        refused: ConnectorError = Refused("there is no video to comment on", code="videoNotFound")
        for video in progress.get("videos", ()):
            try:
                done.append(self._comment(video, draft.text))
            except OutcomeUnknown as unknown:
                refused = unknown
                break
            except ConnectorError as error:
                refused = error
        if done:
            return done[0]
        raise refused

    def find(self, draft: Draft, progress: State, since: datetime) -> Search:
        """Below those videos, among what waits and what YouTube takes for spam too."""
        with self._open(since, _nothing) as api:
            for video in progress.get("videos", ()):
                for item in self._below(api, str(video), since):
                    if self._is_ours(item, draft):
                        return Search(_published(str(video), item), complete=True)
        return Search(None, complete=True)

    def verify(self, draft: Draft, published: Published) -> Published:
        """Raises Refused where it is not public, or is not what was sent."""
        with self._open(datetime.now(UTC), _nothing) as api:
            found = api.list("comments", part="snippet", id=published.remote_id, textFormat="plainText")["items"]
        if not found:
            raise Refused("it is not there, or not public", code="commentNotFound")
        if not self._is_ours(found[0], draft):
            raise Refused("something else stands there", code="text")
        return published

    def _others(self, api: Api, draft: Draft) -> Iterator[str]:
        """The channel's videos, newest first, without the one that is the message itself: it says the same already."""
        for item in Questions(api, self._channel).uploaded("contentDetails,snippet"):
            if not marked(str(_read(item, "snippet").get("description", "")), draft.marker):
                yield _read(item, "contentDetails", "videoId")

    def _comment(self, video: str, text: str) -> Published:
        top = {"topLevelComment": {"snippet": {"textOriginal": text}}}
        body = {"snippet": {"channelId": self._channel, "videoId": video, **top}}
        answer: object = None
        code = ""
        try:
            answer = self._write("commentThreads.insert", part="snippet", body=body)
        except UnexpectedAnswer as odd:  # a refusal that nobody has heard of proves nothing
            code = odd.code
        if not isinstance(answer, dict) or not isinstance(answer.get("id"), str) or not answer["id"]:
            raise OutcomeUnknown("YouTube does not say what it made", code=code)
        return _published(video, answer)

    def _below(self, api: Api, video: str, since: datetime) -> Iterator[Resource]:
        """Top-level comments, newest first within each status, back to then."""
        asked: dict[str, Any] = {"part": "snippet", "textFormat": "plainText", "order": "time", "maxResults": PAGE}
        for status in STATUSES:
            answers = api.pages(
                "commentThreads", nothing_for=("commentsDisabled",), videoId=video, moderationStatus=status, **asked
            )
            for page in answers:
                tops = [_read(item, "snippet", "topLevelComment") for item in page["items"]]
                yield from tops
                if tops and moment(_read(tops[-1], "snippet", "publishedAt")) < since - CLOCKS_DIFFER:
                    break

    def _is_ours(self, comment: Resource, draft: Draft) -> bool:
        """Plain texts may show a link by its title; the author is given what was written."""
        snippet = _read(comment, "snippet")
        text = snippet.get("textOriginal") or snippet.get("textDisplay") or ""
        author = snippet.get("authorChannelId") or {}
        return author.get("value") == self._channel and marked(text, draft.marker)


def _published(video: str, comment: Resource) -> Published:
    return Published(comment["id"], f"{WATCH}{video}&lc={comment['id']}")


def _read(item: Any, *names: str) -> Any:
    """Raises UnexpectedAnswer where it is not there."""
    try:
        for name in names:
            item = item[name]
    except (KeyError, TypeError, IndexError):
        item = None
    if item is None:
        raise UnexpectedAnswer("YouTube's answer lacks something", code=names[-1])
    return item


def _nothing() -> None:
    """Nobody has to be told before each request."""
