"""The pages where a person logs in and agrees: Facebook's dialog and Google's consent, hosts www.facebook.com and
accounts.google.com; on loopback by their paths. Login is implied. Every single permission can be declined.
"""

import re
from collections.abc import Iterable
from html import escape
from urllib.parse import urlencode, urlsplit

from connectors.emulator.graph.logins import Login, Logins
from connectors.emulator.wire import LOOPBACK, Answer, Request
from connectors.emulator.youtube.consents import Consents

AUTH_PATH = "/o/oauth2/v2/auth"
GOOGLE_HOST = "accounts.google.com"
FACEBOOK_HOST = "www.facebook.com"
_DIALOG = re.compile(r"(/v\d+\.\d+)?/dialog/oauth")
_STYLE = "body{font:1rem/1.5 sans-serif;margin:2rem auto;max-width:32rem}label{display:block;padding:.4rem 0}"


class OAuth:
    """One site for both: a GET shows the page, its form's POST is what the person decides."""

    name = "oauth"

    def __init__(self, logins: Logins, consents: Consents) -> None:
        self._logins, self._consents = logins, consents

    def owns(self, request: Request) -> bool:
        if request.host == GOOGLE_HOST or (request.host == FACEBOOK_HOST and _DIALOG.fullmatch(request.path)):
            return True
        return request.on_loopback and (request.path == AUTH_PATH or _DIALOG.fullmatch(request.path) is not None)

    def answer(self, request: Request) -> Answer:
        if request.path == AUTH_PATH:
            return self._google(request)
        return self._facebook(request)

    # -- Facebook

    def _facebook(self, request: Request) -> Answer:
        if request.get("client_id") not in self._logins.apps:
            return _page("Invalid app ID", "<p>The provided app ID does not look like a valid app ID.</p>", 400)
        redirect = request.get("redirect_uri")
        if not _on_this_machine(redirect) and redirect not in self._logins.redirects:
            return _page(
                "URL blocked", "<p>This redirect failed because the redirect URI is not white-listed.</p>", 400
            )
        if request.method != "POST":
            pages = [("page", page.id, page.name) for page in self._logins.pages()]
            scopes = [("grant", scope, scope) for scope in request.get("scope").split(",") if scope]
            return _page("Kanalvakt wants to manage your pages", _form(request, [*pages, *scopes]))
        if "continue" not in request.form.get("action", []):
            denied = {"error": "access_denied", "error_code": "200", "error_description": "Permissions error"}
            return _back(request, denied | {"error_reason": "user_denied"}, "_=_")
        return _back(request, {"code": self._logins.agree(self._login(request))}, "_=_")

    def _login(self, request: Request) -> Login:
        asked = [scope for scope in request.get("scope").split(",") if scope]
        granted = request.form.get("grant", [])
        return Login(
            app_id=request.get("client_id"),
            scopes=tuple(scope for scope in asked if scope in granted),
            declined=tuple(scope for scope in asked if scope not in granted),
            pages=tuple(request.form.get("page", [])),
            code_redirect=request.get("redirect_uri"),
        )

    # -- Google

    def _google(self, request: Request) -> Answer:
        if request.get("client_id") not in self._consents.clients:
            return _page("Error 401: invalid_client", "<p>The OAuth client was not found.</p>", 401)
        if not _on_this_machine(request.get("redirect_uri")):
            return _page("Error 400: redirect_uri_mismatch", "<p>This app sent an invalid request.</p>", 400)
        asked = request.get("scope").split()
        channels = self._consents.channels()
        if request.method != "POST":
            boxes = [("grant", scope, scope) for scope in asked]
            choice = [("account", channel.id, channel.name) for channel in channels]
            return _page("Kanalvakt wants access to your Google account", _form(request, boxes, choice))
        chosen = [channel for channel in channels if channel.id in request.form.get("account", [])]
        if "continue" not in request.form.get("action", []) or not chosen:
            return _back(request, {"error": "access_denied"})
        scopes = tuple(scope for scope in asked if scope in request.form.get("grant", []))
        told = {"code": self._consents.agree(request, chosen[0], scopes), "scope": " ".join(scopes)}
        return _back(request, told)


def _on_this_machine(redirect: str) -> bool:
    address = urlsplit(redirect)
    return address.scheme == "http" and address.hostname in LOOPBACK


def _back(request: Request, told: dict[str, str], fragment: str = "") -> Answer:
    """The browser is sent home, with the state as it came."""
    query = urlencode(told | {"state": request.get("state")})
    where = f"{request.get('redirect_uri')}?{query}{'#' + fragment if fragment else ''}"
    return Answer(302, b"", {"Location": where}, cost=0)


def _form(request: Request, boxes: Iterable[tuple[str, str, str]], choice: Iterable[tuple[str, str, str]] = ()) -> str:
    """Everything is ticked, as on the real pages; the first of a choice is chosen."""
    action = escape(f"{request.path}?{urlencode(request.query, doseq=True)}")
    rows = [_row("radio", *each, on=number == 0) for number, each in enumerate(choice)]
    rows += [_row("checkbox", *each, on=True) for each in boxes]
    buttons = "".join(
        f'<button name="action" value="{word.lower()}">{word}</button> ' for word in ("Continue", "Cancel")
    )
    return f'<form method="post" action="{action}">{"".join(rows)}<p>{buttons}</p></form>'


def _row(kind: str, name: str, value: str, text: str, *, on: bool) -> str:
    checked = " checked" if on else ""
    return f'<label><input type="{kind}" name="{name}" value="{escape(value)}"{checked}> {escape(text)}</label>'


def _page(title: str, body: str, status: int = 200) -> Answer:
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    text = f'<!doctype html><html lang="en"><head>{head}<style>{_STYLE}</style></head><body><main><h1>{title}</h1>'
    return Answer(
        status, f"{text}{body}</main></body></html>".encode(), {"Content-Type": "text/html; charset=utf-8"}, 0
    )
