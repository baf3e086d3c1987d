"""Whether somebody is there for a channel in the days to come. Pure: absences and the calendar in, spans out."""

from collections.abc import Iterable, Sequence
from datetime import date

from monitor import Calendar

AHEAD = 5
"""So many working days after today are looked at: time enough to find somebody."""
Span = tuple[date, date]
"""The first day and the last."""
ALWAYS: Span = (date.min, date.max)


def ahead(today: date, calendar: Calendar) -> tuple[date, ...]:
    """The working days to come that are looked at."""
    days = [today]
    for _each in range(AHEAD):
        days.append(calendar.next_working_day(days[-1]))
    return tuple(days[1:])


def unattended(responsible: Iterable[Span], deputy: Iterable[Span], days: Sequence[date]) -> list[Span]:
    """The spans in which both are away on at least one of the days, whole, however far they reach beyond these. So a
    span keeps its name while the days go by. What lasts for ever has another cause than absences."""
    both = {(max(mine[0], theirs[0]), min(mine[1], theirs[1])) for mine in responsible for theirs in deputy}
    return sorted(span for span in both - {ALWAYS} if any(span[0] <= day <= span[1] for day in days))
