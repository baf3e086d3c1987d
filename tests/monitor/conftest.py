"""The platforms on loopback, for what acts on them."""

from collections.abc import Iterator

import pytest

from connectors.emulator.server import Emulator


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """Running, and the settings point to it. Fails the test if the emulator itself failed."""
    with Emulator() as running:
        for name, value in running.settings().items():
            monkeypatch.setenv(name, value)
        yield running
    assert [entry.error for entry in running.ledger.errors()] == []
