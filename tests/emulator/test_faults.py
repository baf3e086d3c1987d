import json
import time

import pytest
import requests

from connectors.emulator.faults import BREAKS, KINDS, Fault, Faults
from connectors.emulator.server import Emulator
from connectors.emulator.wire import Request
from tests.emulator.toy import Toy


def worked(emulator: Emulator) -> int:
    """How often the platform did its work."""
    toy = emulator.sites[0]
    assert isinstance(toy, Toy)
    return toy.worked


def test_an_error_answer_is_sent_as_given_and_costs_what_it_says(emulator: Emulator, client: requests.Session) -> None:
    body = json.dumps({"error": {"code": 80001}})
    emulator.faults.add(Fault("status", status=403, body=body, headers={"X-Usage": "100"}, cost=3))
    answer = client.get(f"{emulator.url}/toy")
    assert (answer.status_code, answer.json(), answer.headers["X-Usage"]) == (403, {"error": {"code": 80001}}, "100")
    assert (worked(emulator), emulator.ledger.cost()) == (0, 3)


def test_a_gateways_html_page_comes_as_502(emulator: Emulator, client: requests.Session) -> None:
    emulator.faults.add(Fault("html"))
    answer = client.get(f"{emulator.url}/toy")
    assert (answer.status_code, answer.headers["Content-Type"][:9]) == (502, "text/html")


def test_an_empty_answer_is_200_without_a_body(emulator: Emulator, client: requests.Session) -> None:
    emulator.faults.add(Fault("empty"))
    answer = client.get(f"{emulator.url}/toy")
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_truncated_answer_announces_more_than_it_sends(emulator: Emulator, client: requests.Session) -> None:
    emulator.faults.add(Fault("truncate"))
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        client.get(f"{emulator.url}/toy")
    assert (worked(emulator), emulator.ledger.cost()) == (1, 2)


def test_a_reset_comes_before_the_platform_works(emulator: Emulator, client: requests.Session) -> None:
    emulator.faults.add(Fault("reset"))
    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        client.get(f"{emulator.url}/toy")
    assert (worked(emulator), emulator.ledger.cost()) == (0, 0)


def test_a_lost_answer_is_a_reset_after_the_platform_worked(emulator: Emulator, client: requests.Session) -> None:
    emulator.faults.add(Fault("lose"))
    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        client.post(f"{emulator.url}/toy")
    assert (worked(emulator), emulator.ledger.cost()) == (1, 2)
    assert emulator.ledger.entries[0].status is None


def test_what_fails_after_the_platform_worked_is_charged_for(emulator: Emulator, client: requests.Session) -> None:
    emulator.faults.add(Fault("fail", body='{"error":1}'))
    answer = client.post(f"{emulator.url}/toy")
    assert (answer.status_code, answer.text) == (500, '{"error":1}')
    assert (worked(emulator), emulator.ledger.cost()) == (1, 2)


def test_a_closed_connection_gives_no_answer(emulator: Emulator, client: requests.Session) -> None:
    emulator.faults.add(Fault("close"))
    with pytest.raises(requests.ConnectionError, match="without response"):
        client.get(f"{emulator.url}/toy")
    assert worked(emulator) == 0


def test_a_hanging_platform_is_silent_until_the_client_gives_up(emulator: Emulator, client: requests.Session) -> None:
    emulator.faults.add(Fault("hang", seconds=60))
    with pytest.raises(requests.ReadTimeout):
        client.get(f"{emulator.url}/toy", timeout=0.2)
    assert emulator.ledger.entries[0].fault == "hang"


def test_a_slow_answer_is_the_right_one(emulator: Emulator, client: requests.Session) -> None:
    emulator.faults.add(Fault("latency", seconds=0.2))
    began = time.perf_counter()
    assert client.get(f"{emulator.url}/toy").status_code == 200
    assert time.perf_counter() - began >= 0.2


@pytest.mark.parametrize("kind", KINDS)
def test_after_any_fault_the_next_request_is_answered(emulator: Emulator, client: requests.Session, kind: str) -> None:
    emulator.faults.add(Fault(kind, seconds=0.05))
    try:
        client.get(f"{emulator.url}/toy")
    except requests.RequestException:
        assert kind in ("reset", "lose", "close", "hang", "truncate")
    assert client.get(f"{emulator.url}/toy").status_code == 200
    assert [entry.fault for entry in emulator.ledger.entries] == [kind, None]


def request(path: str = "/toy", method: str = "GET", **query: str) -> Request:
    return Request(method, "toy.example.org", path, {name: [value] for name, value in query.items()})


def test_a_rule_strikes_after_so_many_requests_and_so_often() -> None:
    faults = Faults(Fault("html", after=2, times=2))
    assert [bool(faults.take("toy", request())) for _ in range(6)] == [False, False, True, True, False, False]


def test_a_rule_without_times_strikes_for_ever() -> None:
    faults = Faults(Fault("html", times=None))
    assert all(faults.take("toy", request()) for _ in range(20))


@pytest.mark.parametrize(
    ("rule", "hit"),
    [
        (Fault("html", site="toy"), True),
        (Fault("html", site="graph"), False),
        (Fault("html", path=r"/to+y$"), True),
        (Fault("html", path="comments"), False),
        (Fault("html", method="POST"), False),
        (Fault("html", parameters={"query_hash": "^97b4"}), True),
        (Fault("html", parameters={"after": "."}), False),
    ],
)
def test_a_rule_chooses_by_site_path_method_and_parameters(rule: Fault, hit: bool) -> None:
    assert bool(Faults(rule).take("toy", request(query_hash="97b41c52"))) is hit


def test_a_struck_request_still_counts_for_the_other_rules() -> None:
    faults = Faults(Fault("html"), Fault("reset", after=1))
    kinds = [fault.kind if (fault := faults.take("toy", request())) else None for _ in range(3)]
    assert kinds == ["html", "reset", None]


def test_the_same_seed_chooses_the_same_faults() -> None:
    def drawn(seed: int) -> list[str | None]:
        faults = Faults.random(seed, 0.5)
        return [fault.kind if (fault := faults.take("toy", request())) else None for _ in range(60)]

    assert drawn(7) == drawn(7) != drawn(8)
    assert set(drawn(7)) == {None, *BREAKS}


def test_random_faults_take_a_platforms_own_errors_into_the_mix_until_cleared() -> None:
    throttled = Fault("status", site="graph", times=None, status=403, body="{}")
    faults = Faults.random(1, 1.0, throttled)
    drawn = [faults.take("graph", request()) for _ in range(60)]
    assert throttled in drawn
    assert throttled not in [faults.take("youtube", request()) for _ in range(60)]
    faults.clear()
    assert faults.take("graph", request()) is None
