"""Small print of the YouTube Data API: what is shown is not what was written, who may answer, what expires."""

import json

import pytest

from connectors.emulator.server import Emulator
from connectors.errors import ConnectorError, OutcomeUnknown, Unavailable
from tests.connectors.stage import texts
from tests.connectors.writing_stages import Pen, youtube
from tests.connectors.youtube_town import KEY, Town, refusal

LINK = "https://www.staden.se/bad"
IMAGE = "https://yt3.googleusercontent.com/bild?expire=1794800000&sig=hemlig"


@pytest.fixture
def town(emulator: Emulator) -> Town:
    return Town(emulator)


def test_a_link_may_be_shown_by_its_title_and_that_is_no_edit(town: Town) -> None:
    asked = town.ask(f"Stämmer detta? {LINK}")
    assert texts(town.round())[asked.id] == f"Stämmer detta? {LINK}"
    town.emulator.youtube.habits.titles = {LINK: "Bad och simhallar"}
    (told,) = town.round(full=True).comments
    assert (told.text, told.edited_at) == ("Stämmer detta? Bad och simhallar", None)


def test_a_comment_that_is_only_an_image_is_a_comment_and_its_short_lived_address_is_not_kept(town: Town) -> None:
    asked = town.ask("")
    town.emulator.youtube.habits.images = {asked.id: IMAGE}
    reading = town.round()
    (told,) = reading.comments
    assert (told.external_id, told.text) == (asked.id, "")
    assert IMAGE not in f"{told!r} {json.dumps(reading.state)}"


def test_a_thread_that_nobody_may_answer_is_read_and_a_reply_is_refused_for_certain(emulator: Emulator) -> None:
    pen = Pen(youtube(emulator))
    comment = pen.stage.comment(pen.stage.post(), "När öppnar badet?")
    emulator.youtube.habits.closed = {comment.id}
    assert texts(pen.stage.read()) == {comment.id: comment.text}
    mark = emulator.ledger.mark()
    with pytest.raises(ConnectorError) as refused:
        pen.act("reply", comment)
    assert not isinstance(refused.value, OutcomeUnknown)
    assert (refused.value.code, pen.effects) == ("forbidden", [])
    assert refused.value.remedy.startswith("Look at the comment"), "a new token may not be what it needs"
    assert emulator.ledger.since(mark).cost("youtube") == 50


def test_the_token_of_a_page_may_expire_halfway_and_the_next_reading_starts_anew(town: Town) -> None:
    town.threads(150)
    expired = town.emulator.faults.add(refusal("invalidPageToken", 400))
    expired.parameters = {"pageToken": "."}
    reading = town.read(secrets=KEY)
    assert isinstance(reading.error, Unavailable)
    assert (len(reading.comments), reading.covered) == (100, ())
    town.round(secrets=KEY)
    assert town.keeper.texts == town.shown
