"""Publishing crisis messages: one contract for every platform, counted at the platforms themselves."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors import PLATFORMS, connect
from connectors.base import Account, Credential
from connectors.emulator.faults import Fault, Kind
from connectors.emulator.server import Emulator
from connectors.errors import ConnectorError, OutcomeUnknown, Refused, Unavailable
from connectors.publishing import LAST_LOOK, Publisher
from tests.connectors.graph_stages import another, graph_of
from tests.connectors.publishing_stages import LINK, MARKER, PLACES, TEXT, Pictures, Press, jpeg, press, serving
from tests.connectors.writing_stages import STAGES

THE_CALL = {
    "facebook": "/feed$",
    "instagram": "/media_publish$",
    "youtube": "/commentThreads$",
    "blog": r"/posts/\d+$",
}


class Stopped(Unavailable):
    """What somebody says who is asked at the last moment."""

    def __init__(self) -> None:
        super().__init__("stopped")


DONE: tuple[Kind, ...] = ("truncate", "lose")
NOT_DONE: tuple[Kind, ...] = ("html", "empty", "reset", "close", "hang")


@pytest.fixture
def pictures() -> Iterator[Pictures]:
    with serving() as found:
        yield found


@pytest.fixture(autouse=True)
def _loopback_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANALVAKT_PRIVATE_ADDRESSES", "true")


@pytest.fixture(params=PLACES)
def ready(request: pytest.FixtureRequest, emulator: Emulator, pictures: Pictures) -> Press:
    """Everything is prepared: one call makes it public."""
    made = press(emulator, request.param, pictures)
    made.prepare()
    return made


class TestEveryPublisher:
    def test_makes_nothing_public_until_it_is_told_to(self, ready: Press) -> None:
        assert ready.effects == []
        assert ready.find().found is None

    def test_publishes_once_with_one_call_and_reads_it_back(self, ready: Press) -> None:
        mark = ready.stage.emulator.ledger.mark()
        published = ready.publish()
        sent = [e for e in ready.stage.emulator.ledger.since(mark).entries if not e.path.endswith("/token")]
        assert [entry.method for entry in sent] == ["POST"] * ready.once
        assert len(ready.effects) == ready.once
        assert ready.effects[0].made == published.remote_id
        verified = ready.publisher.verify(ready.draft, published)
        assert verified.remote_id == published.remote_id
        assert verified.url.startswith(("https://www.", "http://127.0.0.1"))

    def test_takes_a_last_look_right_before_the_call_and_sends_nothing_where_it_says_no(self, ready: Press) -> None:
        def stopped() -> None:
            raise Stopped

        looked = LAST_LOOK.set(stopped)
        mark = ready.stage.emulator.ledger.mark()
        try:
            with pytest.raises(Stopped):
                ready.publish()
        finally:
            LAST_LOOK.reset(looked)
        sent = [each.method for each in ready.stage.emulator.ledger.since(mark).entries if each.path.endswith("/token")]
        assert sent == [each.method for each in ready.stage.emulator.ledger.since(mark).entries if each.method != "GET"]
        assert ready.effects == []

    @pytest.mark.parametrize("fault", [*DONE, *NOT_DONE])
    def test_whose_answer_is_lost_never_publishes_again_and_is_found_by_its_marker(
        self, ready: Press, fault: Kind
    ) -> None:
        seconds = 0.2 if fault == "hang" else 0
        call = THE_CALL[ready.stage.platform]
        ready.stage.emulator.faults.add(Fault(fault, method="POST", path=call, times=None, seconds=seconds))
        with pytest.raises(OutcomeUnknown) as caught:
            ready.publish()
        assert caught.value.__context__ is None, "what was written would be in it"
        ready.stage.emulator.faults.clear()
        assert len(ready.effects) == (1 if fault in DONE else 0)
        search = ready.find()
        assert search.complete
        assert (search.found.remote_id if search.found else None) == (ready.effects[0].made if ready.effects else None)

    def test_without_a_connection_certainly_published_nothing(
        self, ready: Press, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as closed:
            nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}"
        monkeypatch.setenv("KANALVAKT_GRAPH_URL", nowhere)
        monkeypatch.setenv("KANALVAKT_YOUTUBE_URL", nowhere)
        if ready.stage.platform == "blog":  # whose API is where it was found
            ready.progress["root"] = ready.progress["root"].replace(ready.stage.emulator.url, nowhere)
        with pytest.raises(Unavailable):
            ready.publish()
        assert ready.effects == []

    def test_takes_neither_the_newest_nor_what_is_similar_nor_what_a_resident_wrote(self, ready: Press) -> None:
        world, account = ready.stage.world, ready.stage.account
        for text in (TEXT.replace(MARKER, f"{MARKER}1"), TEXT.replace(MARKER, "k7-2026"), f"x{MARKER}"):
            _post(ready, text)
        if ready.stage.platform == "youtube":
            ready.stage.comment(world.posts_of(account)[0], TEXT)
        elif ready.stage.platform == "facebook":
            world.publish(account, TEXT, author=ready.stage.resident)
        search = ready.find()
        assert (search.found, search.complete) == (None, True)

    def test_finds_nothing_before_the_lists_show_it_and_then_does(self, ready: Press) -> None:
        ready.stage.world.list_lag = 15
        published = ready.publish()
        before = ready.find()
        if ready.stage.platform not in ("instagram", "blog"):  # a container, and a post of a known number, tell at once
            assert before.found is None
        ready.stage.world.advance(15)
        assert ready.publisher.settle >= timedelta(seconds=15)
        assert ready.find().found == replace(published, url=ready.publisher.verify(ready.draft, published).url)

    def test_does_not_verify_what_is_gone_or_was_changed(self, ready: Press) -> None:
        published = ready.publish()
        world = ready.stage.world
        thing = world.posts.get(published.remote_id) or world.comments[published.remote_id]
        world.edit(thing, "Något annat")
        with pytest.raises(Refused):
            ready.publisher.verify(ready.draft, published)
        world.delete(thing)
        with pytest.raises(Refused):
            ready.publisher.verify(ready.draft, published)

    @pytest.mark.parametrize("text", [" \n", "å" * 70_000])
    def test_refuses_a_text_that_is_none_or_too_long_before_any_call(self, ready: Press, text: str) -> None:
        mark = ready.stage.emulator.ledger.mark()
        with pytest.raises(Refused):
            ready.publisher.prepare(replace(ready.draft, text=text), {}, ready.stage.world.now)
        assert ready.stage.emulator.ledger.since(mark).entries == []

    def test_prepares_again_without_harm(self, ready: Press) -> None:
        before = ready.progress
        ready.prepare()
        assert ready.progress == before
        ready.progress = {}
        ready.prepare()
        ready.publish()
        assert len(ready.effects) == ready.once


def _post(ready: Press, text: str) -> None:
    """The organisation itself writes where `find` looks."""
    world, account = ready.stage.world, ready.stage.account
    if ready.stage.platform == "youtube":
        world.comment(world.posts_of(account)[0], account.person, text)
    else:
        world.publish(account, text)


def test_those_that_can_publish_say_so() -> None:
    secrets = {"token": "x", "client_id": "x", "client_secret": "x", "refresh_token": "x"}
    from config.settings import Settings

    able = {
        platform
        for platform in PLATFORMS.keys() - {"instagram_public"}
        if isinstance(connect(platform, Account("UC1"), Credential(secrets), Settings()), Publisher)
    }
    assert able == {"facebook", "instagram", "youtube", "blog"}


# -- Facebook


@pytest.fixture
def page(emulator: Emulator, pictures: Pictures) -> Press:
    return press(emulator, "facebook", pictures)


def test_a_link_that_facebook_cannot_read_is_left_out_and_no_other(page: Press) -> None:
    page.prepare()
    page.prepare()  # it had to wait in between
    assert page.stage.world.posts[page.publish().remote_id].link == LINK
    graph_of(page.stage).habits.links_fail = True
    without = page.publish(replace(page.draft, text=f"Andra beskedet {LINK}"))
    assert not page.stage.world.posts[without.remote_id].link
    assert len(page.effects) == 2


def test_a_repetition_that_facebook_refuses_is_perhaps_our_own(page: Press) -> None:
    page.prepare()
    page.publish()
    with pytest.raises(OutcomeUnknown):
        page.publish()
    assert len(page.effects) == 1
    assert page.find().found is not None


def test_old_posts_and_odd_orders_do_not_hide_ours(page: Press) -> None:
    for number in range(60):
        page.stage.post(f"Tidigare {number}")
    page.prepare()
    since, published = page.stage.world.now, page.publish()
    for number in range(60):
        page.stage.post(f"Senare {number}")
    graph_of(page.stage).habits.odd_order = True  # ours is on the second page, after older and newer ones
    found = page.publisher.find(page.draft, page.progress, since).found
    assert found is not None
    assert found.remote_id == published.remote_id


@pytest.mark.parametrize("author", ["", ',"from":{"id":"100064000000001"}'])
def test_where_authors_are_withheld_or_another_id_nothing_is_certain(page: Press, author: str) -> None:
    page.prepare()
    page.publish()
    body = f'{{"data":[{{"id":"1_2","message":"{LINK}","created_time":"2026-11-16T07:00:00+0000"{author}}}]}}'
    page.stage.emulator.faults.add(Fault("status", path="/published_posts$", status=200, body=body))
    search = page.find()
    assert (search.found, search.complete) == (None, False)


@pytest.mark.parametrize("platform", ["facebook", "instagram"])
def test_a_token_without_the_permission_publishes_nothing(
    emulator: Emulator, pictures: Pictures, platform: str
) -> None:
    made = press(emulator, platform, pictures)
    scopes = ("pages_read_engagement", "pages_manage_engagement", "instagram_basic", "instagram_manage_comments")
    made.stage.credential = another(made.stage, "page", *scopes)
    assert not made.stage.connector().check().can_publish
    with pytest.raises(ConnectorError) as caught:
        _prepare_and_publish(made)
    assert caught.value.kind == "permission_lost"


# -- Instagram


@pytest.fixture
def account(emulator: Emulator, pictures: Pictures) -> Press:
    return press(emulator, "instagram", pictures)


def test_instagram_fetches_the_picture_and_gets_its_description(account: Press) -> None:
    account.prepare()
    [container] = graph_of(account.stage).publishing.containers.values()
    assert (account.pictures.asked, container.alt_text) == (1, account.draft.alt_text)


def test_a_container_is_awaited_and_cannot_be_published_before(account: Press) -> None:
    first = account.publisher.prepare(account.draft, {}, account.stage.world.now)
    assert not first.ready
    account.progress = first.progress
    with pytest.raises(Unavailable) as caught:
        account.publish()
    assert caught.value.code == "9007/2207027"
    assert account.effects == []
    account.prepare()
    account.publish()
    assert len(account.effects) == 1


def test_a_container_that_expired_or_failed_is_replaced_but_not_for_ever(account: Press) -> None:
    account.prepare()
    first = account.progress["container"]
    account.stage.world.advance(24 * 3600)
    with pytest.raises(Unavailable):
        account.publish()
    account.prepare()
    assert account.progress["container"] != first
    graph_of(account.stage).habits.containers_end = "ERROR"
    account.progress = {}
    with pytest.raises(Refused):
        account.prepare()
    assert len(graph_of(account.stage).publishing.containers) == 5


def test_a_published_container_is_never_published_again(account: Press) -> None:
    account.prepare()
    account.publish()
    with pytest.raises(OutcomeUnknown):
        account.prepare()
    with pytest.raises(Unavailable):
        account.publish()
    assert len(account.effects) == 1


def test_what_no_list_shows_yet_is_known_by_its_container_and_verified_later(account: Press) -> None:
    account.prepare()
    account.stage.world.list_lag = 15
    published = account.publish()
    found = account.find().found
    assert found is not None
    with pytest.raises(Unavailable):
        account.publisher.verify(account.draft, found)
    account.stage.world.advance(20)
    assert account.publisher.verify(account.draft, found).remote_id == published.remote_id


@pytest.mark.parametrize("said", ['{"id":"7"}', '{"id":"7","status_code":"SOMETHING_NEW"}'])
def test_a_container_that_says_nothing_we_know_makes_nothing_certain(account: Press, said: str) -> None:
    account.prepare()
    path = f"/{account.progress['container']}$"
    account.stage.emulator.faults.add(Fault("status", method="GET", path=path, status=200, body=said))
    assert not account.find().complete
    assert account.find().complete


@pytest.mark.parametrize(
    ("content", "code"),
    [(jpeg(1080, 400), "36003/2207009"), (jpeg(1080, 2000), "36003/2207009"), (b"<html>", "36001/2207005")],
)
def test_a_picture_of_the_wrong_kind_or_shape_is_refused(account: Press, content: bytes, code: str) -> None:
    account.pictures.content = content
    with pytest.raises(Refused) as caught:
        account.prepare()
    assert caught.value.code == code


def test_a_picture_that_nobody_can_fetch_is_tried_again_later(account: Press) -> None:
    with pytest.raises(Unavailable):
        account.prepare(replace(account.draft, image_url="http://127.0.0.1:9/kort.jpg"))
    with pytest.raises(Refused):
        account.prepare(replace(account.draft, image_url=""))


def test_the_days_limit_of_posts_is_refused(account: Press) -> None:
    graph_of(account.stage).habits.publishes_a_day = 0
    account.prepare()
    with pytest.raises(Refused):
        account.publish()


# -- YouTube


def test_a_video_without_comments_is_passed_over(emulator: Emulator, pictures: Pictures) -> None:
    channel = press(emulator, "youtube", pictures)
    newest, *_others = channel.stage.world.posts_of(channel.stage.account)
    newest.comments_disabled = True
    channel.prepare()
    channel.publish()
    assert len(channel.effects) == 2
    assert newest.id not in {effect.target for effect in channel.effects}


def test_a_comment_that_youtube_takes_for_spam_is_found_but_not_verified(
    emulator: Emulator, pictures: Pictures
) -> None:
    channel = press(emulator, "youtube", pictures)
    channel.prepare()
    published = channel.publish()
    emulator.youtube.habits.spam.update(effect.made for effect in channel.effects if effect.made)
    assert channel.find().found == published
    with pytest.raises(Refused):
        channel.publisher.verify(channel.draft, published)


def test_a_channel_without_videos_or_with_an_api_key_has_no_place_to_publish(
    emulator: Emulator, pictures: Pictures
) -> None:
    empty = Press(STAGES["youtube"](emulator), pictures)
    with pytest.raises(Refused):
        empty.prepare()
    empty.stage.credential = Credential({"api_key": "AIza"})
    with pytest.raises(ConnectorError):
        empty.prepare()
    assert not empty.stage.connector().check().can_publish


def _prepare_and_publish(made: Press) -> None:
    made.prepare()
    made.publish()
