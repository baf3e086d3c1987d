"""A Graph that answers whatever it is told to."""

from collections.abc import Callable

import pytest

from config.settings import Settings
from connectors.base import Credential
from connectors.emulator.server import Emulator
from connectors.emulator.wire import Answer, Request
from connectors.emulator.world import START
from connectors.errors import (
    ConnectorError,
)
from connectors.graph import GraphClient

TOKEN = "EAAsecret"


class Puppet:
    """Answers whatever it is told to, and keeps what it was asked."""

    name = "puppet"

    def __init__(self, reply: Callable[[Request], Answer]) -> None:
        self.reply = reply
        self.asked: list[Request] = []

    def owns(self, request: Request) -> bool:
        return True

    def answer(self, request: Request) -> Answer:
        self.asked.append(request)
        return self.reply(request)


def puppet(emulator: Emulator, *answers: Answer) -> Puppet:
    """Gives the answers one after the other, the last one for ever."""
    left = list(answers)
    made = Puppet(lambda _request: left.pop(0) if len(left) > 1 else left[0])
    emulator.sites.insert(0, made)
    return made


def client(**secrets: str) -> GraphClient:
    return GraphClient(Credential({"token": TOKEN, **secrets}), Settings(), now=START)


def envelope(code: int, subcode: int | None = None, **more: object) -> Answer:
    error = {"message": f"Malformed access token {TOKEN}", "type": "OAuthException", "code": code, **more}
    if subcode:
        error["error_subcode"] = subcode
    return Answer.json({"error": error}, 400)


def failure(emulator: Emulator, answer: Answer) -> ConnectorError:
    puppet(emulator, answer)
    with pytest.raises(ConnectorError) as caught:
        client().get("me")
    return caught.value
