"""What a snapshot shows never changes: what was found in it once need not be looked for again."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.orm import Session

KNOWN = "kanalvakt_known"
"""Where a snapshot's session keeps what was found; other sessions have no such place, and look afresh."""

Asked = ParamSpec("Asked")
Found = TypeVar("Found")
Look = Callable[Concatenate[Session, Asked], Found]


def once_in_a_snapshot(look: Look[Asked, Found]) -> Look[Asked, Found]:
    """Looks once for each set of arguments in a snapshot, and each time where something may be written meanwhile.

    The arguments must be hashable; nobody may change what is given.
    """

    @wraps(look)
    def found(session: Session, /, *args: Asked.args, **kwargs: Asked.kwargs) -> Found:
        known = session.info.get(KNOWN)
        if known is None:
            return look(session, *args, **kwargs)
        key = (look, args, *sorted(kwargs.items()))
        if key not in known:
            known[key] = look(session, *args, **kwargs)
        result: Found = known[key]
        return result

    return found


def is_snapshot(session: Session) -> bool:
    """Is it one in which nothing changes?"""
    return KNOWN in session.info


def tell(session: Session, look: Look[[], Found], found: Found) -> None:
    """Somebody has found on the way what `look` would: in a snapshot it need not look any more."""
    if is_snapshot(session):
        session.info[KNOWN][look.__wrapped__, ()] = found  # type: ignore[attr-defined]  # as `wraps` names it


def is_known(session: Session, look: Look[[], Found]) -> bool:
    """Has somebody looked already, in this snapshot?"""
    return (look.__wrapped__, ()) in session.info.get(KNOWN, {})  # type: ignore[attr-defined]
