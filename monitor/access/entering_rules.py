"""What somebody has to prove before coming in. Pure."""

from collections.abc import Collection
from enum import StrEnum

from monitor.access.permission_rules import Permission

P = Permission
READING = frozenset(
    {P.READ_INBOX, P.READ_REMOVALS, P.READ_WATCH, P.READ_REGISTER, P.READ_REPORTS, P.READ_REPAIRS, P.READ_AUDIT}
)
"""Who has nothing but these changes nothing. An export leaves the house, so it is not among them."""


class Step(StrEnum):
    """What comes after the right password."""

    COME_IN = "come_in"
    PROVE = "prove"  # a second factor that the person has
    SET_UP = "set_up"  # the person has none yet, and needs one


def must_prove_twice(granted: Collection[Permission]) -> bool:
    """A second factor is for everybody who may change, publish or take out anything anywhere (R-33)."""
    return not READING.issuperset(granted)


def after_password(granted: Collection[Permission], *, has_second: bool) -> Step:
    """Whoever has a second factor is asked for it, needed or not."""
    if has_second:
        return Step.PROVE
    return Step.SET_UP if must_prove_twice(granted) else Step.COME_IN
