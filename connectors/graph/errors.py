"""What Graph's errors mean for us: one table by code and subcode, and no other place that looks at them.

Never holds what Graph wrote: its messages can carry the token itself ("Malformed access token EAA…").
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import structlog

from config.language import N_
from connectors.apart import ODD, place_of
from connectors.errors import (
    AuthExpired,
    ChannelGone,
    ConnectorError,
    CredentialMissing,
    Meaning,
    PermissionLost,
    RateLimited,
    Unavailable,
    UnexpectedAnswer,
)

_log = structlog.get_logger(__name__)


class TooMuchData(Unavailable):
    """The question was too big. Waiting does not help; asking for less does."""


class Interrupted(Unavailable):
    """The transport failed: asking again at once may help, and is safe for a question."""


RENEW = N_("Renew the page's token: connect the channel again, or put a new token where the register says.")
ALLOW_AGAIN = N_(
    "Give the app the permission again: connect the channel and leave every permission ticked. "
    "A permission that has not been used for 90 days lapses."
)
PAGES_TOKEN = N_("Use the page's own token: connect the channel again and choose the page.")
_LOG_IN = N_(
    "Log in at facebook.com as the person who connected the page, do what Facebook asks for there, "
    "and connect the channel again if it still cannot be read."
)
_RESTORE_ROLE = N_(
    "Give the person behind the token the role on the page back, then connect the channel again. "
    "A new token alone does not help."
)
_ALLOW_APP = N_("The app was removed at facebook.com: connect the channel again and allow the app.")
_WAIT_FOR_FACEBOOK = N_(
    "Wait, and find out at facebook.com why Facebook blocks the account or the app. Do not write anything until then."
)
_CAPABILITY = N_("Turn on what the app lacks in its settings at developers.facebook.com, or have Meta review it.")
_APP_SECRET = N_("Put the app's own secret (app_secret) where the register says: the app demands it.")

_NO_SUCH_THING = Meaning(ChannelGone, "the object does not exist, or not for this token")
_PERMISSION = "a permission is missing or was removed"
_THROTTLED = "too many calls"

TABLE: dict[str, Meaning] = {
    "1": Meaning(Unavailable, "Graph failed in an unknown way"),
    "2": Meaning(Unavailable, "Graph is out of service for now"),
    "3": Meaning(PermissionLost, "the app lacks the capability", _CAPABILITY),
    "4": Meaning(RateLimited, _THROTTLED + " by the app"),
    "10": Meaning(PermissionLost, _PERMISSION, ALLOW_AGAIN),
    "17": Meaning(RateLimited, _THROTTLED + " by the user"),
    "32": Meaning(RateLimited, _THROTTLED + " to pages with a user token"),
    "100": Meaning(UnexpectedAnswer, "Graph refuses the question: a parameter is wrong, or a permission is missing"),
    "100/33": _NO_SUCH_THING,
    "100 GraphMethodException": Meaning(
        CredentialMissing, "the app wants its app_secret proved, and it is not right", _APP_SECRET
    ),
    "102": Meaning(AuthExpired, "the session is not valid", RENEW),
    "104": Meaning(AuthExpired, "Graph saw no token", RENEW),
    "190": Meaning(AuthExpired, "the token is not valid", RENEW),
    "190/458": Meaning(AuthExpired, "the app was removed", _ALLOW_APP),
    "190/459": Meaning(AuthExpired, "the person must log in at facebook.com first", _LOG_IN),
    "190/460": Meaning(AuthExpired, "the password was changed", RENEW),
    "190/463": Meaning(AuthExpired, "the token has expired", RENEW),
    "190/464": Meaning(AuthExpired, "the person's account is not confirmed", _LOG_IN),
    "190/467": Meaning(AuthExpired, "the token was made invalid", RENEW),
    "190/492": Meaning(PermissionLost, "the person behind the token has lost the role on the page", _RESTORE_ROLE),
    "200-299": Meaning(PermissionLost, _PERMISSION, ALLOW_AGAIN),
    "341": Meaning(RateLimited, _THROTTLED),
    "368": Meaning(PermissionLost, "Facebook blocks the account or app for now", _WAIT_FOR_FACEBOOK),
    "613": Meaning(RateLimited, _THROTTLED),
    "803": _NO_SUCH_THING,
    "1705": Meaning(PermissionLost, "a page can only be read with the page's own token", PAGES_TOKEN),
    "2500": Meaning(UnexpectedAnswer, "Graph does not understand the question"),
    "80001": Meaning(RateLimited, _THROTTLED + " to the page"),
    "80002": Meaning(RateLimited, _THROTTLED + " to the Instagram account"),
    "HTTP 429": Meaning(RateLimited, _THROTTLED),
    "allowance": Meaning(RateLimited, "the reading has come to what it may cost"),
}
"""By the code that people are shown. A code with a subcode that is not here means what the code alone does."""
TABLE |= {key.replace("190/", "102/"): meaning for key, meaning in TABLE.items() if key.startswith("190/")}
UNKNOWN = Meaning(UnexpectedAnswer, "an unknown error")
OF_THE_ACCOUNT = frozenset({"80001", "80002"})
"""The codes for what was called of one page or account; the other limits are the app's or its user's."""

LONGEST_BLOCK = timedelta(hours=24)
USUAL_BLOCK = timedelta(hours=1)
"""How long to wait where Graph does not say: the platform limits count within one hour."""


def named_error(
    error: Mapping[str, Any], now: datetime, regain_minutes: int | None = None, app_budget: str = ""
) -> ConnectorError:
    """The error that an envelope's `error` object stands for; UnexpectedAnswer for one that is not in the table.

    regain_minutes: how long the usage header says that a throttled caller has to wait. app_budget: the key of the
    budget that the app's own limits are about.
    """
    shown = _shown(error)
    code = shown.partition("/")[0]
    if code == "1" and _asks_for_less(error):
        return TooMuchData("Graph asks for a smaller question", code=shown)
    meaning = meaning_of(shown)
    if issubclass(meaning.error, RateLimited):
        wait = min(timedelta(minutes=regain_minutes), LONGEST_BLOCK) if regain_minutes else USUAL_BLOCK
        return throttled(shown, now + wait, "" if code in OF_THE_ACCOUNT else app_budget)
    return meaning.error(meaning.detail, code=shown, remedy=meaning.remedy)


def meaning_of(shown: str) -> Meaning:
    """What the table says of a code as shown, of its whole family where it has no line of its own."""
    code = shown.partition("/")[0]
    family = "200-299" if code.isdigit() and 200 <= int(code) < 300 else code
    return TABLE.get(shown) or TABLE.get(code) or TABLE.get(family) or UNKNOWN


def throttled(code: str, retry_at: datetime, budget: str = "") -> RateLimited:
    meaning = meaning_of(code)
    return RateLimited(meaning.detail, code=code, retry_at=retry_at, remedy=meaning.remedy, budget=budget)


def _shown(error: Mapping[str, Any]) -> str:
    """Code and subcode as people are shown them. The subcodes of a dead session may come without the code."""
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode", error.get("subcode")))
    if code is None and f"190/{subcode}" in TABLE:
        code = 190
    if (code, subcode, error.get("type")) == (100, None, "GraphMethodException"):
        return "100 GraphMethodException"
    return "/".join(str(part) for part in (code, subcode) if part is not None)


def _asks_for_less(error: Mapping[str, Any]) -> bool:
    """Graph's one error that only its words tell apart; sometimes the words are in the second text only."""
    texts = (error.get("message"), error.get("error_user_msg"))
    return any("reduce the amount" in text.lower() for text in texts if isinstance(text, str))


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


@contextmanager
def understood() -> Iterator[None]:
    """Turns what an answer of another shape than Graph's does to its reader into UnexpectedAnswer.

    Logs where that was, and not the traceback: what it holds may be a resident's text or the token.
    """
    try:
        yield
    except ODD as error:
        where = place_of(error)
        _log.error("graph_answer_not_understood", kind=type(error).__name__, where=where)
        raise UnexpectedAnswer("Graph answered something that is not its format", code=where) from None
