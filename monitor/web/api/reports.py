"""/reports: how residents were answered and how channels were watched in a period, as figures, sheets and documents."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from fastapi.exceptions import HTTPException

from monitor.access.permission_rules import Permission
from monitor.records.answer_charts import chart, policy
from monitor.records.answer_document import document as answers_told
from monitor.records.answer_document import sheet as answers_sheet
from monitor.records.answer_panels import panels
from monitor.records.answer_report import AnswerReport, answer_report
from monitor.records.month import Month, month_report
from monitor.records.month_picture import month_picture
from monitor.records.period import WrongPeriod, check_period
from monitor.records.report_document import document, fingerprint
from monitor.records.report_paper import paper
from monitor.records.report_sheet import sheet
from monitor.records.watch_report import WatchReport, full_report
from monitor.register.calendar import calendar_of
from monitor.register.organisation import organisation
from monitor.web.api.asking import Caller, scoped
from monitor.web.api.problems import DOCUMENTED, refusing
from monitor.web.api.report_shapes import AnswersOut, WatchReportOut
from monitor.web.api.shapes import First, Last, NameInPath, NameInQuery
from monitor.web.pages import seen_on
from monitor.web.register.asking import only
from monitor.web.register.watch import PICTURE_POLICY
from monitor.web.reports.wishes import Wish, asked, choices

router = APIRouter(prefix="/reports", tags=["reports"], responses=DOCUMENTED)
Reader = Annotated[Caller, scoped(Permission.READ_REPORTS)]
Watcher = Annotated[Caller, scoped(Permission.READ_WATCH)]
MonthInPath = Annotated[str, Path(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="As 2026-06.")]


def _file(media_type: str) -> dict[str, Any]:
    """How an address is described that answers with a file."""
    return {"response_class": Response, "responses": {200: {"content": {media_type: {}}}}}


@router.get("/answers")
def answers(
    known: Reader, first: First, last: Last, channel: NameInQuery = None, unit: NameInQuery = None
) -> AnswersOut:
    """How soon residents were answered; as `kanalvakt report answers --format json`. docs/report.md says what each
    figure means."""
    return AnswersOut.model_validate(answers_told(_answers(known, first, last, channel, unit)))


@router.get("/answers.csv", **_file("text/csv"))
def answers_as_sheet(
    known: Reader, first: First, last: Last, channel: NameInQuery = None, unit: NameInQuery = None
) -> Response:
    """The same as one sheet."""
    told = answers_told(_answers(known, first, last, channel, unit))
    return _attached(answers_sheet(told).encode(), "text/csv; charset=utf-8", f"kanalvakt-{first}-{last}.csv")


@router.get("/answers/{key}.svg", **_file("image/svg+xml"))
def answers_as_picture(
    known: Reader,
    key: NameInPath,
    first: First,
    last: Last,
    channel: NameInQuery = None,
    unit: NameInQuery = None,
) -> Response:
    """One table of the page of reports as a picture. 404 where that one has no picture."""
    drawn = {panel.key: panel for panel in panels(_answers(known, first, last, channel, unit)) if panel.is_drawn}
    if key not in drawn:
        raise HTTPException(404)
    content = chart(drawn[key])
    return Response(content, media_type="image/svg+xml", headers={"Content-Security-Policy": policy(content)})


@router.get("/watch")
def watched(known: Reader, first: First, last: Last, channel: NameInQuery = None) -> WatchReportOut:
    """What the watch of a period came to; as `kanalvakt watch report --json`, with the hash that vouches for it."""
    return WatchReportOut.model_validate(document(_watched(known, first, last, channel)))


@router.get("/watch.csv", **_file("text/csv"))
def watched_as_sheet(known: Reader, first: First, last: Last, channel: NameInQuery = None) -> Response:
    """The same as one sheet."""
    content = sheet(document(_watched(known, first, last, channel))).encode()
    return _attached(content, "text/csv; charset=utf-8", f"kanalvakt-{first}-{last}.csv")


@router.get("/watch.pdf", **_file("application/pdf"))
def watched_on_paper(known: Reader, first: First, last: Last, channel: NameInQuery = None) -> Response:
    """The same as a document to archive (PDF/A)."""
    report = _watched(known, first, last, channel)
    return _attached(paper(report, fingerprint(document(report))), "application/pdf", f"kanalvakt-{first}-{last}.pdf")


@router.get("/months/{month}.svg", **_file("image/svg+xml"))
def month_as_picture(known: Watcher, month: MonthInPath) -> Response:
    """A month of the watch, a line for each channel and a cell for each day."""
    with known.db.snapshot() as session:
        chosen = only(known.who, Permission.READ_WATCH)
        _report, view = month_report(session, Month.written(month), datetime.now(UTC), chosen)
    policy_ = {"Content-Security-Policy": PICTURE_POLICY}
    return Response(month_picture(view), media_type="image/svg+xml", headers=policy_)


def _answers(known: Caller, first: date, last: date, channel: str | None, unit: str | None) -> AnswerReport:
    """404 for a channel or a unit that the caller has no reports of."""
    now = datetime.now(UTC)
    wish = Wish(first=first.isoformat(), last=last.isoformat(), channel=channel or "", unit=unit or "")
    with known.db.snapshot() as session, refusing(WrongPeriod, at="query/to"):
        what = asked(choices(session, known.who), wish, calendar_of(organisation(session)).local_date(now))
        return answer_report(session, what.first, what.last, now, what.channels)


def _watched(known: Caller, first: date, last: date, channel: str | None) -> WatchReport:
    """404 for a channel that the caller has no reports of."""
    now = datetime.now(UTC)
    seen_on(known.who, Permission.READ_REPORTS, channel)
    chosen = [channel] if channel else only(known.who, Permission.READ_REPORTS)
    with known.db.snapshot() as session, refusing(WrongPeriod, at="query/to"):
        check_period(first, last, calendar_of(organisation(session)).local_date(now))
        return full_report(session, first, last, now, chosen)


def _attached(content: bytes, kind: str, name: str) -> Response:
    return Response(content, media_type=kind, headers={"Content-Disposition": f"attachment; filename={name}"})
