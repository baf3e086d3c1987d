"""An incident from its beginning to its end, and what it changes around it: how closely channels are watched."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.audit import audited
from monitor.emergency.incident_words import LEVELS, MODES, STAGES
from monitor.emergency.message_rules import Kind, State
from monitor.emergency.message_words import others_word_in_words
from monitor.emergency.models import Incident, Message
from monitor.emergency.noting import noted
from monitor.emergency.staff import on_duty
from monitor.register.faults import Refused
from monitor.register.models import Channel, Person
from monitor.watch import close_watching
from monitor.watch.checking import read_soon
from monitor.watch.claiming import read_by_machine

LONGEST_TITLE = 120
AT_A_TIME = timedelta(minutes=1)
"""What one person begins twice within it was meant once."""
GOING_ON = ("active", "stable")


def start(
    session: Session,
    by: str,
    mode: str,
    level: str,
    title: str,
    decided_by: str,
    now: datetime,
    *,
    area: str = "",
    note: str = "",
) -> Incident:
    """Begins an incident. Nothing has to have been decided formally, and a case number can come later.

    decided_by: who decided that it is one; whoever begins it where empty. An actual one has every channel that a
    machine reads watched closely. Begun twice within a minute it is the same one. Raises Refused, which says what is
    missing.
    """
    title = _title(title)
    _own_words(area)
    if mode not in MODES or level not in LEVELS:
        raise Refused(_("Choose a level, and whether it is an actual incident or an exercise."))
    if (before := _just_begun(session, by, mode, level, title, now)) is not None:
        return before
    who, what = decided_by.strip() or _("whoever began it"), {"note": note.strip(), "area": area.strip()}
    known = Incident(mode=mode, level=level, title=title, started_at=now, started_by_id=by, decided_by=who, **what)  # type: ignore[arg-type]
    _begun(session, known, by, now)
    return known


def _just_begun(session: Session, by: str, mode: str, level: str, title: str, now: datetime) -> Incident | None:
    session.get_one(Person, by, with_for_update=True)  # the second of two presses waits for the first
    same = (Incident.mode == mode, Incident.level == level, Incident.title == title, Incident.started_by_id == by)
    lately = (Incident.started_at > now - AT_A_TIME, Incident.state.in_(GOING_ON))
    return session.scalar(select(Incident).where(*same, *lately).limit(1))


def _begun(session: Session, incident: Incident, by: str, now: datetime) -> None:
    session.add(incident)
    session.flush()
    if incident.mode == "actual":
        watch_closely(session, now)
    words = {"level": _(LEVELS[incident.level]), "mode": _(MODES[incident.mode]), "who": incident.decided_by}
    sentence = N_("The incident began: {title}. {level}, {mode}. Decided by: {who}.")
    noted(session, incident.id, "decision", by, now, sentence, title=incident.title, **words)
    told = {name: getattr(incident, name) for name in ("mode", "level", "title", "decided_by")}
    audited(session, by, "incident.started", ("incident", str(incident.id)), now, after=told)


def stable(session: Session, incident: Incident, by: str, now: datetime) -> None:
    """It is under control. Residents see the stage; channels are still watched closely."""
    _goes_on(incident)
    if incident.state == "stable":
        return
    incident.state, incident.stable_at, incident.stage = "stable", now, "controlled"
    noted(session, incident.id, "decision", by, now, N_("The situation is under control."))
    audited(session, by, "incident.stable", ("incident", str(incident.id)), now)


def close(session: Session, incident: Incident, by: str, now: datetime, why_no_final: str = "") -> None:
    """Ends it, and what it changed ends with it. A final message is expected before; else it is said why there is none.

    Raises Refused where neither is there, or a message is still on its way to approval.
    """
    _goes_on(incident)
    waiting = (Message.incident_id == incident.id, Message.state.in_((State.SUBMITTED, State.APPROVED)))
    if session.scalar(select(Message.id).where(*waiting).limit(1)) is not None:
        raise Refused(_("A message waits for approval, or to be sent. Send it or discard it first."))
    if not has_final(session, incident.id) and not why_no_final.strip():
        raise Refused(
            _("Residents have had no final message. Send one first, or write why there is to be none."),
        )
    incident.state, incident.closed_at, incident.stage = "closed", now, "over"
    if incident.mode == "actual" and not going_on(session, "actual"):
        close_watching.end_close_watches(session, now)
    noted(session, incident.id, "decision", by, now, N_("The incident was closed. {why}"), why=why_no_final.strip())
    after = {"why_no_final": why_no_final.strip()} if why_no_final.strip() else None
    audited(session, by, "incident.closed", ("incident", str(incident.id)), now, after=after)


def set_stage(session: Session, incident: Incident, stage: str, by: str, now: datetime) -> None:
    """What residents are told of where it stands. Raises Refused for what is no stage."""
    if stage not in STAGES:
        raise Refused(_("There is no such stage. There are: {stages}.", stages=", ".join(STAGES)))
    if incident.stage == stage:
        return
    before, incident.stage = incident.stage, stage
    sentence = N_("Residents are told where it stands: {stage}.")
    noted(session, incident.id, "decision", by, now, sentence, stage=_(STAGES[stage]))
    change = {"before": {"stage": before}, "after": {"stage": stage}}
    audited(session, by, "incident.staged", ("incident", str(incident.id)), now, **change)


def rename(session: Session, incident: Incident, title: str, by: str, now: datetime) -> None:
    """What it is called, which residents read. Raises Refused."""
    title = _title(title)
    if incident.title == title:
        return
    before, incident.title = incident.title, title
    noted(session, incident.id, "decision", by, now, N_("It is called: {title}"), title=title)
    change = {"before": {"title": before}, "after": {"title": title}}
    audited(session, by, "incident.renamed", ("incident", str(incident.id)), now, **change)


def note_case(session: Session, incident: Incident, number: str, by: str, now: datetime) -> None:
    """The case number, or another legal ground, which nobody needs in order to begin."""
    before, incident.note = incident.note, number.strip()[:LONGEST_TITLE]
    noted(session, incident.id, "note", by, now, N_("Case number: {number}"), number=incident.note)
    change = {"before": {"note": before}, "after": {"note": incident.note}}
    audited(session, by, "incident.noted", ("incident", str(incident.id)), now, **change)


def watch_closely(session: Session, now: datetime) -> None:
    """Every channel that a machine reads is read every minute from now on, and its deadlines are short."""
    people = on_duty(session)
    for channel_id in session.scalars(select(Channel.id).where(read_by_machine())).all():
        close_watching.watch_closely(session, channel_id, people, now)
        read_soon(session, channel_id, now)
    session.flush()


def going_on(session: Session, mode: str | None = None) -> list[Incident]:
    """Those that have not been closed, the newest first."""
    wanted: list[ColumnElement[bool]] = [Incident.state.in_(GOING_ON)]
    if mode is not None:
        wanted.append(Incident.mode == mode)
    return list(session.scalars(select(Incident).where(*wanted).order_by(Incident.id.desc())))


def has_final(session: Session, incident_id: int) -> bool:
    """Has a message that says it is the last one gone out? A withdrawal says nothing of how it ended."""
    sent = (Message.incident_id == incident_id, Message.final, Message.committed_at.is_not(None))
    return session.scalar(select(Message.id).where(*sent, Message.kind != Kind.CANCEL).limit(1)) is not None


def _title(title: str) -> str:
    title = " ".join(title.split())
    if not title:
        raise Refused(_("Write what it is about, in a few words."))
    if len(title) > LONGEST_TITLE:
        raise Refused(
            _("This has {count} characters. Shorten it to at most {most}.", count=len(title), most=LONGEST_TITLE)
        )
    _own_words(title)
    return title


def _own_words(text: str) -> None:
    """Raises Refused: residents read it."""
    if wrong := others_word_in_words(text):
        raise Refused(wrong)


def _goes_on(incident: Incident) -> None:
    if incident.state not in GOING_ON:
        raise Refused(_("The incident is closed already."))
