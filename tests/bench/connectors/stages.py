"""Accounts of the organisation on each emulated platform, as many as wanted, with what it takes to read them."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from connectors.base import Credential
from connectors.emulator.server import Emulator
from connectors.emulator.world import Token
from connectors.youtube.connector import SCOPE
from tests.connectors.graph_stages import INSTAGRAM_SCOPES, SCOPES
from tests.connectors.stage import Stage

SITES = {
    "facebook": "graph",
    "instagram": "graph",
    "instagram_public": "instagram_web",
    "youtube": "youtube",
    "blog": "blog",
}
"""Where each platform's calls are found in the emulator's ledger."""
SECRET = "hemlig-app"  # of a toy world: one Meta app and one Google project read all accounts
APP = {"app_id": "138483919580948", "app_secret": SECRET}
PROJECT = {"client_id": "1472-bench.apps.example", "client_secret": SECRET}


def facebook(emulator: Emulator, number: int = 0) -> Stage:
    world = emulator.world
    page = world.account("facebook", f"10200000{number:03}", f"sida{number}", f"Sida {number}")
    world.token(Token(f"EAApage{number}", "page", page, SCOPES, app_secret=SECRET))
    credential = Credential({"token": f"EAApage{number}", **APP})
    return Stage(emulator, "facebook", page, credential, world.person("facebook", "Anna Berg"), page.id)


def instagram(emulator: Emulator, number: int = 0) -> Stage:
    world = emulator.world
    names = {"handle": f"bilder{number}", "name": f"Bilder {number}", "page_id": f"10300000{number:03}"}
    account = world.account("instagram", f"178414000000{number:05}", **names)
    world.token(Token(f"IGpage{number}", "page", account, INSTAGRAM_SCOPES, app_secret=SECRET))
    credential = Credential({"token": f"IGpage{number}", **APP})
    return Stage(emulator, "instagram", account, credential, world.person("instagram", "Bo Ek"), account.id)


def instagram_public(emulator: Emulator, number: int = 0) -> Stage:
    world = emulator.world
    account = world.account("instagram", f"178415000000{number:05}", f"torget{number}", f"Torget {number}")
    session = f"5267183490{number}%3AqWmXyZ0aBcDeFg%3A28"
    world.token(Token(session, "session"))
    resident = world.person("instagram", "Bo Ek")
    return Stage(emulator, "instagram_public", account, Credential({"session": session}), resident, account.handle)


def youtube(emulator: Emulator, number: int = 0) -> Stage:
    world = emulator.world
    channel = world.account("youtube", f"UCbenchBenchBenchBench{number:02}", f"filmer{number}", f"Filmer {number}")
    token = f"1//0TheRefreshTokenOf{number}"
    world.token(Token(token, "oauth", channel, (SCOPE,), app_secret=SECRET))
    credential = Credential({**PROJECT, "refresh_token": token})
    return Stage(emulator, "youtube", channel, credential, world.person("youtube", "Åsa Öberg"), channel.id)


def blog(emulator: Emulator, _number: int = 0) -> Stage:
    """A WordPress blog; the emulator has one."""
    from tests.connectors.test_blog import BlogStage

    account = emulator.world.account("blog", "3", "redaktionen", "Bloggen")
    return BlogStage(emulator, "blog", account, Credential(), emulator.world.person("blog", "Bo Ek"), "3")


STAGES: dict[str, Callable[[Emulator, int], Stage]] = {
    "facebook": facebook,
    "instagram": instagram,
    "instagram_public": instagram_public,
    "youtube": youtube,
    "blog": blog,
}


@contextmanager
def environment(values: Mapping[str, str]) -> Iterator[None]:
    """These variables are set, and afterwards all are as before."""
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def addresses(emulator: Emulator) -> dict[str, str]:
    """The environment that sends Kanalvakt to the emulator, with every way of reading allowed."""
    return emulator.settings() | {"KANALVAKT_INSTAGRAM_PUBLIC": "true", "KANALVAKT_PRIVATE_ADDRESSES": "true"}
