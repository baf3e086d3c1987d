"""YouTube channels through the YouTube Data API v3 and Google's own client.

With client_id, client_secret and refresh_token it reads what is public and what waits for approval; with an api_key
only what is public.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import ClassVar

import structlog

from config.settings import Settings
from connectors.base import Account, Budget, Credential, Health, Reading, ReadPlan
from connectors.errors import ChannelGone, ConnectorError, PermissionLost, UnexpectedAnswer
from connectors.youtube.api import Api, has_oauth, missing
from connectors.youtube.errors import PACIFIC, SCOPE_MISSING
from connectors.youtube.reading import Look
from connectors.youtube.writing import YouTubeWriting

SCOPE = "https://www.googleapis.com/auth/youtube.force-ssl"
"""The only scope that lets an app read the held queue, and reply."""
UNITS_PER_DAY = 10_000
"""What a project has by default for everything but searches and uploads (PLATFORMS 5.2)."""
_MALFORMED = (KeyError, TypeError, ValueError, AttributeError)
_log = structlog.get_logger(__name__)


class YouTube(YouTubeWriting):
    """One channel. `account.external_id` is its id (UC…)."""

    timeout: ClassVar[float] = 20
    """Seconds of silence after which YouTube counts as unavailable."""

    def __init__(self, account: Account, credential: Credential, settings: Settings) -> None:
        self._oauth = has_oauth(credential)
        if not self._oauth and not credential.get("api_key"):
            raise missing(credential)
        self._channel = account.external_id
        self._credential = credential
        self._settings = settings

    @property
    def budgets(self) -> tuple[Budget, ...]:
        """The Cloud project's daily quota. The number before a client id's first hyphen is the project's."""
        who = (self._credential.get("client_id") or "").partition("-")[0] if self._oauth else ""
        return (Budget(f"youtube/{who or self._credential.mark('api_key')}", UNITS_PER_DAY, str(PACIFIC)),)

    def check(self) -> Health:
        """Costs two units: whose token is it, and does it read the comments (with OAuth: the held ones)?"""
        problem: ConnectorError | None = None
        try:
            with self._api(datetime.now(UTC), lambda: None) as api:
                self._find_channel(api)
                self._try_comments(api)
        except ConnectorError as error:
            problem = error
        scopes = (SCOPE,) if problem and problem.code in SCOPE_MISSING else ()
        kind = "oauth" if self._oauth else "api_key"
        return Health(kind, problem is None, scopes, can_reply=self._oauth and problem is None, problem=problem)

    def read(self, plan: ReadPlan) -> Reading:
        """A round costs one unit with an API key, two with OAuth, and one more for each thread whose replies changed
        beyond the five that the list shows, and for each 50 new videos."""
        with self._api(plan.now, plan.keep_alive) as api:
            look = Look(api, self._channel, plan, sees_held=self._oauth)
            error = _walk(look)
        return Reading(
            posts=look.posts,
            comments=look.comments,
            covered=look.covered,
            state=plan.state if error else look.memory.to_state(),
            requests=api.requests,
            counted_cost=api.units,
            error=error,
        )

    def _api(self, now: datetime, before: Callable[[], None]) -> Api:
        return Api(self._credential, self._settings, now, before, self.timeout)

    def _find_channel(self, api: Api) -> None:
        whose = {"mine": True} if self._oauth else {"id": self._channel}
        found = [item["id"] for item in api.list("channels", part="id", **whose)["items"]]
        if self._channel in found:
            return
        if self._oauth:
            raise PermissionLost("The token belongs to another YouTube channel", code="wrong channel")
        raise ChannelGone("There is no YouTube channel with this id", code="channelNotFound")

    def _try_comments(self, api: Api) -> None:
        api.list(
            "commentThreads",
            part="id",
            allThreadsRelatedToChannelId=self._channel,
            moderationStatus="heldForReview" if self._oauth else "published",
            maxResults=1,
        )


def _walk(look: Look) -> ConnectorError | None:
    try:
        look.walk()
    except ConnectorError as error:
        return error
    except _MALFORMED as error:
        _log.exception("youtube_answer_not_understood")
        return UnexpectedAnswer("YouTube's answer lacks what its documentation promises", code=type(error).__name__)
    return look.held_refused
