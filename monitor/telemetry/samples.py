"""What was measured, as samples of METRICS: pure sums. States, outcomes and windows that are known are told at 0 too,
for what is missing cannot alarm."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime

from monitor import NEEDS_SOMEBODY
from monitor.emergency.rules import Fate
from monitor.telemetry.figures import Figures, Watched
from monitor.telemetry.tables import NOT_DONE, WINDOWS, Row, What
from monitor.watch.budget_rules import left
from monitor.watch.overview import token_expires

Sample = tuple[str, tuple[str, ...], float]
"""Name of a metric, its labels' values, its value."""
OUTCOMES = ("complete", "partial", "failed", "lost")
NOTICES = ("later", "due", "sending", "failed")
MODES = ("actual", "exercise")
A_DAY = 86_400


def of_figures(figures: Figures) -> Iterator[Sample]:
    by_kind = defaultdict[What, list[Row]](list)
    for row in figures.rows:
        by_kind[row.what].append(row)
    for each in figures.channels:
        yield from _of_channel(each, figures.now)
    yield from _waiting(figures)
    yield from _readings(figures, by_kind[What.READINGS])
    yield from _budgets(figures, by_kind)
    yield from _work(by_kind)
    yield from _crises(by_kind)
    yield from _others(by_kind)


def _of_channel(each: Watched, now: datetime) -> Iterator[Sample]:
    id_, schedule = each.channel.id, each.schedule
    yield "channel_state", (id_, each.channel.platform, each.state), 1
    if each.token is not None and (ends := token_expires(each.token)) is not None:
        yield "token_days_left", (id_,), (ends - now).total_seconds() / A_DAY
    if each.decision_days is not None:
        yield "decision_days_left", (id_,), each.decision_days
    if schedule is None:
        return
    yield "channel_failures", (id_,), schedule.failures
    if schedule.last_complete_at is not None:
        yield "last_complete_reading_timestamp_seconds", (id_,), schedule.last_complete_at.timestamp()
    if schedule.usage is not None:
        yield "rate_used_percent", (id_,), schedule.usage


def _waiting(figures: Figures) -> Iterator[Sample]:
    states = Counter((each.channel, each.state) for each in figures.waiting)
    overdue = Counter(each.channel for each in figures.waiting if each.overdue)
    oldest = dict[str, datetime]()
    for each in figures.waiting:
        oldest[each.channel] = min(each.since, oldest.get(each.channel, each.since))
    for id_ in (each.channel.id for each in figures.channels):
        yield from (("unanswered", (id_, state.value), states[id_, state]) for state in sorted(NEEDS_SOMEBODY))
        yield "overdue", (id_,), overdue[id_]
        if id_ in oldest:
            yield "oldest_unanswered_timestamp_seconds", (id_,), oldest[id_].timestamp()


def _readings(figures: Figures, rows: list[Row]) -> Iterator[Sample]:
    platform = {each.channel.id: each.channel.platform for each in figures.channels}
    read = {each.channel.platform for each in figures.channels if each.schedule is not None}
    outcomes, errors = Counter[tuple[str, ...]](), Counter[tuple[str, ...]]()
    seconds = defaultdict[tuple[str, ...], float](float)
    for each in read:
        for window in WINDOWS:
            outcomes.update({(each, outcome, window): 0 for outcome in OUTCOMES})
            seconds[each, window] = 0.0
    for row in rows:
        outcome, _slash, kind = row.c.partition("/")
        outcomes[platform[row.b], outcome, row.a] += row.n
        seconds[platform[row.b], row.a] += row.x
        if kind:
            errors[platform[row.b], kind, row.a] += row.n
    yield from (("readings", key, n) for key, n in outcomes.items())
    yield from (("reading_errors", key, n) for key, n in errors.items())
    yield from (("reading_seconds", key, length) for key, length in seconds.items())


def _budgets(figures: Figures, rows: Mapping[What, list[Row]]) -> Iterator[Sample]:
    spent = defaultdict[str, dict[str, int]](dict)
    for row in rows[What.SPENT]:
        spent[row.a][row.b] = int(row.x)
    for key, quota in figures.quotas.items():
        rest = left(quota, spent[key])
        yield "quota_per_day", (key,), quota.per_day
        yield from (("quota_spent", (key, purpose), cost) for purpose, cost in spent[key].items())
        yield from (("quota_left", (key, name), rest.of(name)) for name in ("poll", "reply", "crisis"))
    for row in rows[What.PARKED]:
        yield "parked_until_timestamp_seconds", (row.a,), _at(row)


def _work(rows: Mapping[What, list[Row]]) -> Iterator[Sample]:
    """What is to be told and done."""
    states = dict.fromkeys(NOTICES, 0) | {row.a: row.n for row in rows[What.NOTICES]}
    yield from (("notices", (state,), n) for state, n in states.items())
    late = [_at(row) for row in rows[What.NOTICES] if row.a == "due"]
    yield from (("oldest_due_notice_timestamp_seconds", (), moment) for moment in late)
    states = dict.fromkeys(NOT_DONE, 0) | {row.a: row.n for row in rows[What.ACTIONS]}
    yield from (("actions", (state,), n) for state, n in states.items())


def _crises(rows: Mapping[What, list[Row]]) -> Iterator[Sample]:
    modes = dict.fromkeys(MODES, 0) | {row.a: row.n for row in rows[What.INCIDENTS]}
    yield from (("incidents", (mode,), n) for mode, n in modes.items())
    fates = dict.fromkeys(((mode, fate.value) for mode in MODES for fate in Fate), 0)
    fates |= {(row.a, row.b): row.n for row in rows[What.DELIVERIES]}
    yield from (("deliveries", key, n) for key, n in fates.items())


def _others(rows: Mapping[What, list[Row]]) -> Iterator[Sample]:
    """Other systems, the day register, the audit log, the database."""
    yield from (("events_waiting", (), row.n) for row in rows[What.EVENTS])
    for row in rows[What.DISPATCHES]:
        yield "dispatches_waiting", (row.a,), row.n
        yield "oldest_dispatch_timestamp_seconds", (row.a,), _at(row)
    yield from (("watch_days_missed", (row.a,), row.n) for row in rows[What.MISSED])
    yield from (("audit_entries", (), row.n) for row in rows[What.AUDIT])
    yield from (("database_bytes", (), row.x) for row in rows[What.SIZE])


def _at(row: Row) -> float:
    return row.at.timestamp() if row.at is not None else 0.0
