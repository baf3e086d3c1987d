"""/account/tokens: one's own tokens, by which programs do things on one's behalf."""

from collections.abc import Mapping
from datetime import UTC, datetime

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from monitor.access import tokens
from monitor.access.models import ApiToken
from monitor.access.token_words import SCOPE_WORDS
from monitor.db.numbered import numbered
from monitor.register.organisation import organisation
from monitor.web.login.account import CHOSEN, READING, account_page
from monitor.web.login.sent import Sent
from monitor.web.rendering import page
from monitor.web.visiting import Myself

router = APIRouter(prefix="/account/tokens", default_response_class=HTMLResponse)


@router.post("")
def make(request: Request, who: Myself, sent: Sent) -> Response:
    """The word is shown this once. 422 with what is wrong at the field."""
    chosen = [scope.value for scope in SCOPE_WORDS if f"scope-{scope}" in sent]
    scopes = sorted(tokens.READING) if sent.get("may") != CHOSEN else chosen
    try:
        with request.app.state.db.transaction() as session:
            owner = organisation(session)
            given = sent.get("name", ""), scopes, _days(sent), who.person_id, datetime.now(UTC)
            row, word = tokens.issue(session, who.person_id, *given)
    except tokens.CannotIssue as why:
        typed = {name: sent.get(name, "") for name in ("name", "days")} | {"may": sent.get("may", READING)}
        about = typed | {"scopes": chosen, "faults": {f"token-{why.field}": str(why)}}
        return account_page(request, who, status=422, token=about)
    return page(request, "login/token.html", organisation=owner, row=row, word=word, scope_words=SCOPE_WORDS)


@router.post("/{number}/end")
def end(request: Request, who: Myself, number: int) -> Response:
    """404 for a token of somebody else, as for none."""
    with request.app.state.db.transaction() as session:
        row = numbered(session, ApiToken, number)
        if row is None or row.person_id != who.person_id:
            raise HTTPException(404)
        tokens.end(session, number, who.person_id, datetime.now(UTC))
    return RedirectResponse("/account?done=token-ended", status_code=303)


def _days(sent: Mapping[str, str]) -> int:
    """0, which is refused, for what is no number."""
    text = sent.get("days", "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
