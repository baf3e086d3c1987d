"""/reports: how residents were answered in a period, as tables with pictures beside them, and the same as files.

A page and its pictures tell of one report, which is kept while a browser may fetch them: what is answered meanwhile
makes no difference between a picture and its table.
"""

import json
from datetime import UTC, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from config.language import _
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.records.answer_charts import chart, policy, size
from monitor.records.answer_document import document, sheet
from monitor.records.answer_panels import panels, percentage
from monitor.records.answer_report import AnswerReport, answer_report
from monitor.records.answer_report_words import meanings
from monitor.records.period import WrongPeriod
from monitor.records.report_words import length_in_words
from monitor.register.calendar import calendar_of
from monitor.register.organisation import organisation
from monitor.web.rendering import page
from monitor.web.reports.wishes import Asked, Shelf, Wish, asked, choices
from monitor.web.visiting import needs

router = APIRouter(prefix="/reports", default_response_class=HTMLResponse)

Reader = Annotated[Visitor, needs(Permission.READ_REPORTS)]
Wished = Annotated[Wish, Query()]


@router.get("")
def answers(request: Request, who: Reader, wish: Wished) -> HTMLResponse:
    """The form, and the report where what is asked for can be told; 422 with what to choose where it cannot."""
    now, refused, report = datetime.now(UTC), "", None
    with request.app.state.db.snapshot() as session:
        owner, offered = organisation(session), choices(session, who)
        try:
            what = asked(offered, wish, calendar_of(owner).local_date(now))
            report = _made(session, what, now)
        except WrongPeriod as error:
            what, refused = None, str(error)
    if report is not None and what is not None:
        _shelf(request).put(what, report)
    shown = [(panel, size(panel) if panel.is_drawn else None) for panel in panels(report)] if report else []
    return page(
        request,
        "reports.html",
        status=422 if refused else 200,
        organisation=owner,
        zone=ZoneInfo(owner.timezone),
        channels=[("", _("All channels")), *((id_, name) for id_, name, _unit in offered.channels)],
        units=[("", _("All units")), *offered.units],
        wish=what.wish if what is not None else wish,
        query=what.wish.query if what is not None else "",
        refused=refused,
        report=report,
        panels=shown,
        meanings=meanings(report) if report else [],
        percentage=percentage,
        length=length_in_words,
    )


@router.get("/answers.{form}")
def as_file(request: Request, who: Reader, wish: Wished, form: Literal["csv", "json"]) -> Response:
    """The report as one sheet, or as one JSON document."""
    report = _report(request, who, wish)
    name = f"kanalvakt-{report.first}-{report.last}.{form}"
    told = document(report)
    content = sheet(told) if form == "csv" else json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    kind = "text/csv; charset=utf-8" if form == "csv" else "application/json"
    return Response(content, media_type=kind, headers={"Content-Disposition": f"attachment; filename={name}"})


@router.get("/{key}.svg")
def picture(request: Request, who: Reader, wish: Wished, key: str) -> Response:
    """One table as a picture, with the policy that its style sheet needs where it is opened by itself."""
    drawn = {panel.key: panel for panel in panels(_report(request, who, wish)) if panel.is_drawn}
    if key not in drawn:
        raise HTTPException(404)
    content = chart(drawn[key])
    return Response(content, media_type="image/svg+xml", headers={"Content-Security-Policy": policy(content)})


def _report(request: Request, who: Visitor, wish: Wish) -> AnswerReport:
    """The one that a page has shown, where the address names it; else as it stands now. 404 for what is no period."""
    now = datetime.now(UTC)
    with request.app.state.db.snapshot() as session:
        today = calendar_of(organisation(session)).local_date(now)
        try:
            what = asked(choices(session, who), wish, today)
        except WrongPeriod:
            raise HTTPException(404) from None
        return _shelf(request).find(what, wish.made) or _made(session, what, now)


def _made(session: Session, what: Asked, now: datetime) -> AnswerReport:
    return answer_report(session, what.first, what.last, now, what.channels)


def _shelf(request: Request) -> Shelf:
    shelf: Shelf = request.app.state.reports
    return shelf
