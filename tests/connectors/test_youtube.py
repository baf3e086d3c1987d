"""The YouTube connector on the emulated YouTube Data API: what a round finds, and what it costs."""

import threading
from datetime import datetime, timedelta

import pytest

from connectors.base import Account, Credential, ReadPlan
from connectors.emulator.faults import Fault
from connectors.emulator.server import Emulator
from connectors.emulator.world import Token, World
from connectors.youtube.answers import thread
from connectors.youtube.connector import SCOPE, YouTube
from tests.connectors.contract import ConnectorContract
from tests.connectors.stage import Stage, texts
from tests.connectors.youtube_town import KEY, OAUTH, Town


@pytest.fixture
def town(emulator: Emulator) -> Town:
    return Town(emulator)


class TestYouTube(ConnectorContract):
    tiers = verifies = declares = keeps_allowance = True
    site = "youtube"
    idle_cost = 2
    requests_before_lists = 2  # the access token, the held queue
    tiers = verifies = declares = keeps_allowance = True
    lookup_fails = "/comments$"

    def set_stage(self, emulator: Emulator) -> Stage:
        town = Town(emulator)
        channel = town.channel
        emulator.world.delete(town.video)
        return Stage(emulator, "youtube", channel, Credential(OAUTH), town.resident, channel.id)

    def dead_credential(self, stage: Stage) -> Credential:
        return other_token(stage, SCOPE, expires_at=stage.world.now - timedelta(days=1))

    def refuse_a_field(self, stage: Stage) -> str:
        body = '{"error":{"code":403,"errors":[{"reason":"forbidden"}]}}'
        fault = Fault("status", path="videos$", parameters={"part": "statistics"}, status=403, body=body, times=None)
        fault.cost = 1
        stage.emulator.faults.add(fault)
        return "statistics"

    def grant_it_again(self, stage: Stage) -> None:
        stage.emulator.faults.clear()

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
    assert texts(town.round(full=True)) == town.shown


def test_a_late_reply_in_a_deep_thread_is_found(town: Town) -> None:
    old, *_ = town.threads(50)
    town.replies(old, 9)
    town.round()
    late = town.ask("Hallå?", on=old)
    assert late.id in texts(town.round())


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


def test_a_videos_text_is_its_title_and_below_it_the_description(town: Town) -> None:
    post = town.world.publish(town.channel, "Så öppnar badet\nAllt om badet: https://www.tibro.se/bad\n#tibro")
    untold = town.world.publish(town.channel, "Bara en titel")
    told = {one.external_id: one.text for one in town.round(full=True).posts}
    assert (told[post.id], told[untold.id]) == (post.text, "Bara en titel")


def test_an_edit_is_dated(town: Town) -> None:
    asked = town.ask()
    town.round()
    town.world.advance(60)
    town.world.edit(asked, "När öppnar det igen?")
    (comment,) = town.round().comments
    assert (comment.text, comment.edited_at) == ("När öppnar det igen?", town.world.now)


def test_a_thread_that_is_not_public_is_held_even_where_its_comment_does_not_say_so() -> None:
    own = {"publishedAt": "2026-11-16T07:00:00Z", "updatedAt": "2026-11-16T07:00:00Z", "textDisplay": "Hej"}
    snippet = {"videoId": "film", "isPublic": False, "topLevelComment": {"id": "Ug1", "snippet": own}}
    assert thread({"id": "Ug1", "snippet": snippet}, held=False).top.held


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
    assert posts[town.video.id].text == "Nya badhuset\nSå blir det."
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
