"""Whatever people do on a channel, and whatever breaks in between: afterwards we know what is there."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.emulator.faults import BREAKS, Fault, Faults
from connectors.emulator.server import Emulator
from connectors.emulator.world import Comment
from tests.connectors.youtube_town import Town

VERBS = ("ask", "ask held", "reply", "reply", "reply held", "answer", "edit", "delete", "hold", "release", "reject")
READINGS = ("read", "read", "read badly", "read daily", "read poor")
STEPS = st.lists(
    st.tuples(st.sampled_from((*VERBS, *READINGS, "new video", "unpublish")), st.integers(0, 30)),
    max_size=40,
)


def play(town: Town, steps: list[tuple[str, int]], *, editable: int) -> None:
    """`editable`: so many of a thread's newest replies may be edited."""
    for verb, number in steps:
        town.world.advance(number * 20)
        if verb == "read":
            town.read()
        elif verb == "read daily":
            town.read(daily=True, allowance=None if number % 2 else number)
        elif verb == "read poor":
            assert town.read(full=True, allowance=number).counted_cost <= number
        elif verb == "read badly":
            town.emulator.faults.add(Fault(BREAKS[number % len(BREAKS)], site="youtube", after=number % 5))
            town.read()
            town.emulator.faults.clear()
        elif verb == "new video":
            town.video = town.world.publish(town.channel, f"Film {number}")
        elif verb == "unpublish":
            town.video.published = number % 2 == 0
        else:
            act(town, verb, number, editable)


def act(town: Town, verb: str, number: int, editable: int) -> None:
    there = [one for post in town.world.posts_of(town.channel) for one in town.world.comments_of(post)]
    there = [one for one in there if one.thread.deleted_at is None and not one.thread.rejected]
    if verb.startswith("ask") or not there:
        town.ask(f"Fråga {number}", held=verb.endswith("held"))
        return
    one = there[number % len(there)]
    if verb.startswith("reply"):
        town.ask(f"Svar {number}", on=one, held=verb.endswith("held"))
    elif verb == "answer":
        town.world.answer(one, "Hej!", mention=number % 2 == 0)
    elif verb == "edit" and is_among_newest(town, one, editable):
        town.world.edit(one, f"{one.text}!")
    elif verb in ("delete", "hold") or (one.held and verb in ("release", "reject")):
        getattr(town.world, verb)(one)


def is_among_newest(town: Town, one: Comment, number: int) -> bool:
    """Public replies and held ones are counted apart, as the platform's two lists show them."""
    beside = [reply for reply in town.world.replies_to(one.thread) if not reply.held]
    return one.parent is None or one in beside[-number:]


@given(STEPS)
@settings(max_examples=60)
def test_a_full_round_after_any_history_knows_everything(steps: list[tuple[str, int]]) -> None:
    with Emulator() as emulator:
        town = Town(emulator)
        play(town, steps, editable=100)
        town.round(full=True)
        assert town.keeper.texts == town.shown
        assert emulator.ledger.errors() == []


@given(STEPS)
@example([("ask held", 0), ("read", 0), ("reply", 0), ("read badly", 12), ("delete", 1)])
@settings(max_examples=60)
def test_a_daily_round_after_any_history_knows_everything_on_the_videos_of_the_quarter(
    steps: list[tuple[str, int]],
) -> None:
    with Emulator() as emulator:
        town = Town(emulator)
        play(town, steps, editable=100)
        town.round(daily=True)
        assert town.keeper.texts == town.shown


@given(STEPS, st.integers(12, 20), st.integers(0, 12))
@settings(max_examples=20)
def test_readings_that_may_cost_little_come_to_know_everything(
    steps: list[tuple[str, int]], allowance: int, threads: int
) -> None:
    with Emulator() as emulator:
        town = Town(emulator)
        play(town, steps, editable=100)
        for number in range(threads):
            town.world.publish(town.channel, f"Film {number}")
            town.replies(town.ask(), 7 * (number % 3 == 0))
        for _ in range(40):
            if town.read(full=True, allowance=allowance).complete:
                break
        else:
            raise AssertionError("it never ends")
        town.round()
        assert town.keeper.texts == town.shown


@given(STEPS)
@settings(max_examples=60)
def test_the_cheapest_round_after_any_history_knows_all_but_edits_of_replies_that_no_list_shows(
    steps: list[tuple[str, int]],
) -> None:
    with Emulator() as emulator:
        town = Town(emulator)
        play(town, steps, editable=5)
        town.round()
        assert town.keeper.texts == town.shown
        assert town.keeper.held == {id_ for id_ in town.shown if town.world.comments[id_].held}


@given(st.integers(0, 2**32), st.integers(1, 12))
@settings(max_examples=25)
def test_once_faults_stop_one_round_makes_good(seed: int, rounds: int) -> None:
    with Emulator() as emulator:
        town = Town(emulator)
        emulator.faults = Faults.random(seed, 0.3)
        for _ in range(rounds):
            town.replies(town.ask(), 7)
            town.read()
        emulator.faults.clear()
        town.round()
        assert town.keeper.texts == town.shown
