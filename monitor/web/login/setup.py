"""/setup/…: the link by which somebody chooses a password: the first administrator, and whoever is invited. Once."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from config.language import N_, _
from monitor.access import accounts, passwords
from monitor.access.codes import SETUP, owner_of, use
from monitor.access.entering import Half
from monitor.access.entering_rules import Step, after_password
from monitor.access.models import Account
from monitor.register.models import Person
from monitor.register.organisation import organisation
from monitor.web.login.coming_in import let_in
from monitor.web.login.entering import go_on
from monitor.web.login.sent import Sent
from monitor.web.rendering import page
from monitor.web.visiting import LOGIN

router = APIRouter(prefix="/setup", default_response_class=HTMLResponse)
DIFFERENT = N_("The two are not the same. Type the new password once more.")


@router.get("/{word}")
def ask(request: Request, word: str) -> Response:
    """Choose a password. Looking does not use the link up: programs that check mails look too."""
    with request.app.state.db.snapshot() as session:
        person = owner_of(session, SETUP, word, datetime.now(UTC))
    return _form(request, person) if person is not None else _gone(request)


@router.post("/{word}")
def choose(request: Request, word: str, sent: Sent) -> Response:
    """Then to the second factor, or in."""
    now, db = datetime.now(UTC), request.app.state.db
    with db.snapshot() as session:
        person = owner_of(session, SETUP, word, now)
    if person is None:
        return _gone(request)
    faults = faults_of(request, sent, person)
    if faults:
        return _form(request, person, faults)
    hashed = passwords.hashed(sent["password"])
    with db.transaction() as session:
        person = use(session, SETUP, word, now)
        if person is None:  # somebody was quicker with the same link
            return _gone(request)
        accounts.begin(session, person, hashed, now)
        step = after_password(accounts.granted(session, person, now), has_second=False)
        if step is Step.COME_IN:
            return let_in(request, session, person, "password", None, now)
        set_at = session.get_one(Account, person.id).password_set_at
        return go_on(request, Half(person.id, step, str(set_at)), "")


def faults_of(request: Request, sent: Sent, person: Person) -> dict[str, str]:
    """What is wrong with a new password and its repetition, by field."""
    with request.app.state.db.snapshot() as session:
        why = passwords.refusal(sent.get("password", ""), person, organisation(session))
    if why:
        return {"password": why}
    return {} if sent.get("again") == sent["password"] else {"again": _(DIFFERENT)}


def _form(request: Request, person: Person, faults: dict[str, str] | None = None) -> Response:
    with request.app.state.db.snapshot() as session:
        owner = organisation(session)
    known = {"organisation": owner, "person": person, "faults": faults or {}}
    return page(request, "login/setup.html", status=422 if faults else 200, **known)


def _gone(request: Request) -> Response:
    text = _("It was used, is too old, or was cut off. Ask an administrator for a new one.")
    link = (LOGIN, _("Back to the ordinary login"))
    return page(request, "message.html", status=410, title=_("The link does not work"), text=text, link=link)
