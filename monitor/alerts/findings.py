"""What the nightly look at a credential found while reading still works: told once, and again after a month of it."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import func, select

from config.language import N_, _
from connectors.errors import PermissionLost
from monitor.alerts.coverage import READ
from monitor.alerts.models import Notice
from monitor.alerts.telling import (
    Kind,
    NoLongerTrue,
    Scene,
    Telling,
    active_channel,
    channel_note,
    check_hours,
    check_recipient,
    concerned,
)
from monitor.alerts.trouble import NEEDS_PERSON
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
        for rung in _found(scene, health):
            for person in people[channel.id]:
                telling = Telling(FINDING, channel.id, rung, day.isoformat(), person)
                if not _told_lately(scene, telling, (day - AGAIN).isoformat()):
                    yield telling


def _found(scene: Scene, health: TokenHealth) -> list[str]:
    """A missing subscription is one only where the settings want hints."""
    if health.problem in NEEDS_PERSON and not health.scopes_missing:
        return [str(health.problem)]
    missing = [f"{SCOPES} {' '.join(sorted(health.scopes_missing))}"] if health.scopes_missing else []
    deaf = health.subscribed is False and scene.settings.webhook.configured
    return [*missing, *([SUBSCRIPTION] if deaf else [])]


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
    if health is None or notice.rung not in _found(scene, health):
        raise NoLongerTrue(_("A later look at the credential found it in order."))
    check_hours(scene)


def _letter(scene: Scene, notice: Notice) -> Letter:
    channel, health = scene.session.get_one(Channel, notice.subject), scene.session.get_one(TokenHealth, notice.subject)
    if notice.rung == SUBSCRIPTION:
        headline = _("{channel} sends Kanalvakt no hints", channel=channel.name)
        said = [_("What to do: {remedy}", remedy=_(SUBSCRIBE))]
    elif health.scopes_missing:
        headline = _("{channel} has not given all permissions", channel=channel.name)
        said = [
            _("Missing: {scopes}", scopes=", ".join(sorted(health.scopes_missing))),
            _("What to do: {remedy}", remedy=_(PermissionLost.remedy)),
        ]
    else:
        headline = _("The credential of {channel} needs somebody", channel=channel.name)
        said = [_("What to do: {remedy}", remedy=_(health.remedy or PermissionLost.remedy))]
        said += [_("For whoever mends it: {detail}", detail=health.message)] if health.message else []
    return channel_note(scene, channel, headline, [*said, _("The channel is still read.")])


KIND = Kind(_tellings, _check, _letter)
