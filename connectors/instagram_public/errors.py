"""What goes wrong at instagram.com, sorted by what has to happen next.

By the type of instaloader's exception, the HTTP status and the code in the answer's "message"; instaloader hides the
latter two in its texts, so the last answer is looked at itself. Never holds what Instagram wrote beyond that code.
"""

import traceback
from datetime import datetime, timedelta
from pathlib import Path

import requests
from instaloader.exceptions import (
    AbortDownloadException,
    ConnectionException,
    InstaloaderException,
    LoginException,
    LoginRequiredException,
    PrivateProfileNotFollowedException,
    ProfileNotExistsException,
)

from connectors.errors import (
    AuthExpired,
    ChannelGone,
    ConnectorError,
    PermissionLost,
    RateLimited,
    Unavailable,
    UnexpectedAnswer,
)
from connectors.instagram_public.session import TooSoon

FAILURES = (
    ConnectorError,
    InstaloaderException,
    AbortDownloadException,  # is not an InstaloaderException
    requests.RequestException,
    TooSoon,
    # what instaloader and we do with an answer of an unexpected shape
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
"""Everything that `explain` has an explanation for."""

DEAD_SESSION = {
    "challenge_required": "Instagram wants the account's owner to prove who they are",
    "checkpoint_required": "Instagram wants the account's owner to confirm something",
    "feedback_required": "Instagram has blocked the account for what it takes for automation",
    "login_required": "Instagram has ended the session",
}
WAITS = {401: timedelta(minutes=30), 403: timedelta(hours=1), 429: timedelta(minutes=12)}
"""How long to leave Instagram alone where it does not say; asking earlier makes it longer. Instaloader waits 11 min."""
LONGEST_WAIT = timedelta(hours=24)


def explain(failure: Exception, last: requests.Response | None, now: datetime) -> ConnectorError:
    """The error that stands for the failure. `last`: the answer to the latest request, None if none came whole."""
    if isinstance(failure, ConnectorError):
        return failure
    if isinstance(failure, TooSoon):
        return RateLimited("enough was asked for now", retry_at=now + timedelta(seconds=failure.seconds))
    if last is None:
        return _without_answer(failure)
    code = f"HTTP {last.status_code}"
    if not last.content and last.status_code == 200:
        return Unavailable("Instagram answered nothing at all", code=code)
    return _by_type(failure, last) or _by_status(failure, last, now) or _shape(failure, code)


def _without_answer(failure: Exception) -> ConnectorError:
    network = isinstance(failure, requests.RequestException | ConnectionException)
    what = failure.__cause__ or failure
    if network:
        return Unavailable(f"the connection to Instagram failed: {type(what).__name__}")
    return _shape(failure, "")


def _by_type(failure: Exception, last: requests.Response) -> ConnectorError | None:
    said = _message(last)
    if isinstance(failure, AbortDownloadException) or said in DEAD_SESSION:
        return AuthExpired(DEAD_SESSION.get(said, "Instagram sends us to its login page"), code=said)
    if isinstance(failure, LoginRequiredException):
        return AuthExpired("Instagram wants a login for this")
    if isinstance(failure, LoginException) and failure.__cause__ is None:
        return AuthExpired(f"logging in failed: {type(failure).__name__}")
    if isinstance(failure, PrivateProfileNotFollowedException):
        return PermissionLost("the account is private, and the session's user does not follow it")
    if isinstance(failure, ProfileNotExistsException):
        return ChannelGone("there is no account of this user name")
    return None


def _by_status(failure: Exception, last: requests.Response, now: datetime) -> ConnectorError | None:
    status, code = last.status_code, f"HTTP {last.status_code}"
    if status in WAITS:
        return RateLimited("Instagram asks us to wait", code=code, retry_at=now + _wait(last))
    if status >= 500:
        return Unavailable("Instagram is out of order", code=code)
    if status == 200 and isinstance(failure, ConnectionException | LoginException):
        return Unavailable("Instagram's answer is no JSON, or only says that something went wrong", code=code)
    return None


def _wait(last: requests.Response) -> timedelta:
    told = last.headers.get("Retry-After", "")
    return min(timedelta(seconds=int(told)), LONGEST_WAIT) if told.isdecimal() else WAITS[last.status_code]


def _shape(failure: Exception, code: str) -> ConnectorError:
    """Says where it happened: there is no other trace of it."""
    place = traceback.extract_tb(failure.__traceback__)[-1]
    where = f"{Path(place.filename).name}:{place.lineno}"
    return UnexpectedAnswer(f"Instagram answered in an unknown shape: {type(failure).__name__} at {where}", code=code)


def _message(last: requests.Response) -> str:
    """The code that Instagram puts where other platforms have a sentence; empty where it is none we know."""
    try:
        answer = last.json()
    except ValueError:
        return ""
    said = answer.get("message") if isinstance(answer, dict) else None
    return said if said in DEAD_SESSION else ""
