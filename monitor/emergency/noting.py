"""A line in the crisis log, in the organisation's language, of whatever is done."""

from datetime import datetime

from sqlalchemy.orm import Session

from config.language import _, use_language
from monitor.emergency import crisis_log
from monitor.register.organisation import organisation


def noted(
    session: Session, incident_id: int, kind: str, by: str | None, now: datetime, sentence: str, /, **values: object
) -> None:
    """sentence: marked for translation. kind: as in LogLine."""
    with use_language(organisation(session).language):
        text = _(sentence, **values)
    crisis_log.write(session, incident_id, kind, text, by, now)
