"""What must hold for the oracle whatever happened."""

import random

from hypothesis import given
from hypothesis import strategies as st

from connectors.emulator.truth import NEEDS_SOMEBODY, TruthState, shown, truth
from connectors.emulator.world import Account, Comment, Platform, World

seeds = st.integers(0, 10**6)
platforms = st.sampled_from(["facebook", "instagram", "youtube"])


def history(seed: int, platform: Platform) -> tuple[World, Account]:
    """Forty things that residents and the organisation did."""
    world, chance = World(seed=seed), random.Random(seed)  # noqa: S311 - not for secrets
    account = world.account(platform, "1122334455", "tibrokommun", "Tibro kommun")
    post = world.publish(account, "Hej")
    for _ in range(40):
        world.advance(chance.choice([0, 1, 60]))
        comments = world.comments_of(post)
        on = chance.choice([post, *comments])
        act = chance.choice(["ask"] * 5 + ["answer"] * 3 + ["name", "edit", "delete", "hide"])
        if act == "ask":
            world.comment(
                on, world.resident(platform, chance.choice(["Anna", "Bo", "Cia"])), f"Fråga {chance.random()}"
            )
        elif act in ("answer", "name"):
            world.answer(on, "Svar", mention=act == "name")
        elif comments:
            _change(world, act, chance.choice(comments))
    return world, account


def _change(world: World, act: str, comment: Comment) -> None:
    if act == "edit":
        world.edit(comment, f"{comment.text} och mer")
    elif act == "delete":
        world.delete(comment)
    else:
        world.hide(comment)


def residents(world: World, account: Account) -> list[Comment]:
    return [comment for comment in world.comments.values() if comment.author != account.person]


@given(seeds, platforms)
def test_every_residents_comment_has_a_state_and_only_those_gone_are_unavailable(seed: int, platform: Platform) -> None:
    world, account = history(seed, platform)
    states, seen = truth(world), shown(world, account)
    assert set(states) == {comment.id for comment in residents(world, account)}
    assert {id_ for id_, state in states.items() if state == TruthState.UNAVAILABLE} == set(states) - set(seen)


@given(seeds, platforms)
def test_without_our_answers_everything_shown_waits(seed: int, platform: Platform) -> None:
    world, account = history(seed, platform)
    for comment in list(world.comments.values()):
        if comment.author == account.person and comment.parent:
            world.delete(comment)
        elif comment.author == account.person:
            world.hide(comment)
    left = set(truth(world).values())
    assert left <= {TruthState.OPEN, TruthState.HIDDEN_BY_US, TruthState.UNAVAILABLE}


@given(seeds, platforms)
def test_naming_everybody_in_a_new_comment_leaves_nobody_waiting(seed: int, platform: Platform) -> None:
    world, account = history(seed, platform)
    post = world.posts_of(account)[0]
    world.advance(60)
    for comment in world.comments_of(post):
        if comment.author != account.person:
            world.answer(comment, "Svar", mention=True, top_level=True)
    assert not NEEDS_SOMEBODY & set(truth(world).values())


@given(seeds, platforms)
def test_the_same_history_has_the_same_truth(seed: int, platform: Platform) -> None:
    assert truth(history(seed, platform)[0]) == truth(history(seed, platform)[0])
