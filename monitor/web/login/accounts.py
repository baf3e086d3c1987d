"""/accounts: who can come in; links for whoever begins or has lost something; emergency codes; sessions."""

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from monitor.access import accounts, codes, tokens
from monitor.access.models import ApiToken
from monitor.access.permission_rules import Permission
from monitor.access.token_words import SCOPE_WORDS
from monitor.access.visitors import Visitor
from monitor.db.numbered import numbered
from monitor.register.calendar import calendar_of
from monitor.register.models import Person
from monitor.register.organisation import organisation
from monitor.web.login.links import public_address, setup_address
from monitor.web.rendering import page
from monitor.web.visiting import needs

router = APIRouter(prefix="/accounts", default_response_class=HTMLResponse)
Administrator = Annotated[Visitor, needs(Permission.MANAGE_LOGINS)]


@router.get("")
def everybody(request: Request, who: Administrator) -> Response:  # noqa: ARG001 - asks for the permission
    with request.app.state.db.snapshot() as session:
        owner, now = organisation(session), datetime.now(UTC)
        rows, going = accounts.overview(session, now), tokens.going(session, now)
    return page(
        request,
        "login/accounts.html",
        organisation=owner,
        zone=ZoneInfo(owner.timezone),
        rows=rows,
        done=request.query_params.get("done", ""),
        tokens=going,
        names={row.person.id: row.person.name for row in rows},
        scope_words=SCOPE_WORDS,
    )


@router.post("/{person_id}/invite")
def invite(request: Request, who: Administrator, person_id: str) -> Response:
    """The link is shown to the administrator, once: it is to be handed over in a way that the person is known by."""
    with request.app.state.db.transaction() as session:
        person = _person(session, person_id)
        word = accounts.invite(session, person, who.person_id, datetime.now(UTC))
        owner = organisation(session)
    hours, link = int(codes.GOOD_FOR.total_seconds() // 3600), setup_address(request, word)
    return page(request, "login/invited.html", organisation=owner, person=person, hours=hours, link=link)


@router.post("/{person_id}/codes")
def new_codes(request: Request, who: Administrator, person_id: str) -> Response:
    """The sheet is shown once, to be printed. An earlier one opens nothing any more."""
    now = datetime.now(UTC)
    with request.app.state.db.transaction() as session:
        person = _person(session, person_id)
        sheet = codes.new_sheet(session, person, who.person_id, now)
        owner = organisation(session)
    return page(
        request,
        "login/codes.html",
        organisation=owner,
        person=person,
        codes=sheet,
        address=f"{public_address(request)}/login/code",
        today=calendar_of(owner).local_date(now),
    )


@router.post("/{person_id}/end-sessions")
def end_sessions(request: Request, who: Administrator, person_id: str) -> Response:
    with request.app.state.db.transaction() as session:
        person = _person(session, person_id)
        accounts.shut_out(session, person, who.person_id, datetime.now(UTC))
    return RedirectResponse("/accounts?done=ended", status_code=303)


@router.post("/tokens/{number}/end")
def end_token(request: Request, who: Administrator, number: int) -> Response:
    """Anybody's. 404 for none."""
    with request.app.state.db.transaction() as session:
        if numbered(session, ApiToken, number) is None:
            raise HTTPException(404)
        tokens.end(session, number, who.person_id, datetime.now(UTC))
    return RedirectResponse("/accounts?done=token-ended", status_code=303)


def _person(session: Session, person_id: str) -> Person:
    person = session.get(Person, person_id)
    if person is None or person.retired:
        raise HTTPException(404)
    return person
