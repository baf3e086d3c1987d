"""Whatever people write at a blog, and whatever breaks in between: afterwards we know what is there."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.emulator.faults import BREAKS, Fault, Faults
from connectors.emulator.server import Emulator
from connectors.emulator.world import Comment
from tests.connectors.blog.blog import a_blog, read, site
from tests.connectors.stage import Stage, texts

VERBS = ("publish", "ask", "ask", "ask often", "reply", "reply", "delete", "hold", "release", "edit", "wait", "read")
STEPS = st.lists(st.tuples(st.sampled_from((*VERBS, "read", "read badly")), st.integers(0, 60)), max_size=30)


class Keeper:
    """Remembers what readings brought, and forgets only what they claim to have listed without it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.texts: dict[str, str] = {}

    def read(self, **plan: object) -> bool:
        reading = read(self.stage, **plan)
        claims = {claim.external_id: claim.since for claim in reading.covered}
        for id_ in self.texts.keys() - texts(reading).keys():
            comment = self.stage.world.comments[id_]
            since = claims.get(comment.post.id)
            if comment.post.id in claims and (since is None or comment.at >= since):
                assert id_ not in self.there, "claimed to have gone"
                del self.texts[id_]
        self.texts |= texts(reading)
        return reading.complete

    @property
    def there(self) -> dict[str, str]:
        return {comment.id: comment.text for comment in site(self.stage).contents.comments()}


@given(steps=STEPS)
@settings(max_examples=60, deadline=None)
def test_nothing_is_lost_in_any_history(monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, int]]) -> None:
    monkeypatch.setenv("KANALVAKT_PRIVATE_ADDRESSES", "true")
    with Emulator() as emulator:
        keeper = Keeper(a_blog(emulator))
        for verb, number in steps:
            keeper.stage.world.advance(number % 3)
            play(keeper, verb, number)
        assert keeper.read()
        late = keeper.stage.world.now.timestamp() - 7 * 86_400
        young = {one.id: one.text for one in site(keeper.stage).contents.comments() if one.at.timestamp() > late}
        assert young.items() <= keeper.texts.items()
        assert keeper.read(full=True)
        assert keeper.texts == keeper.there


def play(keeper: Keeper, verb: str, number: int) -> None:
    stage, comments = keeper.stage, list(keeper.stage.world.comments.values())
    there = [comment for comment in comments if comment.deleted_at is None]
    chosen = there[number % len(there)] if there else None
    posts = stage.world.posts_of(stage.account)
    if verb == "publish":
        stage.post(f"Nyhet {number}")
    elif verb == "wait":
        stage.world.advance(number * 86_400)
    elif verb == "read":
        keeper.read(full=number == 0, daily=number % 4 == 0)
    elif verb == "read badly":
        stage.emulator.faults = Faults(Fault(BREAKS[number % len(BREAKS)], site="blog", after=number % 4))
        keeper.read(full=number % 3 == 0)
        stage.emulator.faults = Faults()
    elif verb.startswith("ask") and posts:
        for each in range(60 if verb == "ask often" else 1):
            stage.world.comment(posts[number % len(posts)], stage.resident, f"Fråga {number}-{each}")
    elif chosen is not None:
        act(stage, verb, chosen)


def act(stage: Stage, verb: str, comment: Comment) -> None:
    world = stage.world
    if verb == "reply":
        world.comment(comment, stage.resident, f"Svar på {comment.id}")
    elif verb == "edit":
        world.edit(comment, f"{comment.text}!")
    else:
        {"delete": world.delete, "hold": world.hold, "release": world.release}.get(verb, lambda _: None)(comment)
