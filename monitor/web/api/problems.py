"""What goes wrong, as problem details (RFC 9457): what, where and what to do, in the language that was asked for.

Nothing of what was sent is given back: it may be what a resident wrote.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from config.language import N_, _
from connectors.errors import CredentialMissing
from monitor.register.organisation import NotSetUp
from monitor.web.database_gone import title_and_remedy
from monitor.web.refusals import note_refusal

MEDIA_TYPE = "application/problem+json"
URN = "urn:kanalvakt:problem:"
TITLES = {
    400: ("bad-request", N_("The request cannot be read")),
    401: ("not-authenticated", N_("A valid token is needed")),
    403: ("not-permitted", N_("The token does not permit that")),
    404: ("not-found", N_("There is no such thing")),
    405: ("method-not-allowed", N_("That cannot be done here")),
    409: ("conflict", N_("Something else happened meanwhile")),
    413: ("too-large", N_("Too much was sent")),
    422: ("invalid", N_("Something in the request is wrong")),
    503: ("not-available", N_("The service is not available")),
}
"""By status: the last part of the problem's type, and its title."""


NOTED = {401: "token", 403: "permission"}
"""Refusals that the log tells of, and what it calls them."""


class Wrong(BaseModel):
    """One thing that is wrong. at: a JSON pointer into the body (`/text`), or `query/limit`, `path/…`, `header/…`."""

    at: str
    detail: str


class Problem(BaseModel):
    """Why something was not done. Nothing has been changed then. confirm: of a 409 that asks first: who
    wants it all the same, having read the reasons, sends it once more with this as `confirmed`."""

    type: str
    title: str
    status: int
    detail: str = ""
    errors: list[Wrong] = []
    confirm: str | None = None


class Refused(Exception):
    """Raised where a request is refused. Undoes the transaction around it."""

    def __init__(
        self,
        status: int,
        detail: str,
        errors: Sequence[Wrong] = (),
        code: str | None = None,
        confirm: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors, self.code, self.confirm = status, detail, list(errors), code, confirm


@contextmanager
def refusing(*errors: type[Exception], status: int = 422, at: str = "") -> Iterator[None]:
    """What the domain refuses, as a problem. The domain's sentence is shown as it is; at: what it is about, unless the
    error says so itself by an attribute `field`."""
    try:
        yield
    except errors as why:
        where = getattr(why, "field", None) or at
        pointer = where if not where or "/" in where else f"/{where}"
        raise Refused(status, str(why), [Wrong(at=pointer, detail=str(why))] if pointer else []) from None


DOCUMENTED: dict[int | str, dict[str, Any]] = {
    status: {
        "model": Problem,
        "description": title,
    }
    for status, (_code, title) in TITLES.items()
    if status not in {405, 409}
}
"""What every address may answer."""
CONFLICT: dict[int | str, dict[str, Any]] = {409: {"model": Problem, "description": TITLES[409][1]}}
"""For those that ask first."""


def says_what_is_wrong(api: FastAPI) -> None:
    """Answers every failure as a problem."""
    api.add_exception_handler(Refused, _refused)
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(NotSetUp, _not_set_up)
    api.add_exception_handler(CredentialMissing, _no_key)
    api.add_exception_handler(OperationalError, _no_database)


def problem(
    status: int,
    detail: str = "",
    errors: Sequence[Wrong] = (),
    code: str | None = None,
    confirm: str | None = None,
    **headers: str,
) -> Response:
    """The answer. headers: of it, with _ for -."""
    usual, title = TITLES.get(status, TITLES[400])
    told = {"type": URN + (code or usual), "title": _(title), "status": status, "detail": detail, "confirm": confirm}
    shown = Problem.model_validate(told | {"errors": errors})
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(shown.model_dump_json(), status_code=status, media_type=MEDIA_TYPE, headers=named)


def _refused(request: Request, why: Exception) -> Response:
    assert isinstance(why, Refused)  # noqa: S101  # what the handler is registered for
    if why.status in NOTED:
        note_refusal(request, NOTED[why.status])
    headers = {"WWW_Authenticate": "Bearer"} if why.status == 401 else {}
    return problem(why.status, why.detail, why.errors, why.code, why.confirm, **headers)


def _http(request: Request, why: Exception) -> Response:
    """What the framework raises, and what the pages' own functions do: 404, 403."""
    status = why.status_code if isinstance(why, HTTPException) else 400
    if status in NOTED:
        note_refusal(request, NOTED[status])
    headers = {"Allow": ", ".join(sorted(_methods(request)))} if status == 405 else {}
    return problem(status, "", (), None, **headers)


def _methods(request: Request) -> set[str]:
    """What can be done at the address. One route of several would tell only of itself."""
    fitting = (each for route in request.app.routes for each in flat(route))
    return {
        method for each in fitting if each.matches(request.scope)[0] is not Match.NONE for method in each.methods or ()
    }


def flat(route: Any) -> Iterator[Any]:
    """The routes themselves: an included router has them within."""
    if hasattr(route, "effective_candidates"):
        for each in route.effective_candidates():
            yield from flat(each)
    else:
        yield route


def _invalid(_request: Request, why: Exception) -> Response:
    found = why.errors() if isinstance(why, RequestValidationError) else []
    return problem(422, errors=[Wrong(at=_place(each["loc"]), detail=each["msg"]) for each in found[:20]])


def _place(loc: Sequence[int | str]) -> str:
    """Names of unknown fields are the sender's own words: shortened."""
    head, *rest = [str(each)[:60] for each in loc] or [""]
    return "/" + "/".join(rest) if head == "body" else "/".join([head, *rest])


def _not_set_up(_request: Request, why: Exception) -> Response:
    return problem(503, str(why))


def _no_key(_request: Request, why: Exception) -> Response:
    """What is kept of answers, and of other systems, is encrypted: without its key nothing can be done once."""
    remedy = _(why.remedy) if isinstance(why, CredentialMissing) else ""
    return problem(503, f"{why}. {remedy}")


def _no_database(_request: Request, why: Exception) -> Response:
    return problem(503, title_and_remedy(why)[1])
