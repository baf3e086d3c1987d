"""The demo's way in: as any of its made-up people, by a button. There only in a demo, where everything is made up."""

from datetime import UTC, datetime

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from monitor.register.models import Person
from monitor.web.login.coming_in import let_in
from monitor.web.login.sent import Sent

router = APIRouter(default_response_class=HTMLResponse)


@router.post("/login/demo")
def sign_in_as(request: Request, sent: Sent) -> Response:
    with request.app.state.db.transaction() as session:
        person = session.get(Person, sent.get("person", ""))
        if person is None or person.retired:
            raise HTTPException(404)
        return let_in(request, session, person, "demo", sent.get("next"), datetime.now(UTC))
