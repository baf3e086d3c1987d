import json
from datetime import timedelta

import requests

from connectors.emulator.ledger import REDACTED
from connectors.emulator.server import Emulator
from connectors.emulator.world import START


def test_every_request_is_entered_in_order_with_cost_and_world_time(
    emulator: Emulator, client: requests.Session
) -> None:
    client.get(f"{emulator.url}/toy?word=a")
    emulator.world.advance(90)
    client.post(f"{emulator.url}/toy/else", data={"word": "b"})
    first, second = emulator.ledger.entries
    assert (first.site, first.method, first.path, first.parameters) == ("toy", "GET", "/toy", {"word": "a"})
    assert (second.method, second.path, second.parameters) == ("POST", "/toy/else", {"word": "b"})
    assert (first.status, first.cost, first.at, second.at) == (200, 2, START, START + timedelta(seconds=90))


def test_sums_are_told_by_site_and_from_a_mark(emulator: Emulator, client: requests.Session) -> None:
    client.get(f"{emulator.url}/toy")
    mark = emulator.ledger.mark()
    client.get(f"{emulator.url}/toy")
    client.get(f"{emulator.url}/nowhere")
    assert emulator.ledger.sums() == {"toy": {"requests": 2, "cost": 4}, "": {"requests": 1, "cost": 0}}
    later = emulator.ledger.since(mark)
    assert (later.requests(), later.requests("toy"), later.cost("toy"), later.cost()) == (2, 1, 2, 2)
    emulator.ledger.clear()
    assert emulator.ledger.requests() == 0


def test_no_token_is_in_the_ledger_even_inside_a_batch(emulator: Emulator, client: requests.Session) -> None:
    batch = [{"method": "GET", "relative_url": "v23.0/1?access_token=hemlig1&fields=id", "access_token": "hemlig2"}]
    client.get(f"{emulator.url}/toy?access_token=hemlig3&appsecret_proof=hemlig4&key=hemlig5&input_token=hemlig6")
    client.post(
        f"{emulator.url}/toy", data={"batch": json.dumps(batch), "refresh_token": "hemlig7", "fb_dtsg": "hemlig8"}
    )
    assert "hemlig" not in str(emulator.ledger.entries)
    assert emulator.ledger.entries[0].parameters["access_token"] == REDACTED
    assert "fields=id" in emulator.ledger.entries[1].parameters["batch"]
