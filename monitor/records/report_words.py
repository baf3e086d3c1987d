"""What a watch report says in words, in the language in use: the rules that its figures rest on, and its labels."""

from babel.numbers import format_decimal

from config.language import N_, _, language
from monitor.records.watch_report import DecisionOnDay, Rules
from monitor.register.decision_words import STATUSES
from monitor.register.hours import day_in_words, in_words

ACTS = {
    "reply": N_("Replies sent"),
    "hide": N_("Comments hidden"),
    "unhide": N_("Comments shown again"),
    "remove": N_("Comments removed"),
    "delete": N_("Own comments removed"),
    "release": N_("Held comments published"),
    "reject": N_("Held comments rejected"),
}
WORKING_DAYS = N_(
    "Days with service hours that are no public holidays. Midsummer's Eve, Christmas Eve and New Year's Eve are no "
    "working days; a bridge day between a holiday and a weekend is one."
)
WATCHED = N_(
    "The channel was read completely that day, and a person has gone through what was new, or all that had come was "
    "dealt with, or nothing had come. Or a person has attested to have gone through it, where no machine had read it "
    "completely."
)
PARTLY = N_("The channel was read completely, but nobody has gone through what was new.")
NOT_WATCHED = N_("Everything else. A reading that failed, or brought only a part, does not count.")
CUTOFF = N_("What is fetched later than {minutes} minutes before closing time belongs to the next working day.")
NOT_OVER = N_("A day that has not come to closing time counts only if it is watched already.")
PERCENT = N_("Watched days of those that count, rounded down to one decimal.")
CORRECTED = N_("A correction counts instead of what the day had come to, and is shown with its reason.")
DECIDED = N_("On each day the decision made last by then speaks for the channel, and is valid on its last day too.")


def rules_in_words(rules: Rules) -> list[list[str]]:
    """Pairs of a label and a sentence."""
    closed = ", ".join(rules.closed_days)
    other = ", ".join(f"{day} {day_in_words(hours)}" for day, hours in rules.other_hours.items())
    minutes = rules.reminder_minutes[0] if rules.reminder_minutes else 0
    told = [
        (_("Working days"), _(WORKING_DAYS)),
        (_("Service hours"), f"{in_words(rules.service_hours)} ({rules.timezone})"),
        (_("Closed days in the period"), closed),
        (_("Other hours in the period"), other),
        (_("Watched"), _(WATCHED)),
        (_("Partly watched"), _(PARTLY)),
        (_("Not watched"), _(NOT_WATCHED)),
        (_("New comments"), _(CUTOFF, minutes=minutes)),
        (_("Not over"), _(NOT_OVER)),
        (_("Percentage"), _(PERCENT)),
        (_("Corrections"), _(CORRECTED)),
        (_("Decisions"), _(DECIDED)),
    ]
    return [[label, sentence] for label, sentence in told if sentence]


def percent_in_words(percent: float | None) -> str:
    """99,6 % or 99.6 %; 100,0 % too, so that figures below each other can be compared."""
    if percent is None:
        return "–"
    return f"{format_decimal(percent, format='0.0', locale=language())}\N{NO-BREAK SPACE}%"


def decision_in_words(decision: DecisionOnDay) -> str:
    """Valid, version 2, until 2027-12-31."""
    if decision.version is None:
        return _(STATUSES[decision.status])
    told = {"status": _(STATUSES[decision.status]), "version": decision.version, "day": decision.valid_until}
    return _("{status}, version {version}, until {day}", **told)


def length_in_words(minutes: int | None) -> str:
    """3 h 5 min."""
    if minutes is None:
        return "–"
    hours, rest = divmod(minutes, 60)
    return _("{hours} h {minutes} min", hours=hours, minutes=rest) if hours else _("{minutes} min", minutes=rest)
