"""Connecting a YouTube channel: Google's login for installed apps, with PKCE (RFC 7636) and a refresh token."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

import requests

from config.language import N_
from config.settings import Settings
from connectors.base import Credential
from connectors.connecting import Candidate, NotConnected, Scope, missing_scope
from connectors.errors import Unavailable
from connectors.loopback import trusted_certificates
from connectors.youtube.api import Api
from connectors.youtube.errors import from_token_endpoint

SCOPE = Scope(
    "https://www.googleapis.com/auth/youtube.force-ssl",
    N_("to read comments, those that wait for approval too, and to answer them; YouTube has no narrower permission"),
)
TIMEOUT = (5.0, 30.0)  # seconds
CODE_ERRORS = {
    "invalid_grant": NotConnected("the code has expired or has been used already", code="code_used"),
    "redirect_uri_mismatch": NotConnected(
        "the address to come back to is not allowed for this client",
        code="redirect_mismatch",
        remedy=N_(
            "Make an OAuth client of the kind Desktop app in the Google Cloud console, and use its id and secret."
        ),
    ),
    "invalid_client": NotConnected(
        "Google does not accept the client id and secret",
        code="wrong_secret",
        remedy=N_("Compare the client id and secret with the Google Cloud console, under Credentials."),
    ),
}
NO_REFRESH_TOKEN = N_(
    "Take Kanalvakt's access away at https://myaccount.google.com/permissions, and connect again: Google gives the "
    "lasting token at the first consent only."
)


class YouTubeLogin:
    """Gets the refresh token of one channel."""

    app: ClassVar[tuple[str, str]] = ("client_id", "client_secret")
    loopback: ClassVar[str] = "127.0.0.1"
    paste_uri: ClassVar[str] = ""

    def __init__(self, app_id: str, app_secret: str, settings: Settings) -> None:
        self._app_id, self._app_secret, self._settings = app_id, app_secret, settings
        self.asked: tuple[Scope, ...] = (SCOPE,)
        self._verifier = secrets.token_urlsafe(64)

    def authorise_url(self, redirect_uri: str, state: str) -> str:
        """prompt=consent: without it, only the very first consent gives a refresh token."""
        challenge = hashlib.sha256(self._verifier.encode()).digest()
        question = {
            "client_id": self._app_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": SCOPE.name,
            "state": state,
            "access_type": "offline",
            "prompt": "consent",
            "code_challenge": urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{self._settings.google_auth_url}?{urlencode(question)}"

    def finish(self, code: str, redirect_uri: str) -> list[Candidate]:
        """The one channel that was chosen in the browser."""
        answer = self._exchange(code, redirect_uri)
        if SCOPE.name not in str(answer.get("scope", "")).split():
            raise missing_scope([SCOPE])
        token = answer.get("refresh_token")
        if not token:
            raise NotConnected("Google gave no lasting token", code="no_refresh_token", remedy=NO_REFRESH_TOKEN)
        app = {"client_id": self._app_id, "client_secret": self._app_secret}
        with Api(Credential({**app, "refresh_token": token}), self._settings, datetime.now(UTC), _nothing, 20) as api:
            found = api.list("channels", part="snippet", mine=True)["items"]
        return [Candidate(item["id"], _title(item), {"refresh_token": token}) for item in found]

    def subscribe(self, candidate: Candidate) -> None:
        """YouTube sends no hints about comments."""

    def _exchange(self, code: str, redirect_uri: str) -> dict[str, Any]:
        question = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": self._app_id,
            "client_secret": self._app_secret,
            "redirect_uri": redirect_uri,
            "code_verifier": self._verifier,
        }
        status, answer = self._post(question)
        if status == requests.codes.ok and isinstance(answer, dict):
            return answer
        word = str(answer.get("error")) if isinstance(answer, dict) else ""
        if known := CODE_ERRORS.get(word):
            raise NotConnected(known.detail, code=known.code, remedy=known.remedy)
        raise from_token_endpoint(answer, datetime.now(UTC))

    def _post(self, question: dict[str, str]) -> tuple[int, object]:
        """Status and decoded answer, None where it is no JSON. No redirects: they would get the code."""
        address = self._settings.google_token_url
        try:
            response = requests.post(
                address, data=question, timeout=TIMEOUT, allow_redirects=False, verify=trusted_certificates()
            )
            return response.status_code, _decoded(response)
        except requests.RequestException as error:
            failure = Unavailable("the connection to Google failed", code=type(error).__name__)
        raise failure  # outside the except clause: nothing of the question may hang on it


def _decoded(response: requests.Response) -> object:
    try:
        return response.json()
    except ValueError:
        return None


def _title(item: dict[str, Any]) -> str:
    snippet = item.get("snippet")
    return str(snippet.get("title", "")) if isinstance(snippet, dict) else ""


def _nothing() -> None:
    """Nobody has to be told before each request."""
