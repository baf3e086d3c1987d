"""What an authority warns of here and now, at the top of every page of whoever is signed in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.emergency.message_rules import others_word
from monitor.emergency.warning_rules import UNREAL, Source, Worth
from monitor.emergency.warnings import to_look_at

LOOKED_FOR = timedelta(seconds=10)
"""One question for all pages of so long a time."""
LONGEST = 300
SOURCES = {
    Source.VMA: N_("Public warning from the authorities, through Sveriges Radio"),
    Source.SMHI: N_("Weather warning from SMHI"),
    Source.KRISINFORMATION: N_("News from krisinformation.se"),
    Source.TOP_STORIES: N_("Top stories of krisinformation.se"),
    Source.VMA_RETOLD: N_("Public warning from the authorities, through krisinformation.se"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One warning in a few words. suggests: an incident may be begun because of it. title: for that; empty where
    it would be the authorities' own words, which a municipality's may never look like."""

    id: int
    source: str
    words: str
    sent: datetime
    exercise: bool
    suggests: bool
    title: str


def look(state: Any, session: Session, now: datetime) -> None:
    """Keeps in the application's state what there is. Nothing is asked where no feeds are read."""
    asked: datetime | None = getattr(state, "warnings_asked", None)
    if not state.settings.emergency.feeds or (asked is not None and now - asked < LOOKED_FOR):
        return
    state.warnings = tuple(
        Line(
            *(row.id, row.source, shortened(row.text or row.headline), row.sent),
            exercise=row.status in UNREAL,
            suggests=worth is Worth.SUGGESTION,
            title=_title(row.source, row.headline or row.text),
        )
        for row, worth in to_look_at(session, now)
    )
    state.warnings_asked = now


def _title(source: str, headline: str) -> str:
    return "" if source in (Source.VMA, Source.VMA_RETOLD) or others_word(headline) else shortened(headline, 100)


def forget(state: Any) -> None:
    """Somebody has done something about one: the next page looks anew."""
    state.warnings_asked = None


def shown(state: Any) -> tuple[Line, ...]:
    found: tuple[Line, ...] = getattr(state, "warnings", ())
    return found


def source_in_words(source: str) -> str:
    return _(SOURCES[Source(source)])


def shortened(text: str, most: int = LONGEST) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1].rsplit(' ', 1)[0]}…"
