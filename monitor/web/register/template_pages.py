"""/settings/templates: ready-made words for answers, how they fit each platform, and the signature of those who have
none of their own."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.db.numbered import numbered
from monitor.inbox import templates
from monitor.inbox.desk_models import ReplyTemplate
from monitor.inbox.reply_rules import TemplateKind
from monitor.inbox.templates import EVERYBODY, LANGUAGES, CannotKeep, Given, add_template, change_template, sign_as
from monitor.register.channels import all_channels
from monitor.register.models import Unit
from monitor.register.organisation import organisation
from monitor.web.register.asking import Form, Sent
from monitor.web.register.settings_pages import LANGUAGE_NAMES
from monitor.web.rendering import page
from monitor.web.visiting import needs

router = APIRouter(prefix="/settings/templates", default_response_class=HTMLResponse)
Editor = Annotated[Visitor, needs(Permission.EDIT_SETTINGS)]
DONE = {
    "added": N_("The template is offered from now on."),
    "changed": N_("The template has its new words from now on."),
    "retired": N_("The template is offered no more. Answers that were written with it stay."),
    "restored": N_("The template is offered again."),
    "signature": N_("The signature stands below answers from now on."),
}
FIELDS = ("name", "language", "kind", "unit", "channel", "text")
KINDS = {
    TemplateKind.ANSWER: N_("An answer"),
    TemplateKind.INTERIM: N_("Only a first answer"),
    TemplateKind.REFERRAL: N_("Where to turn instead"),
}


@router.get("", dependencies=[needs(Permission.EDIT_SETTINGS)])
def overview(request: Request, done: Annotated[str, Query()] = "") -> HTMLResponse:
    return _page(request, done=done)


@router.post("")
def add(request: Request, who: Editor, sent: Form) -> Response:
    """A new template. 422 with what is wrong at the field."""
    return _kept(request, who, sent, None)


@router.post("/signature")
def sign(request: Request, who: Editor, sent: Form) -> Response:
    """What stands below the answers of everybody who has no signature of their own."""
    try:
        with request.app.state.db.transaction() as session:
            sign_as(session, EVERYBODY, sent.text("signature"), who.person_id, datetime.now(UTC))
    except CannotKeep as why:
        return _page(request, faults={"signature": str(why)}, signature=sent.text("signature"))
    return _back("signature")


@router.get("/{number}", dependencies=[needs(Permission.EDIT_SETTINGS)])
def one(request: Request, number: int) -> HTMLResponse:
    """The template, to be changed."""
    with request.app.state.db.snapshot() as session:
        found = _template(session, number)
        typed = {"unit": found.unit_id or "", "channel": found.channel_id or "", "kind": found.kind}
        typed |= {"name": found.name, "language": found.language, "text": found.text}
    return _page(request, number=number, typed=typed)


@router.post("/{number}")
def change(request: Request, number: int, who: Editor, sent: Form) -> Response:
    """422 with what is wrong at the field."""
    return _kept(request, who, sent, number)


@router.post("/{number}/retire")
def retire(request: Request, number: int, who: Editor) -> Response:
    with request.app.state.db.transaction() as session:
        templates.retire_template(session, _template(session, number).id, who.person_id, datetime.now(UTC))
    return _back("retired")


@router.post("/{number}/restore")
def restore(request: Request, number: int, who: Editor) -> Response:
    with request.app.state.db.transaction() as session:
        templates.offer_again(session, _template(session, number).id, who.person_id, datetime.now(UTC))
    return _back("restored")


def _kept(request: Request, who: Visitor, sent: Sent, number: int | None) -> Response:
    """Keeps a template; or the page with what is wrong."""
    faults, now = _faults(sent), datetime.now(UTC)
    typed = {name: sent.text(name) for name in FIELDS}
    typed["kind"] = typed["kind"] or TemplateKind.ANSWER
    if not faults:
        given = Given(typed["unit"] or None, typed["channel"] or None, TemplateKind(typed["kind"]))
        said = (typed["name"], typed["language"], typed["text"], who.person_id, now, given)
        try:
            with request.app.state.db.transaction() as session:
                if number is None:
                    add_template(session, *said)
                else:
                    change_template(session, _template(session, number), *said)
            return _back("added" if number is None else "changed")
        except CannotKeep as why:
            faults = {why.field: str(why)}
    return _page(request, number=number, typed=typed, faults=faults)


def _faults(sent: Sent) -> dict[str, str]:
    faults = {}
    if not sent.text("name"):
        faults["name"] = _("Give the template a name.")
    if sent.text("language") not in LANGUAGES:
        faults["language"] = _("Choose the template's language.")
    if sent.text("kind") not in {"", *KINDS}:
        faults["kind"] = _("Choose what it is.")
    if not sent.text("text"):
        faults["text"] = _("Write the words that the answer begins with.")
    return faults


def _template(session: Session, number: int) -> ReplyTemplate:
    """404 where there is none."""
    found = numbered(session, ReplyTemplate, number)
    if found is None:
        raise HTTPException(404)
    return found


def _back(done: str) -> Response:
    return RedirectResponse(f"/settings/templates?done={done}", status_code=303)


def _page(
    request: Request,
    *,
    number: int | None = None,
    done: str = "",
    signature: str | None = None,
    faults: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    """number: of the template that is being changed; None: a new one may be added."""
    with request.app.state.db.snapshot() as session:
        shown = _shown(session, number)
    if signature is not None:
        shown["signature"] = signature
    return page(
        request,
        "register/templates.html",
        status=422 if faults else 200,
        number=number,
        done=_(DONE[done]) if done in DONE else "",
        faults=faults or {},
        typed=dict.fromkeys(FIELDS, "") | {"language": "sv"} | (typed or {}),
        **shown,
    )


def _shown(session: Session, number: int | None) -> dict[str, Any]:
    """404 for a number that is no template's."""
    owner, every = organisation(session), templates.all_templates(session)
    units = dict(session.execute(select(Unit.id, Unit.name).where(~Unit.retired).order_by(Unit.name)).all())
    channels = {each.id: each.name for each in all_channels(session) if each.state != "retired"}
    one = _template(session, number) if number is not None else None
    signature = templates.own_signature(session, EVERYBODY) or ""
    return {
        "organisation": owner,
        "one": one,
        "in_use": [each for each in every if not each.retired],
        "retired": [each for each in every if each.retired],
        "fits": templates.fits_of(session, every, owner, signature),
        "units": [("", _("All units")), *units.items()],
        "unit_names": units,
        "channels": [("", _("All of them")), *channels.items()],
        "channel_names": channels,
        "kinds": [(each.value, _(words)) for each, words in KINDS.items()],
        "languages": [(each, _(LANGUAGE_NAMES[each])) for each in LANGUAGES],
        "signature": signature,
    }
