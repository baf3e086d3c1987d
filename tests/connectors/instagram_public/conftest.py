"""Reading is allowed, in a process that has learned nothing yet."""

import pytest

from connectors.emulator.server import Emulator
from tests.connectors.instagram_public.account import (
    public_account,
    start_new_process,
)
from tests.connectors.stage import Stage


@pytest.fixture(autouse=True)
def _allowed_in_a_new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANALVAKT_INSTAGRAM_PUBLIC", "true")
    start_new_process()


@pytest.fixture
def stage(emulator: Emulator) -> Stage:
    return public_account(emulator)
