"""/webhooks: other systems that are told what happens, as the page of them has it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.exceptions import HTTPException
from pydantic import Field, StringConstraints
from sqlalchemy.orm import Session

from config.language import _
from monitor.access.permission_rules import Permission
from monitor.alerts import hook_subscriptions as hooks
from monitor.alerts.hook_rules import NEEDS, Fate, fate
from monitor.alerts.hook_subscriptions import LONGEST_ADDRESS, LONGEST_NAME, CannotSubscribe, Listed, Wish
from monitor.alerts.hook_words import answer_in_words
from monitor.audit.outgoing_models import Subscription
from monitor.audit.outgoing_rules import Event
from monitor.web.api.asking import Caller, scoped
from monitor.web.api.once import Asked, Once, once
from monitor.web.api.problems import CONFLICT, DOCUMENTED, Refused, Wrong, refusing
from monitor.web.api.shapes import CLEAN, USUAL, After, In, Limit, Moment, Name, Number, Out, Page, paged

router = APIRouter(prefix="/webhooks", tags=["webhooks"], responses=DOCUMENTED)
Editor = Annotated[Caller, scoped(Permission.EDIT_SETTINGS)]
Act = Callable[[Session, Subscription, str, datetime], object]
MOST_NAMED = 1000


class WebhookOut(Out):
    """As `kanalvakt webhook list --json`: never its address, only the host. channels: none means all that whoever made
    it (`by`) may read. state: active, paused, or disabled, with the reason. waiting: so many messages."""

    id: int
    name: str
    host: str
    events: list[str]
    channels: list[str]
    by: str
    state: str
    reason: str | None
    since: Moment
    made_at: Moment
    waiting: int
    waiting_since: Moment | None


class MessageOut(Out):
    """One message. at: when it happened. state: waiting, delivered, or withheld. status: the latest answer's; problem:
    why there was none. message_id: the header `webhook-id` of each attempt."""

    id: int
    message_id: str
    type: str
    at: Moment
    state: str
    attempts: int
    next_at: Moment
    done_at: Moment | None
    status: int | None
    problem: str | None


class WebhookDetails(WebhookOut):
    """dispatches: what was sent to it last, and what waits; the newest first, twenty at most."""

    dispatches: list[MessageOut]


class SecretOut(WebhookOut):
    """secret: what messages are signed with (Standard Webhooks), shown by this answer alone."""

    secret: str = Field(repr=False)


class TrialOut(Out):
    """taken: by the receiver. detail: why not, in words."""

    taken: bool
    status: int | None
    problem: str | None
    detail: str


class WebhookIn(In):
    """address: where messages are posted to, https. channels: none means all that you may read, later ones too."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_NAME), CLEAN]
    address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_ADDRESS), CLEAN] = Field(
        repr=False
    )
    events: list[Event] = Field(max_length=len(Event))
    channels: list[Name] = Field(default_factory=list, max_length=MOST_NAMED)


@router.get("")
def everyone(known: Editor, after: After = None, limit: Limit = USUAL) -> Page[WebhookOut]:
    """The systems that are told, by number."""
    with known.db.snapshot() as session:
        page, further = paged(hooks.listed(session), lambda each: each.subscription.id, after, limit)
        return Page(items=[_told(each) for each in page], next=further)


@router.post("", status_code=201, response_model=SecretOut)
def add(known: Editor, sent: WebhookIn, asked: Once) -> Response:
    """Tells one more system. The token needs the scope that reads what each event tells of."""
    wish = Wish(sent.name, sent.address, tuple(sent.events), tuple(sent.channels))

    def act(session: Session) -> SecretOut:
        for event in sent.events:
            if NEEDS[event] not in known.scopes:
                raise Refused(403, _("The token lacks the scope {scope}.", scope=NEEDS[event]), code="scope-missing")
        try:
            made, secret = hooks.add(session, wish, known.who.person_id, asked.now, known.settings)
        except CannotSubscribe as why:
            errors = [Wrong(at=f"/{field}", detail=each) for field, each in why.faults.items() if field]
            raise Refused(422, str(why), errors) from None
        return _with_secret(session, made.id, secret)

    return once(known, asked, act, 201)


@router.get("/{number}")
def one(known: Editor, number: Number) -> WebhookDetails:
    """One of them, with what was sent to it last."""
    with known.db.snapshot() as session:
        return _details(session, number)


@router.delete("/{number}", status_code=204, responses=CONFLICT)
def remove(known: Editor, number: Number, asked: Once) -> Response:
    """It is told nothing more. Its address and secret are forgotten, and what was sent and waits."""

    def act(session: Session) -> None:
        _acted(session, known, number, asked, hooks.remove)

    return once(known, asked, act)


@router.post("/{number}/pause", response_model=WebhookDetails, responses=CONFLICT)
def pause(known: Editor, number: Number, asked: Once) -> Response:
    """Nothing is sent to it until it is resumed; what happens meanwhile is kept for 30 days."""
    return _done(known, number, asked, hooks.pause)


@router.post("/{number}/resume", response_model=WebhookDetails, responses=CONFLICT)
def resume(known: Editor, number: Number, asked: Once) -> Response:
    """It is told again, from what waited on."""
    return _done(known, number, asked, hooks.resume)


@router.post("/{number}/test")
def test(known: Editor, number: Number) -> TrialOut:
    """Sends a message that says nothing, and gives what the receiver answered. Asked twice, it is sent twice. What
    waits is tried at once where it was taken."""
    with known.db.snapshot() as session:
        host = _found(session, number).subscription.host
    answer = hooks.send_test(known.db, number, datetime.now(UTC), known.settings)
    if answer is None:
        raise HTTPException(404)
    taken = fate(answer.status, 1) is Fate.DELIVERED
    detail = "" if taken else answer_in_words(answer.status, answer.problem, host)
    return TrialOut(taken=taken, status=answer.status, problem=answer.problem, detail=detail)


@router.post("/{number}/secret", response_model=SecretOut, responses=CONFLICT)
def replace_secret(known: Editor, number: Number, asked: Once) -> Response:
    """A new secret; for a day the one before signs as well."""

    def act(session: Session) -> SecretOut:
        secrets: list[str] = []
        _acted(session, known, number, asked, lambda *those: secrets.append(hooks.replace_secret(*those)))
        return _with_secret(session, number, secrets[0])

    return once(known, asked, act)


@router.post("/{number}/messages/{message}/again", response_model=WebhookDetails, responses=CONFLICT)
def send_again(known: Editor, number: Number, message: Number, asked: Once) -> Response:
    """Sends a message once more under the same id, or at once where it waits."""
    return _done(known, number, asked, lambda session, each, *by: hooks.send_again(session, each, message, *by))


@router.post("/{number}/messages/{message}/leave-out", response_model=WebhookDetails, responses=CONFLICT)
def leave_out(known: Editor, number: Number, message: Number, asked: Once) -> Response:
    """Does not send a message that waits, so that those after it go."""
    return _done(known, number, asked, lambda session, each, *by: hooks.leave_out(session, each, message, *by))


def _done(known: Caller, number: int, asked: Asked, change: Act) -> Response:
    def act(session: Session) -> WebhookDetails:
        _acted(session, known, number, asked, change)
        session.flush()
        return _details(session, number)

    return once(known, asked, act)


def _acted(session: Session, known: Caller, number: int, asked: Asked, change: Act) -> None:
    """Raises Refused, 409, where it cannot be done to it as it stands."""
    with refusing(CannotSubscribe, status=409):
        change(session, _found(session, number).subscription, known.who.person_id, asked.now)


def _found(session: Session, number: int) -> Listed:
    """404 for none."""
    found = hooks.one(session, number)
    if found is None:
        raise HTTPException(404)
    return found


def _told(found: Listed) -> WebhookOut:
    return WebhookOut.model_validate(hooks.for_programs(found))


def _details(session: Session, number: int) -> WebhookDetails:
    found = _found(session, number)
    sent = [hooks.sent_for_programs(each) for each in hooks.latest(session, found.subscription)]
    return WebhookDetails.model_validate(hooks.for_programs(found) | {"dispatches": sent})


def _with_secret(session: Session, number: int, secret: str) -> SecretOut:
    return SecretOut.model_validate(hooks.for_programs(_found(session, number)) | {"secret": secret})
