"""An account on the emulated instagram.com, as a visitor with a session reads it."""

from connectors.base import Credential
from connectors.emulator.instagram_web import InstagramWeb
from connectors.emulator.server import Emulator
from connectors.emulator.world import Token
from connectors.errors import (
    AuthExpired,
    ConnectorError,
    RateLimited,
    Unavailable,
)
from connectors.instagram_public import session as instagram_session
from tests.connectors.stage import Stage

NAME = "tibrokommun"
SESSION = "52671834900%3AqWmXyZ0aBcDeFg%3A28"
PASSWORD = "sommar-i-tibro"
APP = r"^/api/graphql"


def start_new_process() -> None:
    """As far as the connector can tell: nothing that was learned is left."""
    instagram_session._kept.clear()


def public_account(emulator: Emulator) -> Stage:
    """An account with nothing on it, read by somebody who has logged in with a browser."""
    world = emulator.world
    account = world.account("instagram", "17841400000014720", NAME, "Tibro kommun")
    world.token(Token(SESSION, "session"))
    resident = world.person("instagram", "Bo Ek", "bo.ek")
    return Stage(emulator, "instagram_public", account, Credential({"session": SESSION}), resident, NAME)


def site(emulator: Emulator) -> InstagramWeb:
    return next(site for site in emulator.sites if isinstance(site, InstagramWeb))


def requests_for(stage: Stage, *, full: bool = False) -> int:
    """Requests of one more reading, which must be complete."""
    reading = stage.read(full=full)
    assert reading.error is None
    return reading.requests


KINDS: dict[str, type[ConnectorError]] = {
    "wait": RateLimited,
    "too_many_requests": RateLimited,
    "forbidden": RateLimited,
    "login_required": AuthExpired,
    "feedback_required": AuthExpired,
    "checkpoint_required": AuthExpired,
    "challenge_required": AuthExpired,
    "login_redirect": AuthExpired,
    "something_went_wrong": Unavailable,
    "server_error": Unavailable,
}
"""What each trouble asks for."""
