"""Writes that happen once, however often they are sent: an Idempotency-Key with each, and the same answer for the same.

After draft-ietf-httpapi-idempotency-key-header. The answer is kept in the very transaction that does what was asked:
either both are there or neither, whatever dies in between. Two at once take turns. What was refused has changed nothing
and is kept nowhere: the same key may be used again.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel, StringConstraints
from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from config.language import _
from monitor.access.models import ApiAnswer
from monitor.register.secrets import ready
from monitor.web.api.asking import Caller
from monitor.web.api.problems import Refused, Wrong

KEPT = timedelta(hours=24)
"""So long the same key gives the same answer."""
AGAIN = "Idempotency-Replayed"
Key = Annotated[
    str,
    StringConstraints(pattern=r"^[!-~]{8,100}$"),
    Header(alias="Idempotency-Key", description="A new random one for each thing to do, the same for each try at it."),
]


@dataclass(frozen=True, slots=True)
class Asked:
    """A write that is asked for. fingerprint: of its method, address and body. now: aware, UTC."""

    key: str
    fingerprint: str
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


async def _asked(request: Request, key: Key) -> Asked:
    told = f"{request.method} {request.url.path}?{request.url.query}\n".encode() + await request.body()
    return Asked(key, sha256(told).hexdigest())


Once = Annotated[Asked, Depends(_asked)]
Act = Callable[[Session], BaseModel | None]


def once(known: Caller, asked: Asked, act: Act, status: int = 200) -> Response:
    """Does it in one transaction and answers with what it gives, as JSON; 204 for None. Sent again with the same key it
    does nothing, and answers the same. Raises what `act` raises, and Refused for a key of something else."""
    with known.db.transaction() as session:
        ready(session)
        if not _begun(session, known, asked):
            return _again(session.get_one(ApiAnswer, (known.token_id, asked.key)), asked)
        answer = act(session)
        given, body = (status, answer.model_dump_json()) if answer is not None else (204, "")
        row = session.get_one(ApiAnswer, (known.token_id, asked.key))
        row.status = given
        row.body = body  # type: ignore[assignment]  # a str goes in, a Secret comes out
    return _response(given, body)


def _begun(session: Session, known: Caller, asked: Asked) -> bool:
    """Is it the first with this key? Whoever comes second at the same time waits here for the first one's end."""
    session.execute(delete(ApiAnswer).where(ApiAnswer.token_id == known.token_id, ApiAnswer.at < asked.now - KEPT))
    dialect: Any = sqlite if known.db.is_sqlite else postgresql
    row = {"token_id": known.token_id, "key": asked.key, "fingerprint": asked.fingerprint, "at": asked.now}
    insert = dialect.insert(ApiAnswer).values(**row, status=0, body="").on_conflict_do_nothing()
    return bool(session.execute(insert.returning(ApiAnswer.key)).one_or_none())


def _again(row: ApiAnswer, asked: Asked) -> Response:
    if row.fingerprint != asked.fingerprint:
        detail = _("The key was used for something else: send a new one.")
        raise Refused(422, detail, [Wrong(at="header/Idempotency-Key", detail=detail)], "key-used")
    return _response(row.status, row.body.decrypt(), again=True)


def _response(status: int, body: str, *, again: bool = False) -> Response:
    headers = {AGAIN: "true"} if again else {}
    if status == 204:
        return Response(status_code=204, headers=headers)
    return Response(body, status_code=status, media_type="application/json", headers=headers)
