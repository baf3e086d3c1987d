"""What the parts of the API about crises share: rows by their numbers, and what is refused."""

from typing import TypeVar

from fastapi import Response
from sqlalchemy.orm import Session

from monitor.emergency import sending
from monitor.emergency.drafting import Faulty
from monitor.emergency.faults import CannotSend
from monitor.emergency.hub import publish_soon
from monitor.emergency.message_words import fault_in_words
from monitor.emergency.models import Delivery, Incident, Message, Topic
from monitor.inbox.faults import Fault
from monitor.register.faults import Refused as CannotDo
from monitor.web.api.asking import Caller
from monitor.web.api.once import Act, Asked, once
from monitor.web.api.problems import Refused, Wrong

Row = TypeVar("Row")


def done(known: Caller, asked: Asked, act: Act, status: int = 200) -> Response:
    """Raises Refused for all that the room of crises refuses."""
    try:
        return once(known, asked, act, status)
    except Faulty as why:
        wrongs = [Wrong(at=f"/{each.at}", detail=fault_in_words(each)) for each in why.faults]
        raise Refused(422, wrongs[0].detail, wrongs) from None
    except (CannotDo, CannotSend, Fault) as why:
        raise Refused(422, str(why)) from None


def published(known: Caller, answer: Response) -> Response:
    publish_soon(known.db, known.settings)
    return answer


def delivered(known: Caller, message_id: int, answer: Response) -> Response:
    sending.deliver_soon(known.db, message_id, known.settings)
    return answer


def incident_of(session: Session, number: int) -> Incident:
    """Raises Refused, 404."""
    return _there(session.get(Incident, number))


def message_of(session: Session, number: int) -> Message:
    """Raises Refused, 404."""
    return _there(session.get(Message, number))


def delivery_of(session: Session, number: int) -> Delivery:
    """Raises Refused, 404."""
    return _there(session.get(Delivery, number))


def topic_of(session: Session, number: int) -> Topic:
    """Raises Refused, 404."""
    return _there(session.get(Topic, number))


def _there(found: Row | None) -> Row:
    if found is None:
        raise Refused(404, "")
    return found
