"""Once a week to each manager and communicator: decisions that are missing, have ended, or nobody has confirmed."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.alerts.decisions import Current, current, informed, receivers
from monitor.alerts.models import Notice
from monitor.alerts.rules import weekly
from monitor.alerts.tasks import confirm_link
from monitor.alerts.telling import Kind, NoLongerTrue, Scene, Telling, check_hours
from monitor.alerts.wording import Letter, base_url, letter, signed
from monitor.audit import SYSTEM, audited
from monitor.register.decision_rules import Status
from monitor.register.decision_status import Standing, standings

DECISION_STATE = "decision_state"
UNCONFIRMED = "unconfirmed"
SENTENCES = {
    Status.MISSING: N_(
        "No decision: {channels}. What to do: the unit's manager decides with `kanalvakt decision add CHANNEL`."
    ),
    Status.EXPIRED: N_(
        "The decision has ended: {channels}. What to do: the unit's manager decides again with "
        "`kanalvakt decision renew CHANNEL`."
    ),
    UNCONFIRMED: N_(
        "Nobody has confirmed that the decision arrived: {channels}. What to do: the communicator confirms it with the "
        "link in the mail that it came with, or with `kanalvakt decision confirm CHANNEL`."
    ),
}


def _tellings(scene: Scene) -> Iterable[Telling]:
    if (week := weekly(scene.today, scene.calendar)) is not None:
        for person in _lists(scene):
            yield Telling(DECISION_STATE, person, "week", str(week), person)


def _lists(scene: Scene) -> dict[str, list[tuple[str, Current]]]:
    """What is lacking where, for each person who must hear of it."""
    lists: defaultdict[str, list[tuple[str, Current]]] = defaultdict(list)
    stand = standings(scene.session, scene.today)
    for each in current(scene.session):
        if (lacking := _lacking(stand[each.channel.id])) is not None:
            for person in informed(scene.session, each.channel):
                lists[person].append((lacking, each))
    return lists


def _lacking(standing: Standing) -> str | None:
    """One of SENTENCES' keys, the gravest; None where all is in order."""
    if standing.status is not Status.VALID:
        return standing.status
    return UNCONFIRMED if standing.unconfirmed else None


def _check(scene: Scene, notice: Notice) -> None:
    if str(weekly(scene.today, scene.calendar)) != notice.cycle:
        raise NoLongerTrue(_("The week of this list has passed."))
    if notice.recipient_id not in _lists(scene):
        raise NoLongerTrue(_("Every decision is in order by now."))
    check_hours(scene)


def _letter(scene: Scene, notice: Notice) -> Letter:
    mine = _lists(scene)[notice.recipient_id]
    headline = _("1 decision needs you") if len(mine) == 1 else _("{count} decisions need you", count=len(mine))
    return letter(
        "task",
        signed(headline, scene.owner.name),
        headline=headline,
        organisation=scene.owner.name,
        paragraphs=[*_said(mine), _("The channels are watched all the same.")],
        facts=[],
        links=_links(scene, notice.recipient_id, mine),
        page_url=f"{base_url(scene.settings)}/channels",
    )


def _said(mine: list[tuple[str, Current]]) -> list[str]:
    named: defaultdict[str, list[str]] = defaultdict(list)
    for lacking, each in mine:
        named[lacking].append(f"{each.channel.name} ({each.channel.id})")
    return [_(sentence, channels=", ".join(named[key])) for key, sentence in SENTENCES.items() if key in named]


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
