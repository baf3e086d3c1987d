"""What publishing on Facebook and on Instagram have in common: one attempt, and looking for the marker afterwards.

A text counts as ours only where the account itself is its author and the marker stands in it as a word of its own:
never because it is the newest, or similar.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from config.language import N_
from config.settings import Settings
from connectors.apart import moment
from connectors.base import Credential
from connectors.errors import (
    ChannelGone,
    ConnectorError,
    Meaning,
    OutcomeUnknown,
    Refused,
    Unavailable,
    UnexpectedAnswer,
)
from connectors.graph.client import GraphClient, Json
from connectors.graph.errors import understood
from connectors.graph.writing import WRITES, Writer
from connectors.publishing import Draft, Published, Search, marked, same

_PICTURE = N_("Publish by hand, with a JPEG picture between 4:5 and 1.91:1 of at most 8 MB.")
_BY_HAND = N_("Publish by hand, on the platform itself.")

PUBLISHING: dict[str, Meaning] = WRITES | {
    "-1": Meaning(OutcomeUnknown, "Instagram has a failure of its own"),
    "-2/2207020": Meaning(Unavailable, "the container has expired: another one is made"),
    "9/2207042": Meaning(Refused, "Instagram's limit of posts a day is used up", _BY_HAND),
    "100": Meaning(Refused, "Graph does not take this post", _BY_HAND),
    "803": Meaning(Refused, "there is no such account, or not for this token", _BY_HAND),
    "9004": Meaning(Unavailable, "Instagram could not fetch the picture"),
    "9007": Meaning(Unavailable, "the container is not ready to be published"),
    "36000": Meaning(Refused, "the picture is too large", _PICTURE),
    "36001": Meaning(Refused, "the picture is of the wrong kind", _PICTURE),
    "36003": Meaning(Refused, "the picture has the wrong shape", _PICTURE),
    "1609005": Meaning(Unavailable, "Facebook could not read the page behind the link"),
}
"""What a code means for a post."""
CLOCKS_DIFFER = timedelta(minutes=10)
"""How far the platform's clock may be from ours, and longer: what is older was not published by us since then."""
SHORT = (5.0, 15.0)
"""Seconds to connect, and between two pieces of an answer, while people wait."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A post as the account's list has it. ours: the account wrote it; None where Graph does not tell."""

    id: str
    text: str
    at: datetime
    url: str
    ours: bool | None


class Press(Writer):
    """A client that publishes. A refusal that nobody has heard of proves nothing."""

    table = PUBLISHING

    def _refusal(self, envelope: object) -> ConnectorError:
        meant = super()._refusal(envelope)
        return OutcomeUnknown(meant.detail, code=meant.code) if isinstance(meant, UnexpectedAnswer) else meant


class Publishing(ABC):
    """A mixin of the connectors. settle: nobody documents after how long lists show a post; far above what was seen."""

    longest_post: ClassVar[int]
    needs_image: ClassVar[bool]
    asks_first: ClassVar[bool]
    publish_cost: ClassVar[int]
    settle: ClassVar[timedelta] = timedelta(seconds=60)
    best_effort: ClassVar[bool] = False
    listing: ClassVar[tuple[str, str]]
    """The edge of the account's own posts, and the fields of one."""
    _credential: Credential
    _settings: Settings

    def verify(self, draft: Draft, published: Published) -> Published:
        """Reads it back by its id. Raises Refused where it is not there, or is not what was sent."""
        try:
            with understood():
                there = self._shown(self._reader().get(published.remote_id, fields=self.listing[1]))
        except ChannelGone as gone:
            raise Refused("it is not there", code=gone.code) from None
        if there.ours is False or not marked(there.text, draft.marker) or not same(there.text, draft.text):
            raise Refused("something else stands there", code="text")
        return Published(there.id, there.url)

    # -- what the platforms do differently

    @abstractmethod
    def _account_id(self) -> str: ...

    @abstractmethod
    def _shown(self, item: Json) -> Shown:
        """Raises KeyError or TypeError for what is no post."""

    # -- looking

    def _look(self, draft: Draft, since: datetime) -> Search:
        """Through the account's own posts to its beginning, or until a whole page is older than what is looked for.

        Graph promises no order; so one older post ends nothing. One with the marker whose author is not told, or is
        another id (a page may write as its profile), is not taken for ours; but that there is none is not certain then.
        """
        found: list[Shown] = []
        with understood():
            for page in self._pages():
                shown = [self._shown(item) for item in page]
                found += [one for one in shown if marked(one.text, draft.marker)]
                if any(one.ours for one in found) or (shown and all(one.at < since - CLOCKS_DIFFER for one in shown)):
                    break
        ours = sorted((one for one in found if one.ours), key=lambda one: (not same(one.text, draft.text), one.at))
        if ours:
            return Search(Published(ours[0].id, ours[0].url), complete=True)
        return Search(None, complete=not found)

    def _pages(self) -> Iterator[list[Json]]:
        client, (edge, fields) = self._reader(), self.listing
        yield from client.pages(client.get(f"{self._account_id()}/{edge}", fields=fields, limit="100"))

    def _reader(self) -> GraphClient:
        return GraphClient(self._credential, self._settings, timeout=SHORT)

    def _publish(self, edge: str, **arguments: str) -> Published:
        """The one POST. Raises OutcomeUnknown, or another error where it certainly published nothing."""
        press = Press(self._credential, self._settings, timeout=SHORT)
        return Published(_made(press.write("POST", f"{self._account_id()}/{edge}", **arguments)))

    def _ready(self, edge: str, **arguments: str) -> str:
        """The id of what a POST made that nobody sees: where its answer is lost, it may be sent again."""
        failure: ConnectorError
        try:
            press = Press(self._credential, self._settings, timeout=SHORT)
            return _made(press.write("POST", f"{self._account_id()}/{edge}", **arguments))
        except OutcomeUnknown as unknown:
            failure = Unavailable(unknown.detail, code=unknown.code)
        raise failure

    def _check_length(self, draft: Draft) -> None:
        if not draft.text.strip() or len(draft.text) > self.longest_post:
            raise Refused("the text is empty or too long", code="length")


def _made(answer: Json) -> str:
    """The id of what a POST made. Raises OutcomeUnknown where it does not tell."""
    id_ = answer.get("id")
    if not isinstance(id_, str) or not id_:
        raise OutcomeUnknown("Graph does not say what it made")
    return id_


def read(item: Json, text: str, at: str, url: str, *, ours: bool | None) -> Shown:
    """One item of a list, by the names of its fields. Raises KeyError, TypeError."""
    words, address = item.get(text) or "", item.get(url) or ""
    if not isinstance(words, str) or not isinstance(address, str) or not isinstance(item["id"], str):
        raise TypeError("a text that is none")
    return Shown(item["id"], words, moment(item[at]), address, ours)
