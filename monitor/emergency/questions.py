"""Handing over during an incident, and looking back after it: questions with answers."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from config.language import N_, _, use_language
from monitor.audit import audited
from monitor.emergency import crisis_log
from monitor.emergency.models import Incident
from monitor.emergency.noting import noted
from monitor.register.faults import Refused
from monitor.register.organisation import organisation

HANDOVER = {
    "going_on": N_("What is going on right now?"),
    "decided": N_("What has been decided?"),
    "promised": N_("What has been promised to residents, and by when?"),
    "waiting": N_("What waits for an answer or for somebody else?"),
    "watch_out": N_("What should whoever takes over look out for?"),
}
EVALUATION = {
    "went_well": N_("What went well?"),
    "went_badly": N_("What went less well?"),
    "first_message": N_("Did the first message go out in time? What took the longest?"),
    "understood": N_("Did residents understand what was said? What did they ask all the same?"),
    "answered": N_("Were questions, rumours and cries for help seen and answered in time?"),
    "technique": N_("What did not work in the technique?"),
    "change": N_("What do we change, who does it, and by when?"),
}
"""Questions by the name under which Incident.evaluation keeps the answer."""
LONGEST = 4000  # characters of an answer
AFTER = ("closed", "evaluated")


def hand_over(session: Session, incident: Incident, answers: Mapping[str, str], by: str, now: datetime) -> None:
    """Adds the note to the log, question by question. Raises Refused where nothing is answered, or at too great
    length."""
    said = _said(HANDOVER, answers)
    with use_language(organisation(session).language):
        text = "\n".join(f"{_(HANDOVER[name])} {answer}" for name, answer in said.items())
    crisis_log.write(session, incident.id, "handover", text, by, now)


def evaluate(session: Session, incident: Incident, answers: Mapping[str, str], by: str, now: datetime) -> None:
    """Keeps the answers; the incident is evaluated from now on. They can be changed. Raises Refused."""
    if incident.state not in AFTER:
        raise Refused(_("The incident goes on: close it first."))
    said = _said(EVALUATION, answers)
    change = {"before": dict(incident.evaluation), "after": said}
    if incident.state != "evaluated":
        noted(session, incident.id, "event", by, now, N_("The incident was evaluated."))
    incident.evaluation, incident.state, incident.evaluated_at = dict(said), "evaluated", now
    audited(session, by, "incident.evaluated", ("incident", str(incident.id)), now, **change)


def _said(questions: Mapping[str, str], answers: Mapping[str, str]) -> dict[str, str]:
    said = {name: answers[name].strip() for name in questions if answers.get(name, "").strip()}
    if not said:
        raise Refused(_("Answer one of the questions at least."))
    for name, answer in said.items():
        if len(answer) > LONGEST:
            told = {"question": _(questions[name]), "count": len(answer), "most": LONGEST}
            raise Refused(_("“{question}” has {count} characters: at most {most}.", **told))
    return said
