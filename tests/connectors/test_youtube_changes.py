"""What the YouTube connector notices of queues, deletions and releases, and what looking costs."""

import json

import pytest

from connectors.base import Covered, ReadPlan
from connectors.emulator.server import Emulator
from tests.connectors.stage import texts
from tests.connectors.youtube_town import KEY, Town


@pytest.fixture
def town(emulator: Emulator) -> Town:
    return Town(emulator)


# -- the queue for approval


def test_held_comments_are_read_with_oauth_and_not_with_a_key(town: Town) -> None:
    held = town.ask(held=True)
    assert texts(town.round()) == {held.id: held.text}
    assert town.keeper.held == {held.id}
    plan = ReadPlan(town.world.now)
    assert town.reader(KEY).read(plan).comments == ()


def test_a_reply_below_a_held_comment_is_found(town: Town) -> None:
    asked = town.ask()
    reply = town.ask("Jag undrar också", on=asked)
    town.world.hold(asked)
    assert texts(town.round()).keys() == {asked.id, reply.id}


def test_a_held_reply_below_a_public_comment_is_found_however_deep(town: Town) -> None:
    asked = town.ask()
    held = town.ask("Olämpligt", on=asked, held=True)
    town.replies(asked, 8)
    town.round()
    assert town.keeper.held == {held.id}
    assert town.keeper.texts == town.shown


def test_a_comment_that_is_let_through_becomes_public(town: Town) -> None:
    held = town.ask(held=True)
    town.round()
    town.world.release(held)
    town.round()
    assert town.keeper.texts == {held.id: held.text}
    assert town.keeper.held == set()


def test_a_comment_let_through_beyond_the_newest_hundred_is_looked_up(town: Town) -> None:
    held = town.ask(held=True)
    town.threads(110)
    town.round()
    town.world.release(held)
    reading = town.round()
    assert held.id in texts(reading)
    assert town.keeper.texts == town.shown
    assert reading.counted_cost == 3


def test_a_comment_let_through_while_we_read_is_not_taken_for_gone(town: Town) -> None:
    held = town.ask(held=True)
    town.round()

    def let_through() -> None:
        if town.emulator.ledger.entries[-1].parameters.get("moderationStatus"):
            town.world.release(held)

    reading = town.reader().read(ReadPlan(town.world.now, state=town.state, keep_alive=let_through))
    town.keeper.take(reading)
    assert not held.held
    assert town.keeper.texts == town.shown


def test_a_thread_in_both_queues_is_fetched_once(town: Town) -> None:
    asked = town.ask()
    town.replies(asked, 9)
    town.ask("Olämpligt", on=asked, held=True)
    town.round()
    town.ask("Hallå?", on=asked)
    assert town.round().counted_cost == 3
    assert town.keeper.texts == town.shown


def test_an_old_held_reply_stays_held_while_new_ones_come_below_the_same_comment(town: Town) -> None:
    asked = town.ask()
    held = town.ask("Olämpligt", on=asked, held=True)
    town.replies(asked, 150)
    town.round()
    town.ask("Hallå?", on=asked)
    town.round()
    assert town.keeper.held == {held.id}


def test_held_replies_beyond_the_newest_hundred_held_threads_are_not_taken_for_gone(town: Town) -> None:
    asked = town.ask()
    held = town.ask("Olämpligt", on=asked, held=True)
    for number in range(120):
        town.ask(f"Skräp {number}", held=True)
    town.round()
    town.ask("Hallå?", on=asked)
    town.round()
    assert held.id in town.keeper.held


def test_a_rejected_reply_disappears(town: Town) -> None:
    asked = town.ask()
    held = town.ask("Olämpligt", on=asked, held=True)
    town.round()
    town.world.reject(held)
    town.round()
    assert town.keeper.gone == {held.id}


def test_a_deleted_reply_below_a_held_comment_disappears(town: Town) -> None:
    asked = town.ask()
    reply = town.ask("Jag undrar också", on=asked)
    town.world.hold(asked)
    town.round()
    town.world.delete(reply)
    town.round()
    assert town.keeper.gone == {reply.id}


def test_a_rejected_comment_disappears(town: Town) -> None:
    held = town.ask(held=True)
    town.round()
    town.world.reject(held)
    town.round()
    assert town.keeper.gone == {held.id}


# -- disappearance


def test_a_deleted_thread_disappears_with_its_replies(town: Town) -> None:
    first, second = town.threads(2)
    town.replies(first, 3)
    town.replies(second, 8)
    town.round()
    town.world.delete(first)
    town.world.delete(second)
    town.round()
    assert town.keeper.texts == {}


@pytest.mark.parametrize("others", [0, 2, 8, 120])
def test_a_deleted_reply_disappears(town: Town, others: int) -> None:
    asked = town.ask()
    doomed = town.ask("Ångrar mig", on=asked)
    town.replies(asked, others)
    town.round()
    town.world.delete(doomed)
    town.round()
    assert town.keeper.gone == {doomed.id}


@pytest.mark.parametrize("others", [0, 8])
def test_a_reply_deleted_while_another_came_disappears(town: Town, others: int) -> None:
    asked = town.ask()
    doomed = town.ask("Ångrar mig", on=asked)
    town.replies(asked, others)
    town.round()
    town.world.delete(doomed)
    town.ask("Hallå?", on=asked)
    town.round()
    assert town.keeper.gone == {doomed.id}


def test_what_the_newest_hundred_do_not_show_is_not_taken_for_gone(town: Town) -> None:
    old, *_ = town.threads(150)
    town.replies(old, 7)
    town.round()
    town.threads(40)
    town.round()
    town.round()
    assert town.keeper.gone == set()


def test_threads_of_the_same_second_around_the_end_of_the_page_are_not_taken_for_gone(town: Town) -> None:
    for number in range(150):
        town.world.comment(town.video, town.resident, f"Samtidigt {number}")
    town.threads(60)
    town.round()
    town.round()
    assert town.keeper.texts == town.shown


def test_a_full_round_finds_what_disappeared_beyond_the_newest_hundred(town: Town) -> None:
    old, older, *_ = town.threads(150)
    doomed, *_ = town.replies(old, 7)
    town.round()
    town.world.delete(doomed)
    town.world.delete(older)
    town.round(full=True)
    assert town.keeper.gone == {doomed.id, older.id}


def test_a_key_says_nothing_about_held_comments(town: Town) -> None:
    held = town.ask(held=True)
    town.round()
    town.world.reject(held)
    town.round(secrets=KEY)
    town.round(full=True, secrets=KEY)
    assert town.keeper.gone == set()


def test_a_video_made_private_takes_its_comments_along(town: Town) -> None:
    town.replies(town.ask(), 2)
    town.round()
    town.video.published = False
    town.round()
    assert town.keeper.texts == {}


# -- cost


@pytest.mark.parametrize(("secrets", "units"), [(None, 2), (KEY, 1)])
def test_an_idle_round_costs_one_unit_a_queue(town: Town, secrets: dict[str, str] | None, units: int) -> None:
    for asked in town.threads(20):
        town.replies(asked, 7)
    town.ask(held=True)
    chosen = {"secrets": secrets} if secrets else {}
    town.round(**chosen)
    mark = town.emulator.ledger.mark()
    reading = town.round(**chosen)
    assert reading.counted_cost == units == town.emulator.ledger.since(mark).cost("youtube")
    assert reading.requests == town.emulator.ledger.since(mark).requests()


def test_each_thread_that_changed_beyond_what_is_shown_costs_one_unit(town: Town) -> None:
    deep = town.threads(4)
    for asked in deep:
        town.replies(asked, 150)
    town.round()
    for asked in deep[:3]:
        town.ask("Hallå?", on=asked)
    assert town.round().counted_cost == 2 + 3
    assert town.keeper.texts == town.shown


def test_little_is_remembered_of_a_large_channel(town: Town) -> None:
    for asked in town.threads(300)[::2]:
        town.ask("Svar", on=asked)
    town.round()
    town.round()
    assert len(json.dumps(town.state)) < 10_000
    assert town.round().posts == ()


def test_a_change_that_is_shown_costs_nothing(town: Town) -> None:
    asked = town.ask()
    town.replies(asked, 3)
    town.round()
    town.ask("Hallå?", on=asked)
    assert town.round().counted_cost == 2


def test_older_threads_that_wait_are_looked_up_fifty_at_a_time(town: Town) -> None:
    old = town.threads(70)
    town.threads(110)
    town.round()
    late = town.ask("Fortfarande inget svar", on=old[0])
    town.world.edit(old[1], "Rättat")
    reading = town.round(*(thread.id for thread in old))
    assert reading.counted_cost == 2 + 2
    assert texts(reading)[late.id] == late.text
    assert texts(reading)[old[1].id] == "Rättat"
    assert town.keeper.gone == set()


def test_a_watched_thread_among_the_newest_costs_nothing_more(town: Town) -> None:
    asked = town.ask()
    town.round()
    assert town.round(asked.id).counted_cost == 2


def test_an_older_watched_thread_that_is_gone_is_claimed(town: Town) -> None:
    old, *_ = town.threads(120)
    reply = town.ask(on=old)
    town.round()
    town.world.delete(old)
    reading = town.round(old.id)
    assert Covered("thread", old.id) in reading.covered
    assert reply.id in town.keeper.gone


def test_every_request_is_announced_and_counted(town: Town) -> None:
    town.threads(101)
    announced: list[int] = []
    plan = ReadPlan(town.world.now, keep_alive=lambda: announced.append(town.emulator.ledger.mark()))
    mark = town.emulator.ledger.mark()
    reading = town.reader().read(plan)
    assert announced == list(range(mark, mark + reading.requests))
    assert reading.requests == town.emulator.ledger.since(mark).requests()
