"""What the nightly look at a credential found while reading still works: told once, and again after a month of it."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import func, select

from config.language import N_, _
from connectors.errors import PermissionLost
from monitor.alerts.models import Notice
from monitor.alerts.telling import (
    READ,
    Kind,
    NoLongerTrue,
    NotNow,
    Scene,
    Telling,
    active_channel,
    channel_note,
    check_hours,
    check_recipient,
    concerned,
)
from monitor.alerts.trouble import LOOK_AGAIN, NEEDS_PERSON
from monitor.alerts.wording import Letter
from monitor.register.models import Channel
from monitor.watch.models import Schedule, TokenHealth

FINDING = "finding"
SCOPES, SUBSCRIPTION = "scopes", "subscription"
AGAIN = timedelta(days=30)
SUBSCRIBE = N_(
    "Connect the channel again, so that the app is subscribed to it. Until then everything is still read, but only "
    "when its turn comes."
)


def _tellings(scene: Scene) -> Iterable[Telling]:
    """Not of a channel that cannot be read: its trouble is told, and the finding is most likely its cause."""
    reads = (*READ, Schedule.failing_since.is_(None))
    query = select(Channel, TokenHealth).join(TokenHealth).outerjoin(Schedule).where(*reads)
    rows = scene.session.execute(query).all()
    people = concerned(scene, [channel for channel, _health in rows])
    for channel, health in rows:
        day = scene.calendar.local_date(health.checked_at)
        for rung in found_in(scene, health):
            for person in people[channel.id]:
                telling = Telling(FINDING, channel.id, rung, day.isoformat(), person)
                if not _told_lately(scene, telling, (day - AGAIN).isoformat()):
                    yield telling


def found_in(scene: Scene, health: TokenHealth) -> list[str]:
    """What is wrong, as rungs. A missing subscription is wrong only where the settings want hints."""
    missing = f"{SCOPES} {' '.join(sorted(health.scopes_missing))}" if health.scopes_missing else ""
    told_by_scopes = bool(missing) and health.problem == PermissionLost.kind
    problem = str(health.problem) if health.problem in NEEDS_PERSON and not told_by_scopes else ""
    deaf = SUBSCRIPTION if health.subscribed is False and scene.settings.webhook.configured else ""
    return [rung for rung in (missing, problem, deaf) if rung]


def _told_lately(scene: Scene, telling: Telling, since: str) -> bool:
    """Each night's look would be a new cycle: the one that was told stands for a month."""
    before = select(func.max(Notice.cycle)).where(
        Notice.subject_kind == FINDING,
        Notice.subject == telling.subject,
        Notice.rung == telling.rung,
        Notice.recipient_id == telling.recipient_id,
        Notice.state != "cancelled",
    )
    told = scene.session.scalars(before).one()
    return told is not None and told > since


def _check(scene: Scene, notice: Notice) -> None:
    channel = active_channel(scene, notice.subject)
    check_recipient(scene, channel, notice)
    health = scene.session.get(TokenHealth, channel.id)
    if health is None or notice.rung not in found_in(scene, health):
        raise NoLongerTrue(_("A later look at the credential found it in order."))
    check_hours(scene)
    schedule = scene.session.get(Schedule, channel.id)
    if schedule is not None and schedule.failing_since is not None:
        raise NotNow(scene.now + LOOK_AGAIN)


def _letter(scene: Scene, notice: Notice) -> Letter:
    channel, health = scene.session.get_one(Channel, notice.subject), scene.session.get_one(TokenHealth, notice.subject)
    headline, said = _said(notice.rung, channel, health)
    schedule = scene.session.get(Schedule, channel.id)
    if schedule is not None and schedule.last_complete_at is not None:
        said.append(_("The channel is still read."))
    return channel_note(scene, channel, headline, said)


def _said(rung: str, channel: Channel, health: TokenHealth) -> tuple[str, list[str]]:
    """Headline and paragraphs."""
    headline, todo = finding_in_words(rung, channel, health)
    said = [_("What to do: {remedy}", remedy=todo)]
    if rung == SUBSCRIPTION:
        return headline, said
    if rung.startswith(SCOPES):
        return headline, [_("Missing: {scopes}", scopes=", ".join(sorted(health.scopes_missing))), *said]
    said += [_("For whoever mends it: {detail}", detail=health.message)] if health.message else []
    return headline, said


def finding_in_words(rung: str, channel: Channel, health: TokenHealth) -> tuple[str, str]:
    """What is wrong, and what to do, in the language in use."""
    if rung == SUBSCRIPTION:
        return _("{channel} sends Kanalvakt no hints", channel=channel.name), _(SUBSCRIBE)
    todo = _((health.remedy if health.problem in NEEDS_PERSON else None) or PermissionLost.remedy)
    if rung.startswith(SCOPES):
        return _("{channel} has not given all permissions", channel=channel.name), todo
    return _("The credential of {channel} needs somebody", channel=channel.name), todo


KIND = Kind(_tellings, _check, _letter)
