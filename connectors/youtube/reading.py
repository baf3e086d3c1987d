"""One look at a channel: the queue for approval, what is public, older threads that wait, and the videos they are on.

An idle round costs one unit a queue. The held queue comes first: a comment that is let through in between is then seen
twice rather than never. An edit of a reply that the list does not show (it shows five) is seen in a full round.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from connectors.base import Covered, ReadComment, ReadPlan, ReadPost
from connectors.errors import PermissionLost
from connectors.youtube.answers import Thread, replies_in, thread, unknown_post, video
from connectors.youtube.api import Answer, Api
from connectors.youtube.coverage import Coverage
from connectors.youtube.memory import Memory

PAGE = 100
BATCH = 50
"""Ids per request of videos.list (documented) and commentThreads.list (its limit is not)."""
STATUS = {False: "published", True: "heldForReview"}
GONE = frozenset({"commentNotFound", "parentCommentNotFound"})
SILENT = frozenset({"commentsDisabled"})
NO_UPLOADS = frozenset({"playlistNotFound"})


class Look:
    """What one reading brings. `walk` raises ConnectorError where it has to stop; what came before stays."""

    def __init__(self, api: Api, channel: str, plan: ReadPlan, *, sees_held: bool) -> None:
        self._api = api
        self._channel = channel
        self._plan = plan
        self._queues = (True, False) if sees_held else (False,)
        self._before = Memory.from_state(plan.state)
        self._full = plan.full or self._before.blank
        self._coverage = Coverage()
        self._fetched: set[str] = set()
        self._comments: dict[str, ReadComment] = {}
        self._videos: list[ReadPost] = []
        self.memory = self._before.next()
        self.held_refused: PermissionLost | None = None

    @property
    def comments(self) -> tuple[ReadComment, ...]:
        return tuple(self._comments.values())

    @property
    def posts(self) -> tuple[ReadPost, ...]:
        """The videos that were read; what little is known of other posts that have comments here for the first time."""
        told = {post.external_id for post in self._videos} | self._before.videos
        first = {one.post_external_id: one for one in reversed(self.comments) if one.post_external_id not in told}
        return (*self._videos, *(unknown_post(id_, one.posted_at) for id_, one in first.items()))

    @property
    def covered(self) -> tuple[Covered, ...]:
        if self._full:
            return tuple(self._coverage.claims_of_all(sorted(self.memory.videos | self._mentioned)))
        return tuple(self._coverage.claims(self._before, self.memory))

    def walk(self) -> None:
        """Through all there is to look at. A refusal of the held queue alone is kept in `held_refused`."""
        for held in self._queues:
            try:
                self._list(held)
            except PermissionLost as refusal:
                if not held:
                    raise
                self.held_refused = refusal
        self._look_up_older()
        self._read_videos()

    # -- threads

    def _list(self, held: bool) -> None:
        """The newest page of a queue, and older ones until everything since the last reading is seen."""
        known = self._before.queue(held).newest
        listed: list[Thread] = []
        for page in self._queue_pages(held):
            threads = [thread(item, held=held) for item in page["items"]]
            for one in threads:
                self._take(one, held)
            listed += threads
            last = not page.get("nextPageToken")
            if last or (threads and not self._full and threads[-1].top.posted_at < known):
                self._finish(held, listed, to_the_end=last)
                return

    def _finish(self, held: bool, listed: Sequence[Thread], *, to_the_end: bool) -> None:
        # the next page may begin within the second in which this one ended
        since = None if to_the_end else listed[-1].top.posted_at + timedelta(seconds=1)
        self._coverage.since[held] = since
        self.memory.note_newest(listed, held)

    def _take(self, one: Thread, held: bool) -> None:
        """Keeps a thread, and fetches the replies that the list left out if something about them has changed."""
        self._coverage.see(one, held)
        self.memory.note(one, held)
        self._keep(one.top, *one.replies)
        changed = self._before.queue(held).has_changed(one)
        if not one.whole and one.id not in self._fetched and (self._full or changed):
            self._fetch_replies(one, held)

    def _fetch_replies(self, one: Thread, held: bool) -> None:
        """All replies, newest first; or only so many pages as it takes to explain the new number."""
        self._fetched.add(one.id)
        replies: list[ReadComment] = []
        for page in self._reply_pages(one):
            more = replies_in(page["items"], post=one.top.post_external_id, thread=one.id, held=one.top.held)
            replies += more
            self._keep(*more)
            if not page.get("nextPageToken"):
                self._coverage.see_all_replies(one)
            elif not self._full and self._before.queue(held).explained(one, replies):
                return

    def _keep(self, *comments: ReadComment) -> None:
        self._comments |= {one.external_id: one for one in comments}

    def _look_up_older(self) -> None:
        """Threads beyond the listed ones that wait for somebody, or that were held and may have been let through."""
        wanted = dict.fromkeys([*self._plan.watch_threads, *self._before.held.marks])
        unseen = [id_ for id_ in wanted if not self._coverage.is_seen(id_)]
        if self._coverage.since.get(False) is not None:
            for ids in _batches(unseen):
                for item in self._threads_by_id(ids)["items"]:
                    self._take(thread(item, held=False), held=False)
        if False in self._coverage.since:
            self._coverage.vanished |= {id_ for id_ in unseen if not self._coverage.is_seen(id_)}

    # -- videos

    def _read_videos(self) -> None:
        """Those that are new here; in a full round all that the channel has uploaded."""
        new = self._mentioned - self._before.videos
        wanted = sorted({*self._uploads(), *self._mentioned} if self._full else new)
        for ids in _batches([id_ for id_ in wanted if id_ != self._channel]):
            page = self._api.list("videos", part="snippet,statistics", id=",".join(ids), maxResults=BATCH)
            self._videos += [video(item) for item in page["items"]]
        self.memory.videos.update(wanted)

    @property
    def _mentioned(self) -> set[str]:
        return {one.post_external_id for one in self._comments.values()}

    def _uploads(self) -> Iterator[str]:
        for item in self._api.list("channels", part="contentDetails", id=self._channel)["items"]:
            for page in self._upload_pages(item["contentDetails"]["relatedPlaylists"]["uploads"]):
                yield from (entry["contentDetails"]["videoId"] for entry in page["items"])

    # -- requests

    def _queue_pages(self, held: bool) -> Iterator[Answer]:
        return self._api.pages(
            "commentThreads",
            nothing_for=SILENT,
            part="snippet,replies",
            allThreadsRelatedToChannelId=self._channel,
            order="time",
            maxResults=PAGE,
            textFormat="plainText",
            moderationStatus=STATUS[held],
        )

    def _threads_by_id(self, ids: Sequence[str]) -> Answer:
        return self._api.list(
            "commentThreads", part="snippet,replies", id=",".join(ids), maxResults=BATCH, textFormat="plainText"
        )

    def _reply_pages(self, one: Thread) -> Iterator[Answer]:
        return self._api.pages(
            "comments", nothing_for=GONE, part="snippet", parentId=one.id, maxResults=PAGE, textFormat="plainText"
        )

    def _upload_pages(self, playlist: str) -> Iterator[Answer]:
        return self._api.pages(
            "playlistItems", nothing_for=NO_UPLOADS, part="contentDetails", playlistId=playlist, maxResults=BATCH
        )


def _batches(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
