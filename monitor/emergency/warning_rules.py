"""Which warning of an authority concerns the municipality, and what it is worth. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

SWEDEN = "00"
FORGOTTEN_AFTER = timedelta(hours=24)
"""A warning that does not say until when it holds is shown for so long."""
STALE_AFTER = timedelta(hours=1)
"""A feed that was last made so long ago tells nothing of now."""
COUNTIES = {
    "01": "Stockholms län",
    "03": "Uppsala län",
    "04": "Södermanlands län",
    "05": "Östergötlands län",
    "06": "Jönköpings län",
    "07": "Kronobergs län",
    "08": "Kalmar län",
    "09": "Gotlands län",
    "10": "Blekinge län",
    "12": "Skåne län",
    "13": "Hallands län",
    "14": "Västra Götalands län",
    "17": "Värmlands län",
    "18": "Örebro län",
    "19": "Västmanlands län",
    "20": "Dalarnas län",
    "21": "Gävleborgs län",
    "22": "Västernorrlands län",
    "23": "Jämtlands län",
    "24": "Västerbottens län",
    "25": "Norrbottens län",
}
"""By code, as Statistics Sweden has them; one feed tells names only."""
GRAVE = frozenset({"ORANGE", "RED"})
"""SMHI's levels at which people have to do something."""


RETOLD_WITHIN = timedelta(hours=2)
"""So far apart may be when Sveriges Radio and krisinformation.se tell of the same warning."""
UNREAL = frozenset({"Exercise", "Test", "System", "Draft"})
"""CAP's words for what has not happened."""


class Source(StrEnum):
    """Whose feed: Sveriges Radio's of warnings to the public, SMHI's of the weather, krisinformation.se's news, what it
    has on top, and the warnings to the public as it tells them."""

    VMA = "vma"
    SMHI = "smhi"
    KRISINFORMATION = "krisinformation"
    TOP_STORIES = "krisinformation/topstories"
    """Its warnings are of KRISINFORMATION: the same news, without the limit of days and counties."""
    VMA_RETOLD = "krisinformation/vmas"


class Problem(StrEnum):
    """Why a feed tells nothing."""

    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    STALE = "stale"


class Worth(IntEnum):
    """What a warning is worth to us. Nothing of it is ever sent on by itself."""

    LISTED = 0
    BANNER = 1
    SUGGESTION = 2
    """A banner that suggests to begin an incident."""


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning as its feed tells it. thread: what an alert, its updates and its cancel share. about: identifier of
    an earlier one that it names. status, kind: as in CAP, in whatever words the feed has. level: how grave, in the
    source's own word. codes: of the municipalities and counties, or SWEDEN. areas: the same for people. expires: None
    where it is not said."""

    source: Source
    identifier: str
    thread: str
    status: str
    kind: str
    sent: datetime
    about: str = ""
    level: str = ""
    headline: str = ""
    text: str = ""
    web: str = ""
    codes: frozenset[str] = frozenset()
    areas: tuple[str, ...] = ()
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """One warning as we keep it. settled: somebody has let it be, or begun an incident because of it."""

    id: int
    source: str
    thread: str
    status: str
    kind: str
    sent: datetime
    level: str
    ours: bool
    expires: datetime | None
    settled: bool


def is_ours(codes: Collection[str], municipality: str | None) -> bool:
    """Does it concern that municipality: itself, its county (the first two figures), or all of Sweden? Without a code
    of our own only what concerns all of Sweden does."""
    own = {SWEDEN} | ({municipality, municipality[:2]} if municipality else set())
    return not own.isdisjoint(codes)


def worth(warning: Kept) -> Worth:
    """What a warning that holds, and is ours, is worth. What cannot be told from an actual one counts as one; only what
    says that it is a test or an exercise suggests nothing."""
    real = warning.status not in UNREAL
    if warning.source in (Source.VMA, Source.VMA_RETOLD):
        return Worth.SUGGESTION if real else Worth.BANNER
    if warning.source == Source.SMHI and warning.level.upper() in GRAVE:
        return Worth.SUGGESTION if real and warning.level.upper() == "RED" else Worth.BANNER
    if warning.source == Source.KRISINFORMATION and real and warning.level == "push":
        return Worth.BANNER
    return Worth.LISTED


def standing(warnings: Iterable[Kept], now: datetime) -> list[tuple[Kept, Worth]]:
    """Those that need a look now, the gravest first: the latest word of each thread, unless that ends it, its time is
    over, or somebody has looked already. A thread that was let be comes back when something new is said in it."""
    latest, begun = dict[tuple[str, str], Kept](), dict[tuple[str, str], datetime]()
    for each in sorted(warnings, key=lambda kept: (kept.sent, kept.id)):
        latest[each.source, each.thread] = each
        begun.setdefault((each.source, each.thread), each.sent)
    told = [at for key, at in begun.items() if key[0] == Source.VMA and latest[key].ours]
    ours = [each for key, each in latest.items() if not _is_retold(key[0], begun[key], told)]
    held = [(each, worth(each)) for each in ours if holds(each, now) and each.ours and not each.settled]
    shown = [(each, much) for each, much in held if much > Worth.LISTED]
    return sorted(shown, key=lambda pair: (-pair[1], -pair[0].sent.timestamp(), pair[0].id))


def _is_retold(source: str, begun: datetime, told: Iterable[datetime]) -> bool:
    """Has Sveriges Radio told of it too? Theirs says when it is over, and counts; also where it has been taken back."""
    return source == Source.VMA_RETOLD and any(abs(begun - at) <= RETOLD_WITHIN for at in told)


def holds(warning: Kept, now: datetime) -> bool:
    """Not taken back, and its time is not over."""
    until = warning.expires if warning.expires is not None else warning.sent + FORGOTTEN_AFTER
    return warning.kind != "Cancel" and now < until
