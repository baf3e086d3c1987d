"""What is said of comments past their deadline: by channel, the most overdue first, and why the reader hears of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from babel.dates import format_date

from config.language import N_, _, language
from monitor.alerts.cap_rules import MOST_AN_HOUR
from monitor.alerts.leaving_out import More, left_out, most_of_each
from monitor.alerts.lines import Line, comment_page, lines
from monitor.alerts.models import Notice
from monitor.alerts.overdue_rules import (
    DEPUTY,
    INTERIM,
    MANAGER,
    PLACES,
    RESPONSIBLE,
    RUNGS,
    Ladder,
    distinct,
    stands_for,
)
from monitor.alerts.telling import Scene
from monitor.alerts.wording import Letter, base_url, letter, signed
from monitor.inbox.unanswered import Obligation
from monitor.register.models import Channel, Person
from monitor.register.people import away, manager_of

BECAUSE = {
    RESPONSIBLE: N_("You get this mail as the one responsible for the channel."),
    DEPUTY: N_("You get this mail as the channel's deputy, as nobody has answered yet."),
    MANAGER: N_("You get this mail as the unit's manager, as nobody has answered yet."),
    INTERIM: N_("You get this mail as the one responsible for the channel: so far there is only an interim answer."),
}
INSTEAD = N_("You get this mail because nobody before you can be told: {reasons}.")
ALONE = N_("You get this mail because there is nobody else to tell: {reasons}.")
NOBODY = {
    RESPONSIBLE: N_("nobody is responsible"),
    DEPUTY: N_("there is no deputy"),
    MANAGER: N_("the unit has no manager in the register"),
}


class Written(NamedTuple):
    """A notice of the same comment, as the ledger has it."""

    id: int
    rung: str
    recipient_id: str
    state: str
    cycle: str
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """What one person is told of one comment. ladder: as it is now. before: the notices that have gone out of it."""

    item: Obligation
    rung: str
    person: str
    ladder: Ladder
    before: tuple[Written, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One channel. said: why the reader hears of it. Its lines also say who heard of each before, and when. more: what
    is left out of them; count: of all there is."""

    name: str
    said: tuple[str, ...]
    lines: tuple[Line, ...]
    more: More | None
    count: int


def overdue_letter(scene: Scene, told: Sequence[Told], notices: Sequence[Notice]) -> Letter:
    """In the language in use. told: the most overdue first, at least one; of these notices."""
    headline = summary(told)
    return letter(
        "overdue",
        signed(headline, scene.owner.name),
        headline=headline,
        organisation=scene.owner.name,
        parts=parts(scene, told),
        put_off=put_off(notices),
        page_url=comment_page(scene, told[0].item) if len(told) == 1 else f"{base_url(scene.settings)}/",
    )


def put_off(notices: Sequence[Notice]) -> str | None:
    """That some of these were put off, in words; None where none was."""
    if not any(notice.folded for notice in notices):
        return None
    return _("With what was put off, as you had been sent {count} messages within an hour.", count=MOST_AN_HOUR)


def summary(told: Sequence[Told]) -> str:
    """'2 comments should have been answered by now'."""
    if len(told) == 1:
        return _("A comment on {channel} should have been answered by now", channel=told[0].item.channel_name)
    return _("{count} comments should have been answered by now", count=len(told))


def parts(scene: Scene, told: Sequence[Told]) -> list[Part]:
    """One for each channel, the one with the most overdue comment first."""
    channels: dict[str, list[Told]] = {}
    for each in told:
        channels.setdefault(each.item.channel, []).append(each)
    return [_part(scene, theirs, most_of_each(len(channels))) for theirs in channels.values()]


def _part(scene: Scene, told: Sequence[Told], most: int) -> Part:
    said = tuple(dict.fromkeys(_because(scene, each) for each in told))
    items = [each.item for each in told]
    known = zip(told, lines(scene, told[0].person, items[:most]), strict=False)
    shown = tuple(replace(line, said=(*line.said, *_before(scene, each))) for each, line in known)
    first = items[0]
    more = left_out(scene, first.channel, first.channel_name, items[most:])
    return Part(first.channel_name, said, shown, more, len(told))


def _because(scene: Scene, told: Told) -> str:
    """At which rung, and whose place the reader takes."""
    step, people = stands_for(told.rung, distinct(told.ladder))
    place = PLACES[told.rung]
    if step == place and told.person in people:
        return _(BECAUSE[told.rung])
    skipped = RUNGS[place:step] if step > place else RUNGS[place:]
    reasons = ", ".join(_why_not(scene, told.item.channel, rung) for rung in skipped)
    return _(INSTEAD if step > place else ALONE, reasons=reasons)


def _why_not(scene: Scene, channel_id: str, rung: str) -> str:
    """Why nobody could be told at a rung."""
    channel = scene.session.get_one(Channel, channel_id)
    ids = {RESPONSIBLE: channel.responsible_id, DEPUTY: channel.deputy_id, MANAGER: manager_of(scene.session, channel)}
    person = scene.session.get(Person, ids[rung] or "")
    if person is None:
        return _(NOBODY[rung])
    if person.id in away(scene.session, scene.today):
        return _("{person} is away", person=person.name)
    if rung == MANAGER and person.id in {channel.responsible_id, channel.deputy_id}:
        return _("{person} is the unit's manager as well", person=person.name)
    return _("{person} has no working address", person=person.name)


def _before(scene: Scene, told: Told) -> Iterable[str]:
    """'Rut Redaktör fick veta det 24 november.'"""
    for notice in told.before:
        if notice.sent_at is not None:
            day = format_date(notice.sent_at.astimezone(scene.zone), "d MMMM", locale=language())
            if notice.recipient_id == told.person:
                yield _("You were told on {day}.", day=day)
            else:
                person = scene.session.get_one(Person, notice.recipient_id).name
                yield _("{person} was told on {day}.", person=person, day=day)
