"""Readings beside each other, and beside the rest of the process."""

import threading

import pytest
import requests

from connectors.base import Connector, Reading, ReadPlan
from connectors.emulator.server import Emulator
from connectors.emulator.tunnel import Tunnel
from connectors.emulator.world import START
from connectors.instagram_public import session as instagram_session
from tests.connectors.instagram_public.account import (
    public_account,
)
from tests.connectors.stage import Stage


def test_two_emulators_do_not_disturb_each_other(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.post("Här", comments=3)
    with Emulator() as other:
        there = public_account(other)
        there.post("Där", comments=3)
        here = stage.connector()
        for name, value in other.settings().items():
            monkeypatch.setenv(name, value)
        readings = at_once(here, there.connector())
    assert [{post.text for post in reading.posts} for reading in readings] == [{"Här"}, {"Där"}]


def at_once(*connectors: Connector) -> list[Reading]:
    """Ten readings by each in a thread of its own; the last of each."""
    last: dict[int, Reading] = {}

    def read(number: int, connector: Connector) -> None:
        for _ in range(10):
            last[number] = connector.read(ReadPlan(now=START))

    threads = [threading.Thread(target=read, args=one) for one in enumerate(connectors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [last[number] for number in range(len(connectors))]


def test_one_session_is_used_by_one_reading_at_a_time(stage: Stage) -> None:
    """And each counts its own requests."""
    stage.post(comments=3)
    stage.emulator.latency = 0.005
    readings = at_once(stage.connector(), stage.connector(), stage.connector())
    assert [(reading.error, reading.requests, len(reading.comments)) for reading in readings] == [(None, 2, 3)] * 3
    entries = stage.emulator.ledger.entries
    assert len(entries) == 1 + 3 * 10 * 2
    assert {entries[at].path for at in range(1, len(entries), 2)} == {"/api/graphql"}


def test_the_rest_of_the_process_keeps_its_own_requests(stage: Stage) -> None:
    stage.read()
    assert type(requests.Session()) is requests.sessions.Session
    instaloaders = instagram_session.instaloadercontext.requests.Session()
    assert type(instaloaders.get_adapter("https://www.instagram.com/")) is requests.adapters.HTTPAdapter


def test_an_authority_of_the_machine_is_trusted(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """SSL_CERT_FILE is what a municipality sets for everything; requests alone does not know it."""
    for name in (*stage.emulator.settings(), "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    with Tunnel(stage.emulator) as tunnel:
        for name, value in tunnel.environment().items():
            if name != "REQUESTS_CA_BUNDLE":
                monkeypatch.setenv(name, value)
        assert stage.read().error is None
