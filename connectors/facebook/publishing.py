"""Crisis messages on a Facebook page: one post that shares its link, the message's own page.

It has no picture of its own, for Facebook shows either that or the link. If Facebook cannot read the page behind the
link it has refused the post for certain: so it goes without, as the address stands in the text anyway.
"""

from datetime import datetime, timedelta
from typing import ClassVar

from connectors.base import State
from connectors.errors import Unavailable
from connectors.graph.client import Json
from connectors.graph.publishing import Publishing, Shown, read
from connectors.publishing import Draft, Prepared, Published, Search

LINK_UNREAD = "1609005"
FIELDS = "id,message,created_time,permalink_url,from"


class FacebookPublishing(Publishing):
    """What makes the connector a Publisher. Nothing is prepared on the platform."""

    longest_post: ClassVar[int] = 63_206
    needs_image: ClassVar[bool] = False
    asks_first: ClassVar[bool] = False
    publish_cost: ClassVar[int] = 2
    settle: ClassVar[timedelta] = timedelta(seconds=60)
    listing: ClassVar[tuple[str, str]] = ("published_posts", FIELDS)
    _page_id: str

    def prepare(self, draft: Draft, progress: State, now: datetime) -> Prepared:  # noqa: ARG002 - the protocol's
        self._check_length(draft)
        return Prepared({})

    def publish(self, draft: Draft, progress: State) -> Published:  # noqa: ARG002 - the protocol's
        self._check_length(draft)
        more = {"link": draft.link} if draft.link else {}
        try:
            return self._publish("feed", message=draft.text, **more)
        except Unavailable as unread:
            if "link" not in more or unread.code.partition("/")[0] != LINK_UNREAD:
                raise
        return self._publish("feed", message=draft.text)

    def find(self, draft: Draft, progress: State, since: datetime) -> Search:  # noqa: ARG002 - the protocol's
        return self._look(draft, since)

    def _account_id(self) -> str:
        return self._page_id

    def _shown(self, item: Json) -> Shown:
        author = item.get("from")
        ours = author.get("id") == self._page_id if isinstance(author, dict) else None
        return read(item, "message", "created_time", "permalink_url", ours=ours)
