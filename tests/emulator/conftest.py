"""A running emulator with a toy platform, and a client that no proxy setting leads astray."""

from collections.abc import Iterator

import pytest
import requests

from connectors.emulator.server import Emulator
from tests.emulator.toy import Toy


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        running.sites.insert(0, Toy(running.world))
        yield running


@pytest.fixture
def client() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session
