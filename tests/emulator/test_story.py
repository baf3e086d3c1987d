import random
from collections import Counter
from datetime import timedelta

import pytest

from connectors.emulator.script import duration, scenes
from connectors.emulator.story import Story, live, story
from connectors.emulator.truth import TruthState, truth
from connectors.emulator.world import Comment, World


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def told(world: World) -> Story:
    return story(world)


def test_the_same_seed_tells_the_same_story() -> None:
    first, second, other = World(seed=3), World(seed=3), World(seed=4)
    for each in (first, second, other):
        story(each)
    assert list(first.comments) == list(second.comments) != list(other.comments)


def test_the_sample_municipality_is_big_enough_to_show_everything(world: World, told: Story) -> None:
    posts = {name: world.posts_of(account) for name, account in told.accounts.items()}
    below = {name: [len(world.comments_of(post)) for post in posts[name]] for name in posts}
    assert sum(post.visitor for post in posts["facebook"]) == 2
    assert len(posts["facebook"]) == 14
    assert max(below["facebook"]) > 25
    assert max(below["instagram"]) > 50
    assert all(below["library"])
    assert 120 <= len(world.comments) <= 220


def test_everything_a_platform_can_do_to_a_comment_happens(world: World, told: Story) -> None:
    comments = list(world.comments.values())
    threads = Counter(comment.parent.id for comment in comments if comment.parent)
    youtube = told.accounts["youtube"]
    assert any(comment.anonymous for comment in comments)
    assert any(comment.hidden for comment in comments)
    assert any(comment.edited for comment in comments)
    assert any(comment.held and comment.post.account is youtube for comment in comments)
    assert max(threads[c.id] for post in world.posts_of(youtube) for c in world.comments_of(post)) > 5


def test_nothing_happens_later_than_now_or_out_of_order(world: World, told: Story) -> None:
    for comment in world.comments.values():
        times = [comment.post.at, comment.parent.at if comment.parent else comment.at, comment.at]
        times += [at for at, _ in comment.versions] + [world.now]
        assert sorted(times) == times


def test_some_wait_since_yesterday_some_too_long_and_many_are_answered(world: World, told: Story) -> None:
    states = truth(world)
    open_ = [world.comments.get(id_) or world.posts[id_] for id_, state in states.items() if state == TruthState.OPEN]
    ages = [world.now - thing.at for thing in open_]
    assert any(timedelta(hours=12) < age < timedelta(hours=36) for age in ages)
    assert any(timedelta(days=4) < age < timedelta(days=7) for age in ages)
    assert Counter(states.values())[TruthState.ANSWERED] > 40
    assert Counter(states.values())[TruthState.HELD] == 3


def test_the_world_knows_every_secret_that_a_platform_gives(world: World, told: Story) -> None:
    known = {token.value: token.kind for token in world.tokens.values()}
    secrets = told.secrets
    assert known[secrets["facebook_token"]] == known[secrets["instagram_token"]] == "page"
    assert known[secrets["youtube_refresh_token"]] == "oauth"
    assert known[secrets["youtube_api_key"]] == "api_key"
    assert known[secrets["library_session"]] == "session"
    assert secrets["facebook_token"] not in repr(told)


def test_life_goes_on_in_believable_ways() -> None:
    world, chance = World(seed=2), random.Random(2)  # noqa: S311 - not for secrets
    told = story(world)
    before = set(world.comments)
    happened: list[Comment] = []
    for _ in range(80):
        world.advance(600)
        happened.append(live(world, told, chance))
        assert world.now in (happened[-1].at, happened[-1].versions[-1][0])
    own = {account.id for account in told.accounts.values()}
    new = [comment for comment in happened if comment.id not in before]
    assert any(comment.author.id in own for comment in new)
    assert any(comment.held for comment in new)
    assert any(comment.edited for comment in happened)
    assert sum(comment.author.id not in own for comment in new) > 30


def test_a_line_of_the_script_that_cannot_be_read_is_named() -> None:
    with pytest.raises(ValueError, match="not a line: - Kim utan tid"):
        list(scenes("== facebook 1d\nHej\n- Kim utan tid"))
    with pytest.raises(ValueError, match="not a post: == facebook"):
        list(scenes("== facebook\nHej"))
    assert duration("90m") == timedelta(hours=1, minutes=30)
