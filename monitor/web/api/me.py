"""/me: whose token it is, and what it may."""

from importlib.metadata import version

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from monitor.access import tokens
from monitor.web.api.asking import Known
from monitor.web.api.once import Once, once
from monitor.web.api.problems import DOCUMENTED
from monitor.web.api.shapes import Moment, Out

VERSION = version("kanalvakt")
router = APIRouter(prefix="/me", tags=["me"], responses=DOCUMENTED)


class Me(Out):
    """permissions: what the token may on some channel at least; channels: ids of those on which it may anything.
    version: of Kanalvakt."""

    person: str
    name: str
    scopes: list[str]
    permissions: list[str]
    channels: list[str]
    good_until: Moment
    version: str


@router.get("")
def whose(known: Known) -> Me:
    """Whose token it is, and what it may at this moment."""
    return Me(
        person=known.who.person_id,
        name=known.who.name,
        scopes=sorted(known.scopes),
        permissions=sorted(known.who.apart),
        channels=sorted(known.who.channels),
        good_until=known.good_until,
        version=VERSION,
    )


@router.delete("/token", status_code=204)
def end_token(known: Known, asked: Once) -> Response:
    """Ends the token itself, for good."""

    def act(session: Session) -> None:
        tokens.end(session, known.token_id, known.who.person_id, asked.now)

    return once(known, asked, act)
