"""What is wrong with channels: not read, a credential that ends, a decision, days that were not watched."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import quote

from config.language import N_, _
from connectors.errors import remedy
from monitor.alerts.expiry import ending_in_words, ends_of
from monitor.alerts.findings import finding_in_words, found_in
from monitor.alerts.flagged import unsettled
from monitor.alerts.rules import WORKING_DAYS_BACK, warning
from monitor.alerts.telling import Scene
from monitor.alerts.trouble import is_told
from monitor.alerts.wording import days_in_words
from monitor.inbox.obligations import credentials_health, every_channel
from monitor.records.month import Month
from monitor.records.repair_rules import Gravity, Means, Repair
from monitor.register.channels import all_channels, whole
from monitor.register.decision_rules import REMINDER_DAYS, Status
from monitor.register.decision_status import Standing, standings
from monitor.register.models import Channel
from monitor.watch.day_rules import Verdict
from monitor.watch.day_view import ShownDay, reason_in_words, shown_days
from monitor.watch.models import Schedule

ANSWERABLE = N_("Look at the comments and deal with them: answer, hide, or note why nothing has to be done.")
DECIDE = N_("The unit's manager decides on the channel's page.")
RENEW = N_("The unit's manager decides again on the channel's page.")
CONFIRM = N_("The communicator confirms it on the decision's page, or with the link in the mail that it came with.")
MOVED = N_("The unit's manager decides about the new address, or the register gets the right one.")
PAUSED = N_(
    "Somebody has to go through it every working day meanwhile. Let it be read again as soon as the reason is gone."
)
GO_THROUGH = N_(
    "Go through what came on that day, and put the day right on its page. The day keeps its first verdict beside yours."
)


def channel_repairs(scene: Scene) -> Iterator[Repair]:
    """Not of retired channels."""
    yield from _unread(scene)
    yield from _paused(scene)
    yield from _credentials(scene)
    yield from _flagged(scene)
    yield from _decisions(scene)
    yield from _unwatched(scene)


def _unread(scene: Scene) -> Iterator[Repair]:
    for channel, schedule in _read_by_machine(scene):
        if schedule is not None and schedule.failing_since is not None and is_told(scene, schedule):
            problem = _("{channel} cannot be read", channel=channel.name)
            todo = _(schedule.failure_remedy or remedy(schedule.failure_kind or ""))
            means = ((Means.CHECK, channel.id), (Means.READ, channel.id))
            yield _about(channel, "unread", Gravity.NOW, problem, todo, schedule.failing_since, means)


def _paused(scene: Scene) -> Iterator[Repair]:
    for channel in (each for each in all_channels(scene.session) if each.state == "paused"):
        problem = _("{channel} is not read: {reason}", channel=channel.name, reason=channel.state_reason or "–")
        yield _about(channel, "paused", Gravity.LATER, problem, _(PAUSED), None, ((Means.RESUME, channel.id),))


def _read_by_machine(scene: Scene) -> Iterator[tuple[Channel, Schedule | None]]:
    """As READ says it."""
    for channel, schedule in every_channel(scene.session):
        if channel.state == "active" and channel.watch_mode == "automatic" and channel.has_comments:
            yield channel, schedule


def _credentials(scene: Scene) -> Iterator[Repair]:
    """Of channels that are read: what keeps one from being read is said there."""
    known = credentials_health(scene.session)
    for channel, schedule in _read_by_machine(scene):
        health = known.get(channel.id)
        if health is None or (schedule is not None and schedule.failing_since is not None):
            continue
        ends = ends_of(health)
        if ends is not None and (ends <= scene.now or warning(ends, scene.now, scene.calendar) is not None):
            said = ending_in_words(scene, channel, health)
            yield _about(channel, "credential_ends", Gravity.SOON, *said, None, ((Means.CHECK, channel.id),))
        for rung in found_in(scene, health):
            said = finding_in_words(rung, channel, health)
            yield _about(channel, "credential", Gravity.SOON, *said, None, ((Means.CHECK, channel.id),))


def _flagged(scene: Scene) -> Iterator[Repair]:
    flags: defaultdict[str, list[datetime]] = defaultdict(list)
    for flag in unsettled(scene):
        flags[flag.channel_id].append(flag.at)
    for channel in (each for each in all_channels(scene.session) if each.id in flags):
        problem = _("{channel}: flagged, to be assessed: {count}", channel=channel.name, count=len(flags[channel.id]))
        where = (f"/inbox?channel={quote(channel.id, safe='')}&flagged=1", _("Show the comments"))
        since = min(flags[channel.id])
        yield Repair("flagged", Gravity.NOW, problem, _(ANSWERABLE), *where, channel.id, since)


def _decisions(scene: Scene) -> Iterator[Repair]:
    known = standings(scene.session, scene.today)
    for channel in (each for each in all_channels(scene.session) if each.state != "retired"):
        for kind, gravity, problem, todo in _of_decision(known[channel.id]):
            day = str(known[channel.id].valid_until)
            said = _(problem, channel=channel.name, day=day), _(todo)
            yield _about(channel, kind, gravity, *said, None, (_decided(scene, channel, kind),))


def _decided(scene: Scene, channel: Channel, kind: str) -> tuple[Means, str]:
    if kind == "unconfirmed":
        return Means.CONFIRM, str(whole(scene.session).decisions[channel.id][-1].id)
    return Means.DECIDE, channel.id


def _of_decision(standing: Standing) -> Iterator[tuple[str, Gravity, str, str]]:
    """Sentences to be translated."""
    if standing.status is Status.MISSING:
        yield "decision", Gravity.SOON, N_("{channel}: there is no decision"), DECIDE
    elif standing.status is Status.EXPIRED:
        yield "decision", Gravity.SOON, N_("{channel}: the decision ended on {day}"), RENEW
    elif standing.days_left is not None and standing.days_left <= max(REMINDER_DAYS):
        yield "decision_ends", Gravity.LATER, N_("{channel}: the decision ends on {day}"), RENEW
    if standing.unconfirmed:
        yield "unconfirmed", Gravity.LATER, N_("{channel}: nobody has confirmed that the decision arrived"), CONFIRM
    if standing.moved:
        yield "moved", Gravity.LATER, N_("{channel}: the decision is about another address"), MOVED


def _unwatched(scene: Scene) -> Iterator[Repair]:
    """Of the last working days that are over; what is older is for the reports."""
    first = scene.calendar.working_days_before(scene.today, WORKING_DAYS_BACK)
    missed: defaultdict[str, list[ShownDay]] = defaultdict(list)
    for day in shown_days(scene.session, first, scene.today - timedelta(days=1)):
        if day.verdict in {Verdict.PARTLY, Verdict.NOT_WATCHED} and day.correction is None:
            missed[day.channel_id].append(day)
    for channel in all_channels(scene.session):
        if channel.id in missed and channel.state != "retired":
            yield _missed(scene, channel, missed[channel.id])


def _missed(scene: Scene, channel: Channel, missed: list[ShownDay]) -> Repair:
    days = [each.day for each in missed]
    problem = _("{channel} was not watched in full: {days}", channel=channel.name, days=days_in_words(days))
    reasons = " ".join(dict.fromkeys(map(reason_in_words, missed)))
    todo = f"{reasons} {_(GO_THROUGH)}".strip()
    where = (f"/watch/{Month.of(days[-1])}", _("Show the month"))
    if len(days) == 1:
        where = (f"/watch/{quote(channel.id, safe='')}/{days[0]}", _("Show the day"))
    since, means = scene.calendar.midnight(days[0]), ((Means.CORRECT, f"{channel.id}/{days[0]}"),)
    return Repair("unwatched", Gravity.SOON, problem, todo, *where, channel.id, since, means)


def _about(
    channel: Channel,
    kind: str,
    gravity: Gravity,
    problem: str,
    todo: str,
    since: datetime | None = None,
    means: tuple[tuple[Means, str], ...] = (),
) -> Repair:
    where = (f"/channels/{quote(channel.id, safe='')}", _("Show the channel"))
    return Repair(kind, gravity, problem, todo, *where, channel.id, since, means)
