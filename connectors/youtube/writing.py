"""Answering, moderating and deleting on YouTube, through Google's own client, one attempt each.

httplib2 sends a request again by itself where the connection was closed instead of answering, and answered twice is
what YouTube then shows. So a write goes over a connection that sends once; whether it did also tells what was certainly
not done from what may have been.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from http.client import HTTPException
from typing import Any, ClassVar, TypeVar

import httplib2
from google.auth.exceptions import GoogleAuthError
from google.oauth2.credentials import Credentials
from googleapiclient.errors import HttpError

from config.language import N_
from config.settings import Settings
from connectors.acting import Target, sent
from connectors.base import Covered, Credential, ReadComment, Reading, ReadPlan
from connectors.errors import (
    ConnectorError,
    Meaning,
    OutcomeUnknown,
    PermissionLost,
    Refused,
    Unavailable,
    UnexpectedAnswer,
)
from connectors.publishing import LAST_LOOK
from connectors.youtube import WRITING
from connectors.youtube.answers import Resource, Thread, replies_in, thread
from connectors.youtube.api import Api, has_oauth, signed
from connectors.youtube.errors import failure, from_answer

_TARGET = N_("The comment is gone or cannot be answered: look at it on YouTube.")
_TEXT = N_("Write a text, and not too long a one.")
_OWNER = N_("Connect the channel with its own Google account: an API key reads, but cannot write.")
_FORBIDDEN = N_(
    "Look at the comment in YouTube Studio: perhaps nobody may answer it. If every reply is refused, connect the "
    "channel again, signed in as the channel itself."
)

WRITES: dict[str, Meaning] = {
    "commentTextRequired": Meaning(Refused, "the text is empty", _TEXT),
    "commentTextTooLong": Meaning(Refused, "the text is too long", _TEXT),
    "commentNotFound": Meaning(Refused, "there is no such comment", _TARGET),
    "parentCommentNotFound": Meaning(Refused, "there is no such thread", _TARGET),
    "parentCommentIsPrivate": Meaning(Refused, "the comment is not public", _TARGET),
    "operationNotSupported": Meaning(Refused, "YouTube does not do this to that comment", _TARGET),
    "commentsDisabled": Meaning(Refused, "comments are turned off", _TARGET),
    "processingFailure": Meaning(OutcomeUnknown, "YouTube could not process it: it may be transient"),
    "forbidden": Meaning(PermissionLost, "YouTube does not let the channel do this to that comment", _FORBIDDEN),
    "ineligibleAccount": Meaning(PermissionLost, "the account has no channel to write as", _OWNER),
}
"""What a reason means for a write where that differs from what it means for a question."""

GONE = frozenset({"commentNotFound", "parentCommentNotFound"})
PAGE = 100
_Answer = TypeVar("_Answer")
_BROKEN = (OSError, HTTPException, httplib2.HttpLib2Error)


class YouTubeWriting:
    """What makes the connector a Replier and a Moderator; a mixin.

    settle: lists show what was written after this at the latest. Nobody documents it: kept far above what was seen.
    """

    longest_reply: ClassVar[int] = WRITING.longest_reply
    write_cost: ClassVar[int] = 50
    settle: ClassVar[timedelta] = timedelta(seconds=120)
    timeout: ClassVar[float]
    _channel: str
    _credential: Credential
    _settings: Settings

    def reply_text(self, target: Target, text: str) -> str:
        """The text as `reply` sends it: with "@handle " for a reply to a reply, as YouTube has two levels."""
        return sent(WRITING, target, text)

    def reply(self, target: Target, text: str) -> str:
        """Answers in the channel's name; gives the new comment's id."""
        whole = self.reply_text(target, text)
        if not text.strip() or len(whole) > self.longest_reply:
            raise Refused("the text is empty or too long", code="length", remedy=_TEXT)
        body = {"snippet": {"parentId": target.thread_external_id, "textOriginal": whole}}
        answer = self._write("comments.insert", part="snippet", body=body)
        made = answer.get("id") if isinstance(answer, dict) else None
        if not isinstance(made, str) or not made or made == target.external_id:
            raise OutcomeUnknown("YouTube does not say what it made")
        return made

    def release(self, target: Target) -> None:
        """Publishes a held comment."""
        self._moderate(target, "published")

    def reject(self, target: Target) -> None:
        """Throws a held comment away."""
        self._moderate(target, "rejected")

    def remove(self, target: Target) -> None:
        """Takes away a resident's comment, and the replies below it, by rejecting it: only its author may delete it."""
        self._moderate(target, "rejected")

    def delete(self, target: Target) -> None:
        """Takes away a comment of our own."""
        self._done(self._write("comments.delete", id=target.external_id))

    def thread(self, target: Target, plan: ReadPlan) -> Reading:
        """The target's thread as it is now, all of it, read afresh; whether the target is there is in `looked_up`.

        Costs two units for each page of replies and one more for each page of the held queue that has to be searched.
        """
        comments: list[ReadComment] = []
        error: ConnectorError | None = None
        with self._open(plan.now, plan.keep_alive) as api:
            try:
                found = self._read_thread(api, target, comments)
            except ConnectorError as trouble:
                found, error = None, trouble
            except (KeyError, TypeError, ValueError, AttributeError) as odd:
                found, error = None, UnexpectedAnswer("YouTube's answer lacks something", code=type(odd).__name__)
        shown = {one.external_id for one in comments}
        if found is None and error is None:
            error = Refused("the thread is not there any more", code="commentNotFound", remedy=_TARGET)
            shown.clear()
        known = isinstance(error, Refused) or error is None
        return Reading(
            comments=tuple(comments),
            covered=(Covered("thread", found.id, held=found.top.held),) if found and error is None else (),
            requests=api.requests,
            counted_cost=api.units,
            looked_up={target.external_id: target.external_id in shown} if known else {},
            error=error,
        )

    # -- reading

    def _read_thread(self, api: Api, target: Target, into: list[ReadComment]) -> Thread | None:
        """None where it is neither public nor held."""
        found = next((one for one in self._candidates(api, target) if one.id == target.thread_external_id), None)
        if found is None:
            return None
        into.append(found.top)
        post, held = found.top.post_external_id, found.top.held
        for page in api.pages(
            "comments", nothing_for=GONE, part="snippet", parentId=found.id, maxResults=PAGE, textFormat="plainText"
        ):
            into += replies_in(page["items"], post=post, thread=found.id, held=held)
        return found

    def _candidates(self, api: Api, target: Target) -> Iterator[Thread]:
        """The thread by its id, which never gives a held one; then those of the queue."""
        asked: dict[str, Any] = {"part": "snippet", "textFormat": "plainText"}
        for item in api.list("commentThreads", id=target.thread_external_id, **asked)["items"]:
            yield thread(item, held=False)
        if not has_oauth(self._credential):
            return
        queue = {"allThreadsRelatedToChannelId": self._channel, "moderationStatus": "heldForReview"}
        for page in api.pages("commentThreads", maxResults=PAGE, **queue, **asked):
            for item in page["items"]:
                yield thread(item, held=True)

    # -- writing

    def _moderate(self, target: Target, status: str) -> None:
        self._done(self._write("comments.setModerationStatus", id=target.external_id, moderationStatus=status))

    def _write(self, method: str, **parameters: object) -> Resource | str:
        if not has_oauth(self._credential):
            raise PermissionLost("writing takes the channel's own OAuth token", code="api_key", remedy=_OWNER)
        with self._open(datetime.now(UTC), lambda: None) as api:
            return api.write(method, **parameters)

    def _done(self, answer: object) -> None:
        """204 is the only answer that says so: Google's client makes an empty text of it, and b"" of an empty 200."""
        if answer != "":
            raise OutcomeUnknown("YouTube does not say that it was done")

    def _open(self, now: datetime, before: Callable[[], None]) -> "WritingApi":
        return WritingApi(self._credential, self._settings, now, before, self.timeout, signed=self._signed)

    @cached_property
    def _signed(self) -> Credentials | None:
        """One access token for all that is asked and written: fetching it is a call that somebody waits for."""
        return signed(self._credential, self._settings) if has_oauth(self._credential) else None


class _SentTwice(Exception):
    """httplib2 wanted to send the request again."""


class _Once(httplib2.Http):
    """Sends each request once. `sent`: has the latest one been sent, even in part?"""

    sent = False

    def _conn_request(self, conn: Any, request_uri: str, method: str, body: Any, headers: Any) -> Any:
        return super()._conn_request(  # type: ignore[misc]  # httplib2 has no types
            _Single(self, conn), request_uri, method, body, headers
        )


class _Single:
    """A connection that sends one request."""

    def __init__(self, http: _Once, connection: Any) -> None:
        self._http, self._connection, self._used = http, connection, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def request(self, *words: Any) -> None:
        if self._used:
            raise _SentTwice
        self._used = self._http.sent = True
        self._connection.request(*words)


class WritingApi(Api):
    """An Api whose requests are sent once at most. table: what a reason means for what is written."""

    carrier = _Once
    table: Mapping[str, Meaning] = WRITES

    def write(self, method: str, **parameters: object) -> Resource | str:
        """What Google's client makes of the answer. Raises OutcomeUnknown, or another error where it was not done."""

        def send() -> Resource | str:
            answer: Resource | str = self.request(method, **parameters).execute(num_retries=0)
            return answer

        return self.once(send)

    def once(self, send: Callable[[], _Answer]) -> _Answer:
        """What it gives. Raises as `write` does."""
        if refused := self._refresh():
            raise refused
        LAST_LOOK.get()()
        self._line.http.sent = False
        trouble: ConnectorError
        try:
            answer = send()
        except HttpError as error:
            trouble = self._judge(error.status_code, error.content)
        except (_SentTwice, GoogleAuthError, ValueError, *_BROKEN) as error:
            trouble = self._broken(type(error).__name__)
        else:
            return answer
        raise trouble  # outside: Google's exceptions hold what was written

    def _judge(self, status: int, content: bytes) -> ConnectorError:
        meant = from_answer(status, content, self._now)
        if not 400 <= status < 500 or meant.code.startswith("HTTP "):
            return OutcomeUnknown("YouTube or something before it is out of order", code=f"HTTP {status}")
        meaning = self.table.get(meant.code)
        return failure(meaning, meant.code, self._now) if meaning else _certain(meant)

    def _broken(self, name: str) -> ConnectorError:
        if self._line.http.sent:
            return OutcomeUnknown("the connection to YouTube broke", code=name)
        return Unavailable("there was no connection to YouTube", code=name)


def _certain(meant: ConnectorError) -> ConnectorError:
    """An error that speaks of the service, not of the request, leaves it open what was done."""
    if isinstance(meant, Unavailable):
        return OutcomeUnknown(meant.detail, code=meant.code)
    return meant
