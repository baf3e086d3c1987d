"""/templates, /signatures: ready-made words for answers, and what stands below them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from fastapi.exceptions import HTTPException
from pydantic import AfterValidator, StringConstraints
from sqlalchemy.orm import Session

from monitor.access.permission_rules import Permission
from monitor.inbox.desk_models import ReplyTemplate
from monitor.inbox.reply_rules import TemplateKind
from monitor.inbox.templates import (
    EVERYBODY,
    LONGEST_NAME,
    LONGEST_SIGNATURE,
    LONGEST_TEXT,
    CannotKeep,
    Given,
    add_template,
    all_templates,
    change_template,
    fits_of,
    offer_again,
    own_signature,
    retire_template,
    sign_as,
    signature_of,
)
from monitor.register.organisation import organisation
from monitor.web.api.asking import Caller, Known, scoped
from monitor.web.api.once import Asked, Once, once
from monitor.web.api.problems import DOCUMENTED, refusing
from monitor.web.api.shapes import CLEAN, FILLED, USUAL, After, In, Limit, Name, Number, Out, Page, paged

router = APIRouter(tags=["templates"], responses=DOCUMENTED)
Editor = Annotated[Caller, scoped(Permission.EDIT_SETTINGS)]
Signer = Annotated[Caller, scoped(Permission.ANSWER, own=True)]
LINES = AfterValidator(lambda text: text.replace("\r\n", "\n"))
Signature = Annotated[str, StringConstraints(max_length=LONGEST_SIGNATURE), CLEAN, LINES]


class FitOut(Out):
    """How long a template becomes on a platform, with everybody's signature below it, and what it takes, in characters.
    title: the platform's. open_fields: such as {phone}, that the register says nothing for."""

    title: str
    characters: int
    longest: int
    open_fields: list[str]


class TemplateOut(Out):
    """unit: on whose channels alone it is offered; channel: on which one alone. kind: interim says that an answer will
    come, and the comment goes on waiting; referral says where else to turn. fits: on each platform where
    people answer from here."""

    id: int
    name: str
    language: str
    unit: str | None
    channel: str | None
    kind: TemplateKind
    text: str
    retired: bool
    fits: list[FitOut]


class TemplateIn(In):
    """text: with {organisation}, {channel}, {phone} and {email} where they are to be filled in. unit, channel: where
    alone it is offered; with both, the channel must be the unit's."""

    name: Annotated[str, StringConstraints(**FILLED, max_length=LONGEST_NAME), CLEAN]
    language: Literal["sv", "en"] = "sv"
    unit: Name | None = None
    channel: Name | None = None
    kind: TemplateKind = TemplateKind.ANSWER
    text: Annotated[str, StringConstraints(**FILLED, max_length=LONGEST_TEXT), CLEAN, LINES]


class SignatureOut(Out):
    """own: null where everybody's holds. used: what stands below the answers."""

    own: str | None
    everybodys: str
    used: str


class EverybodysOut(Out):
    text: str


class EverybodysIn(In):
    """An empty text: nothing stands below answers."""

    text: Signature


class MineIn(In):
    """An empty text: nothing stands below one's answers. null: none of one's own, so that everybody's holds."""

    text: Signature | None


@router.get("/templates")
def every_template(known: Editor, after: After = None, limit: Limit = USUAL) -> Page[TemplateOut]:
    """Everybody's and every unit's, those out of use too, by number."""
    with known.db.snapshot() as session:
        page, further = paged(all_templates(session), lambda each: each.id, after, limit)
        return Page(items=_told(session, page), next=further)


@router.post("/templates", status_code=201, response_model=TemplateOut)
def add(known: Editor, sent: TemplateIn, asked: Once) -> Response:
    """A template that is offered from now on."""

    def act(session: Session) -> TemplateOut:
        with refusing(CannotKeep):
            said = (sent.name, sent.language, sent.text, known.who.person_id, asked.now, _given(sent))
            return _one(session, add_template(session, *said))

    return once(known, asked, act, 201)


@router.get("/templates/{number}")
def one(known: Editor, number: Number) -> TemplateOut:
    """One of them."""
    with known.db.snapshot() as session:
        return _one(session, _found(session, number))


@router.put("/templates/{number}", response_model=TemplateOut)
def change(known: Editor, number: Number, sent: TemplateIn, asked: Once) -> Response:
    """Other words for it, from the next answer on."""

    def act(session: Session) -> TemplateOut:
        found = _found(session, number)
        with refusing(CannotKeep):
            said = (sent.name, sent.language, sent.text, known.who.person_id, asked.now, _given(sent))
            change_template(session, found, *said)
        return _one(session, found)

    return once(known, asked, act)


@router.post("/templates/{number}/retire", response_model=TemplateOut)
def retire(known: Editor, number: Number, asked: Once) -> Response:
    """Offered no more; nothing happens where that is so. Answers that were written with it stay."""
    return _offered(known, number, asked, offered=False)


@router.post("/templates/{number}/restore", response_model=TemplateOut)
def restore(known: Editor, number: Number, asked: Once) -> Response:
    """Offered again; nothing happens where it is."""
    return _offered(known, number, asked, offered=True)


def _offered(known: Caller, number: int, asked: Asked, *, offered: bool) -> Response:
    def act(session: Session) -> TemplateOut:
        found = _found(session, number)
        (offer_again if offered else retire_template)(session, found.id, known.who.person_id, asked.now)
        return _one(session, found)

    return once(known, asked, act)


@router.get("/signatures/everybody")
def everybodys(known: Editor) -> EverybodysOut:
    """What stands below the answers of those who have no signature of their own."""
    with known.db.snapshot() as session:
        return _everybodys(session)


@router.put("/signatures/everybody", response_model=EverybodysOut)
def sign_for_everybody(known: Editor, sent: EverybodysIn, asked: Once) -> Response:
    """What stands below them from now on."""

    def act(session: Session) -> EverybodysOut:
        _sign(session, known, EVERYBODY, sent.text, asked.now)
        return _everybodys(session)

    return once(known, asked, act)


@router.get("/signatures/mine")
def mine(known: Known) -> SignatureOut:
    """What stands below the answers of the token's person."""
    with known.db.snapshot() as session:
        return _mine(session, known.who.person_id)


@router.put("/signatures/mine", response_model=SignatureOut)
def sign(known: Signer, sent: MineIn, asked: Once) -> Response:
    """What stands below the answers of the token's person from now on."""

    def act(session: Session) -> SignatureOut:
        _sign(session, known, known.who.person_id, sent.text, asked.now)
        return _mine(session, known.who.person_id)

    return once(known, asked, act)


def _sign(session: Session, known: Caller, owner: str, text: str | None, now: datetime) -> None:
    with refusing(CannotKeep):
        sign_as(session, owner, text, known.who.person_id, now)


def _everybodys(session: Session) -> EverybodysOut:
    return EverybodysOut(text=own_signature(session, EVERYBODY) or "")


def _mine(session: Session, person_id: str) -> SignatureOut:
    own, all_others = own_signature(session, person_id), own_signature(session, EVERYBODY) or ""
    return SignatureOut(own=own, everybodys=all_others, used=signature_of(session, person_id))


def _given(sent: TemplateIn) -> Given:
    return Given(sent.unit, sent.channel, sent.kind)


def _found(session: Session, number: int) -> ReplyTemplate:
    """404 for none."""
    found = session.get(ReplyTemplate, number)
    if found is None:
        raise HTTPException(404)
    return found


def _one(session: Session, template: ReplyTemplate) -> TemplateOut:
    [told] = _told(session, [template])
    return told


def _told(session: Session, templates: Iterable[ReplyTemplate]) -> list[TemplateOut]:
    """In their order."""
    every = list(templates)
    below = own_signature(session, EVERYBODY) or ""
    fits = fits_of(session, every, organisation(session), below)
    names = ("id", "name", "language", "kind", "text", "retired")
    return [
        TemplateOut.model_validate(
            {name: getattr(each, name) for name in names}
            | {"unit": each.unit_id, "channel": each.channel_id, "fits": fits[each.id]}
        )
        for each in every
    ]
