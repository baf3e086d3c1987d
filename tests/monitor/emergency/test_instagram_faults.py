"""What can go wrong with a container of Instagram's on its way to be one post, through the engine, counted there."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from config.settings import Settings
from connectors.emulator.faults import Fault, Kind
from connectors.emulator.graph import Graph
from connectors.emulator.server import Emulator
from monitor.alerts.judging import judge_only
from monitor.alerts.models import Notice
from monitor.db import Database
from monitor.emergency import by_hand, cards, holding
from monitor.emergency.delivery_notices import DELIVERY
from monitor.emergency.models import Delivery
from monitor.emergency.rules import Fate, Why
from monitor.emergency.telling_alone import OWN
from tests.connectors.graph_stages import graph_of
from tests.connectors.publishing_stages import Pictures, serving
from tests.monitor.emergency.broadcast import Broadcast, put_up_hub

PUBLISHES, NOBODY = "/media_publish$", "http://127.0.0.1:9"
GONE = '{"error":{"code":100,"error_subcode":33,"type":"GraphMethodException","message":"x"}}'


@pytest.fixture
def pictures(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pictures]:
    with serving() as found:
        monkeypatch.setenv("KANALVAKT_EMERGENCY__IMAGE_URL", found.url.rpartition("/")[0])
        yield found


@pytest.fixture
def here(sqlite: Database, emulator: Emulator, pictures: Pictures, monkeypatch: pytest.MonkeyPatch) -> Broadcast:
    put_up_hub(monkeypatch)
    return Broadcast(sqlite, emulator, "instagram")


def graph(here: Broadcast) -> Graph:
    return graph_of(here.stages["instagram"])


def is_out_once(here: Broadcast) -> Delivery:
    found = here.delivery("instagram")
    assert (found.state, len(here.effects)) == (Fate.VERIFIED, 1), found.reason
    assert found.remote_id == here.effects[0].made
    assert found.url
    return found


def containers(here: Broadcast) -> int:
    return len(graph(here).publishing.containers)


def until_prepared(here: Broadcast) -> str:
    """The container's id; it is not published yet."""
    here.sweep()
    assert here.effects == []
    return str(here.delivery("instagram").progress["container"])


def test_a_picture_that_is_worked_at_for_a_minute_is_awaited(here: Broadcast) -> None:
    graph(here).habits.processing = 60
    here.sent()
    here.to_the_end()
    is_out_once(here)
    assert containers(here) == 1


def test_a_container_that_fails_is_replaced(here: Broadcast) -> None:
    graph(here).habits.containers_end = "ERROR"
    here.sent()
    until_prepared(here)
    graph(here).habits.containers_end = ""
    here.to_the_end()
    is_out_once(here)
    assert containers(here) == 2


def test_a_picture_that_fails_again_and_again_is_a_persons(here: Broadcast) -> None:
    graph(here).habits.containers_end = "ERROR"
    here.sent()
    here.to_the_end()
    found = here.delivery("instagram")
    assert (found.state, here.effects, containers(here)) == (Fate.REJECTED, [], 3)
    assert found.remedy


def test_a_container_that_expired_while_everything_was_stopped_is_replaced(here: Broadcast) -> None:
    here.sent(expires=here.clock() + timedelta(days=3))
    until_prepared(here)
    with here.db.transaction() as session:
        until = here.clock() + timedelta(hours=25)
        holding.hold(session, "instagram", "redaktor", here.clock(), until, "")
    here.sweep()
    here.wait(25 * 3600)
    here.to_the_end()
    is_out_once(here)
    assert containers(here) == 2


def test_a_container_that_was_published_by_an_attempt_that_nobody_remembers_is_found(here: Broadcast) -> None:
    here.sent()
    container = until_prepared(here)
    here.wait(10)
    assert here.stages["instagram"].connector().publish(None, {"container": container})  # type: ignore[attr-defined]
    here.to_the_end()
    assert is_out_once(here).attempts == 0


@pytest.mark.parametrize(("fault", "lag"), [("lose", 15), ("truncate", 0), ("fail", 0), ("reset", 15)])
def test_a_lost_answer_of_publishing_is_cleared_up_by_the_container(here: Broadcast, fault: Kind, lag: int) -> None:
    here.world.list_lag = lag
    here.emulator.faults.add(Fault(fault, method="POST", path=PUBLISHES))
    here.sent()
    here.to_the_end()
    is_out_once(here)
    assert containers(here) == 1


def test_a_lost_answer_of_the_container_makes_another_one_that_alone_is_published(here: Broadcast) -> None:
    here.emulator.faults.add(Fault("lose", method="POST", path="/media$"))
    here.sent()
    here.to_the_end()
    is_out_once(here)
    assert containers(here) == 2


def test_where_its_address_cannot_be_read_after_publishing_it_is_out_all_the_same(here: Broadcast) -> None:
    """Instagram says for some seconds that there is no such media (100/33)."""
    here.sent()
    container = until_prepared(here)
    other = f"/(?!{container})[0-9]+$"
    here.emulator.faults.add(Fault("status", method="GET", path=other, status=400, body=GONE, times=4))
    here.to_the_end()
    is_out_once(here)


def test_somebody_elses_similar_post_is_not_taken_for_ours(here: Broadcast) -> None:
    here.world.list_lag = 15
    here.emulator.faults.add(Fault("lose", method="POST", path=PUBLISHES))
    message = here.sent()
    until_prepared(here)
    ours = here.delivery("instagram", message)
    here.wait(5)
    here.sweep()
    here.world.publish(here.stages["instagram"].account, ours.text.replace(ours.marker, "0123456789ab"))
    here.to_the_end()
    is_out_once(here)


def test_while_pictures_cannot_be_fetched_nothing_is_lost_and_people_are_told(
    here: Broadcast, pictures: Pictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as down:
        down.setenv("KANALVAKT_EMERGENCY__IMAGE_URL", NOBODY)
        here.sent()
        for _second in range(32):
            here.sweep()
            here.wait(1)
    waiting = here.delivery("instagram")
    assert (waiting.state, waiting.attempts, containers(here)) == (Fate.PENDING, 0, 0)
    assert waiting.told_at
    assert waiting.remedy
    here.to_the_end()
    is_out_once(here)
    assert pictures.asked == 1


@pytest.mark.parametrize(
    ("why", "ends"), [("nobody answers there", Fate.NEEDS_HUMAN), ("a page stands there instead", Fate.REJECTED)]
)
def test_pictures_that_can_never_be_fetched_are_a_persons_who_is_told_and_sends_it_when_they_can(
    here: Broadcast, pictures: Pictures, monkeypatch: pytest.MonkeyPatch, why: str, ends: Fate
) -> None:
    whole = pictures.content
    with monkeypatch.context() as down:
        if ends == Fate.REJECTED:
            pictures.content = b"<html>We are closed"
        else:
            down.setenv("KANALVAKT_EMERGENCY__IMAGE_URL", NOBODY)
        here.sent()
        here.to_the_end()
        judge_only(here.db, here.clock(), Settings(), OWN)
    found = here.delivery("instagram")
    assert (found.state, here.effects, bool(found.remedy)) == (ends, [], True), why
    with here.db.snapshot() as session:
        about = (Notice.subject_kind == DELIVERY, Notice.subject == str(found.id))
        assert set(session.scalars(select(Notice.recipient_id).where(*about))) == {"redaktor", "ersattare"}
    pictures.content = whole
    with here.db.transaction() as session:
        by_hand.answer(session, found.id, "not_seen", "", "redaktor", here.clock())
    here.to_the_end()
    is_out_once(here)


def test_where_the_days_posts_are_used_up_a_person_is_told_what_to_do(here: Broadcast) -> None:
    graph(here).habits.publishes_a_day = 0
    here.sent()
    here.to_the_end()
    found = here.delivery("instagram")
    assert (found.state, here.effects) == (Fate.REJECTED, [])
    assert found.remedy


def test_while_it_is_stopped_nothing_is_drawn_and_nothing_asked(
    here: Broadcast, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[object] = []
    monkeypatch.setattr(cards, "card", lambda *words: drawn.append(words) or b"")
    with here.db.transaction() as session:
        until = here.clock() + timedelta(minutes=1)
        holding.hold(session, "instagram", "redaktor", here.clock(), until, "")
    here.sent()
    mark = here.emulator.ledger.mark()
    for _round in range(10):
        here.sweep()
        here.wait(2)
    held = here.delivery("instagram")
    assert (held.state, held.reason, drawn) == (Fate.HELD, Why.STOPPED, [])
    assert here.emulator.ledger.since(mark).entries == []
    here.to_the_end()
    is_out_once(here)
    assert drawn == [], "the card lies on the hub"
