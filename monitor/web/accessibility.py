"""/accessibility: the statement that the law on the accessibility of digital public services asks of whoever uses
Kanalvakt, after the model text of the Swedish agency that supervises it. Open to everybody."""

from contextlib import suppress
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from config.language import N_
from monitor.register.organisation import organisation
from monitor.web.rendering import page
from monitor.web.visiting import NotSignedIn, visitor

router = APIRouter(prefix="/accessibility", default_response_class=HTMLResponse)

ASSESSED = date(2026, 11, 28)
"""When the pages were last gone through as the statement says, and the list below with them."""
SUPERVISOR = "https://www.digg.se/tdosanmalan"
SHORTCOMINGS = (
    (
        N_("Sign-in lasts twelve hours"),
        N_(
            "After twelve hours, or four hours unused, you have to sign in again. You are not warned before, and what "
            "you have written and not sent may be lost."
        ),
        "2.2.1",
    ),
    (
        N_("Comments in other languages"),
        N_(
            "What residents write is shown in the language that they wrote it in. The language is not marked, so a "
            "screen reader may read it with the wrong pronunciation. The same goes for names and for texts that come "
            "from the platforms."
        ),
        "3.1.2",
    ),
)
"""Heading, what does not work, and the success criterion of WCAG 2.1. An honest list: what is mended leaves it."""


@router.get("")
def statement(request: Request) -> HTMLResponse:
    with request.app.state.db.snapshot() as session:
        owner = organisation(session)
    with suppress(NotSignedIn):
        visitor(request)  # so that the page leads on to what is theirs
    return page(
        request,
        "accessibility.html",
        organisation=owner,
        shortcomings=SHORTCOMINGS,
        assessed=ASSESSED,
        supervisor=SUPERVISOR,
    )
