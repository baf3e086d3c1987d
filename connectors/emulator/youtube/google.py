"""What stands before every Google API: error envelopes, the token endpoint, who asks, and the quota of a project.

Credentials are the world's tokens: kind "api_key", and kind "oauth" whose value is the refresh token, `account` the
channel that gave it and `app_secret` the client secret. A token with `error`, or past `expires_at`, is dead.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connectors.emulator.wire import Answer, Request
from connectors.emulator.world import Account, Token, World
from connectors.emulator.youtube.consents import CodeRefused, Consents

PACIFIC = ZoneInfo("America/Los_Angeles")
UNITS_PER_DAY = 10_000
OWN_BUCKETS = {"search.list": 100, "videos.insert": 100}
"""Methods with a daily number of calls of their own since 2026-06-01; all others share UNITS_PER_DAY."""
ACCESS_TOKEN_LIVES = timedelta(hours=1)
TESTING_TOKEN_LIVES = timedelta(days=7)
"""A refresh token of an app whose consent screen is in Testing."""


@dataclass
class Refusal(Exception):
    """An error as Google words it. `info`: the reason in the newer `details`, where the older one says less."""

    status: int
    reason: str
    message: str
    domain: str = "global"
    location: str = ""
    location_type: str = "parameter"
    canonical: str = ""
    info: str = ""
    cost: int = 1

    def answer(self) -> Answer:
        inner = {"message": self.message, "domain": self.domain, "reason": self.reason}
        if self.location:
            inner |= {"location": self.location, "locationType": self.location_type}
        error: dict[str, Any] = {"code": self.status, "message": self.message, "errors": [inner]}
        if self.canonical:
            error["status"] = self.canonical
        if self.info:
            kind = "type.googleapis.com/google.rpc.ErrorInfo"
            error["details"] = [{"@type": kind, "reason": self.info, "domain": "googleapis.com"}]
        return Answer.json({"error": error}, self.status, self.cost)


def nobody_asks() -> Refusal:
    message = "Method doesn't allow unregistered callers. Please use API Key or other form of API consumer identity."
    return Refusal(403, "forbidden", message, canonical="PERMISSION_DENIED", cost=0)


def bad_key() -> Refusal:
    message = "API key not valid. Please pass a valid API key."
    return Refusal(400, "badRequest", message, canonical="INVALID_ARGUMENT", info="API_KEY_INVALID", cost=0)


def bad_access_token() -> Refusal:
    message = "Request had invalid authentication credentials. Expected OAuth 2 access token."
    return Refusal(
        401,
        "authError",
        message,
        location="Authorization",
        location_type="header",
        canonical="UNAUTHENTICATED",
        cost=0,
    )


def login_required() -> Refusal:
    return Refusal(401, "required", "Login Required.", location="Authorization", location_type="header")


def missing_scope() -> Refusal:
    message = "Request had insufficient authentication scopes."
    info = "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
    return Refusal(403, "insufficientPermissions", message, canonical="PERMISSION_DENIED", info=info)


def switched_off(project: str) -> Refusal:
    message = (
        f"YouTube Data API v3 has not been used in project {project} before or it is disabled. Enable it, then retry."
    )
    info = "SERVICE_DISABLED"
    domain = "usageLimits"
    return Refusal(403, "accessNotConfigured", message, domain, canonical="PERMISSION_DENIED", info=info)


def quota_exceeded() -> Refusal:
    place = '<a href="/youtube/v3/getting-started#quota">quota</a>'
    message = f"The request cannot be completed because you have exceeded your {place}."
    return Refusal(403, "quotaExceeded", message, domain="youtube.quota")


@dataclass(frozen=True)
class Caller:
    """Who asks: the project that pays (the number before a client id's first hyphen, or the key) and, with OAuth, the
    channel that let it in and what it may do."""

    project: str
    account: Account | None = None
    scopes: frozenset[str] = frozenset()


@dataclass
class Quota:
    """What each project used since midnight Pacific time, by bucket. per_day: units of all projects; of those in
    `granted`, as much as Google granted them."""

    per_day: int = UNITS_PER_DAY
    granted: dict[str, int] = field(default_factory=dict)
    used: Counter[tuple[str, str]] = field(default_factory=Counter)
    _day: object = None

    def charge(self, now: datetime, project: str, method: str) -> None:
        """One unit of the method's bucket, also for a call that fails later. Raises Refusal when there is none left."""
        today = now.astimezone(PACIFIC).date()
        if today != self._day:
            self.used.clear()
            self._day = today
        bucket = method if method in OWN_BUCKETS else "units"
        if self.used[project, bucket] >= OWN_BUCKETS.get(method, self.granted.get(project, self.per_day)):
            raise quota_exceeded()
        self.used[project, bucket] += 1


class Gate:
    """Gives access tokens for refresh tokens, and tells by key or access token who asks.

    testing: client ids of apps whose consent screen is in Testing. without_api: projects in which the API is off.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.testing: set[str] = set()
        self.without_api: set[str] = set()
        self._given: dict[str, tuple[Token, str, datetime]] = {}
        self.consents = Consents(world)

    def consent(self, value: str, account: Account, scopes: tuple[str, ...], client: str, secret: str = "") -> Token:
        """A channel's owner lets an app in: its refresh token, which dies after a week while the app is in Testing."""
        until = self._world.now + TESTING_TOKEN_LIVES if client in self.testing else None
        return self._world.token(Token(value, "oauth", account, scopes, until, secret or None))

    def admit(self, caller: Caller) -> None:
        """Raises Refusal where the project may not use the API at all."""
        if caller.project in self.without_api:
            raise switched_off(caller.project)

    def exchange(self, request: Request) -> Answer:
        """The token endpoint: a refresh token, or a code, for an access token that lives an hour."""
        if request.get("grant_type") == "authorization_code":
            return self._redeem(request)
        found = self._world.tokens.get(request.get("refresh_token"))
        if request.get("grant_type") != "refresh_token":
            return _no_token("unsupported_grant_type", "Invalid grant_type: " + request.get("grant_type"))
        if found and found.app_secret and found.app_secret != request.get("client_secret"):
            return _no_token("invalid_client", "Unauthorized", 401)
        if found is None or found.kind != "oauth" or self._dead(found):
            return _no_token("invalid_grant", "Token has been expired or revoked.")
        return Answer.json(self._give(found, request.get("client_id")), cost=0)

    def caller(self, request: Request) -> Caller:
        """Raises Refusal for nobody and for dead credentials."""
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if bearer:
            return self._by_access_token(bearer)
        if not (key := request.get("key") or request.headers.get("x-goog-api-key", "")):
            raise nobody_asks()
        found = self._world.tokens.get(key)
        if found is None or found.kind != "api_key" or self._dead(found):
            raise bad_key()
        return Caller(key)

    def _by_access_token(self, value: str) -> Caller:
        token, project, until = self._given.get(value, (None, "", self._world.now))
        if token is None or self._dead(token) or until <= self._world.now:
            raise bad_access_token()
        return Caller(project.partition("-")[0], token.account, frozenset(token.scopes))

    def _redeem(self, request: Request) -> Answer:
        try:
            token, lasting = self.consents.redeem(request)
        except CodeRefused as refused:
            return _no_token(refused.error, refused.description, refused.status)
        more = {"refresh_token": token.value} if lasting else {}
        return Answer.json(self._give(token, request.get("client_id")) | more, cost=0)

    def _give(self, token: Token, client: str) -> dict[str, Any]:
        seed = f"{token.value} {len(self._given)}".encode()
        value = "ya29." + hashlib.sha256(seed).hexdigest()
        self._given[value] = (token, client, self._world.now + ACCESS_TOKEN_LIVES)
        lives = int(ACCESS_TOKEN_LIVES.total_seconds()) - 1
        scope = " ".join(token.scopes)
        return {"access_token": value, "expires_in": lives, "scope": scope, "token_type": "Bearer"}

    def _dead(self, token: Token) -> bool:
        expired = token.expires_at is not None and token.expires_at <= self._world.now
        return expired or token.error is not None


def _no_token(error: str, description: str, status: int = 400) -> Answer:
    return Answer.json({"error": error, "error_description": description}, status, cost=0)
