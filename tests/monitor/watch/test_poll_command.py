"""`kanalvakt poll` as a program: real connectors against the emulated platforms, and what it tells."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from connectors.emulator.server import Emulator
from connectors.emulator.world import Account, Token, World
from monitor.cli.setup import opened_database
from monitor.register.models import Channel, Organisation, Person, Unit
from monitor.watch.models import Comment, Parking, Schedule

PAGES = ("fb-1", "fb-2", "fb-3")
SCOPES = ("pages_show_list", "pages_read_engagement", "pages_read_user_content", "pages_manage_engagement")


@dataclass
class Answer:
    code: int
    out: str
    err: str


@dataclass
class House:
    """Three Facebook pages with a question each, a group that people watch, and the program."""

    emulator: Emulator
    environment: dict[str, str] = field(default_factory=dict)

    def kanalvakt(self, *words: str) -> Answer:
        command = [sys.executable, "-m", "monitor.cli.main", "--lang", "en", *words]
        environment = os.environ | self.emulator.settings() | self.environment
        result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return Answer(result.returncode, result.stdout, result.stderr)

    def page(self, id_: str) -> Account:
        return self.emulator.world.accounts[id_]


@pytest.fixture
def house() -> Iterator[House]:
    world = World(real_time=True, clock=datetime.now(UTC) - timedelta(hours=1))
    with Emulator(world) as emulator:
        house = House(emulator)
        for number, id_ in enumerate(PAGES):
            page = world.account("facebook", f"10{number}", f"tibro{number}", f"Tibro {number}")
            world.token(Token(f"EAAB{id_}", "page", page, SCOPES))
            post = world.publish(page, "Badet öppnar")
            world.comment(post, world.resident("facebook", "Anna"), f"När på {id_}?")
            house.environment[f"TOKEN_{number}"] = f"EAAB{id_}"
        register()
        yield house


def register() -> None:
    with opened_database(create=True).transaction() as session:
        session.add_all([Organisation(name="Tibro kommun"), Person(id="r", name="R")])
        session.flush()
        session.add(Unit(id="k", name="K"))
        session.flush()
        for number, id_ in enumerate(PAGES):
            session.add(channel(id_, external_id=f"10{number}", credential={"token_env": f"TOKEN_{number}"}))
        session.add(channel("group", platform="facebook_group", watch_mode="manual"))
        session.add(channel("rest", state="paused"))
        session.add(channel("silent", has_comments=False))


def channel(id_: str, **values: object) -> Channel:
    known = {
        "platform": "facebook",
        "address": f"https://www.facebook.com/{id_}",
        "unit_id": "k",
        "responsible_id": "r",
    }
    return Channel(id=id_, name=id_, **(known | values))  # type: ignore[arg-type]


def stored() -> set[str]:
    with opened_database().snapshot() as session:
        return {comment.text for comment in session.query(Comment)}


def test_all_channels_are_read_without_a_broker(house: House) -> None:
    answer = house.kanalvakt("poll", "--all", "--json")
    assert answer.code == 0, answer.err
    rows = json.loads(answer.out)
    assert [(row["channel"], row["outcome"], row["error"], row["new"]) for row in rows] == [
        (id_, "complete", None, 1) for id_ in PAGES
    ]
    assert all(row["requests"] >= 1 and row["counted_cost"] >= 1 and row["seconds"] > 0 for row in rows)
    assert stored() == {f"När på {id_}?" for id_ in PAGES}
    left_out = [line for line in answer.err.splitlines() if "left out" in line]
    assert left_out == [
        "group is left out: people watch it.",
        "rest is left out: it is paused.",
        "silent is left out: it has no comments.",
    ]


def test_only_the_named_channels_are_read_and_people_get_a_table(house: House) -> None:
    answer = house.kanalvakt("poll", "fb-2", "fb-2", "--full")
    assert answer.code == 0, answer.err
    assert [line.split("\t")[:4] for line in answer.out.splitlines()] == [
        ["Channel", "Outcome", "Seen", "New"],
        ["fb-2", "read completely", "1", "1"],
    ]
    assert stored() == {"När på fb-2?"}


def test_a_channel_that_fails_does_not_stop_the_others_and_tells_what_to_do(house: House) -> None:
    house.environment["TOKEN_1"] = "EAABwrong"
    answer = house.kanalvakt("poll", "--json")
    assert answer.code == 1
    rows = {row["channel"]: row for row in json.loads(answer.out)}
    assert [rows[id_]["outcome"] for id_ in PAGES] == ["complete", "failed", "complete"]
    error = rows["fb-2"]["error"]
    assert (error["kind"], error["retry_at"]) == ("auth_expired", None)
    assert "EAAB" not in answer.out + answer.err
    told = house.kanalvakt("poll", "fb-2")
    assert (told.code, "Renew the page's token" in told.err) == (1, True)


def test_a_parked_channel_is_not_asked_and_says_until_when(house: House) -> None:
    house.kanalvakt("poll", "fb-1")
    asked = house.emulator.ledger.requests()
    with opened_database().transaction() as session:
        key = session.get_one(Schedule, "fb-1").budgets[-1]
        until = datetime(2031, 1, 2, 11, 30, tzinfo=UTC)
        session.add(Parking(key=key, until=until, since=datetime.now(UTC), reason="80001"))
    answer = house.kanalvakt("poll", "fb-1", "--full", "--json")
    assert answer.code == 1
    [row] = json.loads(answer.out)
    assert (row["outcome"], row["requests"], row["error"]["kind"]) == ("failed", 0, "rate_limited")
    assert row["error"]["retry_at"] == "2031-01-02T11:30:00+00:00"
    assert "fb-1 is not asked before 2031-01-02 12.30." in house.kanalvakt("poll", "fb-1").err
    assert house.emulator.ledger.requests() == asked


def test_an_unknown_channel_is_a_wrong_word(house: House) -> None:
    answer = house.kanalvakt("poll", "fb-1", "fb-9")
    assert answer.code == 2
    assert "There is no channel fb-9" in answer.err
    assert stored() == set()


def test_a_channel_that_people_watch_is_left_out_with_a_word(house: House) -> None:
    answer = house.kanalvakt("poll", "group")
    assert (answer.code, answer.out) == (0, "There is no channel to read.\n")
    assert "group is left out: people watch it." in answer.err


def test_without_a_register_it_says_what_to_do() -> None:
    command = [sys.executable, "-m", "monitor.cli.main", "--lang", "en", "poll"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 3
    assert "register import" in result.stderr


def test_it_waits_for_somebody_who_reads_the_channel_now(house: House) -> None:
    with opened_database().transaction() as session:
        session.add(
            Schedule(channel_id="fb-1", next_poll_at=datetime.now(UTC) + timedelta(minutes=1), claim="a worker's")
        )

    def finish() -> None:
        time.sleep(3)
        with opened_database().transaction() as session:
            session.get_one(Schedule, "fb-1").claim = None

    other = threading.Thread(target=finish)
    other.start()
    began = time.monotonic()
    answer = house.kanalvakt("poll", "fb-1")
    other.join()
    assert (answer.code, time.monotonic() - began > 3) == (0, True)
