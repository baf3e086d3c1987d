"""What the places of a channel beside its comments have in common: whose they are, and one way to write there."""

import json
from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar

from google.oauth2.credentials import Credentials
from googleapiclient.errors import HttpError

from config.settings import Settings
from connectors.base import Budget, Credential
from connectors.errors import OutcomeUnknown, PermissionLost, Refused, UnexpectedAnswer
from connectors.publishing import Draft
from connectors.youtube.api import has_oauth, signed
from connectors.youtube.publish_errors import PUBLISHING
from connectors.youtube.writing import WritingApi

HTTP_FAILS = 400
PATIENCE = 20.0
"""Seconds of silence, while people wait."""
CHANNEL = "https://www.youtube.com/channel/"
_FORBIDDEN = str.maketrans("<>", "‹›")


class Press(WritingApi):
    """Writes crisis messages. A refusal that nobody has heard of proves nothing."""

    table = PUBLISHING

    def send(self, url: str, method: str, body: str | None, headers: dict[str, str], *, fine: Container[int]) -> Any:
        """(response, content) of a request of ours, sent once. fine: statuses that are no failure."""

        def go() -> Any:
            response, content = self._http.request(url, method=method, body=body, headers=headers)
            if response.status >= HTTP_FAILS and response.status not in fine:
                raise HttpError(response, content)
            return response, content

        return self.once(go)


@dataclass(frozen=True)
class Part:
    """One of them. budgets: as in Connector, the one that it is booked on first."""

    channel: str
    credential: Credential
    settings: Settings
    budgets: tuple[Budget, ...]
    longest_post: ClassVar[int]
    needs_image: ClassVar[bool] = False
    asks_first: ClassVar[bool] = True
    publish_cost: ClassVar[int]
    settle: ClassVar[timedelta] = timedelta(seconds=120)
    """As that of comments."""
    best_effort: ClassVar[bool] = True

    def open(self) -> Press:
        return Press(self.credential, self.settings, datetime.now(UTC), lambda: None, PATIENCE, signed=self._signed)

    @cached_property
    def _signed(self) -> Credentials:
        return signed(self.credential, self.settings)

    def check(self, draft: Draft) -> None:
        """Raises Refused, PermissionLost."""
        if not draft.text.strip() or len(draft.text) > self.longest_post:
            raise Refused("the text is empty or too long", code="length")
        if not has_oauth(self.credential):
            raise PermissionLost("writing takes the channel's own OAuth token", code="api_key")

    def write(self, press: Press, send: Callable[[], Any]) -> Any:
        """As `WritingApi.once`; what we do not understand leaves it open what was done."""
        code = ""
        try:
            return press.once(send)
        except UnexpectedAnswer as odd:
            code = odd.code
        raise OutcomeUnknown("YouTube does not say what it made of it", code=code)


def json_of(content: bytes) -> dict[str, Any]:
    """Raises UnexpectedAnswer."""
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise UnexpectedAnswer("YouTube answered something that is no object")
    return found


def printable(text: str) -> str:
    """YouTube refuses the signs < and > in what stands on a channel's or a video's own page."""
    return text.translate(_FORBIDDEN)
