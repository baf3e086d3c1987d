"""/warnings: what the authorities warn of, and that somebody has looked."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from monitor.access.permission_rules import Permission
from monitor.emergency import warnings
from monitor.emergency.models import OutsideWarning
from monitor.web.api.asking import Caller, scoped
from monitor.web.api.crisis_doing import done
from monitor.web.api.once import Once
from monitor.web.api.problems import DOCUMENTED, Refused
from monitor.web.api.shapes import USUAL, After, Limit, Moment, Number, Out, Page, paged
from monitor.web.emergency import banner

router = APIRouter(tags=["crisis"], responses=DOCUMENTED)
Reader = Annotated[Caller, scoped(Permission.READ_CRISIS)]
Worker = Annotated[Caller, scoped(Permission.WORK_IN_CRISIS)]


class Warned(Out):
    """source, level, status, kind: in the source's words; status as in CAP, so that an exercise is told from what is
    actual. settled: somebody has looked, or begun an incident because of it."""

    id: int
    source: str
    level: str
    status: str
    kind: str
    headline: str
    text: str
    web: str
    sent: Moment
    expires: Moment | None
    settled: bool


@router.get("/warnings")
def all_warnings(known: Reader, after: After = None, limit: Limit = USUAL) -> Page[Warned]:
    """Of late, that concern the municipality."""
    with known.db.snapshot() as session:
        found = list(warnings.recent(session, datetime.now(UTC)))
    rows, further = paged(found, lambda each: each.id, after, limit)
    return Page(items=[_told(each) for each in rows], next=further)


@router.post("/warnings/{number}/dismissal", response_model=Warned)
def let_be(number: Number, known: Worker, asked: Once, request: Request) -> Response:
    """Somebody has looked, and nothing is to be done: it need not be shown any more."""

    def do(session: Session) -> Warned:
        row = session.get(OutsideWarning, number)
        if row is None:
            raise Refused(404, "")
        warnings.let_be(session, number, known.who.person_id, asked.now)
        return _told(row)

    answer = done(known, asked, do)
    banner.forget(request.app.state)
    return answer


def _told(row: OutsideWarning) -> Warned:
    named = ("id", "source", "level", "status", "kind", "headline", "text", "web", "sent", "expires")
    settled = row.dismissed_at is not None or row.incident_id is not None
    return Warned.model_validate({name: getattr(row, name) for name in named} | {"settled": settled})
