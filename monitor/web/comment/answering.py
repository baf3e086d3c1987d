"""Answering a comment from its page: a draft as it will be read, one press that answers once, and a question first."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from config.language import _
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.inbox.answering import Answer, Asks, decide, send, unfit
from monitor.inbox.desk_models import ReplyTemplate
from monitor.inbox.faults import Fault
from monitor.inbox.opened import Opened, View, view_of
from monitor.inbox.reply_rules import TemplateKind
from monitor.inbox.requesting import CannotAct
from monitor.inbox.templates import worded
from monitor.web.comment.acts import HERE, NEXT, where_next
from monitor.web.comment.forms import Typed, typed
from monitor.web.comment.place import place
from monitor.web.comment.view import comment_page, new_key, typed_draft
from monitor.web.rendering import page
from monitor.web.visiting import needs

router = APIRouter(prefix="/comment", default_response_class=HTMLResponse)
Answerer = Annotated[Visitor, needs(Permission.ANSWER)]
Sent = Annotated[Typed, Depends(typed)]


@router.post("/{comment_id}/answer")
def answer(request: Request, comment_id: int, who: Answerer, sent: Sent) -> Response:
    """step: template, preview, edit or send. key: the same one answers once. seen: of the page that was answered from;
    confirmed: of the question that was said yes to."""
    sent.form = "answer"
    if sent["step"] in {"template", "preview", "edit"}:
        return _not_sent(request, who, comment_id, sent)
    try:
        with request.app.state.db.transaction() as session:
            here = place(session, who, comment_id, Permission.ANSWER)
            leads = _send(here, sent)
    except Asks as why:
        return _shown(request, who, comment_id, sent, 409, asks=why)
    except (Fault, CannotAct) as why:
        sent.faults = {why.field if isinstance(why, Fault) else "text": str(why)}
        return _shown(request, who, comment_id, sent, 422)
    return RedirectResponse(where_next(request, who, comment_id, leads), status_code=303)


@router.post("/{comment_id}/draft")
def look_ahead(request: Request, comment_id: int, who: Answerer, sent: Sent) -> Response:
    """Only the draft as it would be sent, and for how much there is room: while somebody writes."""
    with request.app.state.db.snapshot() as session:
        here = place(session, who, comment_id, Permission.ANSWER)
        made = typed_draft(here, view_of(here), sent)
    return page(request, "comment/draft.html", draft=made, unfit=unfit(here, made))


@router.post("/{comment_id}/asked")
def settle(request: Request, comment_id: int, who: Answerer, sent: Sent) -> Response:
    """What becomes of an answer that was held back, as somebody had answered meanwhile. what: send or withdraw."""
    sent.form = "asked"
    try:
        with request.app.state.db.transaction() as session:
            here = place(session, who, comment_id, Permission.ANSWER)
            _decided(here, sent)
    except (Fault, CannotAct) as why:
        sent.faults = {"": str(why)}
        return _shown(request, who, comment_id, sent, 422)
    return RedirectResponse(where_next(request, who, comment_id, HERE), status_code=303)


def _not_sent(request: Request, who: Visitor, comment_id: int, sent: Typed) -> Response:
    """A template's words, or the answer as it will be read: nothing is written."""
    with request.app.state.db.snapshot() as session:
        here = place(session, who, comment_id, Permission.ANSWER)
        view = view_of(here)
        if sent["step"] == "template":
            _take_template(here, view, sent)
        made = typed_draft(here, view, sent)
        if sent["step"] != "preview":
            return comment_page(request, here, sent, view=view)
        if sentence := unfit(here, made):
            sent.faults = {"text": sentence}
            return comment_page(request, here, sent, view=view, status=422)
        return comment_page(request, here, sent, view=view, preview=made)


def _shown(
    request: Request, who: Visitor, comment_id: int, sent: Typed, status: int, asks: Asks | None = None
) -> Response:
    with request.app.state.db.snapshot() as session:
        here = place(session, who, comment_id, Permission.ANSWER)
        return comment_page(request, here, sent, status=status, asks=asks)


def _take_template(here: Opened, view: View, sent: Typed) -> None:
    """Below what was typed already: nothing is ever lost. What only says that an answer will come is ticked so."""
    chosen: ReplyTemplate | None = next((each for each in view.templates if str(each.id) == sent["template"]), None)
    if chosen is None:
        sent.faults = {"template": _("Choose a template.")}
        return
    words, before = worded(chosen, here.owner, here.channel), sent["text"].rstrip()
    sent.values["text"] = f"{before}\n\n{words}" if before else words
    if chosen.kind == TemplateKind.INTERIM:
        sent.values["interim"] = "1"


def _send(here: Opened, sent: Typed) -> str:
    """Raises Fault, Asks, CannotAct."""
    if not sent.key:
        sent.values["key"] = new_key()
        raise Fault(_("The page was too old. Press the button again."))
    sign, interim = bool(sent["sign"]), bool(sent["interim"])
    send(here, Answer(sent.key, sent["text"], sent["seen"], sent["confirmed"], sign, interim))
    return NEXT


def _decided(here: Opened, sent: Typed) -> None:
    number = int(sent["action"]) if sent["action"].isdecimal() and len(sent["action"]) < 10 else 0
    decide(here, number, goes=sent["what"] != "withdraw")
