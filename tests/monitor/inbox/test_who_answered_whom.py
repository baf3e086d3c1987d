"""The rule of who answered whom, sentence by sentence."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from monitor import State
from monitor.inbox.mark_rules import standing
from monitor.inbox.reasons import sentence
from monitor.inbox.rules import Version, Why, normalised
from monitor.register.calendar import calendar_of
from monitor.register.models import Organisation
from tests.monitor.inbox.threads import at, edited, states, verdicts, visitor_post, we_wrote, wrote

OPEN, PERHAPS, ANSWERED = State.OPEN, State.PROBABLY_ANSWERED, State.ANSWERED


def test_what_nobody_answered_is_open() -> None:
    found = verdicts(wrote("anna", "1", 0))["1"]
    assert (found.state, found.why, found.since) == (OPEN, Why.NOBODY_ANSWERED, at(0))


def test_our_reply_to_the_only_one_who_waits_answers_her() -> None:
    found = verdicts(wrote("anna", "1", 0, "När plogas Fredsgatan?"), we_wrote("2", 5, to="1"))["1"]
    assert (found.state, found.why, found.at, found.by) == (ANSWERED, Why.ANSWERED, at(5), "2")


def test_our_own_comments_are_no_obligations() -> None:
    assert states(we_wrote("1", 0), we_wrote("2", 5, to="1")) == {}


def test_a_reply_answers_everything_that_the_only_one_wrote() -> None:
    thread = wrote("anna", "1", 0), wrote("anna", "2", 1, "Hallå?", to="1"), we_wrote("3", 5, to="1")
    assert states(*thread) == {"1": ANSWERED, "2": ANSWERED}


def test_with_two_waiting_nobody_is_known_to_be_answered() -> None:
    thread = wrote("anna", "1", 0), wrote("erik", "2", 1, "Same question here!", to="1"), we_wrote("3", 5, to="1")
    found = verdicts(*thread)
    assert {verdict.state for verdict in found.values()} == {PERHAPS}
    assert (found["1"].why, found["1"].people, found["1"].at, found["1"].by) == (Why.SEVERAL_WAITED, 2, at(5), "3")


def test_the_one_whom_we_address_is_answered_and_nobody_else_is_touched() -> None:
    thread = wrote("anna", "1", 0), wrote("erik", "2", 1, to="1"), we_wrote("3", 5, to="1", mentions=("erik",))
    assert states(*thread) == {"1": OPEN, "2": ANSWERED}


def test_handles_match_whatever_their_case_and_with_or_without_the_at_sign() -> None:
    anna = replace(wrote("17", "1", 0), author_handle="Anna.Svensson")
    assert (
        states(anna, wrote("erik", "2", 1, to="1"), we_wrote("3", 5, to="1", mentions=("@anna.svensson",)))["1"]
        is ANSWERED
    )


def test_our_handle_is_ours_whatever_its_case() -> None:
    reply = replace(we_wrote("2", 5, to="1"), author_id=None, author_handle="@TibroKommun")
    assert states(wrote("anna", "1", 0), reply) == {"1": ANSWERED}


def test_a_mention_of_somebody_who_is_not_there_counts_as_none() -> None:
    assert states(wrote("anna", "1", 0), we_wrote("2", 5, to="1", mentions=("lisa",))) == {"1": ANSWERED}


def test_a_mention_of_somebody_who_wrote_there_later_only_counts_as_none() -> None:
    thread = wrote("anna", "1", 0), we_wrote("2", 5, to="1", mentions=("erik",)), wrote("erik", "3", 9, to="1")
    assert states(*thread) == {"1": ANSWERED, "3": OPEN}


def test_after_our_answer_the_next_who_writes_is_the_only_one_who_waits() -> None:
    thread = [wrote("anna", "1", 0), wrote("erik", "2", 1, to="1"), we_wrote("3", 5, to="1")]
    thread += [wrote("lisa", "4", 6, "Gäller det även simskolan?", to="1"), we_wrote("5", 9, to="1")]
    assert states(*thread) == {"1": PERHAPS, "2": PERHAPS, "4": ANSWERED}


def test_the_only_new_one_has_her_older_questions_answered_too() -> None:
    thread = [wrote("anna", "1", 0), wrote("erik", "2", 1, to="1"), we_wrote("3", 5, to="1")]
    thread += [wrote("erik", "4", 6, "Jag frågade om simskolan.", to="1"), we_wrote("5", 9, to="1")]
    assert states(*thread) == {"1": PERHAPS, "2": ANSWERED, "4": ANSWERED}


def test_a_second_reply_without_anybody_new_says_nothing_about_who_was_meant() -> None:
    thread = wrote("anna", "1", 0), wrote("erik", "2", 1, to="1"), we_wrote("3", 5, to="1", mentions=("erik",))
    found = verdicts(*thread, we_wrote("4", 7, to="1"))
    assert (found["1"].state, found["1"].why, found["1"].by) == (PERHAPS, Why.NOBODY_ADDRESSED, "4")
    assert found["2"].state is ANSWERED


def test_a_question_after_our_answer_waits_anew() -> None:
    thread = wrote("anna", "1", 0), we_wrote("2", 5, to="1"), wrote("anna", "3", 6, "Och på söndag då?", to="1")
    assert states(*thread) == {"1": ANSWERED, "3": OPEN}


def test_another_residents_answer_counts_for_nothing() -> None:
    assert states(wrote("anna", "1", 0), wrote("erik", "2", 5, "Det öppnar på måndag.", to="1")) == {
        "1": OPEN,
        "2": OPEN,
    }


def test_our_reply_in_another_thread_answers_nobody_here() -> None:
    assert states(wrote("anna", "1", 0), wrote("erik", "2", 1), we_wrote("3", 5, to="2")) == {"1": OPEN, "2": ANSWERED}


def test_our_new_comment_below_our_post_answers_nobody_without_a_mention() -> None:
    assert states(wrote("anna", "1", 0), we_wrote("2", 5)) == {"1": OPEN}


def test_our_new_comment_answers_those_it_addresses_anywhere_below_the_post() -> None:
    residents = wrote("anna", "1", 0), wrote("erik", "2", 1, to="1"), wrote("anna", "3", 2)
    assert states(*residents, we_wrote("4", 5, mentions=("anna",))) == {"1": ANSWERED, "2": OPEN, "3": ANSWERED}


def test_our_comment_below_a_visitors_post_answers_the_post_and_no_comment_there() -> None:
    post, comment = visitor_post("anna", "v1", 0), wrote("erik", "2", 1, "Hos oss också!", post="v1")
    assert states(post, comment, we_wrote("3", 5, post="v1")) == {"v1": ANSWERED, "2": OPEN}


def test_our_comment_below_a_visitors_post_that_addresses_another_leaves_the_post_open() -> None:
    post, comment = visitor_post("anna", "v1", 0), wrote("erik", "2", 1, post="v1")
    assert states(post, comment, we_wrote("3", 5, post="v1", mentions=("erik",))) == {"v1": OPEN, "2": ANSWERED}


def test_our_reply_to_a_comment_below_a_visitors_post_leaves_the_post_open() -> None:
    post, comment = visitor_post("anna", "v1", 0), wrote("erik", "2", 1, post="v1")
    assert states(post, comment, we_wrote("3", 5, to="2", post="v1")) == {"v1": OPEN, "2": ANSWERED}


def test_what_we_write_on_our_own_page_as_a_visitor_is_no_answer() -> None:
    ours = replace(we_wrote("v1", 5, post="v1"), is_post=True)
    assert states(wrote("anna", "1", 0, post="v1"), ours) == {"1": OPEN}


def test_residents_without_an_author_are_two_persons() -> None:
    thread = wrote(None, "1", 0), wrote(None, "2", 1, "Samma fråga.", to="1"), we_wrote("3", 5, to="1")
    assert states(*thread) == {"1": PERHAPS, "2": PERHAPS}


def test_a_single_resident_without_an_author_can_be_answered() -> None:
    assert states(wrote(None, "1", 0), we_wrote("2", 5, to="1")) == {"1": ANSWERED}


@pytest.mark.parametrize("fate", ["hidden", "held", "missing"])
def test_an_answer_that_nobody_can_see_counts_for_nothing(fate: str) -> None:
    assert states(wrote("anna", "1", 0), replace(we_wrote("2", 5, to="1"), **{fate: True})) == {"1": OPEN}


@pytest.mark.parametrize(
    ("fate", "state", "why"),
    [
        ("hidden", State.HIDDEN_BY_US, Why.HIDDEN),
        ("held", State.HELD, Why.HELD),
        ("missing", State.UNAVAILABLE, Why.GONE),
    ],
)
def test_what_became_of_a_comment_comes_before_its_answer(fate: str, state: State, why: Why) -> None:
    found = verdicts(replace(wrote("anna", "1", 0), **{fate: True}), we_wrote("2", 5, to="1"))["1"]
    assert (found.state, found.why) == (state, why)


@pytest.mark.parametrize("fate", ["hidden", "held", "missing"])
def test_who_wrote_what_is_not_public_is_not_one_of_those_who_wait(fate: str) -> None:
    unseen = replace(wrote("erik", "2", 1, to="1"), **{fate: True})
    assert states(wrote("anna", "1", 0), unseen, we_wrote("3", 5, to="1"))["1"] is ANSWERED
    assert states(wrote("anna", "1", 0), unseen, we_wrote("3", 5, to="1"), we_wrote("4", 6, to="1"))["1"] is ANSWERED


def test_who_is_addressed_is_addressed_even_if_her_comment_is_gone() -> None:
    gone = replace(wrote("erik", "2", 1, to="1"), missing=True)
    assert states(wrote("anna", "1", 0), gone, we_wrote("3", 5, to="1", mentions=("erik",)))["1"] is OPEN


def test_what_is_gone_is_gone_even_if_it_had_been_hidden() -> None:
    assert states(replace(wrote("anna", "1", 0), hidden=True, missing=True)) == {"1": State.UNAVAILABLE}


def test_what_the_platform_confirmed_as_deleted_says_so_and_when() -> None:
    gone = replace(wrote("anna", "1", 0), missing=True, deleted_at=at(90))
    found = verdicts(gone, we_wrote("2", 5, to="1"))["1"]
    assert (found.state, found.why, found.at) == (State.REMOVED_BY_AUTHOR, Why.DELETED, at(90))
    stands = standing(found, [], calendar_of(Organisation(name="Tibro kommun")), at(100))
    assert sentence(found, stands, "", ZoneInfo("Europe/Stockholm")).endswith("15 juni 2026.")


def test_a_top_level_comment_stands_before_its_reply_even_in_the_same_second() -> None:
    assert states(wrote("anna", "1", 0), we_wrote("2", 0, to="1")) == {"1": ANSWERED}
    assert states(visitor_post("anna", "v1", 0), we_wrote("2", 0, post="v1")) == {"v1": ANSWERED}


def test_a_reply_in_the_same_second_as_ours_was_not_there_when_we_wrote() -> None:
    thread = wrote("anna", "1", 0), wrote("erik", "2", 5, to="1"), we_wrote("3", 5, to="1")
    assert states(*thread) == {"1": ANSWERED, "2": OPEN}
    assert states(*thread, we_wrote("4", 6, to="1")) == {"1": ANSWERED, "2": ANSWERED}


def test_two_of_our_replies_in_the_same_second_are_taken_by_their_ids() -> None:
    residents = wrote("anna", "1", 0), wrote("erik", "2", 1, to="1")
    assert verdicts(*residents, we_wrote("4", 5, to="1"), we_wrote("3", 5, to="1"))["1"].by == "4"


def test_what_was_written_before_the_watch_is_historic_only_while_it_is_unanswered() -> None:
    thread = wrote("anna", "1", 0), wrote("erik", "2", 1), we_wrote("3", 2, to="2"), wrote("lisa", "4", 9)
    assert states(*thread, historic_before=at(5)) == {"1": State.HISTORIC, "2": ANSWERED, "4": OPEN}


def test_an_edit_after_our_answer_waits_again_and_its_deadline_counts_from_then() -> None:
    question = edited(wrote("anna", "1", 0, "Är badet öppet?"), 9, "Är badet öppet på julafton?")
    found = verdicts(question, we_wrote("2", 5, to="1"))["1"]
    assert (found.state, found.why, found.since, found.at, found.by) == (OPEN, Why.EDITED, at(9), at(9), "2")


def test_an_edit_of_punctuation_or_case_is_no_new_question() -> None:
    question = edited(wrote("anna", "1", 0, "är badet öppet"), 9, "Är badet öppet?!")
    assert states(question, we_wrote("2", 5, to="1")) == {"1": ANSWERED}


def test_an_edit_before_our_answer_is_part_of_what_we_answered() -> None:
    question = edited(wrote("anna", "1", 0, "Är badet öppet?"), 3, "Är gymmet öppet?")
    found = verdicts(question, we_wrote("2", 5, to="1"))["1"]
    assert (found.state, found.since) == (ANSWERED, at(0))


def test_an_edited_question_that_we_answer_again_is_answered() -> None:
    question = edited(wrote("anna", "1", 0, "Är badet öppet?"), 6, "Är gymmet öppet?")
    assert states(question, we_wrote("2", 5, to="1"), we_wrote("3", 9, to="1")) == {"1": ANSWERED}


def test_an_edit_that_is_taken_back_leaves_the_answer_standing() -> None:
    question = edited(edited(wrote("anna", "1", 0, "Är badet öppet?"), 6, "Är gymmet öppet?"), 7, "Är badet öppet?")
    assert states(question, we_wrote("2", 5, to="1")) == {"1": ANSWERED}


def test_an_edit_makes_its_author_one_of_those_who_wait() -> None:
    question = edited(wrote("anna", "1", 0, "Is the pool open?"), 6, "Is the gym open?")
    thread = question, we_wrote("2", 5, to="1"), wrote("erik", "3", 7, to="1"), we_wrote("4", 9, to="1")
    assert states(*thread) == {"1": PERHAPS, "3": PERHAPS}


def test_a_text_that_was_edited_before_we_saw_it_is_not_what_we_answered_before() -> None:
    question = replace(wrote("anna", "1", 0), versions=(Version(None, at(0)), Version("Är gymmet öppet?", at(6))))
    assert states(question, we_wrote("2", 5, to="1")) == {"1": OPEN}
    assert states(question, we_wrote("2", 7, to="1")) == {"1": ANSWERED}


def test_a_held_comment_that_was_published_was_written_when_it_was_written_but_waits_since_it_could_be_seen() -> None:
    comment = replace(wrote("erik", "2", 1, to="1"), public_seen_at=at(60))
    found = verdicts(wrote("anna", "1", 0), comment, we_wrote("3", 5, to="1"))["2"]
    assert (found.state, found.since) == (PERHAPS, at(60))


def test_the_rule_reads_swedish_and_english_letters_alike() -> None:
    assert normalised("Är det ÖPPET på Åsen?  ") == normalised("är det öppet, på åsen") == "ärdetöppetpååsen"
    assert normalised("o\u0308ppet") == "öppet"
    assert normalised("It’s 10 °C 🏊") == "its10c"


def test_the_residents_words_are_not_in_what_a_log_would_show() -> None:
    assert "badet" not in repr(wrote("anna", "1", 0))
