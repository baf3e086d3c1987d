"""Crisis messages on Instagram: a container that nobody sees, and then its publication.

Instagram has no posts without a picture, and fetches it itself. Its container tells for certain whether it was
published, so it is remembered before. Containers live for 24 hours; one that failed or has expired is replaced.
"""

from datetime import UTC, datetime, timedelta
from typing import ClassVar

from connectors.base import Account, State
from connectors.errors import ChannelGone, OutcomeUnknown, Refused, Unavailable
from connectors.graph.client import Json, items
from connectors.graph.errors import understood
from connectors.graph.publishing import Publishing, Shown, read
from connectors.publishing import Draft, Prepared, Published, Search

FIELDS = "id,caption,timestamp,permalink,username,owner{id}"
WAITS = (4, 2, 2, 3, 5, 10, 20)
"""Seconds until the container's next look; it takes about five. Meta asks for one look a minute, and for five minutes
at most, afterwards."""
A_MINUTE = timedelta(minutes=1)
MOST = 3
"""Containers for one message."""
CONTAINERS_LIVE = timedelta(hours=24)
UNPUBLISHED = frozenset({"NONE", "IN_PROGRESS", "FINISHED", "ERROR", "EXPIRED"})
"""What Instagram says of a container that was not published. Where it says something else nobody knows."""
MARK = "container:"
"""Before the container's id, in place of the media's: published for certain, but not in any list yet."""


class InstagramPublishing(Publishing):
    """What makes the connector a Publisher. progress: "container", its id; "looks", how often it was looked at;
    "made", how many containers there were."""

    longest_post: ClassVar[int] = 2200
    needs_image: ClassVar[bool] = True
    asks_first: ClassVar[bool] = True
    publish_cost: ClassVar[int] = 8
    settle: ClassVar[timedelta] = timedelta(seconds=60)
    listing: ClassVar[tuple[str, str]] = ("media", FIELDS)
    _account: Account

    def prepare(self, draft: Draft, progress: State, now: datetime) -> Prepared:  # noqa: ARG002 - the protocol's
        self._check_length(draft)
        container = progress.get("container")
        status = self._status(container) if container else "NONE"
        if status == "FINISHED":
            return Prepared(progress)
        if status == "PUBLISHED":
            raise OutcomeUnknown("the container is published already", code=status)
        if status == "IN_PROGRESS":
            looks = int(progress.get("looks", 0)) + 1
            return Prepared({**progress, "looks": looks}, ready=False, wait=_wait(looks))
        return self._begin(draft, int(progress.get("made", 0)), status)

    def publish(self, draft: Draft, progress: State) -> Published:  # noqa: ARG002 - the container has it all
        container = progress.get("container")
        if not container:
            raise Refused("there is no container to publish", code="container")
        return self._publish("media_publish", creation_id=str(container))

    def find(self, draft: Draft, progress: State, since: datetime) -> Search:
        """The container's own word counts; the list of media tells which one it became."""
        container = progress.get("container")
        status = self._status(str(container)) if container else "NONE"
        search = self._look(draft, since)
        if search.found or status in UNPUBLISHED:
            return search
        if status == "PUBLISHED":
            return Search(Published(f"{MARK}{container}"), complete=True)
        return Search(None, complete=False)

    def verify(self, draft: Draft, published: Published) -> Published:
        """Raises Unavailable too: for what is published and in no list yet."""
        if not published.remote_id.startswith(MARK):
            return super().verify(draft, published)
        found = self._look(draft, datetime.now(UTC) - CONTAINERS_LIVE).found
        if found is None:
            raise Unavailable("Instagram's list does not show it yet", code="PUBLISHED")
        return super().verify(draft, found)

    def posts_left(self) -> int:
        """Of the account's limit for 24 hours, which Meta's pages give as 25, 50 and 100."""
        path = f"{self._account.external_id}/content_publishing_limit"
        left = 0
        with understood():
            [limit] = items(self._reader().get(path, fields="config,quota_usage"))
            left = int(limit["config"]["quota_total"]) - int(limit["quota_usage"])
        return max(left, 0)

    def _begin(self, draft: Draft, made_before: int, status: str) -> Prepared:
        if not draft.image_url:
            raise Refused("Instagram takes no post without a picture", code="image")
        if made_before >= MOST:
            raise Refused("Instagram fails with the picture again and again", code=status)
        told = {"alt_text": draft.alt_text} if draft.alt_text else {}
        container = self._ready("media", image_url=draft.image_url, caption=draft.text, **told)
        return Prepared({"container": container, "made": made_before + 1}, ready=False, wait=_wait(0))

    def _status(self, container: str) -> str:
        """Of the container, as Instagram says; GONE where it knows it no more."""
        try:
            return str(self._reader().get(container, fields="status_code").get("status_code"))
        except ChannelGone:
            return "GONE"

    def _account_id(self) -> str:
        return self._account.external_id

    def _shown(self, item: Json) -> Shown:
        """Where `owner` is withheld it is the account's own all the same: `media` lists no others."""
        owner = item.get("owner")
        ours = owner.get("id") == self._account.external_id if isinstance(owner, dict) else True
        return read(item, "caption", "timestamp", "permalink", ours=ours)


def _wait(looks: int) -> timedelta:
    return timedelta(seconds=WAITS[looks]) if looks < len(WAITS) else A_MINUTE
