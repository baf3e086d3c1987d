"""How instagram.com turns somebody away: its own error answers, as faults to be put before a site."""

from collections.abc import Mapping
from typing import Any

from connectors.emulator.faults import Fault

_JSON = {"Content-Type": "application/json; charset=utf-8"}
_LOGIN_PAGE = "https://www.instagram.com/accounts/login/?next=/"
_FAIL = '"status":"fail"'

TROUBLES: Mapping[str, Mapping[str, Any]] = {
    "wait": {
        "status": 401,
        "body": '{"message":"Please wait a few minutes before you try again.","require_login":true,'
        f'"igweb_rollout":true,{_FAIL}}}',
    },
    "too_many_requests": {"status": 429, "body": f'{{"message":"Too many requests",{_FAIL}}}'},
    "login_required": {"status": 403, "body": f'{{"message":"login_required","logout_reason":2,{_FAIL}}}'},
    "forbidden": {"status": 403, "body": f'{{"message":"",{_FAIL}}}'},
    "feedback_required": {
        "status": 400,
        "body": f'{{"message":"feedback_required","spam":true,"feedback_title":"Try Again Later",{_FAIL}}}',
    },
    "checkpoint_required": {
        "status": 400,
        "body": f'{{"message":"checkpoint_required","checkpoint_url":"/challenge/","lock":true,{_FAIL}}}',
    },
    "challenge_required": {
        "status": 400,
        "body": f'{{"message":"challenge_required","challenge":{{"url":"/challenge/"}},{_FAIL}}}',
    },
    "login_redirect": {"status": 302, "body": "", "headers": {"Location": _LOGIN_PAGE}},
    "something_went_wrong": {
        "status": 200,
        "body": f'{{"message":"We\'re sorry, but something went wrong. Please try again.",{_FAIL}}}',
    },
    "server_error": {"status": 500, "body": f'{{"message":"",{_FAIL}}}'},
}
"""Name -> what is answered. Seen in reports of 2025 and 2026; the first one is by far the most frequent."""


def trouble(name: str, path: str = "", times: int | None = 1, after: int = 0) -> Fault:
    """The trouble of that name for requests to a matching path. Raises KeyError for a name that is not in TROUBLES."""
    what = TROUBLES[name]
    headers = {**_JSON, **what.get("headers", {})}
    return Fault(
        "status",
        site="instagram_web",
        path=path,
        times=times,
        after=after,
        status=what["status"],
        body=what["body"],
        headers=headers,
        cost=1,
    )
