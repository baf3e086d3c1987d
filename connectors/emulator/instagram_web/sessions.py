"""Who asks instagram.com: cookies, logging in, and the tokens of the web app."""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from connectors.emulator.wire import Answer, Request
from connectors.emulator.world import Token, World

LIFETIME = timedelta(days=365)
SHAPE = "Domain=.instagram.com; Path=/; Secure"
BEARER = "Bearer IGT:2:"


@dataclass(frozen=True)
class Login:
    """A person's password, and what Instagram wants besides it."""

    password: str
    hurdle: Literal["", "two_factor", "checkpoint"] = ""


@dataclass(frozen=True)
class Visitor:
    """Who asks. session None: nobody, or somebody whose session is over."""

    session: Token | None
    csrf: str

    @property
    def user_id(self) -> str:
        """0 for nobody, as the start page says it."""
        if self.session is None:
            return "0"
        return self.session.account.pk if self.session.account else self.session.value.split("%3A")[0]

    @property
    def name(self) -> str:
        """The user name of the one who is logged in."""
        account = self.session.account if self.session else None
        return account.handle if account else f"user{self.user_id}"


class Sessions:
    """Sessions are the world's tokens of kind "session"; the value is that of the sessionid cookie.

    logins: user name -> password of those who can log in.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._generation = 0
        self.logins: dict[str, Login] = {}

    def visitor(self, request: Request) -> Visitor:
        """By cookie, or by the bearer token that the app on a phone sends in its place."""
        cookies = _cookies(request)
        bearer = request.headers.get("authorization", "")
        if bearer.startswith(BEARER):
            cookies |= json.loads(base64.b64decode(bearer.removeprefix(BEARER)))
        return Visitor(self._live(cookies.get("sessionid", "")), cookies.get("csrftoken", ""))

    def renew_page_tokens(self) -> None:
        """The tokens that start pages gave out so far are refused from now on."""
        self._generation += 1

    def fb_dtsg(self, visitor: Visitor) -> str | None:
        """None for somebody who is not logged in."""
        return f"NAft{self._digest(visitor.session.value)}:17:1" if visitor.session else None

    def lsd(self, visitor: Visitor) -> str:
        return self._digest(visitor.session.value if visitor.session else "nobody")[:22]

    def page_tokens_fit(self, request: Request, visitor: Visitor) -> bool:
        """Are the tokens in the form, and the one in the header, those of the visitor's start page?"""
        lsd = self.lsd(visitor)
        fits = request.get("lsd") == request.headers.get("x-fb-lsd") == lsd and request.get("av") == visitor.user_id
        return fits and request.get("fb_dtsg") == (self.fb_dtsg(visitor) or "")

    def log_in(self, request: Request) -> Answer:
        name = request.get("username").lower()
        login, password = self.logins.get(name), request.get("enc_password").split(":", 3)[-1]
        if login is None or login.password != password:
            return Answer.json({"authenticated": False, "user": login is not None, "status": "ok"})
        if login.hurdle == "two_factor":
            hurdle = {
                "two_factor_required": True,
                "two_factor_info": {"two_factor_identifier": "2fa", "username": name},
            }
            return Answer.json(hurdle | {"message": "", "status": "fail"}, 400)
        if login.hurdle == "checkpoint":
            more = {"message": "checkpoint_required", "checkpoint_url": "/challenge/", "lock": False}
            return Answer.json(more | {"status": "fail"}, 400)
        return self._welcome(name)

    def _welcome(self, name: str) -> Answer:
        account = next((one for one in self._world.accounts.values() if one.handle == name), None)
        user_id = account.pk if account else str(int(self._digest(name)[:10], 16))
        value = f"{user_id}%3A{self._digest(f'{name}{len(self._world.tokens)}')[:14]}%3A28"
        self._world.token(Token(value, "session", account, expires_at=self._world.now + LIFETIME))
        answer = Answer.json({"authenticated": True, "user": True, "userId": user_id, "status": "ok"})
        answer.cookies = (
            f"sessionid={value}; {SHAPE}; HttpOnly",
            f"ds_user_id={user_id}; {SHAPE}",
            f"csrftoken={csrf_token(user_id)}; {SHAPE}",
        )
        return answer

    def _live(self, value: str) -> Token | None:
        token = self._world.tokens.get(value)
        if token is None or token.kind != "session" or token.error is not None:
            return None
        return token if token.expires_at is None or token.expires_at > self._world.now else None

    def _digest(self, text: str) -> str:
        return hashlib.sha256(f"{self._world.seed} {self._generation} {text}".encode()).hexdigest()


def csrf_token(user_id: str) -> str:
    """Always the same for one person here; the real ones last a year."""
    return hashlib.sha256(f"csrf {user_id}".encode()).hexdigest()[:32]


def _cookies(request: Request) -> dict[str, str]:
    """The last one where a name comes twice, as long as it has a value."""
    pairs = (part.strip().partition("=") for part in request.headers.get("cookie", "").split(";"))
    return {name: value.strip('"') for name, _, value in pairs if value.strip('"')}
