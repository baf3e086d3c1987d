"""`kanalvakt emergency send`, `status`, `hold` and `release`, without a broker."""

import json
from datetime import UTC, datetime

import pytest

from connectors.emulator.server import Emulator
from monitor.cli.main import run
from monitor.db import Database, database
from monitor.db.migrating import upgrade
from tests.monitor.emergency.broadcast import Broadcast, put_up_hub

KEYS = {"channel", "state", "remote_id", "url", "attempts", "reason", "armed_at", "confirmed_at", "verified_at"}


@pytest.fixture
def here(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Broadcast:
    put_up_hub(monkeypatch)
    db: Database = database()
    upgrade(db)
    emulator.world.advance((datetime.now(UTC) - emulator.world.now).total_seconds())
    return Broadcast(db, emulator, "facebook", "group")


def test_the_command_sends_by_itself_and_says_where_each_stands(
    here: Broadcast, capsys: pytest.CaptureFixture[str]
) -> None:
    message = here.message()
    assert run(["emergency", "hold", "facebook", "--by", "redaktor", "--minutes", "1440"]) == 0
    assert run(["emergency", "release", "facebook", "--by", "redaktor"]) == 0
    capsys.readouterr()
    assert run(["emergency", "send", str(message), "--by", "redaktor", "--json"]) == 1, (
        "a person publishes in the group"
    )
    json.loads(capsys.readouterr().out)
    assert run(["emergency", "send", str(message), "--by", "redaktor"]) == 1
    assert len(here.effects) == 1
    capsys.readouterr()
    assert run(["emergency", "status", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told["incident"]) == {"id", "mode", "level", "state"}
    [sent] = told["messages"]
    assert {"identifier", "type", "state", "sent", "deliveries"} <= set(sent)
    assert all(set(each) >= KEYS for each in sent["deliveries"])
    assert told["counts"] == {"total": 3, "verified": 2, "needs_human": 1}


def test_what_is_not_approved_is_refused_with_words(here: Broadcast, capsys: pytest.CaptureFixture[str]) -> None:
    message = here.message(state="draft", approved_by_id=None)
    assert run(["emergency", "send", str(message), "--by", "redaktor"]) == 2
    assert capsys.readouterr().err
    assert here.effects == []
