"""A credential that runs out: told 14, 7 and 1 days before, so that reading never stops for it.

Only the most urgent warning there is: what nobody could send in time is not sent late.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from config.language import N_, _, moment
from connectors.errors import AuthExpired
from monitor.alerts.models import Notice
from monitor.alerts.rules import warning
from monitor.alerts.telling import (
    READ,
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
from monitor.alerts.wording import Letter, days_in_words, days_left
from monitor.register.models import Channel
from monitor.watch.models import TokenHealth

EXPIRY = "expiry"
CONFIRM = N_(
    "Let the person who connected the channel connect it again, and confirm there what Kanalvakt may see. "
    "The token itself lives on, but shows nothing after that day."
)


def _tellings(scene: Scene) -> Iterable[Telling]:
    rows = scene.session.execute(select(Channel, TokenHealth).join(TokenHealth).where(*READ)).all()
    people = concerned(scene, [channel for channel, _health in rows])
    for channel, health in rows:
        ends = ends_of(health)
        if ends is not None and (days := warning(ends, scene.now, scene.calendar)) is not None:
            for person in people[channel.id]:
                yield Telling(EXPIRY, channel.id, str(days), _day(scene, ends), person)


def ends_of(health: TokenHealth) -> datetime | None:
    """When reading ends: whichever comes first."""
    return min((end for end in (health.expires, health.data_access_expires) if end is not None), default=None)


def _day(scene: Scene, ends: datetime) -> str:
    return scene.calendar.local_date(ends).isoformat()


def _check(scene: Scene, notice: Notice) -> None:
    channel = active_channel(scene, notice.subject)
    check_recipient(scene, channel, notice)
    health = scene.session.get(TokenHealth, channel.id)
    ends = ends_of(health) if health is not None else None
    if ends is None or _day(scene, ends) != notice.cycle:
        raise NoLongerTrue(_("The credential has been renewed."))
    if str(warning(ends, scene.now, scene.calendar)) != notice.rung:
        raise NoLongerTrue(_("The day is closer by now, or past."))
    check_hours(scene)


def _letter(scene: Scene, notice: Notice) -> Letter:
    channel, health = scene.session.get_one(Channel, notice.subject), scene.session.get_one(TokenHealth, notice.subject)
    ends = ends_of(health) or scene.now
    headline, todo = ending_in_words(scene, channel, health)
    said = [
        days_left((scene.calendar.local_date(ends) - scene.today).days),
        _("What to do: {remedy}", remedy=todo),
        _("From {moment} on, Kanalvakt cannot read the channel.", moment=moment(ends, scene.zone)),
    ]
    return channel_note(scene, channel, headline, said)


def ending_in_words(scene: Scene, channel: Channel, health: TokenHealth) -> tuple[str, str]:
    """What ends, and what to do, in the language in use."""
    ends = ends_of(health) or scene.now
    told = {"channel": channel.name, "day": days_in_words([scene.calendar.local_date(ends)])}
    if ends != health.expires:
        return _("What Kanalvakt may see of {channel} must be confirmed by {day}", **told), _(CONFIRM)
    return _("The token of {channel} expires {day}", **told), _(AuthExpired.remedy)


KIND = Kind(_tellings, _check, _letter)
