"""The rows of a watch report: each channel's days, with the decision that spoke for it on each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from config.language import _
from monitor import Calendar
from monitor.records.report_rules import as_it_stands
from monitor.register.channels import units_in_use, whole
from monitor.register.decision_rules import Status, Version, in_force, status
from monitor.register.decision_status import is_needed
from monitor.register.models import Channel
from monitor.watch.day_rules import How, Verdict, Why, end_of_service
from monitor.watch.day_view import ShownDay, reason_in_words


@dataclass(frozen=True, slots=True)
class DecisionOnDay:
    """Where a channel's decision stood on a day, by the version that spoke for it then."""

    status: Status
    version: int | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class CorrectionLine:
    """What a person has put right afterwards. by: a person's id. first_verdict: what the day had come to before."""

    by: str
    at: datetime
    note: str
    first_verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One channel's watch on one working day; fields as in monitor.watch.day_view.ShownDay.

    verdict: of a day that is not over, how it stands now. final: it is over. pending: it has not come to closing time,
    and is not watched yet. reason: the sentence, in the language in use. Names are today's, people are told by id.
    """

    day: date
    channel: str
    channel_name: str
    unit: str
    unit_name: str
    mode: str
    verdict: Verdict
    final: bool
    pending: bool
    how: How
    why: Why | None
    reason: str
    first_complete_read: datetime | None
    reviewed_by: str | None
    reviewed_at: datetime | None
    attested_by: str | None
    attested_at: datetime | None
    corrected: CorrectionLine | None
    decision: DecisionOnDay

    @property
    def is_gap(self) -> bool:
        """Did the day come to closing time without having been watched, for all that has been said since?"""
        return not self.pending and self.verdict is not Verdict.WATCHED

    @property
    def people(self) -> frozenset[str]:
        """Ids of those whom the row tells of."""
        told = (self.reviewed_by, self.attested_by, self.corrected.by if self.corrected else None)
        return frozenset(filter(None, told))


def rows_of(
    session: Session, days: Sequence[ShownDay], channels: Mapping[str, Channel], calendar: Calendar, now: datetime
) -> list[ReportRow]:
    """A row for each day, in their order. channels: at least those of the days, by id."""
    units = {unit.id: unit.name for unit in units_in_use(session).values()}
    versions = {id_: whole(session).versions(id_) for id_ in channels}
    return [_row(day, channels[day.channel_id], units, versions, calendar, now) for day in days]


def _row(
    day: ShownDay,
    channel: Channel,
    units: Mapping[str, str],
    versions: Mapping[str, Sequence[Version]],
    calendar: Calendar,
    now: datetime,
) -> ReportRow:
    pending = day.verdict is None and now < end_of_service(calendar, day.day)
    return ReportRow(
        day=day.day,
        channel=channel.id,
        channel_name=channel.name,
        unit=channel.unit_id,
        unit_name=units[channel.unit_id],
        mode=day.mode,
        verdict=as_it_stands(day.verdict, day.how),
        final=day.concluded_at is not None,
        pending=pending,
        how=day.how,
        why=day.why,
        reason=_("The day is not over.") if pending else reason_in_words(day),
        first_complete_read=day.first_complete_at,
        reviewed_by=day.reviewed_by_id,
        reviewed_at=day.reviewed_at,
        attested_by=day.attested_by_id,
        attested_at=day.attested_at,
        corrected=_corrected(day),
        decision=_on_day(channel, versions.get(channel.id, ()), day.day),
    )


def _corrected(day: ShownDay) -> CorrectionLine | None:
    late = day.correction
    return CorrectionLine(late.by_id, late.at, late.note, day.first_verdict) if late else None


def _on_day(channel: Channel, versions: Sequence[Version], day: date) -> DecisionOnDay:
    current, stands = in_force(versions, day), status(versions, day, needed=is_needed(channel))
    return DecisionOnDay(stands, current.version, current.valid_until) if current else DecisionOnDay(stands)
