"""Facebook's login as Graph knows it: codes, user tokens short and long, what was granted, and the pages behind it.

The person is always the same one and manages every page of the world; `tasks` says where the role is smaller. A test
may change `tasks`, take a permission away with `lapse`, and register more apps.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from connectors.emulator.graph.facebook import TASKS
from connectors.emulator.graph.refusals import Refusal
from connectors.emulator.graph.tokens import APP_ID, Viewer, refuse_dead
from connectors.emulator.wire import Request
from connectors.emulator.world import Account, Token, World

APP_SECRET = "e5b1c7ad0c8f4a53a1f1de0b6f1a90f7"  # noqa: S105 - of an app in a toy world
CODE_LIVES = timedelta(minutes=10)
SHORT, LONG, DATA_ACCESS = timedelta(hours=1, minutes=30), timedelta(days=60), timedelta(days=90)


@dataclass
class Login:
    """What the person agreed to. pages: ids. code_redirect: the address that the code was sent to."""

    app_id: str
    scopes: tuple[str, ...]
    declined: tuple[str, ...]
    pages: tuple[str, ...]
    code_redirect: str
    code_used: bool = False
    lapsed: set[str] = field(default_factory=set)


class Logins:
    """apps: id -> secret. redirects: addresses that apps may send the browser to, besides this machine's own."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.apps: dict[str, str] = {APP_ID: APP_SECRET}
        self.redirects = {"https://www.facebook.com/connect/login_success.html"}
        self.tasks: dict[str, list[str]] = {}
        self._codes: dict[str, tuple[Login, datetime]] = {}
        self._behind: dict[str, Login] = {}

    def pages(self) -> list[Account]:
        """Those that the person manages."""
        return [account for account in self._world.accounts.values() if account.platform == "facebook"]

    def agree(self, login: Login) -> str:
        """The person agrees: the code that the browser carries home."""
        code = "AQ" + self._secret(f"code {len(self._codes)}")
        self._codes[code] = (login, self._world.now)
        return code

    def lapse(self, scope: str) -> None:
        """Nobody used the permission for 90 days: Meta takes it back, from all tokens."""
        for value, login in self._behind.items():
            login.lapsed.add(scope)
            token = self._world.tokens[value]
            token.scopes = tuple(each for each in token.scopes if each != scope)

    # -- what Graph answers

    def access_token(self, request: Request) -> dict[str, Any]:
        """`/oauth/access_token`: a code for a short token, a short token for a long one. Raises Refusal."""
        self._check_app(request)
        if request.get("grant_type") == "fb_exchange_token":
            return self._lengthen(request)
        login, at = self._codes.get(request.get("code"), (None, self._world.now))
        if login is None or login.app_id != request.get("client_id"):
            raise Refusal(100, "Invalid verification code format.")
        if login.code_redirect != request.get("redirect_uri"):
            text = "Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request"
            raise Refusal(100, f"Error validating verification code. {text}", subcode=36008)
        if login.code_used:
            raise Refusal(100, "This authorization code has been used.", subcode=36009)
        if self._world.now - at > CODE_LIVES:
            raise Refusal(100, "This authorization code has expired.", subcode=36007)
        login.code_used = True
        return _given(self._user_token(login, SHORT), SHORT)

    def permissions(self, token: Token) -> dict[str, Any]:
        """`/me/permissions`."""
        login = self._behind.get(token.value)
        if login is None:
            return {"data": [{"permission": scope, "status": "granted"} for scope in token.scopes]}
        states = {scope: "expired" if scope in login.lapsed else "granted" for scope in login.scopes}
        states |= dict.fromkeys(login.declined, "declined")
        return {"data": [{"permission": scope, "status": status} for scope, status in states.items()]}

    def knows(self, token: Token) -> bool:
        """Did it come out of a login here?"""
        return token.value in self._behind

    def accounts(self, viewer: Viewer, request: Request) -> dict[str, Any]:
        """`/me/accounts`, in pages of `limit`. Raises Refusal."""
        viewer.needs("pages_show_list")
        login = self._behind[viewer.token.value]
        mine = [page for page in self.pages() if page.id in login.pages]
        start, limit = int(request.get("after") or 0), int(request.get("limit") or 25)
        shown = mine[start : start + limit]
        answer: dict[str, Any] = {"data": [self._page(page, viewer, request.get("fields")) for page in shown]}
        if start + limit < len(mine):
            answer["paging"] = {"next": _next(request, start + limit)}
        return answer

    # -- tokens

    def _lengthen(self, request: Request) -> dict[str, Any]:
        token = self._world.tokens.get(request.get("fb_exchange_token"))
        login = self._behind.get(token.value) if token else None
        if token is None or login is None or token.kind != "user":
            raise Refusal(190, "Invalid OAuth access token - Cannot parse access token")
        refuse_dead(self._world, token)
        return _given(self._user_token(login, LONG), LONG)

    def _user_token(self, login: Login, lives: timedelta) -> Token:
        now = self._world.now
        granted = tuple(scope for scope in login.scopes if scope not in login.lapsed)
        value = "EAA" + self._secret(f"user {len(self._behind)}")
        made = Token(value, "user", None, granted, now + lives, self.apps[login.app_id])
        made.data_access_expires_at = now + DATA_ACCESS
        self._behind[value] = login
        return self._world.token(made)

    def _page(self, page: Account, viewer: Viewer, fields: str) -> dict[str, Any]:
        whole: dict[str, Any] = {
            "access_token": self._page_token(page, viewer.token),
            "category": "Government organisation",
            "name": page.name,
            "id": page.id,
            "tasks": self.tasks.get(page.id, TASKS),
        }
        below = [account for account in viewer.world.accounts.values() if account.page_id == page.id]
        if below and "instagram_basic" in viewer.token.scopes:
            whole["instagram_business_account"] = {"id": below[0].id, "username": below[0].handle}
        asked = re.sub(r"\{[^}]*\}", "", fields or "access_token,category,name,tasks").split(",")
        return {name: value for name, value in whole.items() if name in {*asked, "id"}}

    def _page_token(self, page: Account, user: Token) -> str:
        """Does not expire if the user's token is a long one; what the person allows the app to see does."""
        value = "EAA" + self._secret(f"page {page.id} {user.value}")
        is_long = user.expires_at is not None and user.expires_at - self._world.now > SHORT
        made = Token(value, "page", page, user.scopes, None if is_long else user.expires_at, user.app_secret)
        made.data_access_expires_at = user.data_access_expires_at
        self._behind[value] = self._behind[user.value]
        self._world.token(made)
        return value

    def _check_app(self, request: Request) -> None:
        secret = self.apps.get(request.get("client_id"))
        if secret is None:
            raise Refusal(101, "Error validating application. Cannot get application info due to a system error.")
        if secret != request.get("client_secret"):
            raise Refusal(1, "Error validating client secret.")

    def _secret(self, what: str) -> str:
        return hashlib.sha256(f"{self._world.seed} {what}".encode()).hexdigest()


def _given(token: Token, lives: timedelta) -> dict[str, Any]:
    return {"access_token": token.value, "token_type": "bearer", "expires_in": int(lives.total_seconds())}


def _next(request: Request, after: int) -> str:
    query: Mapping[str, str] = {name: values[-1] for name, values in request.query.items()} | {"after": str(after)}
    return f"{request.origin}{request.path}?{urlencode(query)}"
