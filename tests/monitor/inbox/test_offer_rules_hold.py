"""What is offered of an obligation can be done, and nothing that contradicts itself is offered."""

from hypothesis import given
from hypothesis import strategies as st

from monitor import NEEDS_SOMEBODY, State
from monitor.inbox.mark_rules import REOPENS
from monitor.inbox.offer_rules import GONE, Offer, first_of, offers

states = st.sampled_from(State)
kinds = st.frozensets(st.sampled_from(["reply", "hide", "unhide", "delete", "release", "reject"]))
ON_PLATFORM = {Offer.REPLY, Offer.HIDE, Offer.UNHIDE, Offer.RELEASE, Offer.THROW_AWAY}


@given(states, states, kinds, st.booleans(), st.booleans())
def test_what_is_offered_makes_sense(
    state: State, shown_as: State, taken: frozenset[str], paused: bool, to_hidden: bool
) -> None:
    offered = offers(state, shown_as, taken, paused=paused, to_hidden=to_hidden)
    waits = state in NEEDS_SOMEBODY
    assert {Offer.CLOSE, Offer.SNOOZE, Offer.PRIVATE} <= offered if waits else Offer.CLOSE not in offered
    assert len({Offer.ACKNOWLEDGE, Offer.WAKE} & offered) == waits
    assert (Offer.REOPEN in offered) == (state in REOPENS)
    assert len({Offer.HIDE, Offer.UNHIDE} & offered) <= 1
    assert not offered & ON_PLATFORM or state not in GONE
    assert not ({Offer.REPLY, Offer.HIDE} & offered) or state is not State.HELD
    assert {each.value for each in (Offer.REPLY, Offer.HIDE, Offer.UNHIDE, Offer.RELEASE) if each in offered} <= taken
    first = first_of(state, offered)
    assert first is None or (waits and first in offered)


@given(states, kinds)
def test_a_hidden_comment_is_answered_only_where_the_platform_takes_it(shown_as: State, taken: frozenset[str]) -> None:
    assert Offer.REPLY not in offers(State.HIDDEN_BY_US, shown_as, taken, paused=False, to_hidden=False)
