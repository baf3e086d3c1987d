"""A Facebook page and an Instagram account to read, and other tokens for them."""

from connectors.base import Credential
from connectors.emulator.graph import Graph
from connectors.emulator.server import Emulator
from connectors.emulator.world import Token
from tests.connectors.stage import Stage

SCOPES = (
    "pages_show_list",
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_manage_engagement",
    "pages_manage_posts",
)
INSTAGRAM_SCOPES = ("instagram_basic", "instagram_manage_comments", "instagram_content_publish")


def facebook(emulator: Emulator) -> Stage:
    """A page with nothing on it, read with the page's own token."""
    world = emulator.world
    page = world.account("facebook", "1122334455", "kommunen", "Kommunen")
    world.token(Token("EAApage", "page", page, SCOPES, app_secret="hemlig-app"))
    credential = Credential({"token": "EAApage", "app_secret": "hemlig-app"})
    return Stage(emulator, "facebook", page, credential, world.person("facebook", "Anna Berg"), page.id)


def instagram(emulator: Emulator) -> Stage:
    """An account with nothing on it, read with its page's token."""
    world = emulator.world
    account = world.account("instagram", "17841400000000001", "kommunen", "Kommunen", page_id="1122334455")
    world.token(Token("IGpage", "page", account, INSTAGRAM_SCOPES, app_secret="hemlig-app"))
    credential = Credential({"token": "IGpage", "app_secret": "hemlig-app"})
    return Stage(emulator, "instagram", account, credential, world.person("instagram", "Bo Ek", "bo.ek"), account.id)


def another(stage: Stage, kind: str, *scopes: str, **more: object) -> Credential:
    """Another token for the same account."""
    value = f"EAA{kind}{len(stage.world.tokens)}"
    stage.world.token(Token(value, kind, stage.account, scopes, **more))  # type: ignore[arg-type]
    return Credential({"token": value})


def graph_of(stage: Stage) -> Graph:
    return next(site for site in stage.emulator.sites if isinstance(site, Graph))


def cost(stage: Stage, mark: int) -> int:
    return stage.emulator.ledger.since(mark).cost("graph")
