"""The morning digest: what waits on one person's channels, and whether all was fetched, as it is when it is built."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlalchemy.orm import Session

from config.language import _, duration, language, moment
from config.settings import Settings
from connectors.errors import ConnectorError
from monitor import State
from monitor.alerts.coverage import missed
from monitor.alerts.wording import Letter, base_url, excerpt, letter, signed
from monitor.inbox.unanswered import Obligation, unanswered
from monitor.register.models import Organisation, Person
from monitor.watch.coverage import Coverage
from monitor.watch.overview import ChannelOverview, channels

NEWS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Line:
    """One comment that waits. marks: overdue, held, check who was meant. platform_url is None where there is none."""

    marks: tuple[str, ...]
    excerpt: str = field(repr=False)
    waited: str
    answer_by: str
    platform_url: str | None
    page_url: str


@dataclass(frozen=True, slots=True)
class Part:
    """One channel. reading: how its latest reading went. failing: with an error. unread: not completely today.

    not_shown: sentences about what the platform keeps from us; news: somebody may not have read them yet.
    """

    name: str
    reading: str
    last_read: str | None
    missed: str | None
    failing: bool
    unread: bool
    not_shown: tuple[str, ...]
    news: bool
    lines: tuple[Line, ...]


def digest(session: Session, person: Person, owner: Organisation, now: datetime, settings: Settings) -> Letter:
    """The digest for one person as things stand, in the language in use."""
    zone, base = ZoneInfo(owner.timezone), base_url(settings)
    rows = own_channels(session, person.id, now.astimezone(zone).date())
    gaps = missed(session, now, owner)
    waiting = {row.id: unanswered(session, now, channel_id=row.id) for row in rows}
    parts = [_part(row, waiting[row.id], gaps.get(row.id, []), now, zone, base) for row in rows]
    parts.sort(key=lambda part: (not part.failing, not part.lines, not part.unread, not part.not_shown))
    headline = summary([item for items in waiting.values() for item in items], parts)
    return letter(
        "digest",
        signed(headline, owner.name),
        headline=headline,
        parts=parts,
        page_url=f"{base}/",
        organisation=owner.name,
    )


def own_channels(session: Session, person_id: str, today: date) -> list[ChannelOverview]:
    """The active channels that a person is responsible for."""
    rows = channels(session, today)
    return [row for row in rows if row.responsible == person_id and row.state not in {"paused", "retired"}]


def summary(waiting: list[Obligation], parts: list[Part]) -> str:
    """'3 unanswered, 1 overdue', and what could not be read. Says that all is well only when it is."""
    overdue = sum(item.overdue for item in waiting)
    failing = sum(part.failing for part in parts)
    unread = sum(part.unread for part in parts)
    if not (waiting or failing or unread):
        if any(part.news for part in parts):
            return _("Nothing new, but the platform does not show everything")
        if any(part.not_shown for part in parts):
            return _("Nothing new, everything that is shown is fetched")
        return _("Nothing new, everything fetched")
    said = [_("1 unanswered") if len(waiting) == 1 else _("{count} unanswered", count=len(waiting))]
    if overdue:
        said.append(_("1 overdue") if overdue == 1 else _("{count} overdue", count=overdue))
    if failing:
        said.append(
            _("1 channel could not be read") if failing == 1 else _("{count} channels could not be read", count=failing)
        )
    if unread:
        said.append(
            _("1 channel not fetched today") if unread == 1 else _("{count} channels not fetched today", count=unread)
        )
    return ", ".join(said)


def days_in_words(days: list[date]) -> str:
    """'mån 16 nov., tis 17 nov.'"""
    return ", ".join(format_date(day, "EEE d MMM", locale=language()) for day in days)


def _part(
    row: ChannelOverview, waiting: list[Obligation], gaps: list[date], now: datetime, zone: ZoneInfo, base: str
) -> Part:
    read = row.last_complete_read
    unread = row.has_comments and row.state in {"ok", "waiting"} and not _is_today(read, now, zone)
    not_shown = tuple(row.coverage.warnings())
    return Part(
        name=row.name,
        reading=_reading(row, unread, bool(waiting), bool(not_shown)),
        last_read=moment(read, zone) if read is not None else None,
        missed=days_in_words(gaps) or None,
        failing=row.state == "failing",
        unread=unread,
        not_shown=not_shown,
        news=_is_news(row.coverage, now),
        lines=tuple(_line(item, now, zone, base) for item in waiting),
    )


def _is_news(coverage: Coverage, now: datetime) -> bool:
    """A platform may count for ever what it shows to nobody: that is no news every morning. What it refuses is, until
    somebody gives the permission back."""
    return bool(coverage.degraded) or (coverage.newest_gap is not None and now - coverage.newest_gap < NEWS)


def _is_today(moment: datetime | None, now: datetime, zone: ZoneInfo) -> bool:
    return moment is not None and moment.astimezone(zone).date() == now.astimezone(zone).date()


def _reading(row: ChannelOverview, unread: bool, waiting: bool, not_shown: bool) -> str:
    if row.state == "failing":
        return _("Could not be read: {remedy}", remedy=_(row.remedy or ConnectorError.remedy))
    if row.state == "manual":
        return _("Watched by people: go through the channel yourself.")
    if not row.has_comments:
        return _("Has no comments to watch.")
    if unread:
        return _("Not fetched today.")
    if not_shown:
        return _("Everything that the platform shows is fetched.")
    return _("Everything fetched.") if waiting else _("Nothing new, everything fetched.")


def _line(item: Obligation, now: datetime, zone: ZoneInfo, base: str) -> Line:
    marks = {
        _("Overdue"): item.overdue,
        _("Held for approval"): item.state is State.HELD,
        _("Check who was meant"): item.state is State.PROBABLY_ANSWERED,
    }
    return Line(
        marks=tuple(mark for mark, holds in marks.items() if holds),
        excerpt=excerpt(item.text),
        waited=duration(now - item.posted_at),
        answer_by=moment(item.due_at, zone),
        platform_url=item.permalink if (item.permalink or "").startswith(("https://", "http://")) else None,
        page_url=f"{base}/?channel={quote(item.channel)}#comment-{item.comment_id}",
    )
