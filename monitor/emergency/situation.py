"""The situation report: where an incident stands, in figures, for people who lead it. On paper, and hourly in the log.

No resident's words are in it, and nobody's name but those of the staff.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.language import N_, _, language
from monitor.db import Database
from monitor.documents import breakable, typeset
from monitor.emergency.board import KINDS
from monitor.emergency.incident_words import LEVELS, MODES, STATES
from monitor.emergency.incidents import GOING_ON
from monitor.emergency.intake_rules import Kind
from monitor.emergency.message_words import FATES
from monitor.emergency.models import Incident, Intake, LogLine, Topic
from monitor.emergency.noting import noted
from monitor.emergency.places import HUB, place_names
from monitor.emergency.standing import Stood, messages_of
from monitor.register.organisation import organisation

EVERY = timedelta(hours=1)
MOST_TOPICS = 15
HOURLY = N_("An hour has gone by. On the board: {count}; {help} need help; {rumours} rumours; {done} done.")


@dataclass(frozen=True, slots=True)
class Situation:
    """counts: of what waits on the board, by kind; latest: of what came in the last hour; done: how many are.
    topics: title, how many wait, how many there are, and whether residents read the answer on the crisis page."""

    counts: dict[Kind, int]
    latest: dict[Kind, int]
    done: int
    topics: list[tuple[str, int, int, bool]]
    messages: list[Stood]
    next_update_at: datetime | None


def situation(session: Session, incident: Incident, now: datetime) -> Situation:
    """As it stands."""
    columns = (Intake.kind, Intake.at, Intake.done_at, Intake.topic_id)
    rows = session.execute(select(*columns).where(Intake.incident_id == incident.id)).all()
    waiting = [row for row in rows if row.done_at is None]
    messages = [each for each in messages_of(session, incident.id) if each.message.committed_at is not None]
    promised = (each.message.next_update_at for each in messages if each.message.state == "committed")
    return Situation(
        counts=Counter(Kind(row.kind) for row in waiting),
        latest=Counter(Kind(row.kind) for row in rows if row.at > now - EVERY),
        done=len(rows) - len(waiting),
        topics=_topics(session, incident.id),
        messages=messages,
        next_update_at=next(promised, None),
    )


def report_pdf(session: Session, incident: Incident, now: datetime) -> bytes:
    """The report as a PDF, in the language in use."""
    owner, found = organisation(session), situation(session, incident, now)
    zone = ZoneInfo(owner.timezone)
    data = {
        "title": f"{_(MODES[incident.mode])}: {_('Situation report')}",
        "organisation": owner.name,
        "language": language(),
        "foot": _("Incident {number}, {when}", number=incident.id, when=_when(now, zone)),
        "page_word": _("Page"),
        "facts": [[label, breakable(text) or "–"] for label, text in _facts(incident, found, now, zone)],
        "sections": [_on_the_board(found), _about(found), _sent(session, found, zone)],
    }
    return typeset("situation", data, now)


def report_file(incident: Incident) -> str:
    """What to call the PDF."""
    return _("situation-{number}.pdf", number=incident.id)


def remind_all(db: Database, now: datetime) -> int:
    """Writes a line with figures in the log of each incident that goes on, an hour after the last report; gives how
    many. Never two for one hour, whoever looks."""
    with db.snapshot() as session:
        due = [each for each in _going_on(session) if _is_due(session, each, now)]
    return sum(_remind(db, each, now) for each in due)


def note_report(session: Session, incident: Incident, by: str | None, now: datetime) -> None:
    """The figures in the log: by somebody, or by the system."""
    found = situation(session, incident, now)
    count, told = sum(found.counts.values()), {"help": found.counts[Kind.HELP], "rumours": found.counts[Kind.RUMOUR]}
    noted(session, incident.id, "report", by, now, HOURLY, count=count, done=found.done, **told)


def _going_on(session: Session) -> list[int]:
    return list(session.scalars(select(Incident.id).where(Incident.state.in_(GOING_ON)).order_by(Incident.id)))


def _is_due(session: Session, incident_id: int, now: datetime) -> bool:
    query = select(func.max(LogLine.at)).where(LogLine.incident_id == incident_id, LogLine.kind == "report")
    last = session.scalar(query) or session.get_one(Incident, incident_id).started_at
    return now - last >= EVERY


def _remind(db: Database, incident_id: int, now: datetime) -> int:
    with db.transaction() as session:
        incident = session.get_one(Incident, incident_id, with_for_update=True)
        if incident.state not in GOING_ON or not _is_due(session, incident_id, now):
            return 0
        note_report(session, incident, None, now)
        return 1


def _topics(session: Session, incident_id: int) -> list[tuple[str, int, int, bool]]:
    waits = func.count(Intake.id).filter(Intake.done_at.is_(None))
    query = select(Topic.title, Topic.shown_at, func.count(Intake.id), waits).join(Intake, Intake.topic_id == Topic.id)
    query = query.where(Topic.incident_id == incident_id).group_by(Topic.id, Topic.title, Topic.shown_at)
    rows = session.execute(query.order_by(func.count(Intake.id).desc(), Topic.id).limit(MOST_TOPICS))
    return [(title, waiting, count, shown is not None) for title, shown, count, waiting in rows]


def _facts(incident: Incident, found: Situation, now: datetime, zone: ZoneInfo) -> list[tuple[str, str]]:
    told = found.next_update_at
    return [
        (_("What it is about"), incident.title),
        (_("As it stood"), _when(now, zone)),
        (_("Level"), _(LEVELS[incident.level])),
        (_("State"), _(STATES[incident.state])),
        (_("Since"), _when(incident.started_at, zone)),
        (_("Decided by"), incident.decided_by),
        (_("Where?"), incident.area),
        (_("Residents hear more by"), _when(told, zone) if told is not None else ""),
    ]


def _on_the_board(found: Situation) -> dict[str, object]:
    rows = [[_(words), str(found.counts[kind]), str(found.latest[kind])] for kind, words in KINDS.items()]
    columns = [_("What residents write"), _("Waiting"), _("New in the last hour")]
    return _section(_("The board"), columns, [2, 1, 1], [*rows, [_("Done"), str(found.done), ""]])


def _about(found: Situation) -> dict[str, object]:
    rows = [
        [breakable(title), str(waiting), str(count), _("yes") if shown else _("no")]
        for title, waiting, count, shown in found.topics
    ]
    columns = [_("Topic"), _("Waiting"), _("In all"), _("Answered on the crisis page")]
    return _section(_("What most write about"), columns, [3, 1, 1, 2], rows, _("There are no topics yet."))


def _sent(session: Session, found: Situation, zone: ZoneInfo) -> dict[str, object]:
    names = place_names(session, {each.place for stood in found.messages for each in stood.deliveries})
    rows = [
        [
            breakable(stood.message.headline),
            breakable(names[each.place] if each.place != HUB else _("The crisis page")),
            _(FATES[each.state]),  # type: ignore[index]  # a StrEnum's values are its members
            _when(each.confirmed_at, zone) if each.confirmed_at is not None else "–",
        ]
        for stood in found.messages
        for each in stood.deliveries
    ]
    columns = [_("Crisis message"), _("Channel"), _("State"), _("When")]
    return _section(_("What has been sent"), columns, [3, 2, 2, 2], rows, _("Nothing has been sent yet."))


def _section(
    heading: str, columns: list[str], widths: list[int], rows: list[list[str]], empty: str = ""
) -> dict[str, object]:
    return {"heading": heading, "columns": columns, "widths": widths, "rows": rows, "empty": empty}


def _when(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H.%M}"  # as it may be read years later
