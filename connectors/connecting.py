"""Getting a channel's token in a browser: what every platform's flow can do, and what goes wrong on the way.

A person opens `authorise_url`, logs in and agrees; the platform sends the browser to `redirect_uri` with a code in the
address; `finish` makes of it the secrets of every account that was agreed to.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import ClassVar, Protocol
from urllib.parse import parse_qs, urlsplit

from config.language import N_
from config.settings import Settings
from connectors import PLATFORMS
from connectors.errors import ConnectorError

AGAIN = N_("Start again with `kanalvakt channel connect`.")


class NotConnected(ConnectorError):
    """The way through the browser did not lead to a token. `code` names why: access_denied, missing_scope, …"""

    kind = "not_connected"
    remedy = AGAIN
    needs_person = True


@dataclass(frozen=True, slots=True)
class Scope:
    """A permission that is asked for. purpose: what it is for, to be translated. needed: nothing is read without it."""

    name: str
    purpose: str
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account that the person agreed to. secrets: by their names in the register; shown by nothing.

    scopes_missing: not needed for reading, and not granted. problem: why this account cannot be read nevertheless.
    """

    external_id: str
    name: str
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    scopes_missing: tuple[Scope, ...] = ()
    problem: NotConnected | None = None


class Login(Protocol):
    """One attempt to connect, on one platform. Its methods raise only `connectors.errors`.

    app: the names of the app's public id and of its secret in the register. loopback: the name of this machine in the
    address that the browser is sent back to. paste_uri: where it is sent when nobody listens here, and a person copies
    the address; empty where that may be this machine too.
    """

    asked: tuple[Scope, ...]
    """What the person is asked to agree to."""
    app: ClassVar[tuple[str, str]]
    loopback: ClassVar[str]
    paste_uri: ClassVar[str]

    def authorise_url(self, redirect_uri: str, state: str) -> str:
        """Where the person has to go. Makes no call."""
        ...

    def finish(self, code: str, redirect_uri: str) -> list[Candidate]:
        """The accounts behind the code. Raises NotConnected where a scope that reading needs was not granted."""
        ...

    def subscribe(self, candidate: Candidate) -> None:
        """Asks the platform to send the app hints about the account. Does nothing where it has none."""
        ...


CONNECTABLE = tuple(name for name, about in PLATFORMS.items() if about.connecting)
"""Platforms that have a flow."""


def flow(platform: str) -> Callable[[str, str, Settings], Login]:
    """A platform's Login, to be made with the app's id and secret. Raises KeyError for a platform that has none."""
    if platform not in CONNECTABLE:
        raise KeyError(platform)
    module, name = PLATFORMS[platform].connecting.split(":")
    made: Callable[[str, str, Settings], Login] = getattr(import_module(module), name)
    return made


def app_names(platform: str) -> tuple[str, str]:
    """The names of the app's id and secret in the register. Raises KeyError for a platform that has no flow."""
    names: tuple[str, str] = getattr(flow(platform), "app")  # noqa: B009 - a class is known here only as what makes one
    return names


def hints_wanted(settings: Settings) -> bool:
    """Are webhooks set up, so that it is worth asking for them?"""
    return settings.webhook.configured


def code_from(address: str, state: str) -> str:
    """The code in the address that the browser was sent to.

    Raises NotConnected: state_mismatch where that was not the answer to our question, access_denied where the person
    said no, and the platform's own word for anything else.
    """
    query = parse_qs(urlsplit(address.strip()).query)
    code, error, found = (query.get(name, [""])[-1] for name in ("code", "error", "state"))
    if not found and not code and not error:
        remedy = N_("Copy the whole address from the browser's address bar, after you have agreed, and paste it.")
        raise NotConnected("there is no answer in that address", code="no_answer", remedy=remedy)
    if not hmac.compare_digest(found.encode(), state.encode()):
        raise NotConnected("the answer does not belong to this attempt", code="state_mismatch")
    if error == "access_denied":
        remedy = N_("Nothing was stored. Start again, and agree to what Kanalvakt asks for.")
        raise NotConnected("the person said no", code=error, remedy=remedy)
    if error or not code:
        raise NotConnected("the platform gave no code", code=_word(error) or "no_code")
    return code


def missing_scope(missing: list[Scope]) -> NotConnected:
    """Reading needs scopes that were not granted: says which."""
    names = ", ".join(scope.name for scope in missing)
    remedy = N_("Start again, and agree to everything that is asked for; what each permission is for stands above.")
    return NotConnected(f"not granted: {names}", code="missing_scope", remedy=remedy)


def _word(text: str) -> str:
    """The platform's error word, if it is one: an address can carry anything."""
    return text[:40] if text.replace("_", "").isalnum() and text.isascii() else ""
