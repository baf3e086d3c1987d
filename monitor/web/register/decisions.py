"""/decisions: where the decision about each channel stands, each one's whole text, and that it has arrived."""

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.db.numbered import numbered
from monitor.register.calendar import calendar_of
from monitor.register.deciding import CannotDecide, confirm, replaced
from monitor.register.decision_paper import contents, decision_pdf, file_name
from monitor.register.decision_status import standings
from monitor.register.decision_words import STATUSES, fingerprint
from monitor.register.models import Channel, Decision, DecisionReceipt, Person
from monitor.register.organisation import organisation
from monitor.web.register.asking import channel_for
from monitor.web.rendering import page
from monitor.web.visiting import needs

router = APIRouter(prefix="/decisions", default_response_class=HTMLResponse)
DONE = {
    "decided": N_("You have decided. The decision is sent to the communicator, who confirms that it has arrived."),
    "confirmed": N_("You have confirmed that the decision has arrived."),
}
Reader = Annotated[Visitor, needs(Permission.READ_REGISTER)]


@router.get("")
def all_decisions(request: Request, who: Reader) -> HTMLResponse:
    """Each channel, where its decision stands, and who may renew it can."""
    with request.app.state.db.snapshot() as session:
        owner = organisation(session)
        today = calendar_of(owner).local_date(datetime.now(UTC))
        stand, newest = standings(session, today), newest_decisions(session)
        seen = who.channels_for(Permission.READ_REGISTER)
        chosen = select(Channel).where(Channel.state != "retired").order_by(Channel.name, Channel.id)
        rows = [(each, stand[each.id], newest.get(each.id)) for each in session.scalars(chosen) if each.id in seen]
    rows.sort(key=lambda row: not row[1].needs_somebody)
    mine = who.channels_for(Permission.DECIDE)
    return page(request, "register/decisions.html", organisation=owner, rows=rows, statuses=STATUSES, mine=mine)


@router.get("/{number}")
def one(request: Request, number: int, who: Reader, done: Annotated[str, Query()] = "") -> HTMLResponse:
    """A decision's whole text, and what became of telling the communicator."""
    with request.app.state.db.snapshot() as session:
        return _page(request, session, decision_for(session, who, number), who, done=done)


@router.get("/{number}/decision.pdf")
def on_paper(request: Request, number: int, who: Reader) -> Response:
    """The decision as a PDF."""
    with request.app.state.db.snapshot() as session:
        decision = decision_for(session, who, number)
        name, content = file_name(decision), decision_pdf(session, decision)
    shown = {"Content-Disposition": f"inline; filename*=UTF-8''{quote(name)}"}
    return Response(content, headers=shown, media_type="application/pdf")


@router.post("/{number}/confirm")
def arrived(request: Request, number: int, who: Annotated[Visitor, needs(Permission.CONFIRM_DECISION)]) -> Response:
    """The communicator says that it has arrived. 409 with the reason where that counts no more."""
    try:
        with request.app.state.db.transaction() as session:
            decision = decision_for(session, who, number, Permission.CONFIRM_DECISION)
            confirm(session, decision, session.get_one(Person, who.person_id), datetime.now(UTC))
    except CannotDecide as why:
        with request.app.state.db.snapshot() as session:
            return _page(request, session, decision_for(session, who, number), who, refusal=str(why))
    return RedirectResponse(f"/decisions/{number}?done=confirmed", status_code=303)


def decision_for(
    session: Session, who: Visitor, number: int, permission: Permission = Permission.READ_REGISTER
) -> Decision:
    """404 where there is none, or none that the visitor is to know of."""
    found = numbered(session, Decision, number)
    if found is None:
        raise HTTPException(404)
    channel_for(session, who, found.channel_id, permission)
    return found


def _page(
    request: Request, session: Session, decision: Decision, who: Visitor, *, done: str = "", refusal: str = ""
) -> HTMLResponse:
    owner = organisation(session)
    channel = session.get_one(Channel, decision.channel_id)
    receipt = session.get(DecisionReceipt, decision.id)
    versions = select(Decision).where(Decision.channel_id == channel.id).order_by(Decision.version.desc())
    old = replaced(session, decision)
    waits = (receipt is None or receipt.confirmed_at is None) and not old
    may_confirm, may_renew = Permission.CONFIRM_DECISION, Permission.DECIDE
    return page(
        request,
        "register/decision.html",
        status=409 if refusal else 200,
        organisation=owner,
        zone=ZoneInfo(owner.timezone),
        channel=channel,
        decision=decision,
        contents=contents(session, decision),
        said=_told(session, receipt),
        versions=session.scalars(versions).all(),
        fingerprint=fingerprint(decision),
        old=old,
        confirms=waits and who.may(may_confirm, channel.id),
        renews=not old and channel.state != "retired" and who.may(may_renew, channel.id),
        done=_(DONE[done]) if done in DONE else "",
        refusal=refusal,
    )


def _told(session: Session, receipt: DecisionReceipt | None) -> dict[str, object]:
    """To whom it was sent and who has confirmed it, with the times; empty where nothing has happened yet."""
    if receipt is None:
        return {}
    sent_to = session.get(Person, receipt.sent_to_id) if receipt.sent_to_id else None
    by = session.get(Person, receipt.confirmed_by_id) if receipt.confirmed_by_id else None
    return {
        "sent_to": sent_to.name if sent_to else "",
        "sent_at": receipt.sent_at,
        "confirmed_by": by.name if by else "",
        "confirmed_at": receipt.confirmed_at,
    }


def newest_decisions(session: Session) -> dict[str, Decision]:
    """The decision that was made last about each channel that has any."""
    made = select(Decision).order_by(Decision.decided_on, Decision.version)
    return {decision.channel_id: decision for decision in session.scalars(made)}
