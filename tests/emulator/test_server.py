import http.client
import threading
import time

import pytest
import requests

from connectors.emulator.server import Emulator
from tests.emulator.toy import Toy


def test_many_requests_travel_over_one_connection(emulator: Emulator) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", emulator.port)
    connection.request("GET", "/toy?word=a")
    connection.getresponse().read()
    first = connection.sock
    connection.request("POST", "/toy", "word=b", {"Content-Type": "application/x-www-form-urlencoded"})
    assert b'"word":"b"' in connection.getresponse().read()
    assert connection.sock is first
    connection.close()


def test_an_answer_is_not_held_back_by_the_network_stack(emulator: Emulator) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", emulator.port)
    times = []
    for _ in range(50):
        began = time.perf_counter()
        connection.request("GET", "/toy")
        connection.getresponse().read()
        times.append(time.perf_counter() - began)
    connection.close()
    assert sorted(times)[25] < 0.02  # Nagle with delayed acknowledgement would make it 0.04


def test_the_host_header_chooses_the_platform_and_the_origin_of_links(
    emulator: Emulator, client: requests.Session
) -> None:
    asked = client.get(f"{emulator.url}/anything", headers={"Host": "toy.example.org"}).json()
    assert asked["origin"] == "https://toy.example.org"
    assert client.get(f"{emulator.url}/toy").json()["origin"] == emulator.url


def test_what_no_platform_owns_is_not_found_and_costs_nothing(emulator: Emulator, client: requests.Session) -> None:
    answer = client.get(f"{emulator.url}/nowhere")
    assert answer.status_code == 404
    assert "/nowhere" in answer.json()["error"]["message"]
    assert emulator.ledger.cost() == 0


def test_a_bug_in_a_platform_is_an_answer_and_a_traceback_in_the_ledger(
    emulator: Emulator, client: requests.Session
) -> None:
    answer = client.get(f"{emulator.url}/toy/broken")
    assert answer.status_code == 500
    assert "RuntimeError" in answer.json()["error"]["message"]
    assert "no such luck" in str(emulator.ledger.errors()[0].error)


def test_latency_is_slept_outside_the_lock(emulator: Emulator) -> None:
    emulator.latency = 0.5
    began = time.perf_counter()
    threads = [threading.Thread(target=requests.get, args=(f"{emulator.url}/toy",)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 0.5 <= time.perf_counter() - began < 4  # one after the other: 8


def test_a_head_request_and_an_answer_without_content_keep_the_connection_usable(
    emulator: Emulator, client: requests.Session
) -> None:
    assert client.head(f"{emulator.url}/toy").text == ""
    assert client.get(f"{emulator.url}/toy").status_code == 200


def test_stopping_ends_open_connections(client: requests.Session) -> None:
    emulator = Emulator().start()
    emulator.sites.insert(0, Toy(emulator.world))
    client.get(f"{emulator.url}/toy")
    emulator.stop()
    with pytest.raises(requests.ConnectionError):
        client.get(f"{emulator.url}/toy")


def test_an_emulator_that_was_never_started_can_be_stopped() -> None:
    Emulator().stop()


def test_the_settings_send_every_platform_to_the_emulator(emulator: Emulator) -> None:
    settings = emulator.settings()
    assert settings.pop("KANALVAKT_GOOGLE_TOKEN_URL") == f"{emulator.url}/token"
    assert settings.pop("KANALVAKT_GOOGLE_AUTH_URL") == f"{emulator.url}/o/oauth2/v2/auth"
    for feed in ("vma", "smhi", "krisinformation"):
        assert settings.pop(f"KANALVAKT_EMERGENCY__{feed.upper()}_URL") == f"{emulator.url}/warnings/{feed}"
    names = ("GRAPH", "FACEBOOK", "YOUTUBE", "INSTAGRAM", "INSTAGRAM_API")
    assert set(settings) == {f"KANALVAKT_{name}_URL" for name in names}
    assert set(settings.values()) == {emulator.url}
