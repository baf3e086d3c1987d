"""/comment/…: one comment with its thread, and everything a moderator does with it but answering.

Looking changes nothing. Each form is a plain POST: done, it leads on; not accepted, the page comes back with 422, the
sentence at the field and what was typed.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.inbox.afterwards import after_of
from monitor.inbox.assigning import assignable
from monitor.inbox.faults import Fault
from monitor.inbox.forwarding import units_to_ask
from monitor.inbox.opened import Opened
from monitor.inbox.requesting import CannotAct
from monitor.register.organisation import organisation
from monitor.web.comment.acts import (
    DOMAIN,
    assigned,
    claimed,
    forwarded,
    marked,
    noted,
    on_platform,
    taken_back,
    where_next,
)
from monitor.web.comment.forms import Typed, typed
from monitor.web.comment.place import place
from monitor.web.comment.view import comment_page, new_key
from monitor.web.comment.words import KEPT
from monitor.web.rendering import page
from monitor.web.visiting import needs

router = APIRouter(prefix="/comment", default_response_class=HTMLResponse)
Reader = Annotated[Visitor, needs(Permission.READ_INBOX)]
Handler = Annotated[Visitor, needs(Permission.HANDLE)]
Hider = Annotated[Visitor, needs(Permission.HIDE)]
Answerer = Annotated[Visitor, needs(Permission.ANSWER)]
Sent = Annotated[Typed, Depends(typed)]
Told = Annotated[str, Query(max_length=20)]
Do = Callable[[Opened, Typed], str]
CHOICES = {"assign": "comment/assign.html", "forward": "comment/forward.html"}


@router.get("/{comment_id}")
def show(request: Request, comment_id: int, who: Reader, after: Told = "", kept: Told = "") -> Response:
    """The comment and its thread. after: the comment to which the visitor has just done something; kept: what was, of
    comment_words.KEPT."""
    with request.app.state.db.snapshot() as session:
        here = place(session, who, comment_id, Permission.READ_INBOX)
        done = int(after) if after.isdecimal() and len(after) < 11 else 0
        told = after_of(session, who, done, here.now) if done else None
        return comment_page(request, here, after=told, kept=KEPT.get(kept))


@router.get("/{comment_id}/after")
def how_it_went(request: Request, comment_id: int, who: Reader) -> Response:
    """Only what became of the visitor's last act there; asked for while it is under way."""
    with request.app.state.db.snapshot() as session:
        told = after_of(session, who, comment_id, datetime.now(UTC))
    return page(request, "comment/after.html", after=told, new_key=new_key)


@router.get("/{comment_id}/assign")
def choose_person(request: Request, comment_id: int, who: Handler) -> Response:
    return _choosing(request, who, comment_id, "assign", Typed())


@router.get("/{comment_id}/forward")
def choose_unit(request: Request, comment_id: int, who: Handler) -> Response:
    return _choosing(request, who, comment_id, "forward", Typed())


@router.post("/{comment_id}/mark")
def mark(request: Request, comment_id: int, who: Handler, sent: Sent) -> Response:
    """kind: of mark_rules.Kind, with reason, until and note; stay: back to the thread rather than on to the next."""
    return _done(request, who, comment_id, Permission.HANDLE, sent, marked)


@router.post("/{comment_id}/note")
def note(request: Request, comment_id: int, who: Handler, sent: Sent) -> Response:
    return _done(request, who, comment_id, Permission.HANDLE, sent, noted)


@router.post("/{comment_id}/claim")
def claim(request: Request, comment_id: int, who: Handler, sent: Sent) -> Response:
    """what: take, over (though somebody else is at it) or back."""
    return _done(request, who, comment_id, Permission.HANDLE, sent, claimed)


@router.post("/{comment_id}/assign")
def assign(request: Request, comment_id: int, who: Handler, sent: Sent) -> Response:
    """to: a person's id, or nothing for the responsible person."""
    return _done(request, who, comment_id, Permission.HANDLE, sent, assigned, "assign")


@router.post("/{comment_id}/forward")
def forward(request: Request, comment_id: int, who: Handler, sent: Sent) -> Response:
    """unit: its id; note: what it is asked."""
    return _done(request, who, comment_id, Permission.HANDLE, sent, forwarded, "forward")


@router.post("/{comment_id}/act")
def act(request: Request, comment_id: int, who: Hider, sent: Sent) -> Response:
    """kind: hide, unhide, release or reject, once for each key."""
    return _done(request, who, comment_id, Permission.HIDE, sent, on_platform)


@router.post("/{comment_id}/take-back")
def take_back(request: Request, comment_id: int, who: Answerer, sent: Sent) -> Response:
    """Takes away a comment of our own."""
    return _done(request, who, comment_id, Permission.ANSWER, sent, taken_back)


def _done(
    request: Request, who: Visitor, comment_id: int, permission: Permission, sent: Typed, do: Do, choosing: str = ""
) -> Response:
    """Does it in one transaction, and leads on; or shows what is wrong."""
    try:
        with request.app.state.db.transaction() as session:
            here = place(session, who, comment_id, permission)
            leads_on = do(here, sent)
    except (Fault, CannotAct, *DOMAIN) as why:
        sent.form = sent.form or choosing
        sent.faults = {why.field if isinstance(why, Fault) else "": str(why)}
        if choosing:
            return _choosing(request, who, comment_id, choosing, sent)
        with request.app.state.db.snapshot() as session:
            here = place(session, who, comment_id, permission)
            return comment_page(request, here, sent, status=422)
    return RedirectResponse(where_next(request, who, comment_id, leads_on), status_code=303)


def _choosing(request: Request, who: Visitor, comment_id: int, what: str, sent: Typed) -> Response:
    """The page where somebody is chosen, apart, as it has to look up whom there is."""
    with request.app.state.db.snapshot() as session:
        here = place(session, who, comment_id, Permission.HANDLE)
        people = assignable(session, here.channel, here.now) if what == "assign" else []
        units = units_to_ask(session) if what == "forward" else []
        known = {"organisation": organisation(session), "comment": here.comment, "channel": here.channel}
        status = 422 if sent.faults else 200
        return page(request, CHOICES[what], status=status, typed=sent, people=people, units=units, **known)
