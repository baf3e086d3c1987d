"""How thoroughly the YouTube connector looks in which reading, what each costs, and how it looks up single comments."""

from datetime import timedelta

import pytest

from connectors.base import GROWN, YOUNG, Covered
from connectors.emulator.faults import Fault
from connectors.emulator.server import Emulator
from connectors.emulator.world import Post
from tests.connectors.stage import texts
from tests.connectors.youtube_town import KEY, Town, refusal


@pytest.fixture
def town(emulator: Emulator) -> Town:
    return Town(emulator)


def film(town: Town, text: str = "Film") -> Post:
    return town.world.publish(town.channel, text)


def pass_by(town: Town, time: timedelta) -> None:
    town.world.advance(time.total_seconds())


def busy(town: Town, *, after: timedelta = timedelta()) -> None:
    """So much on another video that nothing older is on the first page any more."""
    pass_by(town, after)
    other = film(town, "Kommunfullmäktige")
    for number in range(110):
        town.ask(f"Synpunkt {number}", on=other)


# -- daily


def test_an_edit_of_a_reply_that_no_list_shows_is_seen_daily(town: Town) -> None:
    asked = town.ask()
    first, *_ = town.replies(asked, 9)
    town.round()
    town.world.advance(60)
    town.world.edit(first, "Rättat")
    assert first.id not in texts(town.round())
    assert texts(town.round(daily=True))[first.id] == "Rättat"


def test_daily_all_replies_are_read_even_where_a_new_one_explains_the_number(town: Town) -> None:
    asked = town.ask()
    first, *_ = town.replies(asked, 150)
    town.round()
    town.world.edit(first, "Rättat")
    town.ask("Hallå?", on=asked)
    assert texts(town.round(daily=True))[first.id] == "Rättat"


def test_a_thread_beyond_the_newest_page_that_was_edited_is_seen_daily(town: Town) -> None:
    old = town.ask()
    busy(town)
    town.round()
    town.world.edit(old, "Rättat")
    assert old.id not in texts(town.round())
    assert texts(town.round(daily=True))[old.id] == "Rättat"


def test_a_thread_beyond_the_newest_page_that_has_gone_is_claimed_daily(town: Town) -> None:
    old = town.ask()
    busy(town)
    town.round()
    town.world.delete(old)
    town.round()
    assert town.keeper.gone == set()
    town.round(daily=True)
    assert town.keeper.gone == {old.id}


def test_daily_the_list_goes_back_to_the_oldest_grown_video_and_no_video_is_walked_by_itself(town: Town) -> None:
    town.threads(230)
    busy(town)
    town.round()
    reading = town.round(daily=True)
    assert reading.counted_cost == 1 + 4 + 1  # held, four pages of threads, the counts of all videos
    assert texts(reading) == town.shown


def test_an_old_video_is_walked_daily_when_its_count_has_changed(town: Town) -> None:
    asked = town.ask()
    town.threads(120)
    busy(town, after=GROWN + timedelta(days=1))
    town.round()
    late = town.ask("Hallå?", on=asked)
    assert late.id not in texts(town.round())
    reading = town.round(daily=True)
    assert late.id in texts(reading)
    assert Covered("post", town.video.id) in reading.covered
    assert late.id not in texts(town.round(daily=True))


def test_an_old_video_whose_new_comment_was_on_the_first_page_is_not_walked(town: Town) -> None:
    town.ask()
    busy(town, after=GROWN + timedelta(days=1))
    town.round()
    town.ask("Finns det parkering?", on=town.video)
    town.round()
    mark = town.emulator.ledger.mark()
    town.round(daily=True)
    assert not [entry for entry in town.emulator.ledger.since(mark).entries if "videoId" in entry.parameters]


def test_declared_counts_come_with_every_daily_reading(town: Town) -> None:
    town.replies(town.ask(), 2)
    town.ask(held=True)
    town.round()
    town.ask()
    (post,) = town.round(daily=True).posts
    assert (post.declared_comments, post.counts_replies) == (4, True)


# -- young videos


def test_a_late_reply_on_a_young_video_beyond_the_newest_page_is_found_within_the_hour(town: Town) -> None:
    asked = town.ask()
    busy(town)
    town.round()
    late = town.ask("Hallå?", on=asked)
    town.round()
    pass_by(town, timedelta(hours=1))
    assert late.id in texts(town.round())
    assert town.keeper.texts == town.shown


def test_looking_at_the_counts_of_young_videos_costs_a_unit_an_hour_and_only_where_the_page_is_too_short(
    town: Town,
) -> None:
    town.ask()
    town.round()
    pass_by(town, timedelta(hours=2))
    assert town.round().counted_cost == 2
    busy(town)
    town.round()
    pass_by(town, timedelta(hours=1))
    assert [town.round().counted_cost for _ in range(3)] == [3, 2, 2]
    pass_by(town, YOUNG)
    assert town.round().counted_cost == 2


def test_a_busy_young_video_is_not_walked_for_comments_that_were_seen(town: Town) -> None:
    town.threads(150)
    town.round()
    for _ in range(4):
        town.threads(10)
        town.world.advance(3600)
        assert town.round().counted_cost <= 3


# -- the platform's list is not the truth


def test_a_list_that_ends_too_early_is_made_good_by_walking_the_videos_that_count_more(town: Town) -> None:
    town.emulator.youtube.habits.deepest = 120
    threads = town.threads(60)
    second = film(town)
    for number in range(100):
        town.ask(f"Fråga {number}", on=second)
    assert texts(town.round()) == town.shown
    town.round(full=True)
    town.round(daily=True)
    assert town.keeper.gone == set()
    town.world.edit(threads[0], "Rättat")
    assert texts(town.round(full=True))[threads[0].id] == "Rättat"


def test_a_video_that_counts_more_than_can_be_seen_is_walked_once_and_not_every_day(town: Town) -> None:
    spam = town.ask("Billiga glasögon")
    town.round()
    counts_one_more = town.emulator.faults.add(_says(town, 2))
    assert _walks(town) == 1
    assert _walks(town) == 0
    assert counts_one_more.done == 2
    assert spam.id in town.keeper.texts


def _says(town: Town, count: int) -> Fault:
    snippet = f'{{"publishedAt":"{town.video.at:%Y-%m-%dT%H:%M:%SZ}","channelId":"{town.channel.id}","title":"Film"}}'
    item = f'{{"id":"{town.video.id}","snippet":{snippet},"statistics":{{"commentCount":"{count}"}}}}'
    body = f'{{"kind":"youtube#videoListResponse","items":[{item}]}}'
    return Fault("status", path="videos$", status=200, body=body, times=None, cost=1)


def _walks(town: Town) -> int:
    mark = town.emulator.ledger.mark()
    town.round(daily=True)
    return sum("videoId" in entry.parameters for entry in town.emulator.ledger.since(mark).entries)


# -- looking up one by one


@pytest.mark.parametrize("others", [0, 8, 120])
def test_what_is_there_is_told_from_what_has_gone(town: Town, others: int) -> None:
    there, gone = town.ask(), town.ask()
    reply, lost = town.ask(on=there), town.ask(on=there)
    town.replies(there, others)
    town.round()
    for one in (gone, lost):
        town.world.delete(one)
    reading = town.round(verify=(there.id, gone.id, reply.id, lost.id))
    assert reading.looked_up == {there.id: True, reply.id: True, gone.id: False, lost.id: False}


def test_fifty_are_looked_up_for_a_unit(town: Town) -> None:
    asked = town.threads(51)
    town.round()
    assert town.round(verify=tuple(one.id for one in asked)).counted_cost == 2 + 2


@pytest.mark.parametrize("others", [0, 8])
def test_what_waits_for_approval_has_not_gone(town: Town, others: int) -> None:
    asked, other = town.ask(), town.ask()
    reply = town.ask(on=other)
    town.replies(other, others)
    town.round()
    town.world.hold(asked)
    town.world.hold(reply)
    town.round()
    for _ in range(120):
        town.ask(held=True)
    assert town.round(verify=(asked.id, reply.id)).looked_up == {asked.id: True, reply.id: True}


def test_the_whole_queue_for_approval_is_listed_before_anything_is_called_gone(town: Town) -> None:
    asked = town.ask()
    for _ in range(120):
        town.ask(held=True)
    town.round()
    town.world.hold(asked)
    town.round()
    assert town.round(verify=(asked.id,)).looked_up == {asked.id: True}


def test_where_the_queue_for_approval_is_refused_absence_proves_nothing(town: Town) -> None:
    held, there = town.ask(), town.ask()
    town.round()
    town.world.hold(held)
    fault = refusal("forbidden")
    fault.parameters = {"moderationStatus": "heldForReview"}
    town.emulator.faults.add(fault)
    reading = town.read(verify=(held.id, there.id))
    assert reading.looked_up == {there.id: True}


def test_with_a_key_what_the_public_cannot_see_is_not_there(town: Town) -> None:
    there, gone = town.threads(2)
    town.world.delete(gone)
    reading = town.round(verify=(there.id, gone.id), secrets=KEY)
    assert reading.looked_up == {there.id: True, gone.id: False}
