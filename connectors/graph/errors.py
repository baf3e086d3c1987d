"""What Graph's errors mean for us: one table by code and subcode, and no other place that looks at them.

Never holds what Graph wrote: its messages can carry the token itself ("Malformed access token EAA…").
"""

import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from connectors.errors import (
    AuthExpired,
    ChannelGone,
    ConnectorError,
    CredentialMissing,
    PermissionLost,
    RateLimited,
    Unavailable,
    UnexpectedAnswer,
)

Key = tuple[int | None, int | None]
_log = structlog.get_logger(__name__)


class TooMuchData(Unavailable):
    """The question was too big. Waiting does not help; asking for less does."""


class Interrupted(Unavailable):
    """The transport failed: asking again at once may help, and is safe for a question."""


_NO_SUCH_THING = "the object does not exist, or not for this token"
_THROTTLED = "too many calls"

ERRORS: dict[Key, tuple[type[ConnectorError], str]] = {
    (1, None): (Unavailable, "Graph failed in an unknown way"),
    (2, None): (Unavailable, "Graph is out of service for now"),
    (3, None): (PermissionLost, "the app lacks the capability"),
    (4, None): (RateLimited, _THROTTLED + " by the app"),
    (10, None): (PermissionLost, "a permission is missing or was removed"),
    (17, None): (RateLimited, _THROTTLED + " by the user"),
    (32, None): (RateLimited, _THROTTLED + " to pages with a user token"),
    (100, None): (UnexpectedAnswer, "Graph refuses the question: a parameter is wrong, or a permission is missing"),
    (100, 33): (ChannelGone, _NO_SUCH_THING),
    (102, None): (AuthExpired, "the session is not valid"),
    (104, None): (AuthExpired, "Graph saw no token"),
    (190, None): (AuthExpired, "the token is not valid"),
    (341, None): (RateLimited, _THROTTLED),
    (368, None): (PermissionLost, "Facebook blocks the account or app for now"),
    (613, None): (RateLimited, _THROTTLED),
    (803, None): (ChannelGone, _NO_SUCH_THING),
    (1705, None): (PermissionLost, "a page can only be read with the page's own token"),
    (2500, None): (UnexpectedAnswer, "Graph does not understand the question"),
    (80001, None): (RateLimited, _THROTTLED + " to the page"),
    (80002, None): (RateLimited, _THROTTLED + " to the Instagram account"),
}
ERRORS |= {(code, None): (PermissionLost, "a permission is missing or was removed") for code in range(200, 300)}
_SUBCODES: dict[int, tuple[type[ConnectorError], str]] = {
    458: (AuthExpired, "the app was removed"),
    459: (AuthExpired, "the person must log in at facebook.com first"),
    460: (AuthExpired, "the password was changed"),
    463: (AuthExpired, "the token has expired"),
    464: (AuthExpired, "the person's account is not confirmed"),
    467: (AuthExpired, "the token was made invalid"),
    492: (PermissionLost, "the person behind the token has lost the role on the page"),
}
# The same subcodes come with the session's code, and with no code at all.
ERRORS |= {(code, subcode): meaning for code in (190, 102, None) for subcode, meaning in _SUBCODES.items()}

LONGEST_BLOCK = timedelta(hours=24)
USUAL_BLOCK = timedelta(hours=1)
"""How long to wait where Graph does not say: the platform limits count within one hour."""


def named_error(error: Mapping[str, Any], now: datetime, regain_minutes: int | None = None) -> ConnectorError:
    """The error that an envelope's `error` object stands for; UnexpectedAnswer for one that is not in the table.

    regain_minutes: how long the usage header says that a throttled caller has to wait.
    """
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode", error.get("subcode")))
    shown = "/".join(str(part) for part in (code, subcode) if part is not None)
    if code == 1 and _asks_for_less(error):
        return TooMuchData("Graph asks for a smaller question", code=shown)
    if (code, subcode, error.get("type")) == (100, None, "GraphMethodException"):
        return CredentialMissing("the app wants its app_secret proved, and it is not right", code=shown)
    kind, detail = ERRORS.get((code, subcode)) or ERRORS.get((code, None)) or (UnexpectedAnswer, "an unknown error")
    if issubclass(kind, RateLimited):
        wait = timedelta(minutes=regain_minutes) if regain_minutes else USUAL_BLOCK
        return kind(detail, retry_at=now + min(wait, LONGEST_BLOCK), code=shown)
    return kind(detail, code=shown)


def _asks_for_less(error: Mapping[str, Any]) -> bool:
    """Graph's one error that only its words tell apart; sometimes the words are in the second text only."""
    texts = (error.get("message"), error.get("error_user_msg"))
    return any("reduce the amount" in text.lower() for text in texts if isinstance(text, str))


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


@contextmanager
def understood() -> Iterator[None]:
    """Turns what an answer of another shape than Graph's does to its reader into UnexpectedAnswer.

    Logs where that was, and not the traceback: what it holds may be a resident's text or the token.
    """
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}:{place.lineno}"
        _log.error("graph_answer_not_understood", kind=type(error).__name__, where=where)
        raise UnexpectedAnswer("Graph answered something that is not its format", code=where) from None
