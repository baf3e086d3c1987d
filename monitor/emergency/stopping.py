"""The stop buttons: for a while, with a line in the crisis log."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.emergency import holding
from monitor.emergency.models import Incident
from monitor.emergency.noting import noted
from monitor.emergency.places import place_name

A_WHILE = timedelta(minutes=30)
"""A stop ends by itself: one that is forgotten must not silence a whole crisis."""


def hold_for_a_while(session: Session, incident: Incident, place: str, by: str, now: datetime, reason: str) -> None:
    """Nothing new of incidents of its mode goes out there. place: a channel's id, the hub, or "" for everything."""
    holding.hold(session, place, by, now, now + A_WHILE, reason.strip(), incident.mode)
    note_stop(session, incident, place, by, now, reason)


def note_stop(session: Session, incident: Incident, place: str, by: str, now: datetime, reason: str) -> None:
    """In the incident's log: nothing new goes out there."""
    sentence = N_("Stopped: {place}. {reason}")
    noted(session, incident.id, "decision", by, now, sentence, place=place_in_words(session, place), reason=reason)


def release(session: Session, incident: Incident, place: str, by: str, now: datetime) -> None:
    """It goes on."""
    holding.release(session, place, by, now, incident.mode)
    note_release(session, incident, place, by, now)


def note_release(session: Session, incident: Incident, place: str, by: str, now: datetime) -> None:
    """In the incident's log: it goes on."""
    sentence = N_("Goes on: {place}.")
    noted(session, incident.id, "decision", by, now, sentence, place=place_in_words(session, place))


def place_in_words(session: Session, place: str) -> str:
    """In the language in use."""
    if not place:
        return _("Everything")
    return place_name(session, place)
