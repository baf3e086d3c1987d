"""/account: what belongs to whoever is signed in: the password, the second factor, and the devices."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import delete

from config.language import N_, _
from monitor.access import accounts, codes, passwords, sessions, tokens
from monitor.access.entering_rules import must_prove_twice
from monitor.access.models import Account, LoginSession, Passkey
from monitor.access.permission_rules import Permission
from monitor.access.token_words import SCOPE_WORDS
from monitor.access.visitors import Visitor
from monitor.audit import audited
from monitor.db.numbered import numbered
from monitor.inbox.templates import EVERYBODY, CannotKeep, own_signature, sign_as
from monitor.register.models import Person
from monitor.register.organisation import organisation
from monitor.web.login.coming_in import refused, too_many
from monitor.web.login.entering import WRONG_CODE, app_page, shown_secret
from monitor.web.login.sent import Sent
from monitor.web.login.setup import faults_of
from monitor.web.rendering import page
from monitor.web.visiting import Myself

router = APIRouter(prefix="/account", default_response_class=HTMLResponse)
WRONG = N_("That is not the password that you have now.")
HOW = {
    "password": N_("with a password"),
    "passkey": N_("with a passkey"),
    "code": N_("with an emergency code"),
    "outside": N_("through the organisation's directory"),
    "demo": N_("in the demo"),
}
USUAL_DAYS = 90
READING, CHOSEN = "reading", "chosen"
"""What a token may do: only read, or what is ticked."""
LAST_ONE = N_("You need something besides a password. Add another passkey or an app before you take this one away.")


@router.get("")
def mine(request: Request, who: Myself) -> Response:
    return account_page(request, who)


@router.post("/password")
def change_password(request: Request, who: Myself, sent: Sent) -> Response:
    """Every other session ends. Whoever has none yet, as people of the directory, needs an invitation."""
    db, now = request.app.state.db, datetime.now(UTC)
    if why := too_many(request, who.person_id):
        return account_page(request, who, {"present": why}, 429)
    with db.snapshot() as session:
        person, account = session.get_one(Person, who.person_id), session.get(Account, who.person_id)
    if not passwords.matches(sent.get("present", ""), account.password if account is not None else None):
        refused(request, who.person_id, "changing")
        return account_page(request, who, {"present": _(WRONG)}, 422)
    if faults := faults_of(request, sent, person):
        return account_page(request, who, faults, 422)
    hashed = passwords.hashed(sent["password"])
    with db.transaction() as session:
        accounts.set_password(session, person, hashed, now, but=who.session_id)
    return _back("password")


@router.get("/app")
def show_app(request: Request, who: Myself) -> Response:
    """A new secret for the app; the old one holds until the new one is proven."""
    return app_page(request, _person(request, who), "/account")


@router.post("/app")
def change_app(request: Request, who: Myself, sent: Sent) -> Response:
    now = datetime.now(UTC)
    person = _person(request, who)
    found = shown_secret(sent.get("secret"), person, sent.get("code", ""), now)
    if found is None:
        return app_page(request, person, "/account", _(WRONG_CODE), sent.get("secret"), 422)
    with request.app.state.db.transaction() as session:
        accounts.keep_one_time(session, person, *found, now)
    return _back("app")


@router.post("/sessions/end-others")
def end_others(request: Request, who: Myself) -> Response:
    with request.app.state.db.transaction() as session:
        sessions.end_all(session, who.person_id, who.person_id, datetime.now(UTC), but=who.session_id)
    return _back("others")


@router.post("/sessions/{number}/end")
def end_one(request: Request, who: Myself, number: int) -> Response:
    """404 for a session of somebody else, as for none."""
    with request.app.state.db.transaction() as session:
        row = numbered(session, LoginSession, number)
        if row is None or row.person_id != who.person_id:
            raise HTTPException(404)
        sessions.end(session, number, who.person_id, datetime.now(UTC))
    return _back("session")


@router.post("/signature")
def sign(request: Request, who: Myself, sent: Sent) -> Response:
    """What stands below one's own answers. everybodys: none of one's own any more."""
    text = None if sent.get("everybodys") else sent.get("signature", "").replace("\r\n", "\n")
    try:
        with request.app.state.db.transaction() as session:
            sign_as(session, who.person_id, text, who.person_id, datetime.now(UTC))
    except CannotKeep as why:
        return account_page(request, who, {"signature": str(why)}, 422)
    return _back("signature")


@router.post("/passkeys/remove")
def remove_passkey(request: Request, who: Myself, sent: Sent) -> Response:
    now = datetime.now(UTC)
    with request.app.state.db.transaction() as session:
        row = session.get(Passkey, sent.get("passkey", ""))
        if row is None or row.person_id != who.person_id:
            raise HTTPException(404)
        account = session.get(Account, who.person_id)
        last = len(accounts.passkeys(session, who.person_id)) == 1 and not (account and account.one_time)
        if last and account is not None and account.password and must_prove_twice(who.apart):
            return account_page(request, who, {"passkeys": _(LAST_ONE)}, 422)
        session.execute(delete(Passkey).where(Passkey.id == row.id))
        audited(session, who.person_id, "passkey.removed", ("person", who.person_id), now, before={"name": row.name})
    return _back("passkey-gone")


NEW_TOKEN: dict[str, Any] = {"name": "", "days": USUAL_DAYS, "may": READING, "scopes": [], "faults": {}}
"""The form for one, as it stands at first."""


def account_page(
    request: Request,
    who: Myself,
    faults: dict[str, str] | None = None,
    status: int = 200,
    token: dict[str, Any] | None = None,
) -> Response:
    """token: what stands in the form for a new token, and under `faults` what is wrong with it."""
    with request.app.state.db.snapshot() as session:
        owner, account, now = organisation(session), session.get(Account, who.person_id), datetime.now(UTC)
        return page(
            request,
            "login/account.html",
            status=status,
            organisation=owner,
            zone=ZoneInfo(owner.timezone),
            faults=faults or {},
            done=request.query_params.get("done", ""),
            has_password=bool(account and account.password),
            has_app=bool(account and account.one_time),
            passkeys=accounts.passkeys(session, who.person_id),
            codes=codes.left(session, who.person_id),
            sessions=sessions.going(session, who.person_id, now),
            how=HOW,
            own_signature=own_signature(session, who.person_id),
            signature=own_signature(session, EVERYBODY) or "",
            tokens=tokens.going(session, now, who.person_id),
            **_for_tokens(who, token),
        )


def _for_tokens(who: Visitor, typed: dict[str, Any] | None) -> dict[str, Any]:
    return {"scope_words": SCOPE_WORDS, "offered": _offered(who), "token": NEW_TOKEN | (typed or {})}


def _offered(who: Visitor) -> list[tuple[str, str]]:
    """Scopes by which a token could do something now. Everybody notes their own absences."""
    mine = who.apart | {Permission.EDIT_ABSENCES}
    return [(scope.value, words) for scope, words in SCOPE_WORDS.items() if scope in mine]


def _person(request: Request, who: Myself) -> Person:
    with request.app.state.db.snapshot() as session:
        person: Person = session.get_one(Person, who.person_id)
        return person


def _back(done: str) -> Response:
    return RedirectResponse(f"/account?done={done}", status_code=303)
