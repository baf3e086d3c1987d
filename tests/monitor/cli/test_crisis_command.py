"""`kanalvakt emergency`: from the beginning to a message that waits for somebody, and what is refused on the way."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.settings import settings
from monitor.db import database
from monitor.db.migrating import upgrade
from monitor.emergency import places
from monitor.emergency.models import Message
from tests.monitor.cli.conftest import Command
from tests.monitor.town import Town

SURE = ("--mode", "exercise", "--sure", "övning")
BY = ("--by", "kris")


@pytest.fixture
def town(home: Path) -> Town:
    home.mkdir(parents=True, exist_ok=True)
    upgrade(database())
    town = Town(database())
    town.person("kris", roles=["crisis_staff"])
    town.person("godkanner", roles=["unit_manager"])
    return town


def test_a_message_is_written_mended_and_approved_by_somebody_else(kanalvakt: Command, town: Town) -> None:
    def run(*words: str) -> tuple[int, str, str]:
        answer = kanalvakt("emergency", *words)
        return answer.code, answer.out, answer.err

    assert run("start", "Ström", "--mode", "actual", "--sure", "övning", *BY)[0] == 2
    code, out, _err = run("start", "Ström", *SURE, *BY, "--json")
    assert (code, json.loads(out)["mode"]) == (0, "exercise")
    code, out, _err = run("draft", "--template", "power.sv", *BY, "--json")
    assert code == 1, "a template was sent to approval with its gaps"
    assert {each["what"] for each in json.loads(out)["faults"]} == {"gap"}
    promise = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    said = ("--headline", "Strömavbrott", "--happened", "Mörkt.", "--next-update", promise)
    code, out, _err = run("draft", *said, *BY, "--json")
    made = json.loads(out)
    assert (code, made["state"]) == (0, "submitted")
    assert all(text.startswith("ÖVNING") for text in made["texts"].values())
    number = str(made["id"])
    assert run("approve", number, *BY)[0] == 2
    for nobody in ("ersattare", "redaktor"):
        assert run("approve", number, "--by", nobody)[0] == 2, "approved by somebody whose role permits nothing here"
    assert run("approve", number, "--by", "godkanner")[0] == 0
    assert run("discard", number, "--by", "godkanner")[0] == 2, "who only approves did crisis work"
    assert "Strömavbrott" in run("preview", number)[1]
    code, _out, err = run("cancel", number, *BY)
    assert code == 2, "what was never sent was withdrawn"
    assert err
    with database().snapshot() as session:
        assert session.get_one(Message, made["id"]).state == "approved"
    assert run("close", *BY, "--why", "klart")[0] == 2, "closed over a message that waits to be sent"
    assert run("discard", number, *BY)[0] == 0
    assert run("discard", number, *BY)[0] == 2, "discarded twice"
    assert run("close", *BY)[0] == 2
    assert run("close", *BY, "--why", "klart")[0] == 0


def test_a_preview_says_each_text_once_with_the_places_where_it_goes(
    kanalvakt: Command, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    for id_, platform in (("yt", "youtube"), ("fb2", "facebook"), ("ig", "instagram")):
        town.channel(id_, platform=platform, external_id=f"UC{id_}", name=f"Kanal {id_}")
    monkeypatch.setenv("KANALVAKT_EMERGENCY__YOUTUBE_VIDEO", "true")
    settings.cache_clear()
    monkeypatch.setattr(places, "can_film", lambda: True)
    kanalvakt("emergency", "start", "Ström", *SURE, *BY)
    promise = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    long = "Mörkt. " * 400
    said = ("--headline", "Strömavbrott", "--happened", long, "--next-update", promise)
    number = str(json.loads(kanalvakt("emergency", "draft", *said, *BY, "--json").out)["id"])
    shown = kanalvakt("emergency", "preview", number).out
    heads = [line.removeprefix("-- ").rpartition(" (")[0] for line in shown.splitlines() if line.startswith("-- ")]
    everywhere, short = heads
    assert everywhere == "Krissidan, Kanal fb2, Kanal yt: kommentarer under de nyaste filmerna, Tibro kommun på fb"
    assert short == "Kanal ig, Kanal yt: kanalens egen text, Kanal yt: en kort film"
    assert shown.count("Mörkt. Mörkt. Mörkt.") > 1
    monkeypatch.setattr(places, "can_film", lambda: False)
    assert "kanalvakt[video]" in kanalvakt("emergency", "preview", number).out
