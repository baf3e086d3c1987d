"""/crisis-templates: words to begin a crisis message with, the municipality's own and the built-in ones."""

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import Field, StringConstraints
from sqlalchemy.orm import Session

from monitor.access.permission_rules import Permission
from monitor.emergency import own_templates
from monitor.emergency.message_rules import LONGEST_HEADLINE, LONGEST_PART, PARTS
from monitor.emergency.models import CrisisTemplate
from monitor.emergency.own_templates import LONGEST_NAME, CannotKeep, Given
from monitor.emergency.wording import Wording, wordings
from monitor.web.api.asking import Caller, scoped
from monitor.web.api.once import Act, Asked, Once, once
from monitor.web.api.problems import DOCUMENTED, Refused, Wrong
from monitor.web.api.shapes import CLEAN, FILLED, USUAL, After, In, Limit, Name, Number, Out, Page, paged

router = APIRouter(tags=["crisis"], responses=DOCUMENTED)
Editor = Annotated[Caller, scoped(Permission.WORD_CRISIS)]
Part = Annotated[str, StringConstraints(max_length=LONGEST_PART), CLEAN]
Variety = Literal["sv", "plain", "en"]


class CrisisTemplateIn(In):
    """What has to be filled in stands in [brackets]; no message is sent while one is left. copied: the name of a
    template that it is a changed copy of; it takes its gravity in the words of CAP."""

    name: Annotated[str, StringConstraints(max_length=LONGEST_NAME, **FILLED), CLEAN]
    language: Variety = "sv"
    headline: Annotated[str, StringConstraints(max_length=LONGEST_HEADLINE, **FILLED), CLEAN]
    happened: Part
    meaning: Part = ""
    doing: Part = ""
    to_do: Part = ""
    learn_more: Part = ""
    copied: Name | None = Field(default=None)


class CrisisTemplateOut(Out):
    """key: what it is chosen by, such as power.sv. number: of the municipality's own; null for a built-in one, which
    nobody changes."""

    key: str
    number: int | None
    name: str
    language: Variety
    headline: str
    happened: str
    meaning: str
    doing: str
    to_do: str
    learn_more: str
    retired: bool


@router.get("/crisis-templates")
def every(known: Editor, after: After = None, limit: Limit = USUAL) -> Page[CrisisTemplateOut]:
    """Those out of use too."""
    with known.db.snapshot() as session:
        rows = [_told(each) for each in own_templates.own(session)]
    rows += [_shaped(each, number=None, retired=False) for each in wordings()]
    page, further = paged(rows, lambda each: each.key, after, limit)
    return Page(items=page, next=further)


@router.post("/crisis-templates", status_code=201, response_model=CrisisTemplateOut)
def add(known: Editor, sent: CrisisTemplateIn, asked: Once) -> Response:
    """Offered from now on."""
    return _once(
        known,
        asked,
        lambda session: _told(own_templates.add(session, _given(sent), known.who.person_id, asked.now)),
        201,
    )


@router.get("/crisis-templates/{number}")
def one(known: Editor, number: Number) -> CrisisTemplateOut:
    """One of the municipality's own."""
    with known.db.snapshot() as session:
        return _told(_found(session, number))


@router.put("/crisis-templates/{number}", response_model=CrisisTemplateOut)
def change(known: Editor, number: Number, sent: CrisisTemplateIn, asked: Once) -> Response:
    """Other words for it, from the next message on."""

    def do(session: Session) -> CrisisTemplateOut:
        found = _found(session, number)
        own_templates.change(session, found, _given(sent), known.who.person_id, asked.now)
        return _told(found)

    return _once(known, asked, do)


@router.post("/crisis-templates/{number}/retire", response_model=CrisisTemplateOut)
def retire(known: Editor, number: Number, asked: Once) -> Response:
    """Offered no more; messages that were begun with it stay."""

    def do(session: Session) -> CrisisTemplateOut:
        found = _found(session, number)
        own_templates.retire(session, found, known.who.person_id, asked.now)
        return _told(found)

    return _once(known, asked, do)


@router.post("/crisis-templates/{number}/restore", response_model=CrisisTemplateOut)
def restore(known: Editor, number: Number, asked: Once) -> Response:
    """Offered again."""

    def do(session: Session) -> CrisisTemplateOut:
        found = _found(session, number)
        own_templates.offer_again(session, found, known.who.person_id, asked.now)
        return _told(found)

    return _once(known, asked, do)


def _once(known: Caller, asked: Asked, act: Act, status: int = 200) -> Response:
    """Raises Refused, with each fault at its field."""
    try:
        return once(known, asked, act, status)
    except CannotKeep as why:
        wrongs = [Wrong(at=f"/{field}", detail=text) for field, text in why.faults.items()]
        raise Refused(422, wrongs[0].detail, wrongs) from None


def _given(sent: CrisisTemplateIn) -> Given:
    parts = {name: getattr(sent, name) for name in PARTS}
    return Given(sent.name, sent.language, sent.headline, parts, sent.copied or "")


def _found(session: Session, number: int) -> CrisisTemplate:
    """Raises Refused, 404."""
    found = session.get(CrisisTemplate, number)
    if found is None:
        raise Refused(404, "")
    return found


def _told(template: CrisisTemplate) -> CrisisTemplateOut:
    return _shaped(own_templates.worded(template), number=template.id, retired=template.retired)


def _shaped(words: Wording, *, number: int | None, retired: bool) -> CrisisTemplateOut:
    told = {"key": f"{words.key}.{words.variety}", "number": number, "name": words.name, "retired": retired}
    return CrisisTemplateOut.model_validate(
        told | {"language": words.variety, "headline": words.headline} | dict(words.parts)
    )
