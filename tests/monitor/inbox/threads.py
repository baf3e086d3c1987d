"""What people write below a municipality's posts, in a line each. Times are minutes after noon on a working day."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor import State
from monitor.inbox.rules import Verdict, Version, Written, judge

NOON = datetime(2026, 6, 15, 10, 0, tzinfo=UTC)  # a Monday, 12.00 in Stockholm
OURS = frozenset({"page-1", "tibrokommun"})


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def wrote(
    who: str | None,
    id_: str,
    minute: float,
    text: str = "Hur länge är badet stängt?",
    *,
    to: str | None = None,
    post: str = "p1",
    mentions: tuple[str, ...] = (),
) -> Written:
    """Somebody's comment, or reply `to` a top-level comment. `who`: the author's platform id, or None if withheld."""
    return Written(id_, post, at(minute), (Version(text, at(minute)),), to, who, mentions=mentions)


def visitor_post(who: str, id_: str, minute: float, text: str = "Gatlyktan på Storgatan är trasig.") -> Written:
    return replace(wrote(who, id_, minute, text, post=id_), is_post=True)


def we_wrote(
    id_: str, minute: float, *, to: str | None = None, post: str = "p1", mentions: tuple[str, ...] = ()
) -> Written:
    return wrote("page-1", id_, minute, "Badet öppnar igen på måndag.", to=to, post=post, mentions=mentions)


def edited(comment: Written, minute: float, text: str) -> Written:
    return replace(comment, versions=(*comment.versions, Version(text, at(minute))))


def states(*comments: Written, historic_before: datetime | None = None) -> dict[str, State]:
    return {id_: verdict.state for id_, verdict in verdicts(*comments, historic_before=historic_before).items()}


def verdicts(*comments: Written, historic_before: datetime | None = None) -> dict[str, Verdict]:
    return judge(comments, OURS, historic_before)
