"""Once a week to each manager and communicator: decisions that are missing, have ended, or nobody has confirmed."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.alerts.decision_ends import told_today
from monitor.alerts.decisions import Current, current, informed, nobody, receivers
from monitor.alerts.models import Notice
from monitor.alerts.rules import weekly
from monitor.alerts.tasks import confirm_link
from monitor.alerts.telling import Kind, NoLongerTrue, Scene, Telling, check_hours
from monitor.alerts.wording import Letter, base_url, letter, signed
from monitor.audit import SYSTEM, audited
from monitor.register.decision_rules import Status
from monitor.register.decision_status import Standing, standings
from monitor.register.models import Channel
from monitor.register.people import manager_of

DECISION_STATE = "decision_state"
UNCONFIRMED = "unconfirmed"
SENTENCES = {
    Status.MISSING: N_("No decision: {channels}. What to do: the unit's manager decides with {commands}."),
    Status.EXPIRED: N_(
        "The decision has ended: {channels}. What to do: the unit's manager decides again with {commands}."
    ),
    UNCONFIRMED: N_(
        "Nobody has confirmed that the decision arrived: {channels}. What to do: the communicator confirms it with the "
        "link in the mail that it came with, or with {commands}."
    ),
}
TO_MANAGER = SENTENCES | {
    Status.MISSING: N_("No decision: {channels}. What to do: as the unit's manager you decide with {commands}."),
    Status.EXPIRED: N_(
        "The decision has ended: {channels}. What to do: as the unit's manager you decide again with {commands}."
    ),
}
"""The same, said to the manager of the channels' unit."""
COMMANDS = {Status.MISSING: "add", Status.EXPIRED: "renew", UNCONFIRMED: "confirm"}


def _tellings(scene: Scene) -> Iterable[Telling]:
    if (week := weekly(scene.today, scene.calendar)) is not None:
        for person in _lists(scene):
            yield Telling(DECISION_STATE, person, "week", str(week), person)


def _lists(scene: Scene) -> dict[str, list[tuple[str, Current]]]:
    """What is lacking where, for each person who must hear of it."""
    lists: defaultdict[str, list[tuple[str, Current]]] = defaultdict(list)
    stand = standings(scene.session, scene.today)
    found = current(scene.session)
    told = informed(scene.session, [each.channel for each in found])
    for each in found:
        if (lacking := _lacking(stand[each.channel.id])) is not None:
            if not told[each.channel.id]:
                nobody(each.channel.id)
            for person in told[each.channel.id]:
                lists[person].append((lacking, each))
    return lists


def _list_of(scene: Scene, person: str) -> list[tuple[str, Current]]:
    """What one person is to hear of, but for what another mail of today says: that a decision ends, or has ended."""
    told = told_today(scene, person)
    return [(lacking, each) for lacking, each in _lists(scene).get(person, []) if each.subject not in told]


def _lacking(standing: Standing) -> str | None:
    """One of SENTENCES' keys, the gravest; None where all is in order."""
    if standing.status in SENTENCES:
        return standing.status
    return UNCONFIRMED if standing.unconfirmed else None


def _check(scene: Scene, notice: Notice) -> None:
    if str(weekly(scene.today, scene.calendar)) != notice.cycle:
        raise NoLongerTrue(_("The week of this list has passed."))
    if notice.recipient_id not in _lists(scene):
        raise NoLongerTrue(_("Every decision is in order by now."))
    if not _list_of(scene, notice.recipient_id):
        raise NoLongerTrue(_("Other mails of today say it already."))
    check_hours(scene)


def _letter(scene: Scene, notice: Notice) -> Letter:
    mine = _list_of(scene, notice.recipient_id)
    headline = _("1 decision needs you") if len(mine) == 1 else _("{count} decisions need you", count=len(mine))
    return letter(
        "task",
        signed(headline, scene.owner.name),
        headline=headline,
        organisation=scene.owner.name,
        paragraphs=[*_said(scene, notice.recipient_id, mine), *_watched(mine)],
        facts=[],
        links=_links(scene, notice.recipient_id, mine),
        page_url=f"{base_url(scene.settings)}/channels",
    )


def _said(scene: Scene, person: str, mine: list[tuple[str, Current]]) -> list[str]:
    """The gravest first; of each, what the reader is to decide before what others are."""
    said = []
    for key in SENTENCES:
        lacking = [each.channel for lack, each in mine if lack == key]
        own = [channel for channel in lacking if manager_of(scene.session, channel) == person]
        others = [channel for channel in lacking if channel not in own]
        said += [_sentence(words[key], key, of) for words, of in ((TO_MANAGER, own), (SENTENCES, others)) if of]
    return said


def _sentence(sentence: str, key: str, channels: list[Channel]) -> str:
    commands = ", ".join(f"`kanalvakt decision {COMMANDS[key]} {channel.id}`" for channel in channels)
    return _(sentence, channels=", ".join(f"{channel.name} ({channel.id})" for channel in channels), commands=commands)


def _watched(mine: list[tuple[str, Current]]) -> list[str]:
    """What the reader may rely on; nothing where there is nothing to watch."""
    watched = [each.channel.has_comments for _lack, each in mine]
    if all(watched):
        return [_("The channels are watched all the same.")]
    return [_("Those with comments are watched all the same.")] if any(watched) else []


def _links(scene: Scene, person: str, mine: list[tuple[str, Current]]) -> list[tuple[str, str]]:
    """Where this person confirms at once what has arrived."""
    if person not in receivers(scene.session):
        return []
    confirm = N_("Confirm the decision about {channel}")
    return [
        (_(confirm, channel=each.channel.name), confirm_link(scene, person, each.channel.id, each.decision.version))
        for lack, each in mine
        if lack == UNCONFIRMED and each.decision is not None
    ]


def _sent(session: Session, notice: Notice, now: datetime) -> None:
    told = {"what": "state", "week": notice.cycle, "to": notice.recipient_id}
    audited(session, SYSTEM, "decision.told", ("person", notice.recipient_id), now, after=told)


KIND = Kind(_tellings, _check, _letter, _sent)
