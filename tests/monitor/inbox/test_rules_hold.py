"""What holds for every history of threads, however strange: found by hypothesis, in Swedish and English."""

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import State
from monitor.inbox.rules import Verdict, Version, Written, judge
from tests.monitor.inbox.threads import OURS, at, edited, states, verdicts

PEOPLE = ("anna", "erik", "lisa", None, "page-1")
SENTENCES = (
    "Hur länge är badet stängt?",
    "How long will the pool be closed?",
    "Tack för svaret!",
    "tack för svaret",
    "Vart vänder man sig om snöröjning på Åsen?",
    "Is the library open on Midsummer's Eve?",
    "🙂",
    "",
)
UNSETTLED = {State.OPEN, State.PROBABLY_ANSWERED}
AFTER = 100  # minutes: later than anything in a history


@st.composite
def comments_below(draw: st.DrawFn, post: str, visitors: bool) -> list[Written]:
    """What stands below one post: a few top-level comments, replies to them, edits, and fates. Times often coincide."""
    found: list[Written] = []
    for number in range(draw(st.integers(1, 8))):
        tops = [each.id for each in found if each.parent is None and not each.is_post]
        first_is_post = visitors and number == 0
        minute = 0 if first_is_post else draw(st.integers(0, 6))
        who = draw(st.sampled_from(("anna", "erik", None))) if first_is_post else draw(st.sampled_from(PEOPLE))
        comment = Written(
            id=post if first_is_post else f"{post}-{number}",
            post=post,
            posted_at=at(minute),
            versions=(Version(draw(st.sampled_from(SENTENCES)), at(minute)),),
            parent=None if first_is_post else draw(st.sampled_from([None, *tops])),
            author_id=who,
            mentions=tuple(draw(st.lists(st.sampled_from(("anna", "@Erik", "okänd")), max_size=1))),
            is_post=first_is_post,
            **draw(st.sampled_from([{}, {}, {}, {"hidden": True}, {"held": True}, {"missing": True}])),
        )
        if draw(st.integers(0, 4)) == 0:
            comment = edited(comment, minute + draw(st.integers(1, 6)), draw(st.sampled_from(SENTENCES)))
        found.append(comment)
    return found


@st.composite
def histories(draw: st.DrawFn) -> list[Written]:
    return [*draw(comments_below("p1", visitors=False)), *draw(comments_below("v1", visitors=True))]


def is_ours(comment: Written) -> bool:
    return comment.author_id == "page-1"


def without_again(found: dict[str, Verdict]) -> dict[str, Verdict]:
    """When its author was last seen there says nothing about where it stands."""
    return {id_: replace(verdict, again_at=None) for id_, verdict in found.items()}


def group(comment: Written) -> str:
    return comment.parent or comment.id


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_in_which_comments_are_read_changes_nothing(history: list[Written], chance: Random) -> None:
    shuffled = list(history)
    chance.shuffle(shuffled)
    assert judge(shuffled, OURS) == judge(history, OURS)


@given(histories())
def test_every_residents_comment_is_an_obligation_and_none_of_ours_is(history: list[Written]) -> None:
    assert set(states(*history)) == {each.id for each in history if not is_ours(each)}


@given(histories())
def test_one_post_says_nothing_about_another(history: list[Written]) -> None:
    alone = [each for each in history if each.post == "p1"]
    assert {id_: verdict for id_, verdict in verdicts(*history).items() if id_.startswith("p1")} == verdicts(*alone)


@given(histories())
def test_without_a_visible_comment_of_ours_nothing_is_answered(history: list[Written]) -> None:
    silent = [replace(each, hidden=True) if is_ours(each) else each for each in history]
    assert not {State.ANSWERED, State.PROBABLY_ANSWERED} & set(states(*silent).values())


@given(histories(), st.data())
def test_an_answer_that_disappears_is_as_if_it_had_never_been(history: list[Written], data: st.DataObject) -> None:
    ours = [each for each in history if is_ours(each)]
    if not ours:
        return
    gone = data.draw(st.sampled_from(ours))
    fate = data.draw(st.sampled_from(("hidden", "held", "missing")))
    without = [each for each in history if each is not gone]
    undone = [replace(each, **{fate: True}) if each is gone else each for each in history]
    assert verdicts(*undone) == verdicts(*without)


@given(histories(), st.data())
def test_our_reply_changes_nothing_outside_its_group(history: list[Written], data: st.DataObject) -> None:
    replies = [each for each in history if is_ours(each) and each.parent is not None]
    if not replies:
        return
    reply = data.draw(st.sampled_from(replies))
    before, after = verdicts(*(each for each in history if each is not reply)), verdicts(*history)
    groups = {each.id: group(each) for each in history}
    assert {id_ for id_ in after if after[id_] != before[id_]} <= {id_ for id_ in after if groups[id_] == reply.parent}


@given(histories(), st.sampled_from(SENTENCES), st.sampled_from(("anna", "erik", "ny", None)))
def test_a_residents_comment_after_all_else_is_open_and_changes_no_other(
    history: list[Written], text: str, who: str | None
) -> None:
    late = Written("late", "p1", at(AFTER), (Version(text, at(AFTER)),), "p1-0", who)
    found = verdicts(*history, late)
    assert found.pop("late").state is State.OPEN
    assert without_again(found) == without_again(verdicts(*history))


@given(histories(), st.data())
def test_a_new_text_after_all_answers_is_open(history: list[Written], data: st.DataObject) -> None:
    asked = data.draw(st.sampled_from([each for each in history if not is_ours(each)] or history))
    if is_ours(asked):
        return
    changed = [edited(each, AFTER, "Något helt annat") if each is asked else each for each in history]
    before, after = states(*history)[asked.id], states(*changed)[asked.id]
    assert after is (State.OPEN if before in {State.ANSWERED, *UNSETTLED} else before)


@given(histories())
def test_whoever_is_answered_was_answered_below_the_same_post_and_not_before_asking(history: list[Written]) -> None:
    known = {each.id: each for each in history}
    for id_, verdict in verdicts(*history).items():
        if verdict.state in {State.ANSWERED, State.PROBABLY_ANSWERED}:
            reply = known[verdict.by or ""]
            assert is_ours(reply)
            assert (reply.post, True) == (known[id_].post, reply.posted_at >= known[id_].posted_at)


@given(histories())
def test_with_two_or_more_new_ones_our_unaddressed_reply_answers_none_of_them(history: list[Written]) -> None:
    new = [
        Written(f"new-{who}", "p1", at(AFTER), (Version("Hej?", at(AFTER)),), "p1-0", who) for who in ("anna", "erik")
    ]
    reply = Written("reply", "p1", at(AFTER + 1), (Version("Hej!", at(AFTER + 1)),), "p1-0", "page-1")
    found = states(*history, *new, reply)
    assert {found["new-anna"], found["new-erik"]} == {State.PROBABLY_ANSWERED}


@given(histories(), st.integers(0, 7))
@settings(max_examples=200)
def test_historic_is_only_what_would_wait_and_is_older_than_the_watch(history: list[Written], minute: int) -> None:
    before, after = states(*history), states(*history, historic_before=at(minute))
    old = {each.id for each in history if each.posted_at < at(minute)}
    for id_, state in before.items():
        assert after[id_] is (State.HISTORIC if id_ in old and state in UNSETTLED else state)
