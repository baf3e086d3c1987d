"""Instagram through instaloader keeps the contract of all connectors."""

from datetime import timedelta

import pytest

from connectors.base import Credential
from connectors.emulator.server import Emulator
from connectors.emulator.world import Token
from tests.connectors.contract import ConnectorContract
from tests.connectors.instagram_public.account import NAME, public_account, site, start_new_process
from tests.connectors.stage import Stage


@pytest.fixture(autouse=True)
def _allowed_in_a_new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANALVAKT_INSTAGRAM_PUBLIC", "true")
    start_new_process()


class TestInstagramPublic(ConnectorContract):
    tiers = declares = keeps_allowance = True
    site = "instagram_web"
    kept_open = 1
    idle_cost = 1
    requests_before_lists = 2
    edits_need_a_full_reading = True
    tiers = True
    declares = True
    keeps_allowance = True

    def set_stage(self, emulator: Emulator) -> Stage:
        return public_account(emulator)

    def dead_credential(self, stage: Stage) -> Credential:
        value = "52671834900%3AoldOldOldOld%3A28"
        stage.world.token(Token(value, "session", expires_at=stage.world.now - timedelta(days=1)))
        return Credential({"session": value})

    def blind_credentials(self, stage: Stage) -> list[Credential]:
        """No session that does not follow the account sees anything of it."""
        site(stage.emulator).contents.private.add(NAME)
        return [stage.credential]
