"""The states of PEERS.md 2.2, a row each, and how they are left."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor import State
from monitor.inbox.mark_rules import (
    Kind,
    Marked,
    Reason,
    Said,
    Standing,
    looked_at,
    said_of_replies,
    standing,
    unverified_since,
)
from monitor.inbox.rules import Why, Written, judge
from monitor.inbox.suggestion_rules import suggested_reason
from monitor.register.calendar import calendar_of
from monitor.register.models import Organisation
from tests.monitor.inbox.threads import OURS, at, edited, verdicts, we_wrote, wrote

CALENDAR = calendar_of(Organisation(name="Tibro kommun"))
TUESDAY_NOON = at(24 * 60)
TUESDAY_CLOSING = datetime(2026, 6, 16, 14, 0, tzinfo=UTC)
LATER = at(60 * 24 * 30)


def said(kind: Kind, minute: float, id_: int = 1, **words: object) -> Marked:
    return Marked(Said(kind, **words), "redaktor", at(minute), id_)  # type: ignore[arg-type]


def stands(thread: list[Written], *marks: Marked, now: datetime | None = None, of: str = "1") -> Standing:
    """Where the comment stands, its marks heeded by both rules."""
    replies = said_of_replies(marks)
    told = [
        replace(
            each,
            reopened=replies.reopened if each.id == of else each.reopened,
            closed=replies.closed if each.id == of else each.closed,
            answers=frozenset({of}) if each.id in replies.answers else each.answers,
            not_for=frozenset({of}) if each.id in replies.not_for else each.not_for,
            interim=each.interim or each.id in replies.interim,
            interim_for=frozenset({of}) if each.id in replies.interim else each.interim_for,
        )
        for each in thread
    ]
    return standing(judge(told, OURS)[of], marks, CALENDAR, now or at(120))


ASKED = [wrote("anna", "1", 0)]
TWO_ASKED = [wrote("anna", "1", 0), wrote("erik", "2", 1, to="1")]
UNCLEAR = [*TWO_ASKED, we_wrote("3", 5, to="1")]
PROMISED = [*ASKED, replace(we_wrote("3", 5, to="1"), interim=True)]


@pytest.mark.parametrize(
    ("thread", "marks", "state"),
    [
        (ASKED, [], State.OPEN),
        (ASKED, [said(Kind.ACKNOWLEDGE, 30)], State.ACKNOWLEDGED),
        (ASKED, [said(Kind.SNOOZE, 30, until=TUESDAY_NOON)], State.SNOOZED),
        (ASKED, [said(Kind.SNOOZE, 30, until=TUESDAY_NOON), said(Kind.WAKE, 40, 2)], State.OPEN),
        (PROMISED, [], State.INTERIM_ANSWERED),
        (UNCLEAR, [], State.PROBABLY_ANSWERED),
        (UNCLEAR, [said(Kind.CONFIRM, 30, reply="3")], State.ANSWERED),
        (UNCLEAR, [said(Kind.REJECT, 30, reply="3")], State.OPEN),
        (UNCLEAR, [said(Kind.CONFIRM, 30, reply="3"), said(Kind.REJECT, 30, 2, reply="3")], State.OPEN),
        (UNCLEAR, [said(Kind.INTERIM, 30, reply="3")], State.INTERIM_ANSWERED),
        ([*ASKED, we_wrote("3", 5, to="1")], [], State.ANSWERED),
        ([*ASKED, we_wrote("3", 5, to="1")], [said(Kind.INTERIM, 30, reply="3")], State.INTERIM_ANSWERED),
        ([*ASKED, we_wrote("3", 5, to="1")], [said(Kind.REOPEN, 30)], State.OPEN),
        ([*ASKED, we_wrote("3", 5, to="1")], [said(Kind.CLOSE, 30)], State.ANSWERED),
        ([*PROMISED, we_wrote("4", 9, to="1")], [], State.ANSWERED),
        (PROMISED, [said(Kind.CONFIRM, 30, reply="3")], State.ANSWERED),
        (ASKED, [said(Kind.PRIVATE, 30)], State.ANSWERED_PRIVATELY),
        (ASKED, [said(Kind.CLOSE, 30, reason=Reason.OPINION)], State.CLOSED_NO_REPLY),
        (ASKED, [said(Kind.CLOSE, 30), said(Kind.ACKNOWLEDGE, 40, 2)], State.CLOSED_NO_REPLY),
        (ASKED, [said(Kind.CLOSE, 30), said(Kind.WAKE, 40, 2)], State.CLOSED_NO_REPLY),
        (ASKED, [said(Kind.CLOSE, 30), said(Kind.REOPEN, 40, 2)], State.OPEN),
        ([replace(ASKED[0], held=True)], [], State.HELD),
        ([replace(ASKED[0], held=True)], [said(Kind.CLOSE, 30, reason=Reason.SPAM)], State.CLOSED_NO_REPLY),
        ([replace(ASKED[0], public_seen_at=at(40))], [said(Kind.CLOSE, 30, reason=Reason.SPAM)], State.OPEN),
        ([replace(ASKED[0], hidden=True)], [said(Kind.SNOOZE, 30)], State.HIDDEN_BY_US),
        ([replace(ASKED[0], unhidden_at=at(40))], [said(Kind.CLOSE, 30)], State.OPEN),
        ([replace(ASKED[0], missing=True)], [said(Kind.CLOSE, 30)], State.UNAVAILABLE),
        ([replace(ASKED[0], missing=True, deleted_at=at(50))], [said(Kind.ACKNOWLEDGE, 30)], State.REMOVED_BY_AUTHOR),
        ([replace(ASKED[0], missing=True, deleted_at=at(50), removed_by_us=True)], [], State.REMOVED_BY_US),
        ([replace(ASKED[0], removed_by_us=True)], [], State.OPEN),
        ([replace(ASKED[0], back_at=at(40))], [said(Kind.CLOSE, 30)], State.CLOSED_NO_REPLY),
        ([replace(ASKED[0], back_at=at(40))], [said(Kind.SNOOZE, 30, until=TUESDAY_NOON)], State.OPEN),
        ([edited(ASKED[0], 40, "Något annat")], [said(Kind.CLOSE, 30)], State.OPEN),
        ([edited(ASKED[0], 40, "Något annat")], [said(Kind.ACKNOWLEDGE, 30)], State.OPEN),
        ([edited(ASKED[0], 40, "HUR länge är badet stängt!")], [said(Kind.CLOSE, 30)], State.CLOSED_NO_REPLY),
        ([*ASKED, wrote("anna", "2", 40, to="1")], [said(Kind.SNOOZE, 30, until=TUESDAY_NOON)], State.OPEN),
        ([*ASKED, wrote("erik", "2", 40, to="1")], [said(Kind.SNOOZE, 30, until=TUESDAY_NOON)], State.SNOOZED),
        ([*ASKED, wrote("anna", "2", 40)], [said(Kind.SNOOZE, 30, until=TUESDAY_NOON)], State.SNOOZED),
        ([*ASKED, wrote("anna", "2", 40, to="1")], [said(Kind.CLOSE, 30)], State.CLOSED_NO_REPLY),
    ],
)
def test_every_state_is_entered_and_left_as_it_should_be(
    thread: list[Written], marks: list[Marked], state: State
) -> None:
    assert stands(thread, *marks).state is state
    assert stands(thread, *reversed(marks)).state is state


def test_an_acknowledgement_ends_by_itself_when_the_next_working_day_does() -> None:
    seen = said(Kind.ACKNOWLEDGE, 30)
    assert stands(ASKED, seen).quiet_until == TUESDAY_CLOSING
    assert stands(ASKED, seen, now=TUESDAY_CLOSING - timedelta(microseconds=1)).state is State.ACKNOWLEDGED
    assert stands(ASKED, seen, now=TUESDAY_CLOSING) == stands(ASKED)


def test_no_pause_lasts_longer_than_it_may_whatever_was_written_down() -> None:
    assert stands(ASKED, said(Kind.ACKNOWLEDGE, 30, until=LATER)).quiet_until == TUESDAY_CLOSING
    latest = datetime(2026, 6, 23, 14, 0, tzinfo=UTC)  # Midsummer's Eve is no working day
    assert stands(ASKED, said(Kind.SNOOZE, 30, until=LATER)).quiet_until == latest


def test_a_promised_answer_has_the_longer_clock_from_the_first_promise() -> None:
    again = replace(we_wrote("4", 50, to="1"), interim=True)
    found = stands([*PROMISED, again])
    assert (found.state, found.since, found.term) == (State.INTERIM_ANSWERED, at(5), "interim")


def test_what_is_put_off_keeps_its_own_clock() -> None:
    held = stands([replace(ASKED[0], held=True)], said(Kind.ACKNOWLEDGE, 30))
    assert (held.state, held.term, held.since) == (State.ACKNOWLEDGED, "held", at(0))


def test_what_our_vanished_reply_had_answered_waits_anew_from_when_that_was_noticed() -> None:
    gone = replace(we_wrote("3", 5, to="1"), missing=True, gone_at=at(70))
    found = verdicts(*ASKED, gone)["1"]
    assert (found.state, found.why, found.since) == (State.OPEN, Why.ANSWER_GONE, at(70))
    assert verdicts(*ASKED, gone, we_wrote("4", 90, to="1"))["1"].state is State.ANSWERED


def test_a_closing_before_the_answer_vanished_no_longer_counts() -> None:
    gone = replace(we_wrote("3", 40, to="1"), missing=True, gone_at=at(70))
    assert stands([*ASKED, gone], said(Kind.CLOSE, 30)).state is State.OPEN


def test_a_vanished_reply_that_answered_nobody_moves_no_deadline() -> None:
    gone = replace(we_wrote("3", 5, to="1"), missing=True, gone_at=at(70))
    assert {each.since for each in verdicts(*TWO_ASKED, gone).values()} == {at(0), at(1)}


def test_a_confirmation_holds_when_a_later_reply_comes_and_is_void_when_its_own_disappears() -> None:
    confirmed = said(Kind.CONFIRM, 30, reply="3")
    assert stands([*UNCLEAR, we_wrote("4", 50, to="1")], confirmed).state is State.ANSWERED
    vanished = [*TWO_ASKED, replace(we_wrote("3", 5, to="1"), missing=True, gone_at=at(70))]
    found = stands(vanished, confirmed)
    assert (found.state, found.since) == (State.OPEN, at(70))


def test_a_rejected_reply_stays_rejected_and_a_later_one_asks_anew() -> None:
    later = [*UNCLEAR, we_wrote("4", 50, to="1")]
    rejected = said(Kind.REJECT, 30, reply="3")
    found = verdicts(*[replace(each, not_for=frozenset({"1"})) if each.id == "3" else each for each in later])["1"]
    assert (found.state, found.candidates) == (State.PROBABLY_ANSWERED, ("4",))
    assert stands(later, rejected).state is State.PROBABLY_ANSWERED
    assert stands(later, said(Kind.REJECT, 60, reply="4")).state is State.OPEN
    assert stands(later, rejected, of="2").state is State.PROBABLY_ANSWERED


def test_a_confirmation_says_nothing_of_the_others_who_waited() -> None:
    thread = [*TWO_ASKED, replace(we_wrote("3", 5, to="1"), answers=frozenset({"1"}))]
    assert {id_: each.state for id_, each in verdicts(*thread).items()} == {
        "1": State.ANSWERED,
        "2": State.PROBABLY_ANSWERED,
    }


def test_a_historic_comment_that_is_reopened_waits_from_then() -> None:
    old = replace(ASKED[0], reopened=(at(90),))
    found = verdicts(old, historic_before=at(10))["1"]
    assert (found.state, found.why, found.since) == (State.OPEN, Why.REOPENED, at(90))


def test_the_later_word_counts_whichever_was_written_down_first() -> None:
    assert stands(ASKED, said(Kind.CLOSE, 40, 1), said(Kind.REOPEN, 30, 2)).state is State.CLOSED_NO_REPLY
    assert stands(ASKED, said(Kind.ACKNOWLEDGE, 30, 1), said(Kind.WAKE, 30, 2)).state is State.OPEN


def test_what_happens_after_the_answer_does_not_make_it_a_late_or_an_early_one() -> None:
    for what in ({"unhidden_at": at(90)}, {"back_at": at(90)}):
        shown = replace(ASKED[0], **what)
        assert verdicts(shown)["1"].since == at(90)
        found = verdicts(shown, we_wrote("3", 5, to="1"))["1"]
        assert (found.state, found.since) == (State.ANSWERED, at(0))


def test_somebody_has_looked_who_said_anything_of_what_stands_there_now() -> None:
    found = verdicts(*ASKED)["1"]
    assert not looked_at(found, [])
    assert looked_at(found, [said(Kind.ACKNOWLEDGE, 30)])
    changed = verdicts(edited(ASKED[0], 40, "Något annat"))["1"]
    assert not looked_at(changed, [said(Kind.ACKNOWLEDGE, 30)])
    assert looked_at(verdicts(*PROMISED)["1"], [])


@pytest.mark.parametrize(
    ("last", "now", "stale"),
    [
        ("2026-06-15T12:00+02:00", "2026-06-16T16:00+02:00", False),
        ("2026-06-15T12:00+02:00", "2026-06-16T16:00:01+02:00", True),
        ("2026-06-18T17:00+02:00", "2026-06-22T15:59+02:00", False),  # Midsummer between
        ("2026-10-23T15:00+02:00", "2026-10-26T16:01+01:00", True),  # and the night in which summer time ends
    ],
)
def test_what_is_shown_is_unverified_when_the_last_reading_is_older_than_a_working_day(
    last: str, now: str, stale: bool
) -> None:
    read = datetime.fromisoformat(last)
    assert unverified_since(read, CALENDAR, datetime.fromisoformat(now)) == (read if stale else None)
    assert unverified_since(None, CALENDAR, datetime.fromisoformat(now)) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Tack!", "thanks"),
        ("Tack så mycket för svaret 😊", "thanks"),
        ("Toppen, tack!", "thanks"),
        ("Thanks for the quick reply!", "thanks"),
        ("❤️❤️", "thanks"),
        ("@lisa", "tag"),
        ("@anna.andersson @erik 😂", "tag"),
        ("Thanks for your help", "thanks"),
        ("Tack för den snabba hjälpen", None),
        ("Tack för snabba svaret!", "thanks"),
        ("Tack, men när öppnar ni?", None),
        ("Tack, men när öppnar ni", None),
        ("Tacksam för svar", None),
        ("Tacksam för snabbt svar!", None),
        ("Hej! Tack för svar", None),
        ("Thanks for help", None),
        ("❓❓", None),
        ("Tack⁉", None),
        ("Tack ؟", None),
        ("Tack?", None),
        ("Tack, 2 veckor till alltså", None),
        ("Svar, tack!", None),
        ("Mer information tack", None),
        ("Tack för ingenting", None),
        ("@lisa kolla här", None),
        ("Hej", None),
        ("👍?", None),
        ("", None),
        ("...", None),
        ("1️⃣", None),
    ],
)
def test_only_a_text_that_asks_nothing_is_suggested_to_need_no_reply(text: str, reason: str | None) -> None:
    assert suggested_reason(text) == reason


@pytest.mark.parametrize("text", ["@tibrokommun", "@anna @Tibrokommun.", "@TIBROKOMMUN 🙏"])
def test_whoever_tags_the_organisation_wants_something_of_it(text: str) -> None:
    assert suggested_reason(text, OURS) is None
    assert suggested_reason(text) == "tag"
    assert suggested_reason(f"{text} tack!", OURS) == "thanks"


DAYS_LATER = 60 * 24 * 10


@pytest.mark.parametrize(
    ("others", "marks"),
    [
        ([], [said(Kind.CLOSE, 30, reason=Reason.THANKS)]),
        ([], [said(Kind.PRIVATE, 30, note="Ringde")]),
        ([replace(we_wrote("3", 5, to="1"), interim=True)], []),
        ([we_wrote("3", 5, to="1")], []),
    ],
)
def test_an_edit_of_what_had_enough_begins_a_new_term(others: list[Written], marks: list[Marked]) -> None:
    asks_more = edited(ASKED[0], DAYS_LATER, "När öppnar ni igen?")
    found = stands([asks_more, *others], *marks, now=at(DAYS_LATER + 5))
    assert (found.state, found.since, found.term) == (State.OPEN, at(DAYS_LATER), "comment")


@pytest.mark.parametrize("marks", [[], [said(Kind.ACKNOWLEDGE, 30)], [said(Kind.CLOSE, 30), said(Kind.REOPEN, 40, 2)]])
def test_an_edit_of_what_waits_puts_nothing_off(marks: list[Marked]) -> None:
    asks_more = edited(ASKED[0], DAYS_LATER, "När öppnar ni igen?")
    since = at(40) if len(marks) == 2 else at(0)
    assert stands([asks_more], *marks, now=at(DAYS_LATER + 5)).since == since


def test_only_the_first_edit_of_what_was_closed_begins_a_new_term() -> None:
    twice = edited(edited(ASKED[0], DAYS_LATER, "När öppnar ni igen?"), DAYS_LATER + 60, "Eller stänger ni helt?")
    assert stands([twice], said(Kind.CLOSE, 30), now=at(DAYS_LATER + 90)).since == at(DAYS_LATER)
