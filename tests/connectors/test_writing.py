"""Replying, hiding, moderating, deleting: what is done, what certainly is not, and what nobody knows."""

import socket

import pytest

from connectors.acting import Hider, Moderator, Replier
from connectors.emulator.faults import Fault, Kind
from connectors.emulator.server import Emulator
from connectors.errors import ConnectorError, OutcomeUnknown, Refused, Unavailable
from tests.connectors.stage import Stage
from tests.connectors.writing_stages import STAGES, WRITES, Pen, target_of
from tests.connectors.writing_stages import shown as shown_in

EVERY_WRITE = [(platform, kind) for platform, kinds in WRITES.items() for kind in kinds]
DONE: tuple[Kind, ...] = ("truncate", "lose")
NOT_DONE: tuple[Kind, ...] = ("html", "empty", "reset", "close", "hang")


@pytest.fixture
def pen(request: pytest.FixtureRequest, emulator: Emulator) -> Pen:
    return Pen(STAGES[request.param](emulator))


@pytest.fixture(params=STAGES)
def stage(request: pytest.FixtureRequest, emulator: Emulator) -> Stage:
    made: Stage = STAGES[request.param](emulator)
    return made


@pytest.mark.parametrize(("pen", "kind"), EVERY_WRITE, indirect=["pen"])
class TestEveryWrite:
    def test_is_done_once_with_one_request(self, pen: Pen, kind: str) -> None:
        target = pen.ready_for(kind)
        mark = pen.stage.emulator.ledger.mark()
        pen.act(kind, target)
        [effect] = pen.effects
        assert (effect.kind, effect.target) == (kind, target.id)
        sent = [e for e in pen.stage.emulator.ledger.since(mark).entries if not e.path.endswith("/token")]
        assert [entry.method for entry in sent] in (["POST"], ["DELETE"])
        assert sent[0].cost == pen.replier.write_cost

    @pytest.mark.parametrize("fault", [*DONE, *NOT_DONE])
    def test_whose_answer_does_not_come_is_never_sent_again(
        self, pen: Pen, kind: str, fault: Kind, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        target = pen.ready_for(kind)
        seconds = 0.2 if fault == "hang" else 0
        for method in ("POST", "DELETE"):
            pen.stage.emulator.faults.add(
                Fault(fault, method=method, path=r"comments|replies|/v23.0/\w+$", times=None, seconds=seconds)
            )
        mark = pen.stage.emulator.ledger.mark()
        no_body = pen.stage.platform == "youtube" and kind != "reply"
        if fault == "truncate" and no_body:
            pen.act(kind, target)  # there is nothing to cut in an answer without a body
        else:
            with pytest.raises(OutcomeUnknown) as caught:
                pen.act(kind, target)
            assert caught.value.__context__ is None, "what was written would be in it"
        sent = [e for e in pen.stage.emulator.ledger.since(mark).entries if not e.path.endswith("/token")]
        assert len(sent) == 1
        assert len(pen.effects) == (1 if fault in DONE else 0)

    def test_without_a_connection_it_certainly_was_not_done(
        self, pen: Pen, kind: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        target = pen.ready_for(kind)
        with socket.create_server(("127.0.0.1", 0)) as closed:
            nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}"
        monkeypatch.setenv("KANALVAKT_GRAPH_URL", nowhere)
        monkeypatch.setenv("KANALVAKT_YOUTUBE_URL", nowhere)
        with pytest.raises(Unavailable):
            pen.act(kind, target)
        assert pen.effects == []


def test_each_connector_says_what_it_can_do(stage: Stage) -> None:
    connector = stage.connector()
    assert isinstance(connector, Replier)
    assert isinstance(connector, Hider) == (stage.platform != "youtube")
    assert isinstance(connector, Moderator) == (stage.platform == "youtube")


def test_a_reply_stands_below_the_comment_in_our_name(stage: Stage) -> None:
    pen, asked = Pen(stage), stage.comment(stage.post(), "När öppnar det?")
    made = pen.replier.reply(target_of(asked), "På måndag.")
    reply = stage.world.comments[made]
    assert (reply.parent, reply.text, reply.author.id) == (asked, "På måndag.", stage.account.id)
    assert asked.text == "När öppnar det?", "a reply never overwrites what it answers"


def test_an_answer_to_a_reply_names_whom_it_is_for(stage: Stage) -> None:
    pen, asked = Pen(stage), stage.comment(stage.post(), "När öppnar det?")
    nested = stage.comment(asked, "Det undrar jag också")
    made = stage.world.comments[pen.replier.reply(target_of(nested), "På måndag.")]
    named = stage.resident.name if stage.platform == "facebook" else f"@{stage.resident.handle}"
    assert made.text == f"{named} På måndag." == pen.replier.reply_text(target_of(nested), "På måndag.")
    assert made.parent is asked


@pytest.mark.parametrize("text", ["", "  \n", "x" * 10_001])
def test_a_text_that_cannot_be_sent_is_refused_before_any_call(stage: Stage, text: str) -> None:
    pen, asked = Pen(stage), stage.comment(stage.post(), "När öppnar det?")
    mark = stage.emulator.ledger.mark()
    with pytest.raises(Refused):
        pen.replier.reply(target_of(asked), text)
    assert stage.emulator.ledger.since(mark).entries == []


def test_the_longest_text_is_taken_and_one_sign_more_is_not(stage: Stage) -> None:
    pen, asked = Pen(stage), stage.comment(stage.post(), "När öppnar det?")
    longest = pen.replier.longest_reply
    pen.replier.reply(target_of(asked), "å" * longest)
    with pytest.raises(Refused):
        pen.replier.reply(target_of(asked), "å" * (longest + 1))
    assert len(pen.effects) == 1


def test_what_is_gone_cannot_be_answered(stage: Stage) -> None:
    pen, asked = Pen(stage), stage.comment(stage.post(), "När öppnar det?")
    stage.world.delete(asked)
    with pytest.raises(Refused):
        pen.replier.reply(target_of(asked), "På måndag.")
    reading = pen.thread(asked)
    assert isinstance(reading.error, Refused)
    assert reading.looked_up == {asked.id: False}


def test_comments_that_are_turned_off_refuse(stage: Stage) -> None:
    pen, post = Pen(stage), stage.post()
    asked = stage.comment(post, "När öppnar det?")
    post.comments_disabled = True
    with pytest.raises(Refused):
        pen.replier.reply(target_of(asked), "På måndag.")
    assert pen.effects == []


def test_a_thread_is_read_whole_with_what_stands_there_now(stage: Stage) -> None:
    pen, asked = Pen(stage), stage.comment(stage.post(), "När öppnar det?")
    replies = [stage.comment(asked, f"Svar {number}") for number in range(130)]
    ours = stage.world.answer(asked, "På måndag.")
    reading = pen.thread(asked)
    assert reading.error is None
    assert {one.external_id for one in reading.comments} == {asked.id, ours.id, *(one.id for one in replies)}
    assert reading.looked_up == {asked.id: True}
    assert [claim.external_id for claim in reading.covered] == [asked.id]
    everything = {one.external_id: one for one in stage.read(full=True).comments}
    assert {one.external_id: one for one in reading.comments} == everything, "as a whole reading shows them"


def test_a_thread_that_cannot_be_read_is_an_error_that_claims_nothing(stage: Stage) -> None:
    pen, asked = Pen(stage), stage.comment(stage.post(), "När öppnar det?")
    stage.emulator.faults.add(Fault("html", method="GET", times=None))
    reading = pen.thread(asked)
    assert isinstance(reading.error, ConnectorError)
    assert (reading.covered, reading.looked_up) == ((), {})


def test_lists_may_show_a_reply_only_later(stage: Stage) -> None:
    pen, asked = Pen(stage), stage.comment(stage.post(), "När öppnar det?")
    stage.world.list_lag = 5
    made = stage.world.comments[pen.replier.reply(target_of(asked), "På måndag.")]
    assert shown_in(pen.thread(asked), made) is None
    stage.world.advance(5)
    assert shown_in(pen.thread(asked), made) is not None
