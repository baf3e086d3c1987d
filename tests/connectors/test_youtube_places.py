"""A crisis message in a channel's own text, and as a video: what may go wrong there, counted at the emulator."""

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.base import Credential
from connectors.emulator.faults import Fault, Kind
from connectors.emulator.server import Emulator
from connectors.errors import (
    AuthExpired,
    ConnectorError,
    OutcomeUnknown,
    PermissionLost,
    RateLimited,
    Refused,
    Unavailable,
)
from connectors.youtube import channel_text
from connectors.youtube.channel_text import BELOW, LONGEST, together
from tests.connectors.publishing_stages import LINK, MARKER
from tests.connectors.test_writing_errors import google
from tests.connectors.youtube_press import OWN, SAID, PartPress, place

THE_CALL = {"text": ("PUT", "/channels$"), "video": ("PUT", "/upload/youtube/v3/videos$")}
DONE: tuple[Kind, ...] = ("truncate", "lose")
NOT_DONE: tuple[Kind, ...] = ("html", "empty", "reset", "hang")


@pytest.fixture(params=["text", "video"])
def ready(request: pytest.FixtureRequest, emulator: Emulator, tmp_path: Path) -> PartPress:
    """Everything is prepared: one call makes it public."""
    made = place(emulator, request.param, tmp_path)
    made.prepare()
    return made


@pytest.fixture
def text(emulator: Emulator, tmp_path: Path) -> PartPress:
    return place(emulator, "text", tmp_path)


class TestBothPlaces:
    def test_make_nothing_public_until_they_are_told_to(self, ready: PartPress) -> None:
        assert ready.effects == []
        assert ready.find().found is None
        assert ready.publisher.best_effort

    def test_publish_once_with_one_write_and_read_it_back(self, ready: PartPress) -> None:
        mark = ready.stage.emulator.ledger.mark()
        published = ready.publish()
        assert len(ready.effects) == 1
        sent = ready.stage.emulator.ledger.since(mark).entries
        assert [entry.method for entry in sent if not entry.path.endswith("/token")].count("PUT") == 1
        assert ready.publisher.verify(ready.draft, published) == published
        assert ready.find().found == published

    @pytest.mark.parametrize("fault", [*DONE, *NOT_DONE])
    def test_whose_answer_is_lost_are_found_by_the_marker_or_certainly_not_there(
        self, ready: PartPress, fault: Kind
    ) -> None:
        method, path = THE_CALL[ready.name]
        seconds = 0.2 if fault == "hang" else 0
        ready.stage.emulator.faults.add(Fault(fault, method=method, path=path, times=None, seconds=seconds))
        with pytest.raises(OutcomeUnknown) as caught:
            ready.publish()
        assert caught.value.__context__ is None, "what was written would be in it"
        ready.stage.emulator.faults.clear()
        assert len(ready.effects) == (1 if fault in DONE else 0)
        search = ready.find()
        assert (search.complete, search.found is not None) == (True, fault in DONE)

    def test_without_a_connection_certainly_publish_nothing(
        self, ready: PartPress, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as closed:
            nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}"
        monkeypatch.setenv("KANALVAKT_YOUTUBE_URL", nowhere)
        if ready.name == "video":  # the session's address is the one that was told
            ready.progress["session"] = f"{nowhere}/upload/youtube/v3/videos?upload_id=1"
        with pytest.raises(Unavailable):
            ready.publish()
        assert ready.effects == []

    @pytest.mark.parametrize(
        ("status", "body", "meant"),
        [
            (500, google("backendError"), OutcomeUnknown),
            (503, "", OutcomeUnknown),
            (200, "{}", OutcomeUnknown),
            (400, google("neverHeardOf"), OutcomeUnknown),
            (400, google("brandingValidationError"), Refused),
            (403, google("channelTitleUpdateForbidden"), Refused),
            (403, google("channelForbidden"), PermissionLost),
            (401, google("authError"), AuthExpired),
            (403, google("quotaExceeded"), RateLimited),
            (403, google("rateLimitExceeded"), RateLimited),
            (400, google("uploadRateLimitExceeded"), RateLimited),
        ],
    )
    def test_know_each_refusal_and_tell_no_secret(
        self, ready: PartPress, status: int, body: str, meant: type[ConnectorError]
    ) -> None:
        method, path = THE_CALL[ready.name]
        ready.stage.emulator.faults.add(Fault("status", method=method, path=path, status=status, body=body))
        with pytest.raises(meant) as caught:
            ready.publish()
        assert type(caught.value) is meant
        assert not any(secret in repr(caught.value) for secret in ("hemlig", "Koka", "upload_id"))

    def test_do_not_verify_what_was_changed_or_refuse_what_is_no_text(self, ready: PartPress) -> None:
        published = ready.publish()
        ready.stage.emulator.youtube.texts.describe(ready.stage.account, OWN)
        for post in ready.stage.world.posts_of(ready.stage.account):
            ready.stage.world.edit(post, "Något annat")
        with pytest.raises(Refused):
            ready.publisher.verify(ready.draft, published)
        with pytest.raises(Refused):
            ready.publisher.prepare(replace(ready.draft, text="å" * 5_000), {}, ready.stage.world.now)

    def test_want_the_channels_own_login(self, ready: PartPress) -> None:
        ready.stage.credential = Credential({"api_key": "AIza"})
        with pytest.raises(PermissionLost):
            ready.prepare()


# -- the channel's own text


def test_the_message_stands_in_front_and_nothing_else_of_the_channel_changes(text: PartPress) -> None:
    before = dict(text.stage.emulator.youtube.texts.of(text.stage.account))
    text.prepare()
    text.publish()
    assert text.description.startswith(SAID.replace("<", "‹").replace(">", "›"))
    assert text.description.endswith(OWN)
    after = text.stage.emulator.youtube.texts.of(text.stage.account)
    assert after["image"] == before["image"]
    assert {**after["channel"], "description": OWN} == before["channel"]


def test_published_again_by_an_attempt_that_nobody_remembers_nothing_is_written_twice(text: PartPress) -> None:
    text.prepare()
    text.publish()
    text.publish()
    assert len(text.effects) == 1


def test_what_stood_there_is_put_back_once_and_may_be_asked_for_again(text: PartPress) -> None:
    text.prepare()
    text.publish()
    assert text.publisher.put_back(text.progress, MARKER)
    assert text.description == OWN
    assert not text.publisher.put_back(text.progress, MARKER)
    assert len(text.effects) == 2


def test_an_old_text_that_has_to_be_cut_meanwhile_comes_back_whole(text: PartPress) -> None:
    long = "Välkommen till kommunens kanal! " * 31
    text.stage.emulator.youtube.texts.describe(text.stage.account, long.strip())
    text.prepare()
    text.publish()
    assert len(text.description) <= LONGEST
    assert text.description.endswith("…")
    text.publisher.put_back(text.progress, MARKER)
    assert text.description == long.strip()


def test_an_update_takes_the_place_of_the_message_and_not_of_the_channels_own_text(text: PartPress) -> None:
    text.prepare()
    text.publish()
    update = replace(text.draft, text=f"Vattnet är rent. {LINK}2", marker=f"{MARKER}2", stood=OWN)
    text.progress = {}
    text.prepare(update)
    text.publish(update)
    assert (text.description.count(BELOW), text.progress) == (1, {"before": OWN})
    assert "Koka" not in text.description
    assert not text.publisher.put_back({"before": OWN}, MARKER), "the first one is not there any more"
    assert text.publisher.put_back(text.progress, f"{MARKER}2")
    assert text.description == OWN


def test_what_somebody_writes_in_studio_meanwhile_is_theirs_and_stays(text: PartPress) -> None:
    text.prepare()
    text.publish()
    texts, account = text.stage.emulator.youtube.texts, text.stage.account
    texts.describe(account, text.description.replace(OWN, "Ny text"))
    assert text.publisher.put_back(text.progress, MARKER)
    assert text.description == "Ny text"
    texts.describe(account, "Utan meddelandet")
    assert not text.publisher.put_back(text.progress, MARKER)
    assert text.description == "Utan meddelandet"


def test_a_channel_without_a_text_has_none_afterwards(text: PartPress) -> None:
    text.stage.emulator.youtube.texts.describe(text.stage.account, "")
    text.prepare()
    text.publish()
    text.publisher.put_back(text.progress, MARKER)
    assert text.description == ""


def test_the_longest_message_leaves_the_longest_text_as_much_room_as_there_is() -> None:
    whole = together("å" * channel_text.ChannelText.longest_post, "ö" * LONGEST)
    assert len(whole) == LONGEST
    assert together("å", "") == f"å{BELOW}"


def test_one_change_costs_what_youtube_says(text: PartPress) -> None:
    text.prepare()
    mark = text.stage.emulator.ledger.mark()
    text.publish()
    assert text.stage.emulator.ledger.since(mark).cost("youtube") == text.publisher.publish_cost
