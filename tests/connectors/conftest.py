"""The platforms on loopback, and settings that lead to them."""

import io
import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from config.logging import configure_logging
from connectors.emulator.server import Emulator


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """Running, and the settings point to it. Fails the test if the emulator itself failed."""
    with Emulator() as running:
        for name, value in running.settings().items():
            monkeypatch.setenv(name, value)
        yield running
    assert [entry.error for entry in running.ledger.errors()] == []


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Everything that the product logs, at its most talkative."""
    root, written = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    monkeypatch.setattr(sys, "stderr", written)
    configure_logging("DEBUG")
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(scope="session")
def recorded() -> Callable[[str], Any]:
    """Reads an answer that a platform once gave, by its path below the folder that FIXTURES_DIR names.

    They are not in this repository; `.ci/run` names the folder where it finds one.
    """
    folder = os.environ.get("FIXTURES_DIR")
    if not folder:
        pytest.skip("FIXTURES_DIR is not set: it names the folder of the platforms' recorded answers")
    return lambda path: json.loads((Path(folder) / path).read_text())
