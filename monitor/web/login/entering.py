"""/login: name and password, then the second factor. Whoever fails is told that it failed, and not what was wrong."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.datastructures import URL

from config.language import N_, _
from monitor.access import accounts, one_time, sessions
from monitor.access.codes import EMERGENCY, use
from monitor.access.entering import Half, by_password
from monitor.access.entering_rules import Step
from monitor.access.models import Account
from monitor.register.duties import ROLES
from monitor.register.models import Channel, Person
from monitor.web import cookies
from monitor.web.login import words
from monitor.web.login.coming_in import let_in, owner_of, refused, too_many
from monitor.web.login.returning_rules import START, own_path
from monitor.web.login.sent import Sent
from monitor.web.rendering import page
from monitor.web.visiting import COOKIE, LOGIN, visitor_or_none

router = APIRouter(default_response_class=HTMLResponse)
HALF = "entering"
SECRET = "one-time"  # noqa: S105 - a purpose
NEXT = {Step.PROVE: f"{LOGIN}/second", Step.SET_UP: f"{LOGIN}/app"}
WRONG = N_("The name or the password is not right, or there is no such account.")
WRONG_CODE = N_("That code does not count. Wait for the next one, and type it.")
WRONG_SHEET = N_("That code does not count: it was used, belongs to an older sheet, or was mistyped.")
TOO_LATE = N_("That took too long. Begin again.")
Wished = Annotated[str, Query(alias="next")]


@router.get(LOGIN)
def ask(request: Request, wished: Wished = "") -> Response:
    """Name and password, and the other ways in."""
    if visitor_or_none(request) is not None:
        return RedirectResponse(own_path(wished), status_code=303)
    return _first(request, wished)


@router.post(LOGIN)
def check(request: Request, sent: Sent) -> Response:
    """The second step, or in."""
    name, wished, now = sent.get("name", ""), sent.get("next", ""), datetime.now(UTC)
    if why := too_many(request, name):
        return _first(request, wished, name=name, why=why, status=429)
    half = by_password(request.app.state.db, name, sent.get("password", ""), now)
    if half is None:
        refused(request, name, "password")
        return _first(request, wished, name=name, why=_(WRONG), status=422)
    if half.step is Step.COME_IN:
        with request.app.state.db.transaction() as session:
            return let_in(request, session, session.get_one(Person, half.person_id), "password", wished, now)
    return go_on(request, half, wished)


@router.get(f"{LOGIN}/second")
def ask_second(request: Request, wished: Wished = "") -> Response:
    with request.app.state.db.snapshot() as session:
        person = held(request, session, Step.PROVE)
        return _second(request, session, person, wished) if person is not None else _too_late(request)


@router.post(f"{LOGIN}/second")
def check_second(request: Request, sent: Sent) -> Response:
    wished, now = sent.get("next", ""), datetime.now(UTC)
    with request.app.state.db.transaction() as session:
        person = held(request, session, Step.PROVE)
        if person is None:
            return _too_late(request)
        if why := too_many(request, person.id):
            return _second(request, session, person, wished, why, 429)
        if accounts.check_one_time(session, person.id, sent.get("code", ""), now):
            return _in(request, session, person, wished, now)
        refused(request, person.id, "one_time")
        return _second(request, session, person, wished, _(WRONG_CODE), 422)


@router.get(f"{LOGIN}/app")
def ask_app(request: Request, wished: Wished = "") -> Response:
    """Whoever may change anything needs a second factor before the first time."""
    with request.app.state.db.snapshot() as session:
        person = held(request, session, Step.SET_UP)
        return app_page(request, person, wished) if person is not None else _too_late(request)


@router.post(f"{LOGIN}/app")
def check_app(request: Request, sent: Sent) -> Response:
    wished, now = sent.get("next", ""), datetime.now(UTC)
    with request.app.state.db.transaction() as session:
        person = held(request, session, Step.SET_UP)
        if person is None or accounts.has_second(session, person.id):
            return _too_late(request)
        found = shown_secret(sent.get("secret"), person, sent.get("code", ""), now)
        if found is None:
            return app_page(request, person, wished, _(WRONG_CODE), sent.get("secret"), 422)
        accounts.keep_one_time(session, person, *found, now)
        return _in(request, session, person, wished, now)


@router.get(f"{LOGIN}/code")
def ask_code(request: Request) -> Response:
    return page(request, "login/code.html", organisation=owner_of(request), why=None)


@router.post(f"{LOGIN}/code")
def check_code(request: Request, sent: Sent) -> Response:
    """One of a printed sheet, instead of everything else. Every administrator is told (monitor.alerts.code_used)."""
    now = datetime.now(UTC)
    why = too_many(request, EMERGENCY)
    if why is None:
        with request.app.state.db.transaction() as session:
            person = use(session, EMERGENCY, sent.get("code", ""), now)
            if person is not None:
                return let_in(request, session, person, "code", None, now)
        refused(request, EMERGENCY, "code")
    shown, status = (why, 429) if why else (_(WRONG_SHEET), 422)
    return page(request, "login/code.html", status=status, organisation=owner_of(request), why=shown)


@router.post("/logout")
def leave(request: Request) -> Response:
    """Ends the session, where there is one."""
    who = visitor_or_none(request)
    if who is not None:
        with request.app.state.db.transaction() as session:
            sessions.end(session, who.session_id, who.person_id, datetime.now(UTC))
    answer = RedirectResponse(LOGIN, status_code=303)
    cookies.take_back(request, answer, COOKIE)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'  # not cookies: the language is one
    return answer


def go_on(request: Request, half: Half, wished: str) -> Response:
    """To the second step, with a word that says that the first is done."""
    answer = RedirectResponse(with_next(NEXT[half.step], wished), status_code=303)
    words.hold(request, answer, HALF, words.word(HALF, half.person_id, half.step, half.set_at))
    return answer


def held(request: Request, session: Session, step: Step) -> Person | None:
    """Whose password was right a moment ago, and has not been changed since."""
    found = words.read(HALF, cookies.held(request, HALF), datetime.now(UTC))
    if found is None:
        return None
    person, account = session.get(Person, found[0]), session.get(Account, found[0])
    if person is None or person.retired or account is None:
        return None
    return person if list(found[1]) == [step, str(account.password_set_at)] else None


def shown_secret(word: str | None, person: Person, code: str, now: datetime) -> tuple[str, int] | None:
    """The secret that we showed the person, and the step of the code that proves that it arrived."""
    found = words.read(SECRET, word, now)
    if found is None or found[0] != person.id:
        return None
    secret = found[1][0]
    step = one_time.step_of(secret, code, now, 0)
    return (secret, step) if step is not None else None


def app_page(
    request: Request, person: Person, wished: str, why: str | None = None, word: str | None = None, status: int = 200
) -> Response:
    """The secret for the app, the same one after a mistake."""
    known = words.read(SECRET, word, datetime.now(UTC))
    secret = known[1][0] if known is not None and known[0] == person.id else one_time.new_secret()
    return page(
        request,
        "login/app.html",
        status=status,
        organisation=(owner := owner_of(request)),
        wished=own_path(wished),
        why=why,
        word=words.word(SECRET, person.id, secret),
        secret=one_time.grouped(secret),
        address=one_time.app_address(secret, person.id, owner.name),
    )


def with_next(path: str, wished: str) -> str:
    return str(URL(path).include_query_params(next=own_path(wished))) if own_path(wished) != START else path


def _first(request: Request, wished: str, *, name: str = "", why: str | None = None, status: int = 200) -> Response:
    chosen = request.app.state.settings
    people = demo_people(request) if chosen.demo_mails is not None else []
    return page(
        request,
        "login/login.html",
        status=status,
        organisation=owner_of(request),
        wished=own_path(wished),
        name=name,
        why=why,
        people=people,
        roles=ROLES,
        outside=chosen.oidc.configured,
    )


def _second(
    request: Request, session: Session, person: Person, wished: str, why: str | None = None, status: int = 200
) -> Response:
    account = session.get_one(Account, person.id)
    has = {"app": bool(account.one_time), "passkeys": bool(accounts.passkeys(session, person.id))}
    known = {"organisation": owner_of(request), "wished": own_path(wished), "why": why}
    return page(request, "login/second.html", status=status, **known, **has)


def _in(request: Request, session: Session, person: Person, wished: str, now: datetime) -> Response:
    answer = let_in(request, session, person, "password", wished, now)
    cookies.take_back(request, answer, HALF)
    return answer


def _too_late(request: Request) -> Response:
    answer = _first(request, "", why=_(TOO_LATE), status=422)
    cookies.take_back(request, answer, HALF)
    return answer


def demo_people(request: Request) -> list[Person]:
    """Whom the demo lets in by a button, those with most to answer first."""
    takes_care_of = select(func.count()).where(Channel.responsible_id == Person.id).scalar_subquery()
    people = select(Person).where(~Person.retired).order_by(takes_care_of.desc(), Person.name)
    with request.app.state.db.snapshot() as session:
        return list(session.scalars(people))
