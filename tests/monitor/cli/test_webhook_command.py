"""`kanalvakt webhook`: another system is added, tried, paused, mended and removed by hand."""

import json
from collections.abc import Iterator

import pytest

from monitor.cli.setup import opened_database
from monitor.register.models import Person
from tests.monitor.alerts.receiver import Receiver
from tests.monitor.cli.conftest import Command
from tests.monitor.town import Town

BY = ("--by", "rut")


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    found = Receiver()
    monkeypatch.setenv("KANALVAKT_PRIVATE_ADDRESSES", "true")
    monkeypatch.setenv("WHERE", found.url)
    with Town(opened_database(create=True)).db.transaction() as session:
        session.add(Person(id="rut", name="Rut", roles=["communicator"]))
    yield found
    found.close()


def added(kanalvakt: Command, receiver: Receiver, *words: str) -> dict[str, object]:
    call = ("webhook", "add", "Arkivet", "--url-env", "WHERE", "--event", "comment.received", *BY, *words, "--json")
    answer = kanalvakt(*call)
    assert answer.code == 0, answer.err
    told: dict[str, object] = json.loads(answer.out)
    receiver.secrets.append(str(told["secret"]))
    return told


def test_a_system_is_added_listed_tried_and_removed(kanalvakt: Command, receiver: Receiver) -> None:
    told = added(kanalvakt, receiver, "--channel", "fb")
    assert (told["id"], told["host"], told["channels"]) == (1, "127.0.0.1", ["fb"])
    [listed] = json.loads(kanalvakt("webhook", "list", "--json").out)
    assert (listed["state"], listed["waiting"], listed["by"]) == ("active", 0, "rut")
    assert "Arkivet" in kanalvakt("webhook", "list").out
    tried = json.loads(kanalvakt("webhook", "test", "1", "--json").out)
    assert (tried["taken"], tried["status"]) == (True, 204)
    receiver.moods = [500]
    answer = kanalvakt("webhook", "test", "1")
    assert (answer.code, "500" in answer.err) == (1, True)
    shown = kanalvakt("webhook", "show", "1")
    assert "hemligt" not in shown.out
    assert json.loads(kanalvakt("webhook", "show", "1", "--json").out)["dispatches"] == []
    assert json.loads(kanalvakt("webhook", "pause", "1", *BY, "--json").out)["state"] == "paused"
    assert kanalvakt("webhook", "pause", "1", *BY).code == 2
    assert "i bruk" in kanalvakt("webhook", "resume", "1", *BY).out
    assert json.loads(kanalvakt("webhook", "replace-secret", "1", *BY, "--json").out)["secret"].startswith("whsec_")
    assert kanalvakt("webhook", "leave-out", "1", "7", *BY).code == 2
    assert kanalvakt("webhook", "remove", "1", *BY).code == 0
    assert kanalvakt("webhook", "show", "1").code == 2


@pytest.mark.parametrize("words", [("--channel", "nirgends"), ("--event", "comment.eaten")])
def test_what_cannot_be_is_said_and_nothing_is_added(
    kanalvakt: Command, receiver: Receiver, words: tuple[str, str]
) -> None:
    call = ("webhook", "add", "Arkivet", "--url-env", "WHERE", "--event", "comment.received", *BY, *words)
    assert kanalvakt(*call).code == 2
    assert json.loads(kanalvakt("webhook", "list", "--json").out) == []
