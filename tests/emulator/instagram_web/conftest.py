"""Unmodified instaloader, which reaches the emulated instagram.com by its real name through the tunnel."""

from collections.abc import Iterator

import pytest
from instaloader import Instaloader, NodeIterator

from connectors.emulator.instagram_web import InstagramWeb
from connectors.emulator.instagram_web.sessions import csrf_token
from connectors.emulator.server import Emulator
from connectors.emulator.tunnel import Tunnel
from tests.emulator.instagram_web.town import SESSION, USER_ID, Town


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def emulator(town: Town) -> Iterator[Emulator]:
    with Emulator(town.world) as running:
        yield running


@pytest.fixture
def site(emulator: Emulator) -> InstagramWeb:
    return next(site for site in emulator.sites if isinstance(site, InstagramWeb))


@pytest.fixture
def loader(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instaloader]:
    """Knows nothing of the emulator but its environment; not logged in."""
    monkeypatch.setattr(NodeIterator, "_graphql_page_length", 12)  # as instaloader has it; our connector raises it
    with Tunnel(emulator) as tunnel:
        for name, value in tunnel.environment().items():
            monkeypatch.setenv(name, value)
        with Instaloader(sleep=False, quiet=True, max_connection_attempts=1) as running:
            yield running


@pytest.fixture
def member(loader: Instaloader) -> Instaloader:
    """Logged in by the cookies of a browser."""
    cookies = {"sessionid": SESSION, "ds_user_id": USER_ID, "csrftoken": csrf_token(USER_ID)}
    loader.load_session("vaktkonto", cookies)
    return loader
