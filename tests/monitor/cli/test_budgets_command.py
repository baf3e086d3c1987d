"""`kanalvakt budgets`, as a person or a program runs it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.base import Budget
from connectors.errors import RateLimited
from monitor.db import database
from monitor.db.migrating import upgrade
from monitor.register.models import Channel
from monitor.watch.budget_rules import Purpose
from monitor.watch.budgets import book, park
from tests.monitor.cli.conftest import Command
from tests.monitor.town import Town

PACIFIC = "America/Los_Angeles"


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch, home: Path) -> Town:
    home.mkdir(exist_ok=True)
    upgrade(database())
    town = Town(database())
    oauth = {"client_id_env": "T_ID", "client_secret_env": "T_SECRET", "refresh_token_env": "T_REFRESH"}
    for name in ("yt", "yt-2"):
        town.channel(name, platform="youtube", external_id="UC123", credential=oauth)
    for name, value in {"T_ID": "123-abc.apps", "T_SECRET": "s", "T_REFRESH": "r"}.items():
        monkeypatch.setenv(name, value)
    return town


def spend(cost: int, channel: str, purpose: Purpose) -> None:
    budget = Budget("youtube/123", 10_000, PACIFIC)
    with database().transaction() as session:
        book(session, [budget], channel, purpose, cost, 1, datetime.now(UTC))


@pytest.mark.usefixtures("town")
def test_tells_who_spent_what_and_what_is_left(kanalvakt: Command) -> None:
    spend(700, "yt", "poll")
    spend(50, "yt-2", "reply")
    answer = kanalvakt("budgets", "--json")
    [row] = [row for row in json.loads(answer.out) if row["key"] == "youtube/123"]
    assert answer.code == 0
    assert row["channels"] == ["yt", "yt-2"]
    assert row["spent"] == [
        {"channel": "yt", "purpose": "poll", "cost": 700, "requests": 1},
        {"channel": "yt-2", "purpose": "reply", "cost": 50, "requests": 1},
    ]
    assert (row["per_day"], row["left"]) == (10_000, {"polls": 6800, "replies": 7750, "crisis": 9250})
    assert datetime.fromisoformat(row["resets_at"]) > datetime.now(UTC)
    assert (row["parked_until"], row["reason"]) == (None, None)


@pytest.mark.usefixtures("town")
def test_tells_until_when_nothing_is_asked_and_why(kanalvakt: Command) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    with database().transaction() as session:
        park(session, [Budget("youtube/123")], RateLimited("", retry_at=until, code="quotaExceeded"), datetime.now(UTC))
    [row] = [row for row in json.loads(kanalvakt("budgets", "--json").out) if row["key"] == "youtube/123"]
    assert (datetime.fromisoformat(row["parked_until"]), row["reason"]) == (until, "quotaExceeded")


@pytest.mark.usefixtures("town")
def test_a_used_up_quota_is_told_as_such(kanalvakt: Command) -> None:
    spend(7500, "yt", "poll")
    [row] = [row for row in json.loads(kanalvakt("budgets", "--json").out) if row["key"] == "youtube/123"]
    assert (row["parked_until"], row["reason"]) == (row["resets_at"], "quota")


def test_of_a_channel_without_its_secrets_it_knows_what_was_told_last(town: Town, kanalvakt: Command) -> None:
    town.schedule("fb", budgets=["graph/app/1"])
    rows = {row["key"]: row for row in json.loads(kanalvakt("budgets", "--json").out)}
    assert rows["graph/app/1"]["channels"] == ["fb"]
    assert rows["graph/app/1"]["left"] is None


@pytest.mark.usefixtures("town")
def test_people_get_a_table_in_their_language(kanalvakt: Command) -> None:
    spend(700, "yt", "poll")
    swedish, english = kanalvakt("budgets").out, kanalvakt("budgets", "--lang", "en").out
    assert "6800 / 7800 / 9300" in swedish
    assert "hämtning" in swedish
    assert "reading" in english


def test_a_house_without_channels_is_told_in_a_sentence(kanalvakt: Command) -> None:
    upgrade(database())
    Town(database()).change(Channel, "fb", state="paused")
    assert "Ingen kanal" in kanalvakt("budgets").out
