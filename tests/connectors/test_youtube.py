"""The YouTube connector on the emulated YouTube Data API: what a round finds, and what it costs."""

import json
import threading
from datetime import datetime, timedelta

import pytest

from connectors.base import Account, Covered, Credential, Reading, ReadPlan
from connectors.emulator.server import Emulator
from connectors.emulator.world import Token, World
from connectors.youtube import SCOPE, YouTube
from tests.connectors.contract import ConnectorContract
from tests.connectors.stage import Stage
from tests.connectors.youtube_town import API_KEY, OAUTH, Town

KEY = {"api_key": API_KEY}


@pytest.fixture
def town(emulator: Emulator) -> Town:
    return Town(emulator)


def by_id(reading: Reading) -> dict[str, str]:
    return {one.external_id: one.text for one in reading.comments}


class TestYouTube(ConnectorContract):
    site = "youtube"
    idle_cost = 2
    requests_before_lists = 2  # the access token, the held queue

    def set_stage(self, emulator: Emulator) -> Stage:
        town = Town(emulator)
        channel = town.channel
        emulator.world.delete(town.video)
        return Stage(emulator, "youtube", channel, Credential(OAUTH), town.resident, channel.id)

    def dead_credential(self, stage: Stage) -> Credential:
        return other_token(stage, SCOPE, expires_at=stage.world.now - timedelta(days=1))

    def blind_credentials(self, stage: Stage) -> list[Credential]:
        return [other_token(stage, "https://www.googleapis.com/auth/youtube.readonly")]


class TestYouTubeWithAKey(TestYouTube):
    idle_cost = 1
    requests_before_lists = 0

    def set_stage(self, emulator: Emulator) -> Stage:
        stage = super().set_stage(emulator)
        stage.credential = Credential(KEY)
        return stage


def other_token(stage: Stage, *scopes: str, expires_at: datetime | None = None) -> Credential:
    stage.world.token(Token("another refresh token", "oauth", stage.account, scopes, expires_at))
    return Credential(OAUTH | {"refresh_token": "another refresh token"})


# -- completeness


def test_the_first_round_reads_everything_however_many_pages(town: Town) -> None:
    town.threads(230)
    deep = town.ask()
    town.replies(deep, 130)
    town.round()
    assert town.keeper.texts == town.shown


def test_a_full_round_reads_everything_again(town: Town) -> None:
    first, *_ = town.threads(120)
    town.replies(first, 120)
    town.round()
    assert by_id(town.round(full=True)) == town.shown


def test_a_late_reply_in_a_deep_thread_is_found(town: Town) -> None:
    old, *_ = town.threads(50)
    town.replies(old, 9)
    town.round()
    late = town.ask("Hallå?", on=old)
    assert late.id in by_id(town.round())


def test_more_new_comments_than_a_page_are_all_found_in_the_next_round(town: Town) -> None:
    town.threads(130)
    town.round()
    town.threads(240)
    town.round()
    assert town.keeper.texts == town.shown


def test_a_comment_by_somebody_whose_account_is_gone_is_kept(town: Town) -> None:
    town.world.comment(town.video, town.resident, "Hej", anonymous=True)
    (comment,) = town.round().comments
    assert comment.author is None


def test_a_community_post_has_comments_without_a_video(town: Town) -> None:
    post = town.world.publish(town.channel, "Glad midsommar")
    post.community = True
    town.round()
    town.ask("Detsamma", on=post)
    reading = town.round()
    (comment,) = reading.comments
    assert comment.post_external_id == town.channel.id
    assert [post.external_id for post in reading.posts] == [town.channel.id]
    assert reading.counted_cost == 2


# -- what a comment says


def test_a_comment_says_who_wrote_what_where_and_when(town: Town) -> None:
    asked = town.ask('Tack <b>så</b> mycket & "hej"\nhttps://www.example.org')
    (comment,) = town.round().comments
    assert comment.text == asked.text
    assert (comment.posted_at, comment.edited_at) == (asked.at, None)
    assert (comment.post_external_id, comment.thread_external_id) == (town.video.id, asked.id)
    assert comment.permalink == f"https://www.youtube.com/watch?v={town.video.id}&lc={asked.id}"
    assert comment.author is not None
    assert (comment.author.external_id, comment.author.handle) == (town.resident.id, town.resident.handle)


def test_a_reply_belongs_to_its_thread_and_mentions_by_handle(town: Town) -> None:
    asked = town.ask()
    answer = town.world.answer(asked, "På måndag!", mention=True)
    reply = next(one for one in town.round().comments if one.external_id == answer.id)
    assert (reply.parent_external_id, reply.thread_external_id) == (asked.id, asked.id)
    assert reply.mentions == (town.resident.handle,)


def test_an_edit_is_dated(town: Town) -> None:
    asked = town.ask()
    town.round()
    town.world.advance(60)
    town.world.edit(asked, "När öppnar det igen?")
    (comment,) = town.round().comments
    assert (comment.text, comment.edited_at) == ("När öppnar det igen?", town.world.now)


# -- the queue for approval


def test_held_comments_are_read_with_oauth_and_not_with_a_key(town: Town) -> None:
    held = town.ask(held=True)
    assert by_id(town.round()) == {held.id: held.text}
    assert town.keeper.held == {held.id}
    plan = ReadPlan(town.world.now)
    assert town.reader(KEY).read(plan).comments == ()


def test_a_reply_below_a_held_comment_is_found(town: Town) -> None:
    asked = town.ask()
    reply = town.ask("Jag undrar också", on=asked)
    town.world.hold(asked)
    assert by_id(town.round()).keys() == {asked.id, reply.id}


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
    assert held.id in by_id(reading)
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
    old, *_ = town.threads(150)
    town.replies(old, 7)
    town.round()
    town.world.delete(old)
    town.round(full=True)
    assert town.keeper.texts == town.shown


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
    assert by_id(reading)[late.id] == late.text
    assert by_id(reading)[old[1].id] == "Rättat"
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


# -- videos


def test_a_video_is_asked_for_once(town: Town) -> None:
    town.round()
    second = town.world.publish(town.channel, "Sommarlov")
    town.ask(on=second)
    reading = town.round()
    assert [(post.external_id, post.text) for post in reading.posts] == [(second.id, "Sommarlov")]
    assert reading.counted_cost == 3
    town.ask(on=second)
    assert town.round().counted_cost == 2


def test_a_full_round_brings_all_own_videos_with_their_number_of_comments(town: Town) -> None:
    silent = [town.world.publish(town.channel, f"Film {number}") for number in range(60)]
    town.replies(town.ask(), 2)
    posts = {post.external_id: post for post in town.round().posts}
    assert posts.keys() == {town.video.id, *(post.id for post in silent)}
    assert posts[town.video.id].declared_comments == 3
    assert posts[town.video.id].text == "Nya badhuset"
    assert posts[town.video.id].permalink == f"https://www.youtube.com/watch?v={town.video.id}"


def test_disabled_comments_on_a_video_are_no_error_of_the_channel(town: Town) -> None:
    quiet = town.world.publish(town.channel, "Inga kommentarer här")
    quiet.comments_disabled = True
    posts = {post.external_id: post for post in town.round().posts}
    assert posts[quiet.id].declared_comments is None


# -- threads


def test_many_connectors_in_many_threads_each_get_their_own_data() -> None:
    with Emulator() as emulator:
        channels = [_small_channel(emulator.world, number) for number in range(8)]
        town = Town(emulator)
        found: list[tuple[str, set[str]]] = []

        def work(channel: str, secrets: dict[str, str]) -> None:
            reader = YouTube(Account(channel), Credential(secrets), town.settings())
            readings = [reader.read(ReadPlan(emulator.world.now)) for _ in range(5)]
            found.extend((channel, {one.text for one in reading.comments}) for reading in readings)

        threads = [threading.Thread(target=work, args=channel) for channel in channels * 3]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 8 * 3 * 5
        assert all(texts == {f"Till {channel}"} for channel, texts in found)


def _small_channel(world: World, number: int) -> tuple[str, dict[str, str]]:
    account = world.account("youtube", f"UCmanyManyManyManyMany{number:02}", f"kanal{number}", f"Kanal {number}")
    world.comment(world.publish(account, "Film"), world.resident("youtube", "Bo"), f"Till {account.id}")
    world.token(Token(f"refresh-{number}", "oauth", account, (SCOPE,)))
    return account.id, {"client_id": "1", "client_secret": "2", "refresh_token": f"refresh-{number}"}
