"""The order in which a comment is taken away, whatever people answer and however often."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.inbox.removal_rules import (
    ACTS,
    FOR_GOOD,
    ORDER,
    OWED,
    Kind,
    Question,
    Rule,
    Step,
    latest,
    missing,
    question,
    wrong,
)

any_step = st.builds(
    Step,
    st.sampled_from(Kind),
    answer=st.none() | st.booleans(),
    rule=st.none() | st.sampled_from(Rule),
    number=st.sampled_from(["", " ", "KS 2026/114"]),
    note=st.sampled_from(["", " ", "Skrevs i tråden"]),
    failed=st.booleans(),
)
FULL = (
    Step(Kind.HIDE, done=True),
    Step(Kind.RULE, rule=Rule.THREAT),
    Step(Kind.TOLD, answer=True, note="I tråden"),
    Step(Kind.POLICE, answer=True, number="5000-K1-26"),
    Step(Kind.REGISTERED, answer=True, number="KS 2026/114"),
)


def taken(wanted: list[Step]) -> list[Step]:
    """Those of them that the rules let in, one after the other."""
    steps: list[Step] = []
    for step in wanted:
        if wrong(steps, step) is None:
            steps.append(step)
    return steps


@given(st.lists(any_step, max_size=15))
def test_what_comes_first_is_answered_first(wanted: list[Step]) -> None:
    steps = taken(wanted)
    for number, step in enumerate(steps):
        asked = question(step.kind)
        if asked in (Question.ACT, Question.RULE):
            continue
        before = {question(each.kind) for each in steps[:number] if not each.failed}
        assert before >= set(ORDER[: ORDER.index(asked)])


@given(st.lists(any_step, max_size=15))
def test_nothing_is_removed_for_good_before_somebody_has_said_why(wanted: list[Step]) -> None:
    kinds = [step.kind for step in taken(wanted)]
    if Kind.REMOVE in kinds:
        assert Kind.RULE in kinds[: kinds.index(Kind.REMOVE)]


@given(st.lists(any_step, max_size=15))
def test_what_has_been_removed_for_good_is_not_taken_away_again(wanted: list[Step]) -> None:
    acts = [step for step in taken(wanted) if step.kind in ACTS and not step.failed]
    assert all(step.kind not in FOR_GOOD for step in acts[:-1])


@given(st.lists(any_step, max_size=15))
def test_a_case_is_complete_when_each_question_has_an_answer_that_counts(wanted: list[Step]) -> None:
    steps = taken(wanted)
    said = {asked: latest(steps, asked) for asked in ORDER}
    rule = said[Question.RULE]
    open_ = {asked for asked, step in said.items() if step is None}
    for owing, asked in OWED.items():
        step = said[asked]
        if rule is not None and rule.rule is owing and step is not None and not step.answer:
            open_.add(asked)
    assert set(missing(steps)) == open_
    assert list(missing(steps)) == [asked for asked in ORDER if asked in open_]


@given(st.lists(any_step, max_size=15), any_step)
def test_a_later_word_counts_and_opens_nothing_but_what_is_owed(wanted: list[Step], more: Step) -> None:
    steps = taken(wanted)
    if wrong(steps, more) is not None or more.failed:
        return
    assert latest([*steps, more], question(more.kind)) == more
    assert set(missing([*steps, more])) - set(missing(steps)) <= set(OWED.values())


def test_the_whole_chain_leaves_nothing_open() -> None:
    for number in range(len(FULL)):
        assert wrong(FULL[:number], FULL[number]) is None
        assert missing(FULL[:number]) == ORDER[number:]
    assert missing(FULL) == ()


def test_an_act_that_came_to_nothing_leaves_the_comment_to_be_taken_away() -> None:
    assert missing([Step(Kind.HIDE, failed=True), *FULL[1:]]) == (Question.ACT,)


def test_abuse_of_a_child_stays_open_until_the_police_know() -> None:
    abuse = [FULL[0], Step(Kind.RULE, rule=Rule.CHILD_ABUSE), FULL[2]]
    no = Step(Kind.POLICE, answer=False, note="Inte än")
    assert missing([*abuse, no, FULL[4]]) == (Question.POLICE,)
    assert missing([*abuse, no, FULL[4], FULL[3]]) == ()


def test_what_is_secret_stays_open_until_it_is_registered() -> None:
    secret = [FULL[0], Step(Kind.RULE, rule=Rule.SECRECY), *FULL[2:4]]
    no = Step(Kind.REGISTERED, answer=False, note="Inte än")
    assert missing([*secret, no]) == (Question.REGISTERED,)
    assert missing([*secret, no, FULL[4]]) == ()
