"""Google's reasons, and what each asks for. The reason is the only reliable key: texts and status codes vary."""

import json
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connectors.errors import (
    AuthExpired,
    ChannelGone,
    ConnectorError,
    PermissionLost,
    RateLimited,
    Unavailable,
    UnexpectedAnswer,
)

PACIFIC = ZoneInfo("America/Los_Angeles")
A_MOMENT = timedelta(minutes=2)
QUOTA = frozenset({"quotaExceeded", "dailyLimitExceeded"})
SCOPE_MISSING = frozenset({"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"})

REACTIONS: dict[str, type[ConnectorError]] = {
    "quotaExceeded": RateLimited,
    "dailyLimitExceeded": RateLimited,
    "rateLimitExceeded": RateLimited,
    "userRateLimitExceeded": RateLimited,
    "RATE_LIMIT_EXCEEDED": RateLimited,
    "authError": AuthExpired,
    "required": AuthExpired,
    "API_KEY_INVALID": AuthExpired,
    "keyInvalid": AuthExpired,
    "keyExpired": AuthExpired,
    "invalid_grant": AuthExpired,
    "invalid_client": AuthExpired,
    "deleted_client": AuthExpired,
    "unauthorized_client": AuthExpired,
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": PermissionLost,
    "insufficientPermissions": PermissionLost,
    "invalid_scope": PermissionLost,
    "forbidden": PermissionLost,
    "ineligibleAccount": PermissionLost,
    "accessNotConfigured": PermissionLost,
    "SERVICE_DISABLED": PermissionLost,
    "ipRefererBlocked": PermissionLost,
    "API_KEY_SERVICE_BLOCKED": PermissionLost,
    "SERVICE_UNAVAILABLE": PermissionLost,  # so it is called in a recorded 403 "The caller does not have permission"
    "channelNotFound": ChannelGone,
    "channelClosed": ChannelGone,
    "channelSuspended": ChannelGone,
    "processingFailure": Unavailable,  # "can be a transient error"
    "invalidPageToken": Unavailable,  # page tokens do not last: the next reading starts anew
    "backendError": Unavailable,
    "internalError": Unavailable,
    "server_error": Unavailable,
    "temporarily_unavailable": Unavailable,
    "internal_failure": Unavailable,
}
"""Reason of the API, or error of the token endpoint → class. A status of 500 or more is Unavailable before all."""

BY_STATUS = {401: AuthExpired, 403: PermissionLost, 408: Unavailable, 429: RateLimited}
"""Only for answers without a reason we know."""


def from_answer(status: int, body: bytes, now: datetime) -> ConnectorError:
    """What an error answer of the API means."""
    if status >= 500:
        return Unavailable("YouTube has a failure of its own", code=f"HTTP {status}")
    if 300 <= status < 400:
        return Unavailable("Something between here and YouTube sends us elsewhere", code=f"HTTP {status}")
    reasons = _reasons(body)
    known = next((reason for reason in reasons if reason in REACTIONS), None)
    if known:
        return failure(REACTIONS[known], known, now)
    code = reasons[0] if reasons else f"HTTP {status}"
    return failure(BY_STATUS.get(status, UnexpectedAnswer), code, now)


def from_token_endpoint(details: object, now: datetime) -> ConnectorError:
    """What a refused token request means. `details`: the decoded answer; if it is no object, it is not Google's."""
    if not isinstance(details, dict):
        return Unavailable("Google's token endpoint gave no proper answer", code="token endpoint")
    error = str(details.get("error", "token endpoint"))
    return failure(REACTIONS.get(error, UnexpectedAnswer), error, now)


def failure(kind: type[ConnectorError], code: str, now: datetime) -> ConnectorError:
    if issubclass(kind, RateLimited):
        until = next_pacific_midnight(now) if code in QUOTA else now + A_MOMENT
        return kind(
            "YouTube's quota is used up" if code in QUOTA else "YouTube asks us to wait", code=code, retry_at=until
        )
    return kind("YouTube refused the request", code=code)


def next_pacific_midnight(now: datetime) -> datetime:
    """When the daily quota starts anew, in UTC."""
    tomorrow = now.astimezone(PACIFIC).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), PACIFIC).astimezone(UTC)


def _reasons(body: bytes) -> list[str]:
    """The precise ones of the newer `details` first, then those of the older `errors`."""
    try:
        error = json.loads(body)["error"]
        entries: list[Any] = [*error.get("details", []), *error.get("errors", [])]
        return [entry["reason"] for entry in entries if isinstance(entry.get("reason"), str)]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []
