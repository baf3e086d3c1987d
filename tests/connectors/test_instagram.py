"""Instagram on Graph: the contract of all connectors, and what only Instagram does."""

from datetime import timedelta

from connectors.base import Credential
from connectors.emulator.server import Emulator
from connectors.emulator.world import Token
from tests.connectors.contract import ConnectorContract
from tests.connectors.stage import Stage
from tests.connectors.test_facebook import another

SCOPES = ("instagram_basic", "instagram_manage_comments", "instagram_content_publish")


def instagram(emulator: Emulator) -> Stage:
    """An account with nothing on it, read with its page's token."""
    world = emulator.world
    account = world.account("instagram", "17841400000000001", "kommunen", "Kommunen", page_id="1122334455")
    world.token(Token("IGpage", "page", account, SCOPES, app_secret="hemlig-app"))
    credential = Credential({"token": "IGpage", "app_secret": "hemlig-app"})
    return Stage(emulator, "instagram", account, credential, world.person("instagram", "Bo Ek", "bo.ek"), account.id)


class TestInstagram(ConnectorContract):
    site = "graph"
    idle_cost = 1

    def set_stage(self, emulator: Emulator) -> Stage:
        return instagram(emulator)

    def dead_credential(self, stage: Stage) -> Credential:
        return another(stage, "page", *SCOPES, expires_at=stage.world.now - timedelta(days=1))

    def blind_credentials(self, stage: Stage) -> list[Credential]:
        return [another(stage, "page", "instagram_basic"), another(stage, "page", "instagram_manage_comments")]
