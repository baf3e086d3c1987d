"""Passkeys, by monitor/web/static/passkey.js: what is asked of the device, and whether its answer counts.

Between the two the browser holds a signed word with the question in it. A question counts once.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import IntegrityError

from monitor.access import codes, passkeys
from monitor.access.passkeys import NotProven, Site
from monitor.register.models import Person
from monitor.register.organisation import organisation
from monitor.web.form_body import body
from monitor.web.login import words
from monitor.web.login.coming_in import let_in, refused, too_many
from monitor.web.login.links import public_address
from monitor.web.login.sent import LARGEST
from monitor.web.visiting import Myself

router = APIRouter()
SIGN_IN, ADD = "passkey", "new-passkey"
NOBODY = "-"


async def _told(request: Request) -> Mapping[str, Any]:
    """What the script sends. Raises HTTPException (422) for what is none of it."""
    try:
        told = json.loads(await body(request, LARGEST))
    except ValueError:
        raise HTTPException(422) from None
    if not isinstance(told, dict):
        raise HTTPException(422)
    return told


Told = Annotated[Mapping[str, Any], Depends(_told)]


@router.post("/login/passkey/begin")
def begin(request: Request) -> Response:
    return _asked(SIGN_IN, NOBODY, passkeys.to_sign_in(site_of(request)))


@router.post("/login/passkey")
def finish(request: Request, told: Told) -> Response:
    """In, and where to: {"next": path}. 403 for an answer that does not count."""
    now = datetime.now(UTC)
    if too_many(request, SIGN_IN):
        raise HTTPException(429)
    try:
        with request.app.state.db.transaction() as session:
            challenge = _question(SIGN_IN, NOBODY, told, now)
            person = passkeys.prove(session, site_of(request), challenge, _credential(told), now)
            codes.count_once(session, person, challenge, now)
            led = let_in(request, session, person, "passkey", str(told.get("next", "")), now)
    except (NotProven, IntegrityError):
        refused(request, SIGN_IN, "passkey")
        return JSONResponse({}, 403)
    answer = JSONResponse({"next": led.headers["location"]})
    answer.headers["set-cookie"] = led.headers["set-cookie"]
    return answer


@router.post("/account/passkeys/begin")
def begin_adding(request: Request, who: Myself) -> Response:
    with request.app.state.db.snapshot() as session:
        person, owner = session.get_one(Person, who.person_id), organisation(session)
        options = passkeys.to_add(session, site_of(request), person, owner.name)
    return _asked(ADD, who.person_id, options)


@router.post("/account/passkeys")
def add(request: Request, who: Myself, told: Told) -> Response:
    now = datetime.now(UTC)
    name = str(told.get("name", "")) or "Passkey"
    try:
        with request.app.state.db.transaction() as session:
            person = session.get_one(Person, who.person_id)
            challenge = _question(ADD, who.person_id, told, now)
            passkeys.add(session, site_of(request), person, challenge, _credential(told), name, now)
    except NotProven:
        return JSONResponse({}, 422)
    return JSONResponse({"next": "/account?done=passkey"})


def site_of(request: Request) -> Site:
    """Keys hold for the address that people use."""
    origin = public_address(request)
    return Site(urlsplit(origin).hostname or "localhost", origin)


def _asked(purpose: str, person_id: str, options: passkeys.Options) -> Response:
    return JSONResponse({"options": options, "word": words.word(purpose, person_id, options["challenge"])})


def _question(purpose: str, person_id: str, told: Mapping[str, Any], now: datetime) -> str:
    found = words.read(purpose, str(told.get("word", "")), now)
    if found is None or found[0] != person_id:
        raise NotProven
    return found[1][0]


def _credential(told: Mapping[str, Any]) -> Mapping[str, Any]:
    credential = told.get("credential")
    if not isinstance(credential, dict):
        raise NotProven
    return credential
