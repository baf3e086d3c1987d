"""The blog connector keeps the contract of all connectors, on a WordPress blog that offers its REST API."""

import os
from dataclasses import dataclass

import pytest

from config.settings import Settings
from connectors import connect
from connectors.base import Account, Connector, Credential
from connectors.emulator.blog import HOME, HOST, BlogSite
from connectors.emulator.server import Emulator
from tests.connectors.contract import ConnectorContract
from tests.connectors.stage import Stage


@dataclass
class BlogStage(Stage):
    """Found by its web address: under its own name where a proxy leads there, else on loopback."""

    def connector(self, credential: Credential | None = None) -> Connector:
        base = f"https://{HOST}" if os.environ.get("HTTPS_PROXY") else self.emulator.url
        account = Account(self.address, f"{base}{HOME}/")
        return connect(self.platform, account, credential or self.credential, Settings())


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
