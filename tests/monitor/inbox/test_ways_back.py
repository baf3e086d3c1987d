"""Each thing that can be done to a comment has a way back, or says why there is none."""

import pytest

from monitor.inbox.afterwards import SENT, STAYS, TURNED, UNDONE_BY
from monitor.inbox.mark_rules import Kind
from monitor.inbox.requesting import KINDS


@pytest.mark.parametrize("kind", [*Kind, *KINDS])
def test_what_is_done_can_be_taken_back_or_says_why_not(kind: Kind | str) -> None:
    assert (kind in UNDONE_BY or kind in TURNED) != (kind in STAYS)


def test_nothing_else_is_spoken_of() -> None:
    assert set(STAYS) <= set(SENT) | set(Kind)
