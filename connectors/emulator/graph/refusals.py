"""Graph's errors: what it refuses, in its own words and envelope."""

import hashlib
from typing import Any

_STATUS = {1: 500, 2: 503, 10: 403, 200: 403, 4: 403, 17: 403, 32: 403, 190: 401}
_LIMITS = "https://developers.facebook.com/docs/graph-api/overview/rate-limiting"


class Refusal(Exception):
    """An error answer: code, subcode, message and type as Graph gives them. HTTP 400 where no other is known."""

    def __init__(
        self, code: int, message: str, *, subcode: int | None = None, kind: str = "OAuthException", user_text: str = ""
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.subcode, self.kind, self.user_text = code, message, subcode, kind, user_text

    @property
    def status(self) -> int:
        return _STATUS.get(self.code, 400)

    def envelope(self) -> dict[str, Any]:
        error: dict[str, Any] = {"message": self.message, "type": self.kind, "code": self.code}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.user_text:
            error["error_user_msg"] = self.user_text
        trace = hashlib.sha256(self.message.encode()).hexdigest()[:22]
        return {"error": {**error, "is_transient": self.code in (1, 2), "fbtrace_id": f"A{trace}"}}


def gone(id_: str) -> Refusal:
    """Not there, or not for this token: Graph does not say which."""
    why = "does not exist, cannot be loaded due to missing permissions, or does not support this operation"
    message = f"Unsupported get request. Object with ID '{id_}' {why}. Please read the Graph API documentation"
    return Refusal(100, message, subcode=33, kind="GraphMethodException")


def no_such_field(name: str, kind: str) -> Refusal:
    return Refusal(100, f"(#100) Tried accessing nonexisting field ({name}) on node type ({kind})")


def refused(code: int, name: str, kind: str) -> Refusal:
    """A field that this app or token may not have, though others may."""
    if code == 100:
        return no_such_field(name, kind)
    return Refusal(code, f"(#{code}) The permission for the field {name} on node type {kind} is not granted")


def no_such_path(path: str) -> Refusal:
    return Refusal(2500, f"Unknown path components: {path}")


def lacks(scope: str) -> Refusal:
    message = f"(#10) This endpoint requires the '{scope}' permission or the 'Page Public Content Access' feature."
    return Refusal(10, message)


def too_much(*, in_second_text: bool = False) -> Refusal:
    text = "Please reduce the amount of data you're asking for, then retry your request"
    if in_second_text:
        return Refusal(1, "An unknown error occurred", subcode=99, user_text=text)
    return Refusal(1, text)


def throttled(code: int) -> Refusal:
    what = {
        4: "Application request limit reached",
        17: "User request limit reached",
        32: "Page request limit reached",
        80001: "There have been too many calls to this Page account",
        80002: "There have been too many calls to this Instagram account",
    }
    return Refusal(code, f"(#{code}) {what[code]}. Wait a bit and try again. For more info, see {_LIMITS}.")


DEAD = {
    None: "Invalid OAuth access token - Cannot parse access token",
    458: "Error validating access token: The user has not authorized the application.",
    459: "Error validating access token: You cannot access the app till you log in to www.facebook.com.",
    460: "Error validating access token: The session has been invalidated because the user changed their password.",
    463: "Error validating access token: Session has expired.",
    464: "Error validating access token: Sessions for the user are not allowed because the user is not confirmed.",
    467: "Error validating access token: The session is invalid because the user logged out.",
    492: "Error validating access token: The user must be an administrator of the page in order to impersonate it.",
}


OTHERWISE = {
    368: "The action attempted has been deemed abusive or is otherwise disallowed",
    1705: "(#1705) There was an error while reading the selected profile",
}


def dead(code: int = 190, subcode: int | None = None) -> Refusal:
    """A token's own error: the session's (190, the same subcodes under 102), or whatever else it is refused with."""
    of_session = DEAD.get(subcode) if code in (102, 190) else None
    return Refusal(code, of_session or OTHERWISE.get(code, f"(#{code}) Requires permission"), subcode=subcode)
