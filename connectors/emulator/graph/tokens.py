"""Who asks Graph, and what Graph shows them."""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.emulator.graph.habits import Habits
from connectors.emulator.graph.refusals import Refusal, dead, gone, lacks, too_much
from connectors.emulator.wire import Request
from connectors.emulator.world import Account, Comment, Post, Token, World

APP_ID = "138483919580948"
USER_ID = "10200000000000001"
ENGAGING = "pages_read_engagement"
CONTENT = "pages_read_user_content"
METADATA = "pages_manage_metadata"


@dataclass
class Viewer:
    """One caller in one request: the token, and what the answer has come to so far."""

    world: World
    token: Token
    habits: Habits
    version: str
    origin: str
    rendered: int = field(default=0)

    def spend(self) -> None:
        """One more thing in the answer. Raises Refusal where it becomes too big."""
        self.rendered += 1
        if self.rendered > self.habits.size:
            raise too_much(in_second_text=self.habits.less_in_second_text)

    @property
    def is_page(self) -> bool:
        """A page's own token, or that of a system user, which is as good."""
        return self.token.kind in ("page", "system")

    def reaches(self, account: Account) -> bool:
        mine = self.token.account
        return mine is None or mine.id in (account.id, account.page_id) or mine.page_id == account.id

    def needs(self, scope: str) -> None:
        if scope not in self.token.scopes:
            raise lacks(scope)

    def enter(self, account: Account, id_: str) -> None:
        """May this token look at the account's things at all? Raises Refusal."""
        if self.token.kind == "app":
            raise lacks(ENGAGING)
        if self.token.kind == "page" and {account.id, account.page_id} & self.habits.lost_roles:
            raise dead(190, 492)
        if not self.reaches(account):
            raise gone(id_)
        self.needs(ENGAGING if account.platform == "facebook" else "instagram_basic")

    def sees_authors(self) -> bool:
        """Of what residents write on a page."""
        return self.is_page and CONTENT in self.token.scopes

    def ordered(self, posts: list[Post]) -> list[Post]:
        """Newest first as they are given, or not, and perhaps not all of them: Graph promises nothing."""
        posts = [post for post in posts if post.id not in self.habits.unlisted]
        if not self.habits.odd_order:
            return posts
        pairs = zip(posts, reversed(posts), strict=True)
        return [post for pair in pairs for post in pair][: len(posts)]

    def shows(self, comment: Comment) -> bool:
        """Not for those whom Instagram restricted, nor what is below them; nor what Facebook only counts."""
        return not comment.restricted and not comment.thread.restricted and comment.id not in self.habits.unshown


def caller(world: World, request: Request) -> Token:
    """The token that a request carries. Raises Refusal for none, a dead one, or a missing proof of the app's secret."""
    value = request.get("access_token") or request.headers.get("authorization", "").partition(" ")[2]
    if not value:
        raise Refusal(104, "An access token is required to request this resource.")
    token = world.tokens.get(value) or _app_token(world, value)
    if token is None:
        raise dead()
    refuse_dead(world, token)
    if token.app_secret:
        _check_proof(request, value, token.app_secret)
    return token


def refuse_dead(world: World, token: Token) -> None:
    if token.error:
        raise dead(*token.error)
    if token.expires_at and token.expires_at <= world.now:
        raise dead(190, 463)


def _app_token(world: World, value: str) -> Token | None:
    """APP_ID|SECRET is good where the secret is that of some token's app."""
    app_id, _, secret = value.partition("|")
    known = {token.app_secret for token in world.tokens.values() if token.app_secret}
    return Token(value, "app") if app_id and secret in known else None


def _check_proof(request: Request, value: str, secret: str) -> None:
    proof = request.get("appsecret_proof")
    if not proof:
        text = "API calls from the server require an appsecret_proof argument"
        raise Refusal(100, text, kind="GraphMethodException")
    if not hmac.compare_digest(proof, hmac.new(secret.encode(), value.encode(), hashlib.sha256).hexdigest()):
        raise Refusal(100, "Invalid appsecret_proof provided in the API argument", kind="GraphMethodException")


def debug_token(world: World, value: str) -> dict[str, Any]:
    """What Graph says about a token: the whole answer."""
    token = world.tokens.get(value) or _app_token(world, value)
    if token is None:
        error = {"code": 190, "message": "Invalid OAuth access token."}
        return {"data": {"error": error, "is_valid": False, "scopes": []}}
    data: dict[str, Any] = {
        "app_id": APP_ID,
        "type": {"page": "PAGE", "user": "USER", "system": "SYSTEM_USER"}.get(token.kind, "APP"),
        "application": "Kanalvakt",
        "data_access_expires_at": _unix(token.data_access_expires_at),
        "expires_at": _unix(token.expires_at),
        "is_valid": True,
        "scopes": list(token.scopes),
        "granular_scopes": [_grant(scope, token) for scope in token.scopes],
        "user_id": USER_ID,
    }
    if token.kind == "page" and token.account:
        data["profile_id"] = token.account.page_id or token.account.id
    return {"data": data | _fault(world, token)}


def _unix(at: datetime | None) -> int:
    """0 means never."""
    return int(at.timestamp()) if at else 0


def _grant(scope: str, token: Token) -> dict[str, Any]:
    return {"scope": scope, "target_ids": [token.account.id]} if token.account else {"scope": scope}


def _fault(world: World, token: Token) -> dict[str, Any]:
    try:
        refuse_dead(world, token)
    except Refusal as refusal:
        error = {"code": refusal.code, "message": refusal.message, "subcode": refusal.subcode}
        return {"error": error, "is_valid": False}
    return {}
