"""The blog connector keeps the contract of all connectors, on a WordPress blog that offers its REST API."""

import pytest

from connectors.base import Credential
from connectors.emulator.blog import HOME as HOME
from connectors.emulator.blog import BlogSite
from connectors.emulator.server import Emulator
from tests.connectors.blog_stage import BlogStage
from tests.connectors.contract import ConnectorContract
from tests.connectors.stage import Stage


@pytest.fixture(autouse=True)
def _loopback_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANALVAKT_PRIVATE_ADDRESSES", "true")


class TestBlog(ConnectorContract):
    site = "blog"
    idle_cost = 1
    residents_have_ids = False
    tiers = True
    verifies = True
    keeps_allowance = True
    lookup_fails = r"/comments/\d+$"

    def set_stage(self, emulator: Emulator) -> Stage:
        account = emulator.world.account("blog", "3", "redaktionen", "Tibro kommun")
        resident = emulator.world.person("blog", "Bo Ek")
        return BlogStage(emulator, "blog", account, Credential(), resident, "3")

    def dead_credential(self, stage: Stage) -> None:
        """Reading needs none."""

    def blind_credentials(self, stage: Stage) -> list[Credential]:
        """Nobody reads a blog that is locked."""
        next(site for site in stage.emulator.sites if isinstance(site, BlogSite)).locked = 403
        return [stage.credential]
