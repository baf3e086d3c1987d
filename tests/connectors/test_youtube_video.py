"""A crisis message as a video on YouTube: Google's resumable upload, and what may go wrong with it."""

from dataclasses import replace
from pathlib import Path

import pytest

from connectors.emulator.faults import Fault
from connectors.emulator.server import Emulator
from connectors.errors import OutcomeUnknown, RateLimited, Refused, Unavailable
from connectors.youtube.film import PIECE
from tests.connectors.publishing_stages import LINK
from tests.connectors.youtube_press import PartPress, place


@pytest.fixture
def video(emulator: Emulator, tmp_path: Path) -> PartPress:
    return place(emulator, "video", tmp_path)


def test_the_video_has_the_bytes_the_title_and_the_text(video: PartPress) -> None:
    video.prepare()
    made = video.publish()
    post = video.stage.world.posts[made.remote_id]
    assert post.text.splitlines()[0] == "Koka vattnet i ‹Tibro›"
    assert LINK in post.text
    assert video.video is not None
    assert video.stage.emulator.youtube.uploads.files[made.remote_id] == video.video.read_bytes()


def test_a_large_file_goes_in_pieces_and_goes_on_where_youtube_has_it(emulator: Emulator, tmp_path: Path) -> None:
    large = place(emulator, "video", tmp_path, size=2 * PIECE + 300_000)
    emulator.faults.add(Fault("lose", method="PUT", path="/upload/", after=1))
    with pytest.raises(Unavailable):
        large.prepare()
    large.prepare()
    emulator.youtube.habits.keeps_at_most = 100_000
    with pytest.raises(Unavailable):
        large.publish()  # 308: not all of it was kept
    emulator.youtube.habits.keeps_at_most = None
    large.prepare()
    made = large.publish()
    assert large.video is not None
    assert emulator.youtube.uploads.files[made.remote_id] == large.video.read_bytes()
    assert len(large.effects) == 1


def test_an_upload_that_is_forgotten_is_looked_for_among_the_uploads(video: PartPress) -> None:
    video.prepare()
    video.stage.emulator.faults.add(Fault("lose", method="PUT", path="/upload/"))
    with pytest.raises(OutcomeUnknown):
        video.publish()
    video.stage.emulator.youtube.uploads.sessions.clear()
    found = video.find()
    assert found.found is not None
    assert found.found.remote_id == video.effects[0].made
    video.stage.world.delete(video.stage.world.posts[found.found.remote_id])
    assert video.find().found is None
    video.prepare()  # another session
    video.publish()
    assert len(video.effects) == 2


def test_an_upload_that_has_made_its_video_is_never_sent_again(video: PartPress) -> None:
    video.prepare()
    made = video.publish()
    with pytest.raises(OutcomeUnknown):
        video.prepare()
    assert video.publish().remote_id == made.remote_id, "the session says the same again"
    assert len(video.effects) == 1


def test_a_lost_answer_to_the_beginning_makes_nothing_and_is_asked_again(video: PartPress) -> None:
    video.stage.emulator.faults.add(Fault("lose", method="POST", path="/upload/"))
    with pytest.raises(Unavailable):
        video.prepare()
    video.prepare()
    video.publish()
    assert len(video.effects) == 1


def test_another_file_is_another_upload(video: PartPress) -> None:
    video.prepare()
    first = video.progress["session"]
    assert video.video is not None
    video.video.write_bytes(b"a quite different film")
    video.prepare()
    assert video.progress["session"] != first
    made = video.publish()
    assert video.stage.emulator.youtube.uploads.files[made.remote_id] == b"a quite different film"


def test_a_video_is_not_verified_before_it_is_processed_nor_where_nobody_can_see_it(video: PartPress) -> None:
    habits = video.stage.emulator.youtube.habits
    habits.processing = 30
    video.prepare()
    made = video.publish()
    with pytest.raises(Unavailable):
        video.publisher.verify(video.draft, made)
    video.stage.world.advance(31)
    assert video.publisher.verify(video.draft, made) == made
    habits.private.add(made.remote_id)
    with pytest.raises(Refused) as caught:
        video.publisher.verify(video.draft, made)
    assert caught.value.code == "private"
    habits.failed = True
    with pytest.raises(Refused) as caught:
        video.publisher.verify(video.draft, made)
    assert caught.value.code == "notProcessed"


def test_what_an_unaudited_project_uploads_is_private_and_is_told(video: PartPress) -> None:
    video.stage.emulator.youtube.habits.unaudited = True
    video.prepare()
    with pytest.raises(Refused) as caught:
        video.publisher.verify(video.draft, video.publish())
    assert caught.value.code == "private"


def test_uploads_have_a_bucket_of_their_own(video: PartPress) -> None:
    quota = video.stage.emulator.youtube.quota
    quota.per_day = 0  # the units are used up
    video.prepare()
    made = video.publish()
    assert made.remote_id
    quota.per_day = 10_000
    quota.used["1472.apps.example", "videos.insert"] = 100
    with pytest.raises(RateLimited):
        video.publisher.prepare(replace(video.draft, marker="x"), {}, video.stage.world.now)
    first, second = video.publisher.budgets
    assert (first.per_day, second.per_day) == (100, 10_000)
    assert first.key != second.key


@pytest.mark.parametrize("left", [0])
def test_the_channels_own_limit_of_uploads_is_refused(video: PartPress, left: int) -> None:
    video.stage.emulator.youtube.habits.uploads_left = left
    with pytest.raises(Refused) as caught:
        video.prepare()
    assert caught.value.code == "uploadLimitExceeded"


def test_without_a_file_there_is_nothing_to_upload(video: PartPress) -> None:
    with pytest.raises(Refused):
        video.prepare(replace(video.draft, video=None))
