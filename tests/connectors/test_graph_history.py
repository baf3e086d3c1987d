"""Whatever people do and whatever breaks in between: afterwards everything that is there is known, and nothing else."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base import ReadComment, Reading
from connectors.emulator.faults import Fault, Kind
from connectors.emulator.server import Emulator
from connectors.emulator.world import Comment, Post
from tests.connectors.graph_stages import facebook, instagram
from tests.connectors.stage import Stage

FAULTS: tuple[Kind, ...] = ("status", "empty", "status", "reset")  # the last one is overcome by asking again
SMALL = {"limits": [3, 2]}
"""Three posts and two comments at once: pages end everywhere, even in small histories."""
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("post", "visitor", "ask", "ask", "reply", "reply", "edit", "delete", "delete post", "hide"))
        | st.sampled_from(("read", "read", "read badly", "wait")),
        st.integers(0, 30),
    ),
    max_size=40,
)


@dataclass
class Known:
    """What somebody knows who keeps what was given and believes what was claimed."""

    comments: dict[str, ReadComment] = field(default_factory=dict)

    def take(self, reading: Reading) -> None:
        given = {comment.external_id: comment for comment in reading.comments}
        gone = [id_ for id_, known in self.comments.items() if id_ not in given and self._was_listed(reading, known)]
        self.comments = {id_: known for id_, known in self.comments.items() if id_ not in gone} | given

    def _was_listed(self, reading: Reading, known: ReadComment) -> bool:
        places = {
            "post": (known.post_external_id, not known.is_post),
            "thread": (known.thread_external_id, known.parent_external_id is not None),
            "posts": ("", known.is_post),
        }
        claims = [(places[claim.what], claim) for claim in reading.covered]
        return any(
            there and claim.external_id == id_ and (claim.since is None or known.posted_at >= claim.since)
            for (id_, there), claim in claims
        )

    def texts(self) -> dict[str, str]:
        return {id_: comment.text for id_, comment in self.comments.items()}


def play(stage: Stage, known: Known, steps: list[tuple[str, int]]) -> None:
    for verb, number in steps:
        if verb == "wait":
            stage.world.advance(number)
        elif verb == "read":
            known.take(stage.read())
        elif verb == "read badly":
            fault = FAULTS[number % len(FAULTS)]
            stage.emulator.faults.add(Fault(fault, site="graph", after=number // len(FAULTS), body="{}"))
            known.take(stage.read(full=number % 5 == 0))
            stage.emulator.faults.clear()
        else:
            act(stage, verb, number)


def act(stage: Stage, verb: str, number: int) -> None:
    world = stage.world
    posts = world.posts_of(stage.account)
    comments = [comment for post in posts for comment in world.comments_of(post)]
    if verb in ("post", "visitor") or not posts:
        by_visitor = verb == "visitor" and stage.platform == "facebook"
        world.publish(stage.account, f"Inlägg {number}", author=stage.resident if by_visitor else None)
    elif verb == "ask" or not comments:
        world.comment(posts[number % len(posts)], stage.resident, f"Fråga {number}")
    elif verb == "delete post":
        world.delete(posts[number % len(posts)])
    else:
        act_on(stage, comments[number % len(comments)], verb, number)


def act_on(stage: Stage, thing: Comment | Post, verb: str, number: int) -> None:
    if verb == "reply":
        stage.world.comment(thing, stage.resident, f"Svar {number}")
    elif verb == "edit":
        stage.world.edit(thing, f"{thing.text}!")
    elif verb == "delete":
        stage.world.delete(thing)
    elif isinstance(thing, Comment):
        stage.world.hide(thing)


@pytest.mark.parametrize("set_stage", [facebook, instagram])
@given(steps=STEPS)
@settings(max_examples=60)
def test_once_faults_stop_a_full_round_knows_everything(
    monkeypatch: pytest.MonkeyPatch, set_stage: object, steps: list[tuple[str, int]]
) -> None:
    known, stage = played(monkeypatch, set_stage, steps, full=True)
    assert known.texts() == stage.shown()


@given(steps=STEPS)
@settings(max_examples=60)
def test_once_faults_stop_any_round_on_facebook_knows_all_comments(
    monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, int]]
) -> None:
    """Edits of comments further down than the listed ones are the full round's; so are posts beyond the window."""
    known, stage = played(monkeypatch, facebook, steps, full=False)
    assert known.texts().keys() == stage.shown().keys()


def played(
    monkeypatch: pytest.MonkeyPatch, set_stage: object, steps: list[tuple[str, int]], *, full: bool
) -> tuple[Known, Stage]:
    with Emulator() as emulator:
        for name, value in emulator.settings().items():
            monkeypatch.setenv(name, value)
        stage: Stage = set_stage(emulator)  # type: ignore[operator]
        stage.state, known = dict(SMALL), Known()
        play(stage, known, steps)
        reading = stage.read(full=full)
        known.take(reading)
        assert reading.error is None
        assert emulator.ledger.errors() == []
    return known, stage
