"""What one process delivers of one message at the same time: who waits for whom, and for how long."""

import time
from threading import Thread

import pytest

from config.settings import Settings
from connectors.emulator.server import Emulator
from monitor.db import Database
from monitor.emergency.claimed import Held
from monitor.emergency.delivering import deliver_all
from monitor.emergency.others import Others, others_of
from monitor.register.models import Channel
from tests.monitor.emergency.broadcast import Broadcast, put_up_hub

HUB, PAGE, TUBE = Held(1, 7, "hub", 1), Held(2, 7, "facebook", 1), Held(3, 7, "youtube", 1)
LONG = 30.0


def test_the_log_waits_until_every_channel_has_made_its_first_call() -> None:
    others = Others([HUB, PAGE, TUBE], patience=LONG)
    waiting = Thread(target=others.wait_for_calls)
    waiting.start()
    others.called(1)
    others.called(2)
    waiting.join(0.2)
    assert waiting.is_alive()
    others.called(3)
    waiting.join(LONG / 2)
    assert not waiting.is_alive()


def test_a_slow_platform_keeps_the_log_for_a_moment_only() -> None:
    others = Others([PAGE, TUBE])
    others.called(2)
    began = time.monotonic()
    others.wait_for_calls()
    assert 0.2 < time.monotonic() - began < LONG / 2


def test_whoever_has_claimed_nothing_waits_for_nobody() -> None:
    began = time.monotonic()
    Others([], patience=LONG).wait_for_calls()
    assert time.monotonic() - began < LONG / 2


def test_channels_wait_for_the_hub_where_this_process_sees_to_it_and_for_nobody_elses() -> None:
    others = Others([HUB, PAGE])
    waiting = Thread(target=others.wait_for_hub, args=(LONG,))
    waiting.start()
    waiting.join(0.1)
    assert waiting.is_alive()
    others.hub_had_its_turn()
    waiting.join(LONG / 2)
    assert not waiting.is_alive()
    began = time.monotonic()
    Others([PAGE, TUBE]).wait_for_hub(LONG)
    assert time.monotonic() - began < LONG / 2


def test_whoever_goes_on_with_many_keeps_no_thread_waiting_for_the_log() -> None:
    found = others_of([HUB, PAGE, Held(9, 8, "facebook", 1)])
    assert found.keys() == {7, 8}
    began = time.monotonic()
    found[7].wait_for_calls()
    assert time.monotonic() - began < 0.2
    assert (found[7].see_to_hub, found[8].see_to_hub) == (True, False)


@pytest.fixture
def here(db: Database, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Broadcast:
    put_up_hub(monkeypatch)
    return Broadcast(db, emulator, "facebook", "youtube")


def test_a_message_fetches_youtubes_token_once_for_each_place(here: Broadcast) -> None:
    deliver_all(here.db, here.sent(), Settings(), here.clock)
    assert {each.place: each.state for each in here.deliveries()} == dict.fromkeys(
        ("hub", "facebook", "youtube", "youtube:text"), "verified"
    )
    tokens = [each for each in here.emulator.ledger.entries if each.path.endswith("/token")]
    assert len(tokens) == 2  # the comment's and the channel text's, for all that they ask, write and read back


def test_a_channel_that_cannot_be_opened_keeps_no_other_from_being_told(
    db: Database, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_up_hub(monkeypatch)
    here = Broadcast(db, emulator, "facebook", "youtube", mode="exercise")
    message = here.sent()
    with here.db.transaction() as session:
        session.get_one(Channel, "facebook").exercise = ["nonsense"]  # type: ignore[assignment]
    deliver_all(here.db, message, Settings(), here.clock)
    found = {each.place: each.state for each in here.deliveries()}
    assert (found["hub"], found["facebook"], found["youtube"]) == ("verified", "needs_human", "verified")
