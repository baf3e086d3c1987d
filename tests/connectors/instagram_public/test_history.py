"""Whatever people do on an account, and whatever breaks in between: afterwards we know what is there."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base import Reading
from connectors.emulator.faults import BREAKS, Fault, Faults
from connectors.emulator.instagram_web.troubles import TROUBLES, trouble
from connectors.emulator.server import Emulator
from connectors.emulator.truth import shown
from connectors.emulator.world import Comment, Post
from connectors.instagram_public import session as instagram_session
from tests.connectors.instagram_public.account import public_account
from tests.connectors.stage import Stage, texts

VERBS = (
    "publish",
    "publish",
    "ask",
    "ask",
    "ask",
    "reply",
    "reply",
    "answer",
    "delete",
    "hide",
    "restrict",
    "unpublish",
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from((*VERBS, "publish many", "reply often", "read", "read", "read badly")), st.integers(0, 60)
    ),
    max_size=30,
)
BADLY = (*(Fault(kind, site="instagram_web") for kind in BREAKS), *(trouble(name) for name in TROUBLES))


class Keeper:
    """Remembers what readings brought, and forgets only what they claim to have listed without it.

    shrunk: posts that lost a comment at some time. If they get another before the next reading, their number is the
    same as before, and only a full reading finds out.
    """

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.texts: dict[str, str] = {}
        self.shrunk: set[str] = set()

    def read(self, *, full: bool = False) -> Reading:
        reading = self.stage.read(full=full)
        places = {claim.external_id for claim in reading.covered}
        for id_ in self.texts.keys() - texts(reading).keys():
            comment = self.stage.world.comments[id_]
            if {comment.post.pk, comment.thread.id} & places:
                assert id_ not in self.there, "claimed to have gone"
                del self.texts[id_]
        self.texts |= texts(reading)
        return reading

    @property
    def there(self) -> dict[str, str]:
        return shown(self.stage.world, self.stage.account, from_outside=True)


@given(steps=STEPS)
@settings(max_examples=60)
def test_nothing_is_lost_in_any_history(monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, int]]) -> None:
    instagram_session._kept.clear()
    with Emulator() as emulator:
        for name, value in emulator.settings().items():
            monkeypatch.setenv(name, value)
        keeper = Keeper(public_account(emulator))
        play(keeper, steps)
        stage = keeper.stage
        assert keeper.read().error is None
        newest = [post for post in stage.world.posts_of(stage.account) if post.published][:12]
        grown = [post for post in newest if post.id not in keeper.shrunk]
        recent = {one.id for post in grown for one in stage.world.comments_of(post)}
        assert recent & keeper.there.keys() <= keeper.texts.keys()
        assert keeper.read(full=True).error is None
        assert keeper.texts == keeper.there


def play(keeper: Keeper, steps: list[tuple[str, int]]) -> None:
    for verb, number in steps:
        keeper.stage.world.advance(number)
        if verb == "read":
            keeper.read(full=number == 0)
        elif verb == "read badly":
            bad = BADLY[number % len(BADLY)]
            faults = Faults(Fault(bad.kind, status=bad.status, body=bad.body, headers=bad.headers, after=number % 7))
            keeper.stage.emulator.faults = faults
            keeper.read(full=number % 5 == 0)
            keeper.stage.emulator.faults = Faults()
        elif verb.startswith("publish"):
            for _ in range(14 if verb == "publish many" else 1):
                keeper.stage.post(comments=number % 3)
        else:
            act(keeper, verb, number)


def act(keeper: Keeper, verb: str, number: int) -> None:
    stage = keeper.stage
    posts = stage.world.posts_of(stage.account)
    comments = [one for post in posts for one in stage.world.comments_of(post)]
    if verb in ("ask", "unpublish") and posts:
        post = posts[number % len(posts)]
        if verb == "ask":
            stage.comment(post, f"Fråga {number}")
        else:
            post.published = not post.published
    elif comments:
        one = comments[number % len(comments)]
        if verb in ("delete", "hide", "restrict"):
            keeper.shrunk.add(one.post.id)
        touch(stage, verb, number, one)


def touch(stage: Stage, verb: str, number: int, one: Comment) -> None:
    if verb.startswith("reply"):
        for count in range(5 if verb == "reply often" else 1):
            stage.comment(one, f"Svar {number}.{count}")
    elif verb == "answer":
        stage.world.answer(one, "Hej!", mention=True)
    elif verb == "delete":
        target: Comment | Post = one.post if number % 9 == 0 else one
        stage.world.delete(target)
    elif verb == "hide":
        stage.world.hide(one, not one.hidden)
    else:
        stage.world.restrict(one, not one.restricted)
