"""Writing through Graph: one attempt, never repeated, and after it one of three things is known.

It was done (an answer came that says so); it certainly was not (the connection was never made, or Graph refused with a
code); or nobody knows (OutcomeUnknown: whoever wants to go on has to look first). No write of Graph is idempotent.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, ClassVar

import facebook
import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.exceptions import ProxyError as NoProxy

from config.language import N_
from config.settings import Settings
from connectors.about import Writes
from connectors.acting import Target, sent
from connectors.base import Covered, Credential, ReadComment, Reading, ReadPlan
from connectors.errors import (
    ChannelGone,
    ConnectorError,
    Meaning,
    OutcomeUnknown,
    PermissionLost,
    Refused,
    Unavailable,
    UnexpectedAnswer,
)
from connectors.graph.client import GraphClient, Json
from connectors.graph.errors import understood
from connectors.publishing import LAST_LOOK

_BLOCKED = N_(
    "Facebook or Instagram blocks writing for now: do not try again and again, find out why on the platform itself, "
    "and answer there until then."
)
_TARGET = N_("The comment is gone, its author has shut it, or comments are turned off: look at it on the platform.")


WRITES: dict[str, Meaning] = {
    "1": Meaning(OutcomeUnknown, "Graph failed in an unknown way"),
    "2": Meaning(OutcomeUnknown, "Graph failed for now"),
    "4/2207051": Meaning(PermissionLost, "Instagram takes the action for spam", _BLOCKED),
    "100": Meaning(Refused, "Graph does not take this for that comment", _TARGET),
    "368": Meaning(PermissionLost, "the action is blocked as abusive or not allowed", _BLOCKED),
    "506": Meaning(OutcomeUnknown, "the same text was just written: perhaps by us"),
    "803": Meaning(Refused, "there is no such comment, or not for this token", _TARGET),
}
"""What a code means for a write where that differs from what it means for a question; subcodes as in the main table."""


class Writer(GraphClient):
    """A client that writes. `write` raises OutcomeUnknown, or another error where it certainly was not done."""

    table: ClassVar[Mapping[str, Meaning]] = WRITES

    def write(self, method: str, path: str, /, **arguments: str) -> Json:
        """The answer to one POST (arguments in its body) or DELETE."""
        self._keep_alive()
        self.requests += 1
        self._status, self._regain = 0, None
        LAST_LOOK.get()()
        sent: Json = {"post_args": arguments} if method == "POST" else {"method": method}
        failure: ConnectorError
        try:
            answer = facebook.GraphAPI.request(self, f"{self.version}/{path}", **sent)
        except facebook.GraphAPIError as error:
            failure = self._refusal(error.result)
        except (requests.RequestException, OSError) as error:
            failure = _broken(error)
        except (KeyError, ValueError, TypeError, AttributeError):  # what facebook-sdk does with an odd answer
            failure = OutcomeUnknown("Graph's answer cannot be read", code=self._http)
        else:
            if isinstance(answer, dict) and self._status < 300:
                return answer
            failure = OutcomeUnknown("Graph's answer says nothing", code=self._http)
        raise failure  # outside the except clauses: the exceptions there hold URLs, and so the token

    def _refusal(self, envelope: object) -> ConnectorError:
        error = envelope.get("error") if isinstance(envelope, dict) else None
        if not isinstance(error, dict) or self._status >= 500:
            return OutcomeUnknown("Graph or something before it is out of order", code=self._http)
        meant = self._failure(envelope)
        meaning = self.table.get(meant.code) or self.table.get(meant.code.partition("/")[0])
        return meaning.error(meaning.detail, code=meant.code, remedy=meaning.remedy) if meaning else meant


def _broken(error: BaseException) -> ConnectorError:
    name = type(error).__name__
    if any(isinstance(each, NewConnectionError | ConnectTimeoutError | NoProxy) for each in _causes(error)):
        return Unavailable("there was no connection to Graph", code=name)
    return OutcomeUnknown("the connection to Graph broke", code=name)


def _causes(error: BaseException | None) -> Iterable[BaseException]:
    """requests hides urllib3's reason in its first argument."""
    while isinstance(error, BaseException):
        yield error
        inner = error.args[0] if error.args else None
        error = getattr(inner, "reason", None) or (inner if isinstance(inner, BaseException) else None)


class Writing(ABC):
    """The writing side that Facebook and Instagram have in common; a mixin of their connectors.

    settle: lists show what was written after this at the latest. Nobody documents it: seconds were seen, so it is kept
    far above.
    """

    write_cost: ClassVar[int] = 1
    writes: ClassVar[Writes]
    longest_reply: ClassVar[int]
    settle: ClassVar[timedelta] = timedelta(seconds=60)
    hiding: ClassVar[str]
    _credential: Credential
    _settings: Settings

    def reply_text(self, target: Target, text: str) -> str:
        """The text as `reply` sends it: with a mention where the platform would not tell whom it is for."""
        return sent(self.writes, target, text)

    def reply(self, target: Target, text: str) -> str:
        """Answers in the organisation's name; gives the new comment's id."""
        whole = self.reply_text(target, text)
        if not text.strip() or len(whole) > self.longest_reply:
            raise Refused("the text is empty or too long", code="length")
        answer = self._writer().write("POST", self._place(target), message=whole)
        made = answer.get("id")
        if not isinstance(made, str) or not made or made == target.external_id:
            raise OutcomeUnknown("Graph does not say what it made")
        return made

    def hide(self, target: Target, *, hidden: bool) -> None:
        """Hides a comment from the public, or shows it again."""
        self._succeed(self._writer().write("POST", target.external_id, **{self.hiding: str(hidden).lower()}))

    def delete(self, target: Target) -> None:
        """Takes away a comment of our own."""
        self._succeed(self._writer().write("DELETE", target.external_id))

    def remove(self, target: Target) -> None:
        """Takes away a resident's comment, and the replies below it."""
        self._succeed(self._writer().write("DELETE", target.external_id))

    def thread(self, target: Target, plan: ReadPlan) -> Reading:
        """The target's thread as it is now, all of it, read afresh; whether the target is there is in `looked_up`."""
        client = GraphClient(self._credential, self._settings, now=plan.now, keep_alive=plan.keep_alive)
        comments: list[ReadComment] = []
        error: ConnectorError | None = None
        covered: tuple[Covered, ...] = ()
        there: dict[str, bool] = {}
        try:
            with understood():
                covered = self._read_thread(client, target, comments)
            there = {target.external_id: target.is_post or target.external_id in {one.external_id for one in comments}}
        except ChannelGone as gone:
            error = Refused("the thread is not there any more", code=gone.code, remedy=_TARGET)
            there = {target.external_id: False}
        except ConnectorError as found:
            error = found
        return Reading(
            comments=tuple(comments),
            covered=covered,
            requests=client.requests,
            counted_cost=client.requests,
            usage=client.usage,
            looked_up=there,
            error=error,
        )

    # -- what the platforms do differently

    @abstractmethod
    def _read_thread(self, client: GraphClient, target: Target, into: list[ReadComment]) -> tuple[Covered, ...]:
        """Reads all of it and says what was covered. Raises ConnectorError."""

    @abstractmethod
    def _place(self, target: Target) -> str:
        """The edge that takes an answer to the target."""

    def _writer(self) -> Writer:
        return Writer(self._credential, self._settings)

    def _succeed(self, answer: dict[str, Any]) -> None:
        if answer.get("success") is not True:
            raise OutcomeUnknown("Graph does not say that it was done")


def total(listing: object) -> int:
    """What a listing's summary counts; 0 where there is none. Raises UnexpectedAnswer for a count that is none."""
    summary = listing.get("summary") if isinstance(listing, dict) else None
    count = summary.get("total_count", 0) if isinstance(summary, dict) else 0
    if not isinstance(count, int):
        raise UnexpectedAnswer("a count that is no number")
    return count
