"""Asking a WordPress blog as one of its users, by an application password. Each request is sent once and followed
nowhere: the password is for this server alone."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import requests

from connectors import outward
from connectors.base import Credential
from connectors.blog.errors import failure, wait_told
from connectors.blog.publish_errors import PUBLISHING
from connectors.errors import ConnectorError, Meaning, OutcomeUnknown, RateLimited, Refused, Unavailable
from connectors.loopback import trusted_certificates
from connectors.publishing import LAST_LOOK

PATIENCE = (5.0, 15.0)
"""Seconds to connect, and between two pieces of an answer, while people wait."""
LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
Json = Any


class Pen:
    """One user's requests. inside: addresses in one's own network are allowed, without https too."""

    def __init__(self, credential: Credential, *, inside: bool) -> None:
        self._login = (credential.get("user") or "", credential.get("application_password") or "")
        self._inside = inside

    @property
    def can_write(self) -> bool:
        return all(self._login)

    def get(self, url: str, **parameters: str) -> Json:
        """Raises ConnectorError; what was lost was only a question."""
        lost: ConnectorError | None = None
        try:
            return self._ask("GET", url, parameters, None)
        except OutcomeUnknown as unknown:
            lost = Unavailable(unknown.detail, code=unknown.code)
        raise lost

    def post(self, url: str, body: Mapping[str, object]) -> dict[str, Any]:
        """Raises OutcomeUnknown, or another error where it was certainly not done."""
        LAST_LOOK.get()()
        answer = self._ask("POST", url, {}, body)
        if not isinstance(answer, dict) or not isinstance(answer.get("id"), int):
            raise meant("processing")
        return answer

    def _ask(self, method: str, url: str, parameters: Mapping[str, str], body: Mapping[str, object] | None) -> Json:
        self._refuse(url)
        lost: ConnectorError
        try:
            with self._session() as session:
                asked: dict[str, Any] = {"params": parameters, "json": body, "timeout": PATIENCE}
                return _read(session.request(method, url, allow_redirects=False, **asked))
        except requests.exceptions.ConnectTimeout as error:
            lost = Unavailable("there was no connection to the blog", code=type(error).__name__)
        except requests.RequestException as error:
            lost = _broken(error)
        raise lost  # outside: what was sent is in requests' own

    def _session(self) -> requests.Session:
        session = requests.Session()
        session.verify, session.auth = trusted_certificates(), self._login
        session.headers["User-Agent"] = "Kanalvakt"
        if not self._inside:
            for scheme in ("http://", "https://"):
                session.mount(scheme, outward.Outward(lambda: failure("private_address", datetime.now(UTC))))
        return session

    def _refuse(self, url: str) -> None:
        address = urlsplit(url)
        host = address.hostname or ""
        if not self._inside and (host in LOCAL or outward.is_inside(host)):
            raise failure("private_address", datetime.now(UTC))
        if address.scheme != "https" and not self._inside:
            raise meant("not_https")


def meant(code: str, *, shown: str = "", answer: requests.Response | None = None) -> ConnectorError:
    """The error that the table has for a code."""
    meaning: Meaning = PUBLISHING[code]
    if issubclass(meaning.error, RateLimited):
        now = datetime.now(UTC)
        told = answer.headers.get("Retry-After", "") if answer is not None else ""
        return meaning.error(meaning.detail, code=code, retry_at=now + wait_told(told, now), remedy=meaning.remedy)
    return meaning.error(meaning.detail, code=shown or code, remedy=meaning.remedy)


def _read(answer: requests.Response) -> Json:
    try:
        told = json.loads(answer.content)
    except ValueError:
        told = None
    if answer.ok and not answer.is_redirect:
        if told is None:
            raise meant("processing", shown="not_json")
        return told
    code = str(told.get("code", "")) if isinstance(told, dict) else ""
    if answer.status_code == requests.codes.too_many_requests:
        raise meant("HTTP 429", answer=answer)
    if code in PUBLISHING and answer.status_code < 500:
        raise meant(code)
    raise OutcomeUnknown("the blog or something before it is out of order", code=f"HTTP {answer.status_code}")


def _broken(error: requests.RequestException) -> ConnectorError:
    """Nobody was there to hear it, or the answer was lost."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    if type(reason).__name__ in ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError"):
        return Unavailable("there was no connection to the blog", code=type(reason).__name__)
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.MissingSchema):
        return Refused("this is no web address", code="address")
    return OutcomeUnknown("the connection to the blog broke", code=type(error).__name__)
