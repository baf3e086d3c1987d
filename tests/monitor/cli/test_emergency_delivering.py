"""`kanalvakt emergency send`, `status`, `hold` and `release`, without a broker."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from config.settings import settings
from connectors.emulator.server import Emulator
from monitor.db import Database, database
from monitor.db.migrating import upgrade
from monitor.emergency.hub import folder, publish_hub
from tests.monitor.cli.conftest import Command
from tests.monitor.emergency.broadcast import Broadcast, put_up_hub
from tests.waiting import eventually

KEYS = {"channel", "state", "remote_id", "url", "attempts", "reason", "armed_at", "confirmed_at", "verified_at"}
BY = ("--by", "redaktor")


@pytest.fixture
def here(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Broadcast:
    put_up_hub(monkeypatch)
    db: Database = database()
    upgrade(db)
    emulator.world.advance((datetime.now(UTC) - emulator.world.now).total_seconds())
    return Broadcast(db, emulator, "facebook", "group")


def test_the_command_sends_by_itself_and_says_where_each_stands(here: Broadcast, kanalvakt: Command) -> None:
    message = str(here.message())
    assert kanalvakt("emergency", "hold", "facebook", *BY, "--minutes", "1440").code == 0
    assert kanalvakt("emergency", "release", "facebook", *BY).code == 0
    sent_now = kanalvakt("emergency", "send", message, *BY, "--json")
    assert sent_now.code == 1, "a person publishes in the group"
    json.loads(sent_now.out)
    assert kanalvakt("emergency", "send", message, *BY).code == 1
    assert len(here.effects) == 1
    status = kanalvakt("emergency", "status", "--json")
    assert status.code == 0
    told = json.loads(status.out)
    assert set(told["incident"]) == {"id", "mode", "level", "state"}
    [sent] = told["messages"]
    assert {"identifier", "type", "state", "sent", "deliveries"} <= set(sent)
    assert all(set(each) >= KEYS for each in sent["deliveries"])
    assert told["counts"] == {"total": 3, "verified": 2, "needs_human": 1}
    assert sent["state"] == "committed"
    with time_machine.travel(datetime.now(UTC) + timedelta(days=30)):
        assert json.loads(kanalvakt("emergency", "status", "--json").out)["messages"][0]["state"] == "expired"


def test_what_is_not_approved_is_refused_with_words(here: Broadcast, kanalvakt: Command) -> None:
    message = here.message(state="draft", approved_by_id=None)
    answer = kanalvakt("emergency", "send", str(message), *BY)
    assert answer.code == 2
    assert answer.err
    assert here.effects == []


def test_a_stop_takes_off_the_crisis_page_what_is_not_out_until_it_goes_on(
    emulator: Emulator, kanalvakt: Command
) -> None:
    upgrade(database())
    emulator.world.advance((datetime.now(UTC) - emulator.world.now).total_seconds())
    Broadcast(database(), emulator).sent()
    front = folder(settings()) / "index.html"

    def shows() -> bool:
        return "Spara på batteriet." in front.read_text(encoding="utf-8")

    publish_hub(database(), settings(), datetime.now(UTC))
    assert shows()
    assert kanalvakt("emergency", "hold", "hub", *BY).code == 0
    assert eventually(lambda: not shows())
    assert kanalvakt("emergency", "release", "hub", *BY).code == 0
    assert shows()
