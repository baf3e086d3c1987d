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
    TwoFactorAuthRequiredException,
)

from config.language import N_
from connectors.apart import ODD
from connectors.errors import (
    AuthExpired,
    ChannelGone,
    ConnectorError,
    Meaning,
    PermissionLost,
    RateLimited,
    Unavailable,
    UnexpectedAnswer,
)
from connectors.instagram_public.session import TooMuch, TooSoon

FAILURES = (
    ConnectorError,
    InstaloaderException,
    AbortDownloadException,  # is not an InstaloaderException
    requests.RequestException,
    TooSoon,
    TooMuch,
    # what instaloader and we do with an answer of an unexpected shape
    AssertionError,
    *ODD,
)
"""Everything that `explain` has an explanation for."""

_REST = N_(
    "Nothing to do at once: the channel is read again when the wait is over. If it happens every day, read more "
    "seldom, or connect the account officially as instagram."
)
_NEW_SESSION = N_(
    "Log in to Instagram with the reading account in a browser, and put its new sessionid in place of the old one."
)
_CONFIRM = N_(
    "Log in to Instagram with the reading account in a browser, do what Instagram asks for there, and put its new "
    "sessionid in place of the old one."
)
_BLOCKED = N_(
    "Let the reading account rest for some days; Instagram takes it for a machine. Better connect the channel "
    "officially as instagram."
)
_LOGIN = N_("Check the reading account's user name and password, or use a sessionid from a browser in their place.")
_RENAMED = N_(
    "Instagram has probably renamed what Kanalvakt asks for, as it does every few months: update Kanalvakt, or write "
    "the new names under instagram_queries in the settings."
)

TABLE: dict[str, Meaning] = {
    "HTTP 401": Meaning(RateLimited, "Instagram asks us to wait a few minutes", _REST),
    "HTTP 403": Meaning(RateLimited, "Instagram turns us away for now", _REST),
    "HTTP 429": Meaning(RateLimited, "Instagram has had too many requests", _REST),
    "patience": Meaning(RateLimited, "as much was asked as instaloader thinks wise"),
    "allowance": Meaning(RateLimited, "enough was asked for now"),
    "challenge_required": Meaning(AuthExpired, "Instagram wants the account's owner to prove who they are", _CONFIRM),
    "checkpoint_required": Meaning(AuthExpired, "Instagram wants the account's owner to confirm something", _CONFIRM),
    "feedback_required": Meaning(AuthExpired, "Instagram has blocked the account as automated", _BLOCKED),
    "login_required": Meaning(AuthExpired, "Instagram has ended the session", _NEW_SESSION),
    "login_redirect": Meaning(AuthExpired, "Instagram sends us to its login page", _NEW_SESSION),
    "login_wanted": Meaning(AuthExpired, "Instagram wants a login for this", _NEW_SESSION),
    "session_over": Meaning(AuthExpired, "the session is over", _NEW_SESSION),
    "login_failed": Meaning(AuthExpired, "logging in failed", _LOGIN),
    "two_factor": Meaning(AuthExpired, "logging in needs a second factor, which no machine has", _NEW_SESSION),
    "private": Meaning(
        PermissionLost,
        "the account is private, and the session's user does not follow it",
        N_("Make the account public, or let the reading account follow it."),
    ),
    "no_account": Meaning(
        ChannelGone,
        "there is no account of this user name",
        N_("Check external_id in the register: it is the account's user name, which changes when somebody renames it."),
    ),
    "unseen": Meaning(UnexpectedAnswer, "the account shows no posts, and its page cannot be seen", _NEW_SESSION),
    "HTTP 400": Meaning(UnexpectedAnswer, "Instagram does not know what is asked for", _RENAMED),
    "HTTP 404": Meaning(UnexpectedAnswer, "Instagram has nothing where something was", _RENAMED),
    "execution error": Meaning(UnexpectedAnswer, "Instagram fails at what is asked for", _RENAMED),
    "1357004": Meaning(
        UnexpectedAnswer,
        "Instagram no longer takes the tokens of its start page",
        N_("Nothing to do: they are fetched anew for the next reading."),
    ),
    "shape": Meaning(UnexpectedAnswer, "Instagram answered in an unknown shape"),
    "connection": Meaning(Unavailable, "the connection to Instagram failed"),
    "empty": Meaning(Unavailable, "Instagram answered nothing at all"),
    "HTTP 200": Meaning(Unavailable, "Instagram's answer is no JSON, or only says that something went wrong"),
    "HTTP 5xx": Meaning(Unavailable, "Instagram is out of order"),
}
"""Everything that ends a reading."""

SAID = frozenset({"challenge_required", "checkpoint_required", "feedback_required", "login_required"})
"""What Instagram says in "message"; everything else there is a sentence."""
WAITS = {
    "HTTP 401": timedelta(minutes=30),
    "HTTP 403": timedelta(hours=1),
    "HTTP 429": timedelta(minutes=12),
    "allowance": timedelta(hours=1),
}
"""How long to leave Instagram alone where it does not say; asking earlier makes it longer. Instaloader waits 11 min."""
LONGEST_WAIT = timedelta(hours=24)


def failure(
    code: str, now: datetime, *, where: str = "", shown: str = "", wait: timedelta | None = None
) -> ConnectorError:
    """The error that the table has for the code. where: in our code. shown: how people are to see the code."""
    meaning = TABLE[code]
    detail = f"{meaning.detail}: {where}" if where else meaning.detail
    if issubclass(meaning.error, RateLimited):
        until = now + (WAITS[code] if wait is None else wait)
        return meaning.error(detail, code=shown or code, retry_at=until, remedy=meaning.remedy)
    return meaning.error(detail, code=shown or code, remedy=meaning.remedy)


def explain(problem: Exception, last: requests.Response | None, now: datetime) -> ConnectorError:
    """The error that stands for the problem. `last`: the answer to the latest request, None if none came whole."""
    if isinstance(problem, ConnectorError):
        return problem
    if isinstance(problem, TooSoon):
        return failure("patience", now, wait=timedelta(seconds=problem.seconds))
    if isinstance(problem, TooMuch):
        return failure("allowance", now)
    if last is None:
        return _without_answer(problem, now)
    if not last.content and last.status_code == 200:
        return failure("empty", now)
    return _by_type(problem, last, now) or _by_status(problem, last, now) or _shape(problem, last, now)


def _without_answer(problem: Exception, now: datetime) -> ConnectorError:
    if isinstance(problem, requests.RequestException | ConnectionException):
        return failure("connection", now, where=type(problem.__cause__ or problem).__name__)
    return failure("shape", now, where=_place(problem))


def _by_type(problem: Exception, last: requests.Response, now: datetime) -> ConnectorError | None:
    said = str(_told(last).get("message", ""))
    if said in SAID:
        return failure(said, now)
    # a redirect is instaloader's AbortDownloadException too
    kinds: dict[type[BaseException], str] = {
        AbortDownloadException: "login_redirect",
        LoginRequiredException: "login_wanted",
        TwoFactorAuthRequiredException: "two_factor",
        PrivateProfileNotFollowedException: "private",
        ProfileNotExistsException: "no_account",
    }
    for kind, code in kinds.items():
        if isinstance(problem, kind):
            return failure(code, now)
    if isinstance(problem, LoginException) and problem.__cause__ is None:
        return failure("login_failed", now)
    return None


def _by_status(problem: Exception, last: requests.Response, now: datetime) -> ConnectorError | None:
    code = f"HTTP {last.status_code}"
    if code in WAITS:
        return failure(code, now, wait=_wait(last, WAITS[code]))
    if last.status_code >= 500:
        return failure("HTTP 5xx", now, shown=code)
    if last.status_code == 200 and isinstance(problem, ConnectionException | LoginException):
        return failure("HTTP 200", now)
    return None


def _wait(last: requests.Response, usual: timedelta) -> timedelta:
    told = last.headers.get("Retry-After", "")
    return min(timedelta(seconds=int(told[:9])), LONGEST_WAIT) if told.isdecimal() else usual


def _shape(problem: Exception, last: requests.Response, now: datetime) -> ConnectorError:
    """A name that Instagram no longer knows is told in two ways, stale tokens in a third; the rest is a riddle."""
    told, code = _told(last), f"HTTP {last.status_code}"
    if code in TABLE and last.status_code != 200:
        return failure(code, now)
    if str(told.get("error")) in TABLE:
        return failure(str(told["error"]), now)
    if told.get("errors") and not told.get("data"):
        return failure("execution error", now)
    return failure("shape", now, where=_place(problem), shown=code)


def _place(problem: Exception) -> str:
    """Where it happened: there is no other trace of it."""
    place = traceback.extract_tb(problem.__traceback__)[-1]
    return f"{type(problem).__name__} at {Path(place.filename).name}:{place.lineno}"


def _told(last: requests.Response) -> dict[str, object]:
    """The answer, where it is a JSON object."""
    try:
        answer = last.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
