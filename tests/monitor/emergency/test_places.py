"""A message in all places of a YouTube channel, through the whole engine, counted at the platform."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from config.settings import Settings
from connectors.emulator.faults import Fault, Kind
from connectors.emulator.server import Emulator
from connectors.youtube.errors import next_pacific_midnight
from monitor.db import Database
from monitor.emergency import films, holding, places
from monitor.emergency.claimed import anything_to_put_back
from monitor.emergency.composing import SHORT, texts
from monitor.emergency.models import Delivery, Incident, LogLine, Message, Version
from monitor.emergency.putting_back import put_back_due
from monitor.register.models import Channel
from tests.monitor.emergency.broadcast import Broadcast, put_up_hub
from workers import emergency as worker

OWN = "Här finns kommunens filmer."
PUT = ("PUT", "/channels$")
UPLOAD = ("PUT", "/upload/")


@pytest.fixture
def town(sqlite: Database, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Broadcast]:
    """A YouTube channel with all its places; a film is what a test says it is."""
    put_up_hub(monkeypatch)
    monkeypatch.setenv("KANALVAKT_HOME", str(tmp_path))
    monkeypatch.setenv("KANALVAKT_EMERGENCY__YOUTUBE_VIDEO", "true")
    monkeypatch.setattr(places, "can_film", lambda: True)
    monkeypatch.setattr(films, "encoded", lambda _picture: b"a film")
    emulator.world.clock = datetime.now(UTC)  # until when a quota lasts is said by ours
    here = Broadcast(sqlite, emulator, "youtube")
    emulator.youtube.texts.describe(here.stages["youtube"].account, OWN)
    yield here
    assert "hemlig" not in str([each.progress for each in here.deliveries()])


def description(town: Broadcast) -> str:
    return town.emulator.youtube.texts.description(town.stages["youtube"].account)


def described(town: Broadcast) -> int:
    """How often the channel's text was changed."""
    return sum(each.kind == "describe" for each in town.world.effects)


def put_back(town: Broadcast) -> int:
    return put_back_due(town.db, Settings(), town.clock)


def end(town: Broadcast) -> None:
    with town.db.transaction() as session:
        incident = session.get_one(Incident, town.incident)
        incident.state, incident.closed_at = "closed", town.clock()


def lines(town: Broadcast) -> str:
    with town.db.snapshot() as session:
        return "\n".join(session.scalars(select(LogLine.text)))


def test_each_place_gets_the_message_once_and_none_of_them_counts_as_delivered(town: Broadcast) -> None:
    town.sent()
    town.to_the_end()
    found = {each.place: (each.state, each.way) for each in town.deliveries() if each.place != "hub"}
    assert found == dict.fromkeys(("youtube", "youtube:text", "youtube:video"), ("verified", "best_effort"))
    assert (described(town), len(town.effects)) == (1, 2)  # a comment below the only film, and the new one
    marker = town.delivery("hub").marker
    assert marker in description(town)
    assert description(town).endswith(OWN)
    assert len(town.delivery("youtube:text").text) <= SHORT


@pytest.mark.parametrize(("place", "call"), [("youtube:text", PUT), ("youtube:video", UPLOAD)])
@pytest.mark.parametrize("fault", ["lose", "reset", "hang", "empty"])
def test_a_lost_answer_is_settled_before_anything_is_sent_again_and_it_is_there_once(
    town: Broadcast, place: str, call: tuple[str, str], fault: Kind
) -> None:
    town.emulator.faults.add(Fault(fault, method=call[0], path=call[1], seconds=0.1 if fault == "hang" else 0))
    town.sent()
    town.to_the_end()
    assert town.delivery(place).state == "verified"
    assert town.delivery(place).attempts == (1 if fault == "lose" else 2)
    assert (described(town), len(town.effects)) == (1, 2)


def test_the_film_of_the_message_gets_no_comment_that_says_the_same_again(town: Broadcast) -> None:
    """The places go at the same time: the film may be there before the comments ask for the newest ones."""
    town.emulator.faults.add(Fault("status", path="/playlistItems", status=503))
    town.sent()
    town.to_the_end()
    assert town.delivery("youtube").state == "verified"
    film, comment = town.effects
    assert film.made is not None
    assert comment.target not in (film.target, film.made)


@pytest.mark.parametrize(("place", "call"), [("youtube:text", PUT), ("youtube:video", UPLOAD)])
def test_a_login_that_ends_in_the_middle_is_told_and_the_other_places_go_on(
    town: Broadcast, place: str, call: tuple[str, str]
) -> None:
    body = '{"error":{"code":401,"errors":[{"reason":"authError","domain":"global","message":"x"}]}}'
    town.emulator.faults.add(Fault("status", method=call[0], path=call[1], status=401, body=body))
    town.sent()
    town.to_the_end()
    assert town.delivery(place).state == "rejected"
    assert town.delivery(place).remedy
    assert town.delivery("youtube").state == "verified"
    assert described(town) + len(town.effects) == 2


def test_used_up_uploads_wait_by_themselves_and_hold_up_no_other_place(town: Broadcast) -> None:
    project = town.stages["youtube"].credential.get("client_id") or ""
    town.emulator.youtube.quota.charge(town.clock(), "x", "videos.list")  # the day has begun
    town.emulator.youtube.quota.used[project.partition("-")[0], "videos.insert"] = 100
    town.sent(expires=town.clock() + timedelta(days=2))
    for _round in range(4):
        town.sweep()
        town.wait(1)
    assert (town.delivery("youtube").state, town.delivery("youtube:text").state) == ("verified", "verified")
    waits = town.delivery("youtube:video")
    assert (waits.state, waits.attempts) == ("pending", 0)
    town.wait(86_400)
    town.to_the_end()
    assert town.delivery("youtube:video").state == "verified"
    assert len(town.effects) == 2


def test_a_platform_that_is_slow_makes_nothing_twice(town: Broadcast) -> None:
    town.emulator.faults.add(Fault("latency", method="PUT", times=None, seconds=0.5))
    town.sent()
    town.to_the_end()
    assert {each.state for each in town.deliveries()} == {"verified"}
    done = [(each.kind, each.target) for each in town.effects]  # below the new film too, where that was there first
    assert (described(town), len(done)) in [(1, 2), (1, 3)]
    assert len(set(done)) == len(done)


def test_an_update_takes_the_place_of_what_was_said_and_the_end_gives_the_channel_its_own_text_back(
    town: Broadcast,
) -> None:
    first = town.sent()
    town.to_the_end()
    town.sent("update", earlier_id=first)
    with town.db.transaction() as session:
        session.get_one(Message, first).state = "superseded"
    town.to_the_end()
    marker = town.deliveries()[-1].marker
    assert (description(town).count("———"), marker in description(town)) == (1, True)
    assert put_back(town) == 0, "the incident goes on"
    end(town)
    assert put_back(town) == 2
    assert (description(town), described(town)) == (OWN, 3)
    assert put_back(town) == 0
    assert not anything_to_put_back(town.db)


def test_a_withdrawal_says_nothing_in_the_channels_text_and_gives_it_back(town: Broadcast) -> None:
    first = town.sent()
    town.to_the_end()
    town.sent("cancel", earlier_id=first, final=True)
    with town.db.transaction() as session:
        session.get_one(Message, first).state = "cancelled"
    town.to_the_end()
    assert put_back(town) == 1
    assert description(town) == OWN
    assert [each.place for each in town.deliveries() if each.place == "youtube:text"] == ["youtube:text"]
    assert "är tillbaka" in lines(town)


def test_what_is_out_of_date_is_taken_away(town: Broadcast) -> None:
    town.sent(expires=town.clock() + timedelta(hours=1))
    town.to_the_end()
    assert put_back(town) == 0
    town.wait(3601)
    assert put_back(town) == 1
    assert description(town) == OWN


@pytest.mark.parametrize("fault", ["lose", "reset", "html"])
def test_putting_back_is_tried_again_until_it_is_done_once(town: Broadcast, fault: Kind) -> None:
    town.sent()
    town.to_the_end()
    end(town)
    town.emulator.faults.add(Fault(fault, method="PUT", path="/channels$"))
    assert put_back(town) == 0
    assert put_back(town) == 0, "not so soon"
    town.wait(31)
    assert put_back(town) == 1
    assert (description(town), described(town)) == (OWN, 2)


def test_what_cannot_be_put_back_is_told_once_and_waits_as_long_as_the_platform_says(town: Broadcast) -> None:
    town.sent()
    town.to_the_end()
    end(town)
    town.emulator.youtube.quota.per_day = 0
    said = [next_pacific_midnight(datetime.now(UTC))]
    assert put_back(town) == 0
    said.append(next_pacific_midnight(datetime.now(UTC)))
    assert datetime.fromisoformat(town.delivery("youtube:text").progress["back"]["next_at"]) in said
    town.emulator.youtube.quota.per_day = 10_000
    town.emulator.faults.add(Fault("status", method="PUT", path="/channels$", status=403, times=None))
    for _attempt in range(4):
        town.wait(86_400)
        assert put_back(town) == 0
    assert lines(town).count("för hand") == 1
    assert description(town) != OWN


@pytest.mark.parametrize("place", ["hub", "youtube", "youtube:text"])
def test_the_kill_switch_stops_every_kind_of_place_that_is_armed(town: Broadcast, place: str) -> None:
    def clock() -> datetime:
        """Somebody presses the switch just when it is armed."""
        if town.delivery(place).state == "armed":
            with town.db.transaction() as session:
                until = town.clock() + timedelta(minutes=5)
                holding.hold(session, "", "redaktor", town.clock(), until, "Fel ort")
        return town.clock()

    town.sent()
    with town.db.transaction() as session:  # it alone is left to be done
        session.execute(update(Delivery).where(Delivery.place != place).values(state="verified"))
    town.sweep(clock=clock)
    stopped = town.delivery(place)
    assert (stopped.state, stopped.attempts, stopped.remote_id) == ("held", 0, None)
    assert [each for each in town.world.effects if place == "youtube" and each.kind == "reply"] == []


def test_the_worker_puts_it_back(town: Broadcast, monkeypatch: pytest.MonkeyPatch) -> None:
    town.sent()
    town.to_the_end()
    monkeypatch.setattr(worker, "database", lambda: town.db)
    monkeypatch.setattr(worker, "settings", Settings)
    worker.PuttingBack().look()
    assert described(town) == 1
    end(town)
    worker.PuttingBack().look()
    assert description(town) == OWN


def test_what_somebody_wrote_in_studio_stays(town: Broadcast) -> None:
    town.sent()
    town.to_the_end()
    end(town)
    town.emulator.youtube.texts.describe(town.stages["youtube"].account, "Nytt")
    assert put_back(town) == 1
    assert (description(town), described(town)) == ("Nytt", 1)


def test_who_stops_the_channel_stops_all_its_places(town: Broadcast) -> None:
    with town.db.transaction() as session:
        holding.hold(session, "youtube", "redaktor", town.clock(), town.clock() + timedelta(minutes=30), "fel")
    town.sent()
    town.sweep()
    assert {each.state for each in town.deliveries() if each.channel_id} == {"held"}
    with town.db.transaction() as session:
        holding.release(session, "youtube", "redaktor", town.clock())
    town.to_the_end()
    assert {each.state for each in town.deliveries()} == {"verified"}


@pytest.mark.parametrize(
    ("left_out", "gone"),
    [("youtube", {"youtube", "youtube:text", "youtube:video"}), ("youtube:video", {"youtube:video"})],
)
def test_who_leaves_out_the_channel_leaves_out_everything_of_it(town: Broadcast, left_out: str, gone: set[str]) -> None:
    message = town.message()
    with town.db.transaction() as session:
        session.add(Version(message_id=message, place=left_out, left_out=True))
    every = {"hub", "youtube", "youtube:text", "youtube:video"}
    assert {each.place for each in town.commit(message)} == every - gone


def test_without_an_encoder_or_where_nobody_wants_it_there_is_no_video(
    town: Broadcast, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = town.message()
    with town.db.snapshot() as session:
        channel, message = session.get_one(Channel, "youtube"), session.get_one(Message, number)
        assert "youtube:video" in texts(session, message, [channel], Settings())
        monkeypatch.setattr(places, "can_film", lambda: False)
        assert "youtube:video" not in texts(session, message, [channel], Settings())
        assert places.lacks_encoder([channel], Settings())
        monkeypatch.setenv("KANALVAKT_EMERGENCY__YOUTUBE_VIDEO", "false")
        monkeypatch.setenv("KANALVAKT_EMERGENCY__YOUTUBE_TEXT", "false")
        assert not places.lacks_encoder([channel], Settings())
        assert set(texts(session, message, [channel], Settings())) == {"hub", "youtube"}
