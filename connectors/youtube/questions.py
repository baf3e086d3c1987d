"""The questions that a reading asks YouTube, one method each. All of them cost a unit a page."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from connectors.apart import Apart
from connectors.base import ReadComment, ReadPost
from connectors.sound import identity
from connectors.youtube.answers import Resource, Thread, replies_in, thread, video
from connectors.youtube.api import Answer, Api

PAGE = 100
BATCH = 50
"""Ids per request of videos.list (documented), commentThreads.list and comments.list (their limit is not)."""
STATUS = {False: "published", True: "heldForReview"}
GONE = frozenset({"commentNotFound", "parentCommentNotFound"})
SILENT = frozenset({"commentsDisabled"})
NEVER = datetime.max.replace(tzinfo=UTC)
NO_UPLOADS = frozenset({"playlistNotFound"})


@dataclass(frozen=True, slots=True)
class Page:
    """Some threads; whether they are the last."""

    threads: list[Thread]
    last: bool


class Questions:
    """About one channel. Every method raises ConnectorError."""

    def __init__(self, api: Api, channel: str) -> None:
        self._api = api
        self.apart = Apart()
        self._channel = channel

    def queue(self, held: bool) -> Iterator[Page]:
        """Threads of the whole channel, newest first, a page at a time; nothing where all comments are disabled."""
        return self._threads(
            held=held,
            nothing_for=SILENT,
            allThreadsRelatedToChannelId=self._channel,
            moderationStatus=STATUS[held],
        )

    def below(self, video: str) -> Iterator[Page]:
        """Public threads below one video, newest first, a page at a time."""
        return self._threads(held=False, videoId=video)

    def threads(self, ids: Iterable[str]) -> Iterator[Thread]:
        """Those of them that are public."""
        for some in _batches(ids):
            page = self._list("commentThreads", "snippet,replies", id=some, textFormat="plainText")
            yield from self._understood(page, held=False)

    def replies(self, to: Thread) -> Iterator[tuple[tuple[ReadComment, ...], bool]]:
        """All replies in a thread, newest first, a page at a time, and whether it is the last; nothing where the thread
        has gone."""
        pages = self._api.pages(
            "comments", nothing_for=GONE, part="snippet", parentId=to.id, maxResults=PAGE, textFormat="plainText"
        )
        for page in pages:
            replies = replies_in(
                page["items"], post=to.top.post_external_id, thread=to.id, held=to.top.held, each=self.apart.each
            )
            yield replies, not page.get("nextPageToken")

    def there(self, comments: Iterable[str]) -> set[str]:
        """Those of them, at any level, that are public."""
        pages = [self._list("comments", "id", id=some) for some in _batches(comments)]
        return {item["id"] for page in pages for item in page["items"]}

    def videos(self, ids: Iterable[str], parts: str) -> list[ReadPost]:
        """Those of them that are public."""
        found = list[ReadPost]()
        for some in _batches(ids):
            for item in self._list("videos", parts, id=some)["items"]:
                with self.apart.each():
                    found.append(video(item))
        return found

    def uploads(self) -> Iterator[str]:
        """Ids of all videos of the channel, newest first."""
        for entry in self.uploaded("contentDetails"):
            id_ = ""
            with self.apart.each():
                id_ = identity(entry["contentDetails"]["videoId"])
            if id_:
                yield id_

    def uploaded(self, part: str) -> Iterator[Resource]:
        """Those parts of all videos in the channel's list of uploads, newest first."""
        for item in self._api.list("channels", part="contentDetails", id=self._channel)["items"]:
            playlist = item["contentDetails"]["relatedPlaylists"]["uploads"]
            pages = self._api.pages(
                "playlistItems", nothing_for=NO_UPLOADS, part=part, playlistId=playlist, maxResults=BATCH
            )
            for page in pages:
                yield from page["items"]

    def _threads(self, *, held: bool, nothing_for: Iterable[str] = (), **about: object) -> Iterator[Page]:
        pages = self._api.pages(
            "commentThreads",
            nothing_for=nothing_for,
            part="snippet,replies",
            order="time",
            maxResults=PAGE,
            textFormat="plainText",
            **about,
        )
        for page in pages:
            yield Page(self._understood(page, held=held), last=not page.get("nextPageToken"))

    def _understood(self, page: Answer, *, held: bool) -> list[Thread]:
        found = list[Thread]()
        for item in page["items"]:
            with self.apart.each():
                found.append(thread(item, held=held, each=self.apart.each))
        return found

    def _list(self, resource: str, part: str, *, id: Sequence[str], **more: object) -> Answer:  # noqa: A002 - theirs
        return self._api.list(resource, nothing_for=(), part=part, id=",".join(id), maxResults=BATCH, **more)


class Listing:
    """One queue, read as far back as somebody wants; asked for more, it goes on where it stopped.

    `answered`: a page came, perhaps an empty one. `ended`: it was the last.
    """

    def __init__(self, pages: Iterator[Page]) -> None:
        self._pages = pages
        self.threads: list[Thread] = []
        self.answered = False
        self.ended = False

    def back_to(self, moment: datetime) -> Iterator[Thread]:
        """The threads not given yet, until a page ends with one written before the moment; one page at least."""
        while not (self.ended or self._is_beyond(moment)):
            page = next(self._pages, None)
            if page is None:
                return
            self.answered, self.ended = True, page.last
            self.threads += page.threads
            yield from page.threads

    @property
    def since(self) -> datetime | None:
        """Everything written since then was listed; None: everything."""
        if self.ended:
            return None
        # the next page may begin within the second in which this one ended; what nobody understood was not listed
        return self.threads[-1].top.posted_at + timedelta(seconds=1) if self.threads else NEVER

    def cut_short(self) -> None:
        """It turned out that the last page was not the end of it."""
        self.ended = not self.threads

    def reaches(self, moment: datetime) -> bool:
        """Was everything listed that was written since then?"""
        return self.answered and (self.since is None or self.since <= moment)

    def _is_beyond(self, moment: datetime) -> bool:
        return bool(self.threads) and self.threads[-1].top.posted_at < moment


def _batches(ids: Iterable[str]) -> Iterator[Sequence[str]]:
    wanted = list(ids)
    return (wanted[start : start + BATCH] for start in range(0, len(wanted), BATCH))
