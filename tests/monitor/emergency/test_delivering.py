"""Crisis messages on their way, through real connectors over HTTP, counted at the platforms."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from config.settings import Settings
from connectors import connect as connect_for_real
from connectors.base import Account, Connector, Credential
from connectors.emulator.faults import Fault
from connectors.emulator.server import Emulator
from monitor.audit.models import AuditEntry
from monitor.db import Database
from monitor.emergency import by_hand, holding
from monitor.emergency.claimed import LEASE, claim
from monitor.emergency.delivering import deliver_all
from monitor.emergency.delivery_words import SENTENCES
from monitor.emergency.faults import CannotSend
from monitor.emergency.models import Hold, LogLine
from monitor.emergency.rules import MOST_TRIES, Fate, Why
from monitor.emergency.sweeping import sweep
from tests.connectors.graph_stages import graph_of
from tests.monitor.emergency.broadcast import Broadcast, FakeHub, put_up_hub
from tests.waiting import eventually
from workers import emergency as worker

FEED = "/feed$"
PROCESSES = multiprocessing.get_context("fork")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> FakeHub:
    return put_up_hub(monkeypatch)


@pytest.fixture
def here(sqlite: Database, emulator: Emulator, hub: FakeHub) -> Broadcast:
    return Broadcast(sqlite, emulator, "facebook")


def states(here: Broadcast) -> dict[str, str]:
    return {each.place: each.state for each in here.deliveries()}


def test_one_press_reaches_the_hub_and_every_channel_and_is_read_back(
    db: Database, emulator: Emulator, hub: FakeHub
) -> None:
    here = Broadcast(db, emulator, "facebook", "youtube", "group")
    message = here.sent()
    began = time.monotonic()
    deliver_all(db, message, Settings(), here.clock)
    assert time.monotonic() - began < 10
    there = dict.fromkeys(("hub", "facebook", "youtube", "youtube:text"), "verified")
    assert states(here) == {**there, "group": "needs_human"}
    assert len(here.effects) == 2
    found = here.delivery("facebook")
    assert (found.attempts, found.token) == (1, 1)
    assert found.remote_id in {each.made for each in here.effects}
    assert found.url
    assert (here.delivery("youtube").way, here.delivery("group").way) == ("best_effort", "by_hand")
    assert hub.published == 1


def test_pressed_twice_it_is_one_message(here: Broadcast) -> None:
    message = here.message()
    first, second = here.commit(message), here.commit(message)
    assert [each.id for each in first] == [each.id for each in second]
    here.to_the_end()
    assert len(here.effects) == 1


def test_what_is_not_approved_out_of_date_or_of_a_closed_crisis_is_not_committed(here: Broadcast) -> None:
    refused = (
        {"state": "submitted", "approved_by_id": None},
        {"approved_by_id": "redaktor"},
        {"expires": here.clock() - timedelta(seconds=1)},
    )
    for values in refused:
        with pytest.raises(CannotSend):
            here.sent(**values)
    assert here.deliveries() == []


def test_it_goes_out_without_the_hub_only_when_the_patience_is_over(here: Broadcast, hub: FakeHub) -> None:
    hub.answers = False
    here.sent()
    here.sweep()
    assert here.effects == []
    assert here.delivery("facebook").reason == Why.HUB
    here.wait(5)
    here.sweep()
    assert len(here.effects) == 1


@pytest.mark.parametrize("needs_image", [False, True])
def test_what_is_prepared_or_needs_the_hubs_picture_asks_the_platform_nothing_while_it_waits(
    here: Broadcast, hub: FakeHub, needs_image: bool
) -> None:
    hub.answers = False
    here.sent()
    change(here, progress={} if needs_image else {"before": "1"})
    prepared: list[str] = []

    def connect(*words: Any) -> Any:
        made: Any = connect_for_real(*words)
        real = made.prepare
        made.needs_image, made.asks_first = needs_image, True
        made.prepare = lambda *given: [prepared.append("once"), real(*given)][1]
        return made

    for _round in range(4):
        here.sweep(connect=connect)
        here.wait(0.5)
    assert (here.delivery("facebook").reason, prepared) == (Why.HUB, [])
    here.wait(5)
    here.sweep(connect=connect)
    assert (prepared, len(here.effects)) == (["once"], 1)


def test_without_hub_can_mean_to_wait(here: Broadcast, hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANALVAKT_EMERGENCY__WITHOUT_HUB", "wait")
    hub.answers = False
    here.sent()
    here.sweep()
    here.wait(30)
    here.sweep()
    assert here.effects == []
    hub.answers = True
    here.wait(10)
    here.to_the_end()
    assert len(here.effects) == 1


LOST = ("lose", "truncate", "fail", "html", "reset", "close", "empty")


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("lag", [0, 15])
def test_a_lost_answer_is_looked_for_before_anything_is_sent_again(here: Broadcast, fault: Any, lag: int) -> None:
    here.world.list_lag = lag
    here.emulator.faults.add(Fault(fault, method="POST", path=FEED))
    here.sent()
    here.to_the_end()
    found = here.delivery("facebook")
    assert (found.state, len(here.effects)) == (Fate.VERIFIED, 1)
    assert found.attempts == (1 if fault in ("lose", "truncate", "fail") else 2), "what never arrived is sent once more"


def test_someone_elses_similar_post_is_not_taken_for_ours(here: Broadcast) -> None:
    here.emulator.faults.add(Fault("reset", method="POST", path=FEED))
    message = here.sent()
    stage = here.stages["facebook"]
    here.sweep()
    ours = here.delivery("facebook", message)
    similar = ours.text.replace(ours.marker, "0123456789ab")
    here.world.publish(stage.account, similar)
    here.to_the_end()
    found = here.delivery("facebook")
    assert (found.state, found.remote_id) == (Fate.VERIFIED, here.effects[0].made)


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        (Fault("status", status=429, method="POST", path=FEED, headers={"Retry-After": "20"}), Fate.VERIFIED),
        (
            Fault(
                "status",
                status=400,
                method="POST",
                path=FEED,
                body='{"error":{"code":190,"type":"OAuthException","message":"x","error_subcode":463}}',
            ),
            Fate.REJECTED,
        ),
        (
            Fault(
                "status",
                status=400,
                method="POST",
                path=FEED,
                body='{"error":{"code":2,"type":"OAuthException","message":"x","is_transient":true}}',
            ),
            Fate.VERIFIED,
        ),
    ],
    ids=["slow down", "token expired in mid-broadcast", "a 400 that passes"],
)
def test_every_refusal_has_its_own_end(here: Broadcast, fault: Fault, state: Fate) -> None:
    here.emulator.faults.add(fault)
    here.sent()
    here.to_the_end()
    found = here.delivery("facebook")
    assert (found.state, len(here.effects)) == (state, int(state == Fate.VERIFIED))
    assert found.remedy


def test_what_never_gets_through_becomes_a_persons(here: Broadcast) -> None:
    here.sent()
    change(here, looks=MOST_TRIES - 1, attempts=1)
    refused = '{"error":{"code":9007,"type":"OAuthException","message":"x"}}'
    here.emulator.faults.add(Fault("status", status=400, method="POST", path=FEED, body=refused, times=None))
    here.to_the_end()
    found = here.delivery("facebook")
    assert (found.state, found.remedy, found.attempts) == (Fate.NEEDS_HUMAN, SENTENCES[Why.FAILED], 1)


def test_a_failed_read_back_does_not_undo_that_it_is_out(here: Broadcast) -> None:
    here.emulator.faults.add(Fault("status", method="GET", status=500, times=None))
    here.sent()
    here.sweep()
    assert here.delivery("facebook").state == Fate.CONFIRMED
    here.emulator.faults.clear()
    here.to_the_end()
    assert (here.delivery("facebook").state, len(here.effects)) == (Fate.VERIFIED, 1)


class Dying(Database):
    """Kills its process before, or after, the commit of the n-th transaction that really writes."""

    at, before = 0, False

    @contextmanager
    def transaction(self, *, repeatable: bool = False) -> Iterator[Session]:
        with super().transaction(repeatable=repeatable) as session:
            yield session
            if not repeatable:
                self.at -= 1
                if self.at == 0 and self.before:
                    os.kill(os.getpid(), signal.SIGKILL)
        if not repeatable and self.at == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def dies(url: str, here: Broadcast, point: str) -> None:
    """In a process of its own: sweeps until it kills itself at this point."""
    db: Any = Dying(url)
    connect = connect_for_real
    if point[:3] in ("bef", "aft"):
        db.before, db.at = point.startswith("before"), int(point[-1])
    else:
        connect = dying_connect(point)
    sweep(db, here.clock(), Settings(), here.clock, connect)
    os._exit(0)


def dying_connect(point: str) -> Any:
    def connect(platform: str, account: Account, credential: Credential, settings: Settings) -> Connector:
        made: Any = connect_for_real(platform, account, credential, settings)
        name, _space, when = point.partition(" ")
        real = getattr(made, name)

        def killing(*words: Any) -> None:
            if when == "done":
                real(*words)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(made, name, killing)
        return made

    return connect


POINTS = [f"{when} commit {n}" for n in (1, 2, 3, 4) for when in ("before", "after")]
POINTS += ["prepare begins", "prepare done", "publish begins", "publish done", "verify begins", "verify done"]


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_any_boundary_it_is_out_once_and_known(here: Broadcast, hub: FakeHub, point: str) -> None:
    here.sent()
    with here.db.transaction() as session:  # the hub has had its turn, so that commits are the channel's
        delivery = session.merge(here.delivery("hub"))
        delivery.state = Fate.VERIFIED
    url = here.db.url.render_as_string(hide_password=False)
    worker = PROCESSES.Process(target=dies, args=(url, here, point), daemon=True)
    worker.start()
    worker.join(30)
    assert worker.exitcode == -signal.SIGKILL, point
    here.wait(LEASE.total_seconds())
    here.to_the_end()
    assert (here.delivery("facebook").state, len(here.effects)) == (Fate.VERIFIED, 1)


def test_a_paused_worker_that_wakes_after_its_lease_writes_nothing(here: Broadcast, hub: FakeHub) -> None:
    """SIGSTOP while the platform has the request; another one finds what became of it."""
    here.emulator.faults.add(Fault("latency", method="POST", path=FEED, seconds=1.0))
    here.sent()
    url = here.db.url.render_as_string(hide_password=False)
    worker = PROCESSES.Process(target=deliver, args=(url, here), daemon=True)
    worker.start()
    try:
        eventually(lambda: len(here.effects) == 1)
        os.kill(worker.pid or 0, signal.SIGSTOP)
        here.wait(LEASE.total_seconds() + 1)
        here.to_the_end()
        known = here.delivery("facebook")
        os.kill(worker.pid or 0, signal.SIGCONT)
        worker.join(30)
    finally:
        worker.kill()
    last = here.delivery("facebook")
    assert (known.state, known.reason, known.token) == (Fate.VERIFIED, Why.READ_BACK, 2)
    assert (last.state, last.token, len(here.effects)) == (known.state, known.token, 1)
    assert last.confirmed_at == known.confirmed_at, "what the late one knew is older"


class Slow(Database):
    """Answers late whether somebody has stopped what is armed. meanwhile: what happens until then."""

    here: Broadcast
    meanwhile: Callable[[], None] | None = None

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        if self.meanwhile is not None and self.here.delivery("facebook").state == Fate.ARMED:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        with super().snapshot() as session:
            yield session


def test_who_waits_for_the_database_just_before_sending_sends_nothing_that_is_anothers_by_then(
    here: Broadcast, hub: FakeHub
) -> None:
    def others_go_on() -> None:
        here.wait(LEASE.total_seconds() + 1)
        here.to_the_end()

    graph_of(here.stages["facebook"]).habits.refuses_repeats = False  # no help of the platform's own
    here.sent()
    db = Slow(here.db.url.render_as_string(hide_password=False))
    db.here, db.meanwhile = here, others_go_on
    sweep(db, here.clock(), Settings(), here.clock)
    assert db.meanwhile is None
    assert (here.delivery("facebook").state, len(here.effects)) == (Fate.VERIFIED, 1)


@pytest.mark.parametrize("platform", ["facebook", "youtube"])
def test_who_slept_between_the_last_question_and_the_post_does_not_send_late(
    sqlite: Database, emulator: Emulator, hub: FakeHub, platform: str
) -> None:
    here = Broadcast(sqlite, emulator, platform)
    taken: list[int] = []

    def connect(*words: Any) -> Any:
        made: Any = connect_for_real(*words)
        real = made.publish

        def publish(*given: Any) -> Any:
            here.wait(LEASE.total_seconds() + 1)
            with here.db.transaction() as session:
                taken.extend(each.delivery_id for each in claim(session, here.clock()))
            return real(*given)

        made.publish = publish
        return made

    here.sent()
    here.sweep(connect=connect)
    assert (here.effects, bool(taken), here.delivery(platform).state) == ([], True, Fate.UNKNOWN)
    here.wait(LEASE.total_seconds() + 1)
    here.to_the_end()
    assert (here.delivery(platform).state, len(here.effects)) == (Fate.VERIFIED, 1)


def deliver(url: str, here: Broadcast) -> None:
    sweep(Database(url), here.clock(), Settings(), here.clock)
    os._exit(0)


def test_many_at_once_send_it_once(db: Database, emulator: Emulator, hub: FakeHub) -> None:
    """Double clicks, and workers beside them."""
    here, began = Broadcast(db, emulator, "facebook"), time.monotonic()

    def clock() -> datetime:
        """Goes on: whoever comes too early tries again."""
        return here.clock() + timedelta(seconds=time.monotonic() - began)

    message = here.sent()
    several = [threading.Thread(target=deliver_all, args=(db, message, Settings(), clock)) for _ in range(3)]
    several += [threading.Thread(target=here.sweep, kwargs={"clock": clock}) for _ in range(2)]
    for each in several:
        each.start()
    for each in several:
        each.join()
    assert (here.delivery("facebook").state, len(here.effects)) == (Fate.VERIFIED, 1)


def test_the_kill_switch_stops_what_is_armed_and_lets_go_by_itself(here: Broadcast) -> None:
    def clock() -> datetime:
        """Somebody presses the switch just when the delivery is armed."""
        if here.delivery("facebook").state == Fate.ARMED:
            with here.db.transaction() as session:
                until = here.clock() + timedelta(minutes=5)
                holding.hold(session, "", "redaktor", here.clock(), until, "Fel ort")
        return here.clock()

    here.sent()
    here.sweep(clock=clock)
    assert (here.delivery("facebook").state, here.effects) == (Fate.HELD, [])
    here.wait(299)
    here.sweep()
    assert here.effects == []
    here.wait(1)
    here.to_the_end()
    assert len(here.effects) == 1


def test_what_is_released_goes_on_at_once(here: Broadcast) -> None:
    with here.db.transaction() as session:
        until = here.clock() + timedelta(minutes=5)
        holding.hold(session, "facebook", "redaktor", here.clock(), until, "")
    here.sent()
    here.sweep()
    assert states(here) == {"hub": "verified", "facebook": "held"}
    with here.db.transaction() as session:
        holding.release(session, "facebook", "redaktor", here.clock())
    here.sweep()
    assert len(here.effects) == 1


def test_what_is_released_while_it_is_being_held_goes_on_all_the_same(here: Broadcast) -> None:
    here.sent()
    with here.db.transaction() as session:
        holding.hold(session, "facebook", "redaktor", here.clock(), here.clock() + timedelta(minutes=30), "")
    here.sweep()
    with here.db.transaction() as session:  # as if it had come before the delivery was written as held
        session.query(Hold).update({"released_at": here.clock(), "released_by_id": "redaktor"})
    here.wait(2)
    here.sweep()
    assert len(here.effects) == 1


def test_a_stop_in_an_exercise_stops_nothing_that_is_live(here: Broadcast) -> None:
    with here.db.transaction() as session:
        until = here.clock() + timedelta(minutes=5)
        holding.hold(session, "", "redaktor", here.clock(), until, "", "exercise")
        assert holding.holds(session, here.clock(), "exercise") == {""}
    here.sent()
    here.sweep()
    assert states(here) == {"hub": "verified", "facebook": "verified"}


def test_what_is_withdrawn_before_it_went_out_never_goes_out(here: Broadcast) -> None:
    here.emulator.faults.add(Fault("status", status=429, method="POST", path=FEED, headers={"Retry-After": "60"}))
    alert = here.sent()
    here.sweep()
    cancel = here.sent("cancel", earlier_id=alert, state="draft", approved_by_id=None)
    here.to_the_end()
    first, second = here.delivery("facebook", alert), here.delivery("facebook", cancel)
    assert (first.state, first.reason, second.state) == (Fate.EXPIRED, Why.OVERTAKEN, Fate.VERIFIED)
    assert len(here.effects) == 1


def test_an_update_waits_for_the_earlier_message_of_its_channel(here: Broadcast) -> None:
    here.emulator.faults.add(Fault("lose", method="POST", path=FEED))
    here.world.list_lag = 15
    alert = here.sent()
    here.sweep()
    update = here.sent("update", earlier_id=alert)
    here.sweep()
    assert (here.delivery("facebook", update).reason, len(here.effects)) == (Why.TURN, 1)
    here.to_the_end()
    assert [here.delivery("facebook", each).remote_id for each in (alert, update)] == [e.made for e in here.effects]


def test_what_was_sent_first_goes_first_whatever_was_drafted_first(here: Broadcast) -> None:
    drafted_first, sent_first = here.message(), here.message()
    here.emulator.faults.add(Fault("lose", method="POST", path=FEED))
    here.world.list_lag = 15
    here.commit(sent_first)
    here.sweep()
    here.commit(drafted_first)
    here.sweep()
    assert (here.delivery("facebook", drafted_first).reason, len(here.effects)) == (Why.TURN, 1)


def test_a_person_answers_where_no_machine_can_tell(here: Broadcast) -> None:
    here.emulator.faults.add(Fault("reset", method="POST", path=FEED, times=3))
    here.sent()
    here.to_the_end()
    asked = here.delivery("facebook")
    assert (asked.state, asked.attempts) == (Fate.NEEDS_HUMAN, 3)
    with here.db.transaction() as session:
        by_hand.answer(session, asked.id, "not_seen", "", "redaktor", here.clock())
    here.to_the_end()
    assert (here.delivery("facebook").state, len(here.effects)) == (Fate.VERIFIED, 1)
    with pytest.raises(CannotSend), here.db.transaction() as session:
        by_hand.answer(session, asked.id, "skip", "", "redaktor", here.clock())


def says(here: Broadcast, seen: str) -> None:
    with here.db.transaction() as session:
        by_hand.answer(session, here.delivery("facebook").id, seen, "", "redaktor", here.clock())


def test_what_was_left_out_while_nobody_knew_is_looked_for_before_it_is_sent_again(here: Broadcast) -> None:
    here.world.list_lag = 30
    here.emulator.faults.add(Fault("lose", method="POST", path=FEED))
    here.sent()
    here.sweep()
    for seen in ("skip", "not_seen", "skip", "not_seen"):
        says(here, seen)
        assert here.delivery("facebook").state == (Fate.REJECTED if seen == "skip" else Fate.UNKNOWN)
    here.to_the_end()
    assert (here.delivery("facebook").state, len(here.effects)) == (Fate.VERIFIED, 1)


def test_a_person_who_sees_nothing_twice_is_believed_where_the_channel_cannot_be_read(here: Broadcast) -> None:
    here.sent()
    unread = {"state": Fate.NEEDS_HUMAN, "attempts": 1, "lost_at": here.clock(), "progress": {"container": "7"}}
    change(here, **unread, looks=9)
    says(here, "not_seen")
    looked_for = here.delivery("facebook")
    assert (looked_for.state, looked_for.lost_at) == (Fate.UNKNOWN, unread["lost_at"])
    change(here, state=Fate.NEEDS_HUMAN)
    says(here, "not_seen")
    again = here.delivery("facebook")
    assert (again.state, again.lost_at, again.progress) == (Fate.PENDING, None, {"container": "7"})


def change(here: Broadcast, **values: Any) -> None:
    with here.db.transaction() as session:
        delivery = session.merge(here.delivery("facebook"))
        for name, value in values.items():
            setattr(delivery, name, value)


@pytest.mark.parametrize("broken", ["delivering.drafted", "carrying.around", "in_hand.entrusted"])
def test_a_fault_of_ours_is_a_persons_at_once(here: Broadcast, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    def fails(*_words: Any, **_more: Any) -> None:
        raise ImportError("hemligt")

    here.sent()
    with monkeypatch.context() as breaking:
        breaking.setattr(f"monitor.emergency.{broken}", fails)
        here.sweep()
    here.sweep()
    found = here.delivery("facebook")
    assert (found.state, found.reason, found.token, here.effects) == (Fate.NEEDS_HUMAN, Why.FAILED, 1, [])


def test_what_is_undecided_for_half_a_minute_is_told_once(here: Broadcast) -> None:
    here.emulator.faults.add(Fault("reset", method="POST", path=FEED))
    here.sent()
    here.sweep()
    here.wait(29)
    here.sweep()
    assert here.delivery("facebook").told_at is None
    here.wait(1)
    here.sweep()
    here.wait(1)
    here.sweep()
    with here.db.snapshot() as session:
        said = [line.text for line in session.query(LogLine) if "halv minut" in line.text]
        acts = {entry.act for entry in session.query(AuditEntry)}
    assert len(said) == 1
    assert "message.committed" in acts


def test_news_that_cannot_be_told_keep_nothing_from_going_out(here: Broadcast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_words: Any, **_more: Any) -> None:
        raise KeyError("rubrik")

    monkeypatch.setattr("monitor.emergency.afterwards.noted", fails)
    here.sent()
    here.wait(31)
    with ThreadPoolExecutor(8) as pool:
        assert here.sweep(pool=pool) == 2
    here.to_the_end()
    assert len(here.effects) == 1


def test_the_worker_survives_whatever_a_look_meets(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def fails(_db: object) -> bool:
        asked.append("looked")
        raise KeyError("ett fel av vårt eget slag")

    monkeypatch.setattr(worker, "database", lambda: None)
    monkeypatch.setattr(worker, "anything_under_way", fails)
    with ThreadPoolExecutor(1) as pool:
        worker.look(pool)
    assert asked == ["looked"]


def test_nothing_is_asked_of_the_database_but_once_while_no_message_is_under_way(here: Broadcast) -> None:
    assert here.sweep() == 0


def test_an_exercise_reaches_no_live_account(sqlite: Database, emulator: Emulator, hub: FakeHub) -> None:
    here = Broadcast(sqlite, emulator, "facebook", "youtube", "group", mode="exercise")
    here.sent()
    mark = emulator.ledger.mark()
    here.to_the_end()
    assert set(states(here).values()) == {Fate.VERIFIED}
    assert {each.way for each in here.deliveries() if each.place != "hub"} == {"rehearsed"}
    assert all(each.text.startswith("ÖVNING") for each in here.deliveries())
    assert emulator.ledger.since(mark).entries == []
