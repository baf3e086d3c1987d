"""Service hours in words, for residents."""

from collections.abc import Mapping
from datetime import time
from itertools import groupby

from babel.dates import format_time, get_day_names

from config.language import _, language
from monitor.register.calendar import Hours, week_of

MONDAY_TO_FRIDAY = [0, 1, 2, 3, 4]


def in_words(service_hours: Mapping[str, str]) -> str:
    """'working days (Mon–Fri) 07:30–16:00', or each stretch of days with hours of its own.

    Where there is a pause: '07:30–12:00 and 13:00–16:00'.
    """
    stretches = _stretches(week_of(service_hours))
    if [days for days, _hours in stretches] == [MONDAY_TO_FRIDAY]:
        days, hours = stretches[0]
        return _("working days ({days}) {hours}", days=_days(days), hours=_spans(hours))
    each = ", ".join(f"{_days(days)} {_spans(hours)}" for days, hours in stretches)
    return _("days that are no public holidays: {hours}", hours=each)


def day_in_words(hours: str) -> str:
    """'07:30–12:00', or '07:30–12:00 and 13:00–16:00': the hours of one day as the register gives them."""
    return _spans(week_of({"mon": hours})[0])


def _stretches(week: Mapping[int, Hours]) -> list[tuple[list[int], Hours]]:
    """Days that follow each other and have the same hours."""
    numbered = [(day - place, day, week[day]) for place, day in enumerate(sorted(week))]
    groups = groupby(numbered, key=lambda each: (each[0], each[2]))
    return [([day for _gap, day, _hours in group], hours) for (_gap, hours), group in groups]


def _days(days: list[int]) -> str:
    names = get_day_names("abbreviated", locale=language())
    ends = dict.fromkeys([days[0], days[-1]])
    return "–".join(str(names[day]) for day in ends)


def _spans(hours: Hours) -> str:
    spans = [f"{_clock(begin)}–{_clock(end)}" for begin, end in hours]
    *before, last = spans
    return _("{hours} and {more}", hours=", ".join(before), more=last) if before else last


def _clock(moment: time) -> str:
    return str(format_time(moment, _("HH:mm"), locale=language()))
