"""YouTube channels through the YouTube Data API v3 and Google's own client.

With client_id, client_secret and refresh_token it reads what is public and what waits for approval; with an api_key
only what is public.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import ClassVar, cast

import structlog

from config.settings import Settings
from connectors.apart import ODD, place_of
from connectors.base import Account, Budget, Credential, Health, Reading, ReadPlan
from connectors.errors import ChannelGone, ConnectorError, RateLimited, UnexpectedAnswer
from connectors.publishing import Publisher
from connectors.youtube import ABOUT
from connectors.youtube.api import Api, has_oauth, methods, missing
from connectors.youtube.channel_text import ChannelText
from connectors.youtube.errors import ALLOWANCE, SCOPE_MISSING, TABLE, failure
from connectors.youtube.film import Film
from connectors.youtube.parts import Part
from connectors.youtube.publishing import YouTubePublishing
from connectors.youtube.questions import Questions
from connectors.youtube.reading import Look
from connectors.youtube.thorough import walk

SCOPE = "https://www.googleapis.com/auth/youtube.force-ssl"
"""The only scope that lets an app read the held queue, and reply."""
UPLOADS_PER_DAY = 100
PER_SECOND = 20
"""Requests of one project, all its channels together: Google limits each minute too, each project by itself."""
A_ROUND = timedelta(minutes=15)
"""When a reading may go on that its allowance ended after it had seen what is new."""
NO_SCOPE = "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
_log = structlog.get_logger(__name__)


def make_ready(settings: Settings) -> None:
    """See connectors.make_ready."""
    methods(settings.youtube_url)


class YouTube(YouTubePublishing):
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
        name = f"youtube/{who or self._credential.mark('api_key')}"
        return (Budget(name, ABOUT.per_day, ABOUT.zone, per_second=PER_SECOND),)

    def part(self, name: str) -> Publisher:
        """The channel's own text, or a video. Uploads are counted by themselves, a hundred a day."""
        (budget,) = self.budgets
        uploads = Budget(f"{budget.key}/videos.insert", UPLOADS_PER_DAY, budget.zone)
        whose = (self._channel, self._credential, self._settings)
        text, film = ChannelText(*whose, self.budgets), Film(*whose, (uploads, budget))
        made: dict[str, Part] = {"text": text, "video": film}
        return cast("Publisher", made[name])

    def check(self) -> Health:
        """Costs two units: whose token is it, and does it read the comments (with OAuth: the held ones)? None where
        the token endpoint tells that the scope is missing. How long a refresh token lives, nobody tells."""
        problem: ConnectorError | None = None
        with self._api(datetime.now(UTC), lambda: None) as api:
            try:
                self._compare_scopes(api)
                self._find_channel(api)
                self._try_comments(api)
            except ConnectorError as error:
                problem = error
        scopes = (SCOPE,) if problem and problem.code in SCOPE_MISSING else ()
        kind = "oauth" if self._oauth else "api_key"
        return Health(
            kind,
            problem is None,
            scopes,
            can_reply=self._oauth and problem is None,
            can_publish=self._oauth and problem is None,
            problem=problem,
            requests=api.requests,
            counted_cost=api.units,
        )

    def read(self, plan: ReadPlan) -> Reading:
        """A round costs one unit with an API key, two with OAuth, and one more for each thread whose replies changed
        beyond the five that the list shows, for each 50 new videos and each 50 comments to be looked up; once an hour
        one more while there are more than a hundred threads younger than the oldest video of the week.

        Without the held queue (refused) what is public is read, and the reading is not complete: PermissionLost.
        """
        with self._api(plan.now, plan.keep_alive, plan.allowance) as api:
            look = Look(Questions(api, self._channel), self._channel, plan, sees_held=self._oauth)
            error = _walk(look)
        return Reading(
            posts=look.posts,
            comments=look.comments,
            covered=() if look.ask.apart.degraded else look.covered,
            state=look.state(error),
            requests=api.requests,
            counted_cost=api.units,
            looked_up=look.looked_up,
            degraded=(*look.degraded, *look.ask.apart.degraded),
            error=error,
        )

    def _api(self, now: datetime, before: Callable[[], None], allowance: int | None = None) -> Api:
        (budget,) = self.budgets
        return Api(self._credential, self._settings, now, before, self.timeout, budget=budget.key, allowance=allowance)

    def _compare_scopes(self, api: Api) -> None:
        granted = api.granted() if self._oauth else None
        if granted is not None and SCOPE not in granted:
            raise failure(TABLE[NO_SCOPE], NO_SCOPE, datetime.now(UTC))

    def _find_channel(self, api: Api) -> None:
        whose = {"mine": True} if self._oauth else {"id": self._channel}
        found = [item["id"] for item in api.list("channels", part="id", **whose)["items"]]
        if self._channel in found:
            return
        if self._oauth:
            raise failure(TABLE["wrong channel"], "wrong channel", datetime.now(UTC))
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
        walk(look)
        look.ask.apart.settle(look.comments)
    except RateLimited as error:
        saw_what_is_new = look.ordinary_done or look.listed[False].answered
        return _soon(error, look) if error.code == ALLOWANCE and saw_what_is_new else error
    except ConnectorError as error:
        return error
    except ODD as error:
        where = place_of(error)
        # not the traceback: its last line may be what a resident wrote
        _log.error("youtube_answer_not_understood", kind=type(error).__name__, where=where)
        return UnexpectedAnswer("YouTube's answer lacks what its documentation promises", code=type(error).__name__)
    return look.held_refused


def _soon(error: RateLimited, look: Look) -> RateLimited:
    """What is new was seen; only the rest did not fit. Waiting until midnight the channel would be blind on a busy day:
    its next round may come, and cost what is left."""
    at = look.plan.now + A_ROUND
    return RateLimited(error.detail, code=error.code, retry_at=at, remedy=error.remedy, budget=error.budget)
