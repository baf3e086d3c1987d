"""/crisis/warnings: what authorities warn of, and what is done about it. /crisis/vma: whom to call for their warning.

Before the pages of incidents, whose addresses are numbers in the same place."""

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from config.language import N_
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.db.numbered import is_number
from monitor.emergency import warnings
from monitor.emergency.warning_rules import UNREAL, Problem
from monitor.register.organisation import organisation
from monitor.web.emergency import banner
from monitor.web.rendering import page
from monitor.web.visiting import needs

router = APIRouter(prefix="/crisis", default_response_class=HTMLResponse)
Reader = Annotated[Visitor, needs(Permission.READ_CRISIS)]
Worker = Annotated[Visitor, needs(Permission.WORK_IN_CRISIS)]
PROBLEMS = {
    Problem.UNREACHABLE: N_("it does not answer"),
    Problem.REFUSED: N_("it answers that it will not"),
    Problem.UNREADABLE: N_("what it answers cannot be understood"),
    Problem.STALE: N_("it tells nothing new"),
}


@router.get("/warnings")
def all_warnings(request: Request, who: Reader) -> HTMLResponse:
    now = datetime.now(UTC)
    with request.app.state.db.snapshot() as session:
        owner = organisation(session)
        found, feeds = warnings.recent(session, now), warnings.feeds(session)
    return page(
        request,
        "emergency/warnings.html",
        organisation=owner,
        zone=ZoneInfo(owner.timezone),
        open={line.id: line for line in banner.shown(request.app.state)},
        works=who.may(Permission.WORK_IN_CRISIS),
        reads=request.app.state.settings.emergency.feeds,
        problems=PROBLEMS,
        unreal=UNREAL,
        found=found,
        feeds=feeds,
    )


@router.post("/warnings/{number}")
def let_be(request: Request, number: int, who: Worker) -> RedirectResponse:
    """Somebody has looked: it need not be shown any more."""
    if not is_number(number):
        raise HTTPException(404)
    with request.app.state.db.transaction() as session:
        warnings.let_be(session, number, who.person_id, datetime.now(UTC))
    banner.forget(request.app.state)
    return RedirectResponse("/crisis/warnings", status_code=303)


@router.get("/vma")
def checklist(request: Request, who: Reader) -> HTMLResponse:  # noqa: ARG001 - who: has been let in
    """The only page that speaks of what others send by its name."""
    with request.app.state.db.snapshot() as session:
        owner = organisation(session)
    ours = request.app.state.settings.emergency
    named = {"call": ours.call, "centre": ours.alarm_centre, "authority": ours.civil_defence}
    return page(request, "emergency/vma.html", organisation=owner, **named)
