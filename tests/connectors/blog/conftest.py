"""A blog on loopback, which the settings allow."""

import pytest

from connectors.emulator.server import Emulator
from tests.connectors.blog.blog import a_blog
from tests.connectors.stage import Stage


@pytest.fixture(autouse=True)
def _loopback_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANALVAKT_PRIVATE_ADDRESSES", "true")


@pytest.fixture
def stage(emulator: Emulator) -> Stage:
    return a_blog(emulator)
