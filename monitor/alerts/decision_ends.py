"""A decision that runs out: told 60, 30 and 7 days before, and when it has ended. The watch goes on all the same."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from babel.dates import format_date
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from config.language import _, language
from monitor.alerts.decisions import current, informed, nobody, still_current
from monitor.alerts.models import Notice
from monitor.alerts.rules import ENDED, reminder
from monitor.alerts.telling import Kind, NoLongerTrue, Scene, Telling, channel_note, check_hours
from monitor.alerts.wording import Letter, days_left
from monitor.audit import SYSTEM, audited
from monitor.register.models import Decision

DECISION_ENDS = "decision_ends"


def _tellings(scene: Scene) -> Iterable[Telling]:
    found = current(scene.session)
    told = informed(scene.session, [each.channel for each in found])
    for each in found:
        if each.decision is not None and (rung := _rung(scene, each.decision)) is not None:
            if not told[each.channel.id]:
                nobody(each.channel.id)
            for person in told[each.channel.id]:
                yield Telling(DECISION_ENDS, each.subject, rung, str(each.decision.valid_until), person)


def _rung(scene: Scene, decision: Decision) -> str | None:
    return reminder(decision.decided_on, decision.valid_until, scene.today, scene.calendar)


def _check(scene: Scene, notice: Notice) -> None:
    found, decision = still_current(scene, notice)
    if notice.recipient_id not in informed(scene.session, [found.channel])[found.channel.id]:
        raise NoLongerTrue(_("The recipient no longer answers for decisions about the channel."))
    if _rung(scene, decision) != notice.rung:
        raise NoLongerTrue(_("The day is closer by now, or past."))
    check_hours(scene)


def _letter(scene: Scene, notice: Notice) -> Letter:
    found, decision = still_current(scene, notice)
    day = format_date(decision.valid_until, "d MMM y", locale=language())
    if notice.rung == ENDED:
        headline = _("The decision about {channel} has ended", channel=found.channel.name)
        said = [_("Its last day was {day}. The channel is still watched.", day=day)]
        said.append(_("Until there is a new one, nobody may answer or post there through Kanalvakt."))
    else:
        headline = _("The decision about {channel} ends {day}", channel=found.channel.name, day=day)
        said = [days_left((decision.valid_until - scene.today).days)]
        said.append(
            _("After that day nobody may answer or post there through Kanalvakt. The channel will still be watched.")
        )
    return channel_note(scene, found.channel, headline, [*said, renewal(found.channel.id)])


def renewal(channel_id: str) -> str:
    """How a decision is renewed."""
    return _(
        "What to do: the unit's manager decides again with `{command}`, or lets the channel end with `{other}`.",
        command=f"kanalvakt decision renew {channel_id}",
        other=f"kanalvakt channel retire {channel_id}",
    )


def told_today(scene: Scene, person: str) -> frozenset[str]:
    """The versions ("fb-tibro/2") whose end that person has been told of today, or is about to be."""
    mine = select(Notice).where(Notice.subject_kind == DECISION_ENDS, Notice.recipient_id == person)
    told = mine.where(or_(Notice.state.in_(("due", "sending")), Notice.sent_at >= scene.now - timedelta(days=1)))
    return frozenset(
        each.subject
        for each in scene.session.scalars(told)
        if each.sent_at is None or scene.calendar.local_date(each.sent_at) == scene.today
    )


def _sent(session: Session, notice: Notice, now: datetime) -> None:
    told = {"what": f"ends_{notice.rung}" if notice.rung != ENDED else ENDED, "to": notice.recipient_id}
    audited(session, SYSTEM, "decision.told", ("decision", notice.subject), now, after=told)


KIND = Kind(_tellings, _check, _letter, _sent)
