"""/crisis/templates: the municipality's own words to begin a crisis message with."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.db.numbered import numbered
from monitor.emergency import own_templates
from monitor.emergency.message_rules import PARTS
from monitor.emergency.message_words import QUESTIONS
from monitor.emergency.models import CrisisTemplate
from monitor.emergency.own_templates import CannotKeep, Given
from monitor.emergency.wording import OWN, wordings
from monitor.register.organisation import organisation
from monitor.web.emergency.forms import Sent, sent
from monitor.web.rendering import page
from monitor.web.visiting import needs

router = APIRouter(prefix="/crisis/templates", default_response_class=HTMLResponse)
Editor = Annotated[Visitor, needs(Permission.WORD_CRISIS)]
Form = Annotated[Sent, Depends(sent)]
VARIETIES = {"sv": N_("Swedish"), "plain": N_("plain Swedish"), "en": N_("English")}
DONE = {
    "added": N_("The template is offered from now on."),
    "changed": N_("The template has its new words from now on."),
    "retired": N_("The template is offered no more. Messages that were begun with it stay."),
    "restored": N_("The template is offered again."),
}


@router.get("", dependencies=[needs(Permission.WORD_CRISIS)])
def overview(request: Request, copy: str = "", done: str = "") -> HTMLResponse:
    """copy: the name of a template whose words the form begins with."""
    form = Sent({"language": "sv"})
    if copy:
        with request.app.state.db.snapshot() as session:
            form = _copied(session, copy)
    return _page(request, form, done=done)


@router.post("")
def add(request: Request, who: Editor, form: Form) -> Response:
    return _kept(request, who, form, None)


@router.get("/{number}", dependencies=[needs(Permission.WORD_CRISIS)])
def one(request: Request, number: int) -> HTMLResponse:
    with request.app.state.db.snapshot() as session:
        found = _template(session, number)
        values = {name: getattr(found, name) for name in ("name", "headline", *PARTS)}
    return _page(request, Sent(values | {"language": found.variety}), number=number)


@router.post("/{number}")
def change(request: Request, number: int, who: Editor, form: Form) -> Response:
    return _kept(request, who, form, number)


@router.post("/{number}/retire")
def retire(request: Request, number: int, who: Editor) -> Response:
    with request.app.state.db.transaction() as session:
        own_templates.retire(session, _template(session, number), who.person_id, datetime.now(UTC))
    return _back("retired")


@router.post("/{number}/restore")
def restore(request: Request, number: int, who: Editor) -> Response:
    with request.app.state.db.transaction() as session:
        own_templates.offer_again(session, _template(session, number), who.person_id, datetime.now(UTC))
    return _back("restored")


def _kept(request: Request, who: Visitor, form: Sent, number: int | None) -> Response:
    """Keeps it; or the page with what is wrong at each field."""
    parts = {name: form[name] for name in PARTS}
    given = Given(form["name"], form["language"], form["headline"], parts, form["copied"])
    try:
        with request.app.state.db.transaction() as session:
            if number is None:
                own_templates.add(session, given, who.person_id, datetime.now(UTC))
            else:
                own_templates.change(session, _template(session, number), given, who.person_id, datetime.now(UTC))
    except CannotKeep as why:
        form.faults = why.faults
        return _page(request, form, number=number)
    return _back("added" if number is None else "changed")


def _copied(session: Session, name: str) -> Sent:
    """Raises HTTPException, 404, for a template that there is not."""
    try:
        found = own_templates.named(session, name)
    except KeyError:
        raise HTTPException(404) from None
    words = {"name": found.name, "language": found.variety, "headline": found.headline, "copied": name}
    return Sent(words | dict(found.parts))


def _template(session: Session, number: int) -> CrisisTemplate:
    """Raises HTTPException, 404."""
    found = numbered(session, CrisisTemplate, number)
    if found is None:
        raise HTTPException(404)
    return found


def _back(done: str) -> Response:
    return RedirectResponse(f"/crisis/templates?done={done}", status_code=303)


def _page(request: Request, form: Sent, *, number: int | None = None, done: str = "") -> HTMLResponse:
    """number: of the one that is changed; None: a new one may be added."""
    with request.app.state.db.snapshot() as session:
        owner, every = organisation(session), own_templates.own(session)
        one = _template(session, number) if number is not None else None
    shown: dict[str, Any] = {
        "in_use": [own_templates.worded(each) for each in every if not each.retired],
        "numbers": {f"{OWN}{each.id}": each.id for each in every},
        "retired": [each for each in every if each.retired],
        "built_in": wordings(),
        "varieties": [(key, _(words)) for key, words in VARIETIES.items()],
        "questions": QUESTIONS,
    }
    told = _(DONE[done]) if done in DONE else ""
    shown |= {"organisation": owner, "one": one, "form": form, "done": told}
    return page(request, "emergency/templates.html", status=422 if form.faults else 200, **shown)
