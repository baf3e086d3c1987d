"""/settings/webhooks: other systems that are told what happens."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.alerts import hook_subscriptions as hooks
from monitor.alerts.hook_rules import Fate, State, fate
from monitor.alerts.hook_stopped import stopped_in_words
from monitor.alerts.hook_subscriptions import CannotSubscribe, Listed, Wish
from monitor.alerts.hook_words import STATES, answer_in_words, dispatch_in_words, event_in_words
from monitor.audit.outgoing_models import Subscription
from monitor.db.numbered import is_number
from monitor.register.models import Channel
from monitor.register.organisation import organisation
from monitor.web.register.asking import Form, Sent
from monitor.web.rendering import page
from monitor.web.visiting import needs

HOME = "/settings/webhooks"
router = APIRouter(prefix=HOME, default_response_class=HTMLResponse)
Editor = Annotated[Visitor, needs(Permission.EDIT_SETTINGS)]
Act = Callable[[Session, Subscription, str, datetime], object]
DONE = {
    "removed": N_("It is not told any more."),
    "paused": N_("Nothing is sent to it until you resume. What happens meanwhile is kept for 30 days."),
    "resumed": N_("It is told again, from what waited on."),
    "again": N_("The message is on its way."),
    "left-out": N_("The message is not sent. Those after it are on their way."),
}
ACTS: dict[str, tuple[Act, str]] = {"pause": (hooks.pause, "paused"), "resume": (hooks.resume, "resumed")}
OF_MESSAGES = {"again": hooks.send_again, "leave-out": hooks.leave_out}
BADGES = {State.ACTIVE: "good", State.PAUSED: "neutral", State.DISABLED: "bad"}


@router.get("")
def overview(request: Request, who: Editor, done: str = "") -> HTMLResponse:
    """Who is told, and the form for one more."""
    return _overview(request, who, done=_(DONE[done]) if done in DONE else "")


@router.post("")
def add(request: Request, who: Editor, sent: Form) -> Response:
    """Shows the secret, this once; 422 with what is wrong at the field."""
    wish = Wish(sent.text("name"), sent.text("address"), sent.every("events"), sent.every("channels"))
    now, settings = datetime.now(UTC), request.app.state.settings
    try:
        with request.app.state.db.transaction() as session:
            made, secret = hooks.add(session, wish, who.person_id, now, settings)
            number = made.id
    except CannotSubscribe as why:
        return _overview(request, who, faults=why.faults, sent=sent)
    return _one(request, number, secret=secret)


@router.get("/{number}", dependencies=[needs(Permission.EDIT_SETTINGS)])
def one(request: Request, number: int, done: str = "") -> HTMLResponse:
    """One of them, with what was sent to it last."""
    return _one(request, number, done=_(DONE[done]) if done in DONE else "")


@router.post("/{number}/test", dependencies=[needs(Permission.EDIT_SETTINGS)])
def test(request: Request, number: int) -> HTMLResponse:
    """Sends a message that says nothing, and shows what the receiver answered."""
    state = request.app.state
    answer = hooks.send_test(state.db, _number(number), datetime.now(UTC), state.settings)
    if answer is None:
        raise HTTPException(404)
    if fate(answer.status, 1) is Fate.DELIVERED:
        return _one(request, number, done=_("The receiver has taken the test message."))
    return _one(request, number, refusal=lambda host: answer_in_words(answer.status, answer.problem, host), status=200)


@router.post("/{number}/secret")
def replace_secret(request: Request, number: int, who: Editor) -> Response:
    """Shows the new secret, this once."""
    secrets: list[str] = []
    done = _acted(request, number, who, lambda *known: secrets.append(hooks.replace_secret(*known)))
    return done or _one(request, number, secret=secrets[0])


@router.post("/{number}/remove")
def remove(request: Request, number: int, who: Editor) -> Response:
    done = _acted(request, number, who, hooks.remove)
    return done or RedirectResponse(f"{HOME}?done=removed", status_code=303)


@router.post("/{number}/{act}")
def state(request: Request, number: int, act: str, who: Editor) -> Response:
    """Pauses it, or goes on; 409 where it is so already."""
    if act not in ACTS:
        raise HTTPException(404)
    done = _acted(request, number, who, ACTS[act][0])
    return done or RedirectResponse(f"{HOME}/{number}?done={ACTS[act][1]}", status_code=303)


@router.post("/{number}/messages/{message}/{act}")
def message(request: Request, number: int, message: int, act: str, who: Editor) -> Response:
    """Sends one message again, or leaves out one that waits; 409 where that cannot be."""
    if act not in OF_MESSAGES:
        raise HTTPException(404)
    acting = OF_MESSAGES[act]
    done = _acted(request, number, who, lambda session, each, *known: acting(session, each, _number(message), *known))
    said = "again" if act == "again" else "left-out"
    return done or RedirectResponse(f"{HOME}/{number}?done={said}#sent", status_code=303)


def _acted(request: Request, number: int, who: Visitor, act: Act) -> Response | None:
    """Does it; the page with why not, where it cannot be done."""
    try:
        with request.app.state.db.transaction() as session:
            act(session, _found(session, number).subscription, who.person_id, datetime.now(UTC))
    except CannotSubscribe as why:
        said = str(why)
        return _one(request, number, refusal=lambda _host: said)
    return None


def _number(number: int) -> int:
    """404 for what no database could look for."""
    if not is_number(number):
        raise HTTPException(404)
    return number


def _found(session: Session, number: int) -> Listed:
    found = hooks.one(session, _number(number))
    if found is None:
        raise HTTPException(404)
    return found


def _overview(
    request: Request, who: Visitor, *, done: str = "", faults: dict[str, str] | None = None, sent: Sent | None = None
) -> HTMLResponse:
    now = datetime.now(UTC)
    with request.app.state.db.snapshot() as session:
        owner = organisation(session)
        found, events = hooks.listed(session), hooks.allowed_events(session, who.person_id, now)
        in_use = select(Channel.id, Channel.name).where(Channel.state != "retired").order_by(Channel.name)
        channels = [(id_, name) for id_, name in session.execute(in_use) if who.sees(id_)]
    return page(
        request,
        "register/webhooks.html",
        status=422 if faults else 200,
        organisation=owner,
        zone=ZoneInfo(owner.timezone),
        found=[(each, *_state(each.subscription)) for each in found],
        events=[(str(event), event_in_words(event)) for event in events],
        channels=channels,
        done=done,
        faults=faults or {},
        typed={name: sent.text(name) if sent else "" for name in ("name", "address")},
        ticked={name: sent.every(name) if sent else () for name in ("events", "channels")},
    )


def _one(
    request: Request,
    number: int,
    *,
    done: str = "",
    secret: str = "",
    refusal: Callable[[str], str] | None = None,
    status: int = 409,
) -> HTMLResponse:
    with request.app.state.db.snapshot() as session:
        owner, found = organisation(session), _found(session, number)
        sent, each = hooks.latest(session, found.subscription), found.subscription
        channels = session.scalars(select(Channel.name).where(Channel.id.in_(each.channels)).order_by(Channel.name))
        names = ", ".join(channels)
    return page(
        request,
        "register/webhook.html",
        status=200 if refusal is None else status,
        organisation=owner,
        zone=ZoneInfo(owner.timezone),
        found=found,
        state=_state(each),
        stopped=stopped_in_words(each) if each.state == State.DISABLED else None,
        events=[event_in_words(event) for event in each.events],
        channels=names,
        sent=[(one, event_in_words(one.event.kind), dispatch_in_words(one.dispatch, each.host)) for one in sent],
        done=done,
        secret=secret,
        refusal=refusal(each.host) if refusal is not None else "",
    )


def _state(found: Subscription) -> tuple[str, str]:
    """In words, and the kind of its badge."""
    return _(STATES[State(found.state)]), BADGES[State(found.state)]
