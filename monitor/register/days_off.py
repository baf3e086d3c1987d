"""Why a day is no working day, in words."""

from datetime import date
from functools import cache
from typing import Literal

from babel.dates import get_day_names
from holidays import country_holidays

from config.language import _, language
from monitor.register.calendar import OfficeCalendar

NAMES_IN = {"sv": "sv", "en": "en_US"}


def why_off(calendar: OfficeCalendar, day: date) -> str | None:
    """'Midsommarafton', 'lördag', 'Stängt' in the language in use; None for a working day."""
    if calendar.is_working_day(day):
        return None
    return holiday(day) or (_("Closed") if day.weekday() in calendar.week else weekday(day))


def holiday(day: date) -> str | None:
    """What a day off is called, in the language in use; None where the almanac knows no name."""
    return _holidays(day.year, language()).get(day)


def weekday(day: date, width: Literal["wide", "short"] = "wide") -> str:
    """'lördag' / 'Saturday', in the language in use; 'lö' / 'Sa' where short."""
    return str(get_day_names(width, "stand-alone", locale=language())[day.weekday()])


@cache
def _holidays(year: int, name: str) -> dict[date, str]:
    # the same two categories as the calendar's, so that every day off that it knows has its name here
    found = country_holidays("SE", years=year, categories=("public", "de_facto"), language=NAMES_IN[name])
    return dict(found.items())
