"""/comments/…: what is done with one comment, as by the pages' forms; and what became of what was asked for."""

from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from config.language import _
from monitor.access.permission_rules import Permission
from monitor.inbox import models
from monitor.inbox.answering import Answer, Asks, decide, send
from monitor.inbox.assigning import CannotAssign, assign
from monitor.inbox.claims import Taken, claim, give_back
from monitor.inbox.faults import Fault
from monitor.inbox.flag_standing import flags_of
from monitor.inbox.forwarding import CannotForward, forward
from monitor.inbox.handling import act, say, take_back
from monitor.inbox.mark_rules import Kind, Said
from monitor.inbox.notes import CannotNote, add_note
from monitor.inbox.opened import Opened, is_secret
from monitor.inbox.requesting import CannotAct
from monitor.inbox.threads import done
from monitor.register.models import Person, Unit
from monitor.web.api.asking import Caller, scoped
from monitor.web.api.comment_forms import Acting, Answering, Assigning, Claiming, Deciding, Forwarding, Noting, Saying
from monitor.web.api.comment_shapes import Assignment, Claim, Forwarded, Noted
from monitor.web.api.comments import Answerer, Handler, Reader
from monitor.web.api.once import Asked, Once, once
from monitor.web.api.problems import CONFLICT, DOCUMENTED, Refused, Wrong, refusing
from monitor.web.api.shapes import Number
from monitor.web.api.thread_shapes import Action, Stands, action, stands
from monitor.web.comment.place import place

router = APIRouter(tags=["comments"], responses=DOCUMENTED)
Hider = Annotated[Caller, scoped(Permission.HIDE)]


def action_key(known: Caller, asked: Asked) -> str:
    """What makes the action the same one for as long as there is a database, not only while the answer is kept."""
    return sha256(f"{known.token_id} {asked.key}".encode()).hexdigest()[:32]


def shown(session: Session, row: models.Action) -> Action:
    return action(done(row, session.get_one(Person, row.by_id).name), row.comment_id, row.channel_id)


@router.post("/comments/{comment_id}/answers", status_code=202, response_model=Action, responses=CONFLICT)
def answer(comment_id: Number, sent: Answering, known: Answerer, asked: Once) -> Response:
    """Asks for the answer to be sent. 409 where a person should think twice: the reasons stand in `errors`."""
    wanted = Answer(action_key(known, asked), sent.text, sent.seen, sent.confirmed, sent.sign, sent.interim)

    def do(session: Session) -> Action:
        here = place(session, known.who, comment_id, Permission.ANSWER)
        try:
            with refusing(Fault), refusing(CannotAct, at="text"):
                return shown(session, send(here, wanted))
        except Asks as why:
            reasons = [Wrong(at="/confirmed", detail=each) for each in why.reasons]
            raise Refused(409, why.reasons[0], reasons, confirm=why.seen) from None

    return once(known, asked, do, 202)


@router.get("/actions/{action_id}")
def one_action(action_id: Number, known: Reader) -> Action:
    """What became of it."""
    with known.db.snapshot() as session:
        return shown(session, _action(session, known, action_id, Permission.READ_INBOX)[1])


@router.post("/actions/{action_id}/decision", response_model=Action)
def decision(action_id: Number, sent: Deciding, known: Answerer, asked: Once) -> Response:
    """What becomes of an answer that asks, as somebody had answered meanwhile. Nothing where it asks no more."""

    def do(session: Session) -> Action:
        here, row = _action(session, known, action_id, Permission.ANSWER)
        with refusing(Fault, CannotAct, at="what"):
            return shown(session, decide(here, row.id, goes=sent.what == "send"))

    return once(known, asked, do)


def _action(session: Session, known: Caller, action_id: int, permission: Permission) -> tuple[Opened, models.Action]:
    row = session.get(models.Action, action_id)
    if row is None:
        raise Refused(404, "")
    return place(session, known.who, row.comment_id, permission), row


@router.post("/comments/{comment_id}/marks", status_code=201, response_model=Stands)
def mark(comment_id: Number, sent: Saying, known: Handler, asked: Once) -> Response:
    """Acknowledges, puts off, closes, confirms or opens again. Gives where the comment stands then."""
    said = Said(sent.kind, sent.until, sent.reason, note=sent.note.strip())

    def do(session: Session) -> Stands:
        here = place(session, known.who, comment_id, Permission.HANDLE)
        _belongs(said)
        with refusing(Fault):
            found = say(here, said)
        flags = flags_of(session, [comment_id]).get(comment_id, [])
        return Stands(**stands(found, flags, secret=is_secret(here)))

    return once(known, asked, do, 201)


def _belongs(said: Said) -> None:
    """What would be kept though it means nothing there is a mistake of the sender's."""
    for name, kind in (("until", Kind.SNOOZE), ("reason", Kind.CLOSE)):
        if getattr(said, name) is not None and said.kind is not kind:
            detail = _("That only goes with {kind}.", kind=kind)
            raise Refused(422, detail, [Wrong(at=f"/{name}", detail=detail)])


@router.put("/comments/{comment_id}/claim", response_model=Claim, responses=CONFLICT)
def take(comment_id: Number, sent: Claiming, known: Handler, asked: Once) -> Response:
    """The token's person is at it for 15 minutes. 409 where somebody else is; `over`: knowingly."""

    def do(session: Session) -> Claim:
        here = place(session, known.who, comment_id, Permission.HANDLE)
        try:
            return Claim.of(claim(session, comment_id, known.who.person_id, here.now, over=sent.over), known.who.name)
        except Taken as taken:
            raise Refused(409, _("{name} is at it already.", name=taken.name)) from None

    return once(known, asked, do)


@router.delete("/comments/{comment_id}/claim", status_code=204)
def leave(comment_id: Number, known: Handler, asked: Once) -> Response:
    """The token's person is not at it any more."""

    def do(session: Session) -> None:
        here = place(session, known.who, comment_id, Permission.HANDLE)
        give_back(session, comment_id, known.who.person_id, here.now)

    return once(known, asked, do)


@router.post("/comments/{comment_id}/notes", status_code=201, response_model=Noted)
def note(comment_id: Number, sent: Noting, known: Handler, asked: Once) -> Response:
    """An internal note, which residents never see."""

    def do(session: Session) -> Noted:
        here = place(session, known.who, comment_id, Permission.HANDLE)
        with refusing(CannotNote, at="text"):
            return Noted.of(add_note(session, here.comment, sent.text, known.who.person_id, here.now), known.who.name)

    return once(known, asked, do, 201)


@router.put("/comments/{comment_id}/assignment", response_model=Assignment)
def give(comment_id: Number, sent: Assigning, known: Handler, asked: Once) -> Response:
    """Whose turn it is."""

    def do(session: Session) -> Assignment:
        here = place(session, known.who, comment_id, Permission.HANDLE)
        with refusing(CannotAssign, at="to"):
            assign(session, here.comment, sent.to, known.who.person_id, here.now)
        return Assignment(to=sent.to)

    return once(known, asked, do)


@router.post("/comments/{comment_id}/forwards", status_code=201, response_model=Forwarded)
def ask_unit(comment_id: Number, sent: Forwarding, known: Handler, asked: Once) -> Response:
    """Asks a unit's manager about it, once."""

    def do(session: Session) -> Forwarded:
        here = place(session, known.who, comment_id, Permission.HANDLE)
        with refusing(CannotForward, at="unit"):
            made = forward(session, here.comment, sent.unit, sent.note, known.who.person_id, here.now)
        return Forwarded.of(made, session.get_one(Unit, made.unit_id).name)

    return once(known, asked, do, 201)


@router.post("/comments/{comment_id}/acts", status_code=202, response_model=Action)
def on_platform(comment_id: Number, sent: Acting, known: Hider, asked: Once) -> Response:
    """Asks for it to be hidden, shown again, published or thrown away. What is taken away is saved first."""

    def do(session: Session) -> Action:
        here = place(session, known.who, comment_id, Permission.HIDE)
        with refusing(CannotAct, at="kind"):
            return shown(session, act(here, action_key(known, asked), sent.kind))

    return once(known, asked, do, 202)


@router.post("/comments/{comment_id}/take-back", status_code=202, response_model=Action)
def undo_answer(comment_id: Number, known: Answerer, asked: Once) -> Response:
    """Asks for a comment of our own to be taken away."""

    def do(session: Session) -> Action:
        here = place(session, known.who, comment_id, Permission.ANSWER)
        with refusing(CannotAct):
            return shown(session, take_back(here, action_key(known, asked))[0])

    return once(known, asked, do, 202)
