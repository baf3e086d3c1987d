"""What Google's answers mean. The reason is the only reliable key: texts and status codes vary."""

import json
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connectors.errors import ConnectorError, Meaning, RateLimited, Unavailable, UnexpectedAnswer
from connectors.youtube.reasons import TABLE

__all__ = ["TABLE", "from_answer", "from_token_endpoint", "next_pacific_midnight", "out_of_allowance"]

PACIFIC = ZoneInfo("America/Los_Angeles")
A_MOMENT = timedelta(minutes=2)
ALLOWANCE = "allowance"
"""The code of a reading that ended because it may not cost more: no answer of YouTube's."""
QUOTA = frozenset({"quotaExceeded", "dailyLimitExceeded", ALLOWANCE})
SCOPE_MISSING = frozenset({"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"})
OF_THE_QUEUE = frozenset({"forbidden", "ineligibleAccount", "SERVICE_UNAVAILABLE"})
"""Reasons that speak of the queue for approval, when it was asked for, and perhaps not of what is public."""
OF_ONE_VIDEO = frozenset({"commentsDisabled", "videoNotFound", "forbidden"})
"""Reasons that speak of the video that was asked about, when one was: the channel is well."""


def from_answer(status: int, body: bytes, now: datetime, budget: str = "") -> ConnectorError:
    """What an error answer of the API means. `budget`: key of the one that the request was counted on."""
    if status >= 500:
        return Unavailable("YouTube has a failure of its own", code=f"HTTP {status}")
    if 300 <= status < 400:
        return Unavailable("Something between here and YouTube sends us elsewhere", code=f"HTTP {status}")
    reasons = _reasons(body)
    known = next((reason for reason in reasons if reason in TABLE), None)
    if known:
        return failure(TABLE[known], known, now, budget)
    unknown = Meaning(UnexpectedAnswer, "YouTube refused the request for a reason that we do not know")
    code = reasons[0] if reasons else f"HTTP {status}"
    return failure(TABLE.get(f"HTTP {status}", unknown), code, now, budget)


def from_token_endpoint(details: object, now: datetime) -> ConnectorError:
    """What a refused token request means. `details`: the decoded answer; if it is no object, it is not Google's."""
    if not isinstance(details, dict):
        return Unavailable("Google's token endpoint gave no proper answer", code="token endpoint")
    error = str(details.get("error", "token endpoint"))
    unknown = Meaning(UnexpectedAnswer, "Google's token endpoint refused for a reason that we do not know")
    return failure(TABLE.get(error, unknown), error, now)


def failure(meaning: Meaning, code: str, now: datetime, budget: str = "") -> ConnectorError:
    """The error for one line of the table. A used-up quota lasts until midnight Pacific time, a rate limit a moment."""
    if issubclass(meaning.error, RateLimited):
        until = next_pacific_midnight(now) if code in QUOTA else now + A_MOMENT
        return meaning.error(meaning.detail, code=code, retry_at=until, remedy=meaning.remedy, budget=budget)
    return meaning.error(meaning.detail, code=code, remedy=meaning.remedy)


def out_of_allowance(now: datetime, budget: str) -> ConnectorError:
    """For a reading that may not cost more."""
    return failure(TABLE[ALLOWANCE], ALLOWANCE, now, budget)


def next_pacific_midnight(now: datetime) -> datetime:
    """When the daily quota starts anew, in UTC. Days of 23 and 25 hours are such."""
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
