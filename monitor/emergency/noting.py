"""A line in the crisis log, in the organisation's language, of whatever is done."""

from datetime import datetime

from sqlalchemy.orm import Session

from config.language import _, use_language
from monitor.emergency.models import LogLine
from monitor.register.organisation import organisation


def noted(
    session: Session, incident_id: int, kind: str, by: str | None, now: datetime, sentence: str, /, **values: object
) -> None:
    """sentence: marked for translation. kind: as in LogLine."""
    with use_language(organisation(session).language):
        text = _(sentence, **values)
    session.add(LogLine(incident_id=incident_id, at=now, kind=kind, text=text, by_id=by))
    session.flush()
