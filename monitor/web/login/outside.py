"""/login/outside: through the organisation's own directory (OpenID Connect; Entra ID, ADFS). There only if it is set.

Authorisation code with PKCE; state, nonce and verifier are in a signed cookie for ten minutes. The second factor is the
directory's. Its answer is checked before anything in it is believed: signature, issuer, audience, times, nonce.
"""

import json
import os
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import httpx2
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from joserfc.errors import JoseError
from starlette.concurrency import run_in_threadpool

from config.language import N_, _
from config.settings import Settings
from monitor.access.outside import person_of
from monitor.web import cookies
from monitor.web.login import words
from monitor.web.login.coming_in import let_in, owner_of
from monitor.web.login.links import public_address
from monitor.web.login.returning_rules import own_path
from monitor.web.rendering import page

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/login/outside", default_response_class=HTMLResponse)
HELD = "outside"
PATH = "/login/outside/back"
SIGNED_WITH = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}
"""With a key that only the directory has; whatever else its metadata names is not taken."""
SECONDS = 10.0
ASIDE = 60  # seconds by which clocks may differ
NOT_OURS = N_(
    "Your work account and Kanalvakt do not fit together. Ask an administrator: your mail address there must be the "
    "one in the register."
)
UNTRUSTED = N_("The directory's answer cannot be trusted ({why}). Try again, or ask an administrator.")
SILENT = N_("The directory does not answer. Try again in a while, or sign in another way.")
REFUSED = N_("The directory did not let you in. Try again, or ask an administrator.")


class Untrusted(Exception):
    """The answer is not what the directory would say to us. The text is a code, for whoever mends it."""


@router.get("")
async def leave(request: Request, wished: Annotated[str, Query(alias="next")] = "") -> Response:
    """To the directory."""
    request.scope["session"] = state = dict[str, Any]()
    try:
        client = await _client(request)
        answer: Response = await client.authorize_redirect(request, public_address(request) + PATH)
    except Untrusted as why:
        return await _back(request, _(UNTRUSTED, why=why))
    except (httpx2.HTTPError, ValueError):
        return await _back(request, _(SILENT), 503)
    words.hold(request, answer, HELD, words.word(HELD, "-", json.dumps(state), own_path(wished)))
    return answer


@router.get("/back")
async def come_back(request: Request) -> Response:
    """From the directory: in, or to the login page with what was wrong."""
    found = words.read(HELD, cookies.held(request, HELD), datetime.now(UTC))
    state, wished = found[1] if found is not None else ("{}", "")
    request.scope["session"] = json.loads(state)
    if "error" in request.query_params:
        return await _back(request, _(REFUSED))
    try:
        client = await _client(request)
        token = await client.authorize_access_token(request, leeway=ASIDE, claims_options=_expected(client))
    except (Untrusted, AuthlibBaseError, JoseError) as why:
        return await _back(request, _(UNTRUSTED, why=_code(why)))
    except httpx2.HTTPError:
        return await _back(request, _(SILENT), 503)
    except (ValueError, KeyError, TypeError, RuntimeError):
        return await _back(request, _(UNTRUSTED, why="unreadable"))
    return await run_in_threadpool(_in, request, token.get("userinfo"), wished)


def _in(request: Request, claims: Mapping[str, Any] | None, wished: str) -> Response:
    if not claims:
        return _shown(request, _(UNTRUSTED, why="no id_token"), 422)
    now = datetime.now(UTC)
    with request.app.state.db.transaction() as session:
        person = person_of(session, claims, now)
        if person is not None:
            answer = let_in(request, session, person, "outside", wished, now)
            cookies.take_back(request, answer, HELD)
            return answer
    log.warning("login_refused", how="outside")
    return _shown(request, _(NOT_OURS), 422)


async def _client(request: Request) -> Any:
    """The client for the directory, whose metadata has been read and is the one that the settings name.

    Raises Untrusted, and httpx2's errors where it does not answer.
    """
    app, chosen = request.app.state, request.app.state.settings
    if not hasattr(app, "directory"):
        client = registered(chosen)
        metadata = await client.load_server_metadata()
        if str(metadata.get("issuer")).rstrip("/") != chosen.oidc.issuer:
            raise Untrusted("issuer")
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = sorted(SIGNED_WITH.intersection(offered))
        app.directory = client
    return app.directory


def registered(settings: Settings) -> Any:
    """Authlib's client for the directory of the settings. Trusts the certificates that the rest of Kanalvakt trusts."""
    chosen = settings.oidc
    trusted = ssl.create_default_context(cafile=os.environ.get("REQUESTS_CA_BUNDLE") or None)
    return OAuth().register(
        "directory",
        client_id=chosen.client_id,
        client_secret=chosen.client_secret.get_secret_value() if chosen.client_secret is not None else None,
        server_metadata_url=f"{chosen.issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "timeout": SECONDS,
            "verify": trusted,
        },
    )


def _expected(client: Any) -> dict[str, Any]:
    must = {name: {"essential": True} for name in ("sub", "exp", "iat", "nonce")}
    issuer = {"essential": True, "value": client.server_metadata["issuer"]}
    return {"iss": issuer, "aud": {"essential": True, "value": client.client_id}, **must}


def _code(why: Exception) -> str:
    """Of the error, for whoever mends it: nothing that came from outside but the name of a claim."""
    claim = getattr(why, "claim_name", None) or getattr(why, "claim", None)
    code = str(getattr(why, "error", "") or why)
    return f"{code} {claim}" if claim else code


async def _back(request: Request, why: str, status: int = 422) -> Response:
    log.warning("login_refused", how="outside")
    return await run_in_threadpool(_shown, request, why, status)


def _shown(request: Request, why: str, status: int) -> Response:
    known = {"organisation": owner_of(request), "title": _("Not signed in"), "text": why, "again": "/login"}
    answer = page(request, "login/failed.html", status=status, **known)
    cookies.take_back(request, answer, HELD)
    return answer
