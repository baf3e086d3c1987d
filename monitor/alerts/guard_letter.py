"""What the guard says: which channels nobody has watched yet today, why, what to do by hand, and until when."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from config.language import N_, _, moment
from monitor.alerts.channel_lines import Line, Links, how_to_mend, line
from monitor.alerts.ladder_rules import COMMUNICATOR, DEPUTY, RESPONSIBLE
from monitor.alerts.models import Notice
from monitor.alerts.tasks import attest_link, review_link
from monitor.alerts.telling import Scene
from monitor.alerts.wording import Letter, base_url, clock, letter, signed
from monitor.register.models import Channel, Person
from monitor.register.people import away
from monitor.watch.attesting import counts_today
from monitor.watch.day_rules import Why, end_of_service
from monitor.watch.day_view import ShownDay
from monitor.watch.models import Schedule
from monitor.watch.today import why_so_far

BECAUSE = {
    RESPONSIBLE: N_("You get this mail as the one responsible, or because that person cannot be reached today."),
    DEPUTY: N_("You get this mail as the deputy, or because the deputy cannot be reached today."),
    COMMUNICATOR: N_("This is the last reminder of the day. Who is responsible, and who the deputy, stands below."),
}
LOOK = N_("What to do: open the channel and read what has been written since last time. Attest it then with the link.")
WAIT = N_("What to do: open the channel and read what has been written since last time.")


@dataclass(frozen=True, slots=True)
class Ward:
    """A channel that has to be watched today, and how its day stands."""

    channel: Channel
    shown: ShownDay


def guard_letter(scene: Scene, notice: Notice, wards: Sequence[Ward]) -> Letter:
    """In the language in use."""
    headline = _headline(wards)
    absent = away(scene.session, scene.today)
    return letter(
        "channels",
        signed(headline, scene.owner.name),
        headline=headline,
        organisation=scene.owner.name,
        paragraphs=[_until_when(scene), _(BECAUSE[notice.rung])],
        lines=[_line(scene, notice.recipient_id, ward, absent) for ward in wards],
        page_url=f"{base_url(scene.settings)}/channels",
    )


def _headline(wards: Sequence[Ward]) -> str:
    if len(wards) > 1:
        return _("{count} channels have not been watched yet today", count=len(wards))
    return _("{channel} has not been watched yet today", channel=wards[0].channel.name)


def _until_when(scene: Scene) -> str:
    closing = end_of_service(scene.calendar, scene.today)
    time = clock(closing, scene.zone)
    if scene.now < closing:
        return _("The day closes at {time}. By then somebody must have gone through what stands below.", time=time)
    closed = N_("The day closed at {time}, but what is gone through before midnight still counts.")
    return _(closed, time=time)


def _line(scene: Scene, person: str, ward: Ward, absent: Collection[str]) -> Line:
    channel, shown = ward.channel, ward.shown
    schedule = scene.session.get(Schedule, channel.id)
    todo, links = _todo(scene, person, ward, schedule)
    said = [why_so_far(shown), *todo, *how_to_mend(channel, schedule), _people(scene, channel, absent)]
    return line(channel, said, links)


def _todo(scene: Scene, person: str, ward: Ward, schedule: Schedule | None) -> tuple[list[str], Links]:
    """What to do by hand, and the link that says that it is done."""
    channel, shown = ward.channel, ward.shown
    if channel.state == "retired" or not channel.has_comments:  # since the day closed: nobody's word is asked for
        return [], ()
    if shown.why is Why.NOT_REVIEWED:
        new = _("Go through what is new on {channel}", channel=channel.name)
        return [_how_much(shown.unseen)], ((new, review_link(scene, person, channel.id)),)
    if not counts_today(scene.session, channel, shown.fetch, scene.now):
        return [_(WAIT), *_next_reading(scene, schedule)], ()
    gone_through = _("Attest that you have gone through {channel}", channel=channel.name)
    return [_(LOOK)], ((gone_through, attest_link(scene, person, channel.id, scene.today)),)


def _how_much(unseen: int) -> str:
    if unseen == 1:
        return _("What to do: go through 1 comment that nobody has looked at yet, with the link.")
    if unseen:
        return _("What to do: go through {count} comments that nobody has looked at yet, with the link.", count=unseen)
    return _("What to do: go through what is new, with the link.")


def _next_reading(scene: Scene, schedule: Schedule | None) -> list[str]:
    """Why nothing can be attested yet; of a reading that comes when the day has closed, nobody need know."""
    if schedule is None or schedule.next_poll_at > end_of_service(scene.calendar, scene.today):
        return []
    then = moment(max(schedule.next_poll_at, scene.now), scene.zone)
    return [_("Kanalvakt reads it {moment}. If that fails, you can attest that you have gone through it.", moment=then)]


def _people(scene: Scene, channel: Channel, absent: Collection[str]) -> str:
    responsible, deputy = (
        _named(scene, id_, absent) if id_ else _("nobody") for id_ in (channel.responsible_id, channel.deputy_id)
    )
    return _("Responsible: {responsible}. Deputy: {deputy}.", responsible=responsible, deputy=deputy)


def _named(scene: Scene, id_: str, absent: Collection[str]) -> str:
    name = scene.session.get_one(Person, id_).name
    return _("{person} (away)", person=name) if id_ in absent else name
