"""Faults of single channels, and of ours, while the others go on; counted at the platforms."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from config.settings import Settings
from connectors import connect as connect_for_real
from connectors.emulator.faults import Fault
from connectors.emulator.server import Emulator
from connectors.errors import UnexpectedAnswer
from connectors.graph import publishing
from monitor.db import Database
from monitor.emergency import by_hand
from monitor.emergency.models import Delivery, Incident
from monitor.emergency.rules import OVERTAKES, PATIENCE, Fate, Why
from monitor.emergency.sending import deliver_soon, finish
from tests.connectors.graph_stages import graph_of
from tests.connectors.publishing_stages import serving
from tests.monitor.emergency.broadcast import Broadcast, FakeHub, put_up_hub
from tests.waiting import eventually
from workers import emergency as worker

FEED = "/feed$"
EXPIRED = '{"error":{"code":190,"type":"OAuthException","message":"x","error_subcode":463}}'
UNHEARD_OF = '{"error":{"code":987654,"type":"OAuthException","message":"x"}}'


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> FakeHub:
    return put_up_hub(monkeypatch)


@pytest.fixture
def here(sqlite: Database, emulator: Emulator, hub: FakeHub) -> Broadcast:
    made = Broadcast(sqlite, emulator, "facebook")
    graph_of(made.stages["facebook"]).habits.refuses_repeats = False  # no help of the platform's own
    return made


@pytest.fixture
def two(sqlite: Database, emulator: Emulator, hub: FakeHub) -> Broadcast:
    return Broadcast(sqlite, emulator, "facebook", "youtube")


@pytest.fixture
def insta(sqlite: Database, emulator: Emulator, hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> Iterator[Broadcast]:
    with serving() as pictures:
        monkeypatch.setenv("KANALVAKT_EMERGENCY__IMAGE_URL", pictures.url.rpartition("/")[0])
        yield Broadcast(sqlite, emulator, "instagram")


def out_on(here: Broadcast) -> list[str]:
    """Where something became public."""
    return sorted(each.place for each in here.deliveries() if each.remote_id in {one.made for one in here.effects})


# -- credentials


def test_a_token_that_expired_a_minute_before_stops_its_own_channel_and_no_other(two: Broadcast) -> None:
    for token in two.world.tokens.values():
        if token.account is two.stages["facebook"].account:
            token.expires_at = two.clock() - timedelta(minutes=1)
    two.sent()
    two.to_the_end()
    refused = two.delivery("facebook")
    assert (refused.state, refused.attempts, out_on(two)) == (Fate.REJECTED, 0, ["youtube"])
    assert "token" in (refused.remedy or "")


@pytest.mark.parametrize("refuses", ["facebook", "youtube"])
def test_a_credential_that_is_refused_in_mid_broadcast_leaves_the_others_going(two: Broadcast, refuses: str) -> None:
    two.sent()
    if refuses == "facebook":
        two.emulator.faults.add(Fault("status", status=401, method="POST", path=FEED, body=EXPIRED, times=None))
    else:
        for value in [each.value for each in two.world.tokens.values() if each.account is two.stages[refuses].account]:
            del two.world.tokens[value]
    two.to_the_end()
    assert two.delivery(refuses).state == Fate.REJECTED
    assert two.delivery(refuses).remedy
    assert out_on(two) == [{"facebook": "youtube", "youtube": "facebook"}[refuses]]


# -- what nobody has heard of


def test_a_refusal_that_nobody_has_heard_of_is_a_lost_answer(here: Broadcast) -> None:
    here.emulator.faults.add(Fault("status", status=400, method="POST", path=FEED, body=UNHEARD_OF))
    here.sent()
    here.sweep()
    assert here.delivery("facebook").state == Fate.UNKNOWN
    here.to_the_end()
    found = here.delivery("facebook")
    assert (found.state, found.attempts, len(here.effects)) == (Fate.VERIFIED, 2, 1)


@pytest.mark.parametrize("step", ["prepare", "publish"])
def test_an_unexpected_answer_is_a_lost_one_only_where_something_may_be_public(here: Broadcast, step: str) -> None:
    """The post stands there all the same, once."""

    def connect(*words: Any) -> Any:
        made: Any = connect_for_real(*words)
        real = getattr(made, step)

        def fails(*given: Any) -> None:
            real(*given)
            raise UnexpectedAnswer("an answer like no other")

        setattr(made, step, fails)
        return made

    here.sent()
    here.sweep(connect=connect)
    assert here.delivery("facebook").state == (Fate.UNKNOWN if step == "publish" else Fate.PENDING)
    here.to_the_end()
    assert (here.delivery("facebook").state, len(here.effects)) == (Fate.VERIFIED, 1)


def test_what_instagram_has_published_is_never_made_again_whatever_people_see(insta: Broadcast) -> None:
    """Its lists show nothing for an hour: twice somebody says that it is not there."""
    insta.world.list_lag = 3600
    insta.emulator.faults.add(Fault("lose", method="POST", path="/media_publish$"))
    insta.sent()
    for _second in range(10):
        insta.sweep()
        insta.wait(1)
    asked = insta.delivery("instagram")
    assert (asked.state, len(insta.effects)) == (Fate.CONFIRMED, 1)
    for then in (Fate.UNKNOWN, Fate.PENDING):
        with insta.db.transaction() as session:  # as after ten minutes in which no list has shown it
            session.get_one(Delivery, asked.id).state = Fate.NEEDS_HUMAN
            session.flush()
            by_hand.answer(session, asked.id, "not_seen", "", "redaktor", insta.clock())
        again = insta.delivery("instagram")
        assert (again.state, again.progress["container"]) == (then, asked.progress["container"])
        insta.sweep()
    insta.wait(3600)
    insta.to_the_end()
    assert (insta.delivery("instagram").state, len(insta.effects)) == (Fate.VERIFIED, 1)


@pytest.mark.parametrize("arrives", [True, False])
def test_a_platform_that_hangs_is_not_waited_for_and_has_it_once(
    here: Broadcast, monkeypatch: pytest.MonkeyPatch, arrives: bool
) -> None:
    """Longer than a call may take, after it has published or before."""
    monkeypatch.setattr(publishing, "SHORT", (5.0, 0.3))
    here.emulator.faults.add(Fault("latency" if arrives else "hang", method="POST", path=FEED, seconds=2))
    here.sent()
    here.sweep()
    assert here.delivery("facebook").state == Fate.UNKNOWN
    here.to_the_end()
    found = here.delivery("facebook")
    assert (found.state, found.attempts, len(here.effects)) == (Fate.VERIFIED, 1 if arrives else 2, 1)


TEXTS = {
    "emoji": "Skolan är stängd 🏫👩‍👩‍👧‍👦🇸🇪. Stanna hemma!",
    "combined": "Vattnet i A\u030alven a\u0308r fo\u0308rorenat",
    "right to left": "الماء غير صالح للشرب – koka vattnet",
    "nothing to see": "Koka\u200b vattnet\u200d i\u2060 en minut\ufeff",
    "long": "Koka vattnet. " * 5000,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_whatever_signs_a_text_has_it_is_out_once_and_reads_as_sent(here: Broadcast, text: str) -> None:
    here.emulator.faults.add(Fault("lose", method="POST", path=FEED))
    here.sent(happened=text)
    here.to_the_end()
    [post] = here.world.posts.values()
    assert (here.delivery("facebook").state, post.text) == (Fate.VERIFIED, here.delivery("facebook").text)


# -- turns


def test_a_correction_waits_ten_seconds_for_what_is_undecided_and_no_longer(here: Broadcast) -> None:
    here.emulator.faults.add(Fault("lose", method="POST", path=FEED))
    here.world.list_lag = PATIENCE.total_seconds()
    alert = here.sent()
    here.sweep()
    correction = here.sent("correction", earlier_id=alert)
    for _second in range(int(OVERTAKES.total_seconds())):
        here.sweep()
        assert (here.delivery("facebook", correction).reason, len(here.effects)) == (Why.TURN, 1)
        here.wait(1)
    here.wait(2)
    here.sweep()
    assert len(here.effects) == 2


# -- the worker's look


def test_a_look_waits_for_no_slow_platform_and_the_next_one_takes_what_came_meanwhile(
    here: Broadcast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "database", lambda: here.db)
    here.world.real_time = True
    here.wait(time.time() - here.clock().timestamp())
    here.emulator.faults.add(Fault("latency", method="POST", path=FEED, seconds=3))
    with ThreadPoolExecutor(worker.AT_ONCE) as pool:
        slow = here.sent()
        assert looked(pool) < 2
        assert eventually(lambda: len(here.effects) == 1)
        another_incident(here)
        quick = here.sent()
        assert looked(pool) < 2
        assert eventually(lambda: here.delivery("facebook", quick).state == Fate.VERIFIED, 2.5)
        assert here.delivery("facebook", slow).state == Fate.ARMED, "still in hand"
    assert (here.delivery("facebook", slow).state, len(here.effects)) == (Fate.VERIFIED, 2)


def looked(pool: Executor) -> float:
    """Seconds."""
    began = time.monotonic()
    worker.look(pool)
    return time.monotonic() - began


def another_incident(here: Broadcast) -> None:
    """Messages of one wait for each other."""
    with here.db.transaction() as session:
        begun = {"started_at": here.clock(), "started_by_id": "redaktor", "decided_by": "Kommundirektören"}
        made = Incident(mode="actual", level="disturbance", title="Vattenläcka", **begun)
        session.add(made)
        session.flush()
        here.incident = made.id


def test_where_no_thread_can_be_had_the_press_is_no_error_and_the_worker_delivers(
    here: Broadcast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    message = here.sent()
    with monkeypatch.context() as full:
        full.setattr(threading.Thread, "start", refuse)
        deliver_soon(here.db, message, Settings())
    assert here.effects == []
    finish(1)
    here.to_the_end()
    assert len(here.effects) == 1
