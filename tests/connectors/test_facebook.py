"""Facebook: the contract of all connectors, and what only Facebook does."""

from datetime import timedelta

from connectors.base import Credential
from connectors.emulator.server import Emulator
from connectors.emulator.world import Token
from tests.connectors.contract import ConnectorContract
from tests.connectors.stage import Stage

SCOPES = (
    "pages_show_list",
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_manage_engagement",
    "pages_manage_posts",
)


def facebook(emulator: Emulator) -> Stage:
    """A page with nothing on it, read with the page's own token."""
    world = emulator.world
    page = world.account("facebook", "1122334455", "kommunen", "Kommunen")
    world.token(Token("EAApage", "page", page, SCOPES, app_secret="hemlig-app"))
    credential = Credential({"token": "EAApage", "app_secret": "hemlig-app"})
    return Stage(emulator, "facebook", page, credential, world.person("facebook", "Anna Berg"), page.id)


def another(stage: Stage, kind: str, *scopes: str, **more: object) -> Credential:
    """Another token for the same account."""
    value = f"EAA{kind}{len(stage.world.tokens)}"
    stage.world.token(Token(value, kind, stage.account, scopes, **more))  # type: ignore[arg-type]
    return Credential({"token": value})


class TestFacebook(ConnectorContract):
    site = "graph"
    idle_cost = 1
    requests_before_lists = 1

    def set_stage(self, emulator: Emulator) -> Stage:
        return facebook(emulator)

    def dead_credential(self, stage: Stage) -> Credential:
        return another(stage, "page", *SCOPES, expires_at=stage.world.now - timedelta(days=1))

    def blind_credentials(self, stage: Stage) -> list[Credential]:
        return [
            another(stage, "user", *SCOPES),
            another(stage, "page", "pages_show_list", "pages_read_engagement"),
            another(stage, "page", "pages_show_list", "pages_read_user_content"),
        ]
