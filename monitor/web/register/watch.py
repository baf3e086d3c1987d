"""/watch: how today's watch stands, and what each month came to, as a picture with a table beside it.

Looking changes nothing: the worker's clock keeps the register, and the pages say when it is behind. Nothing that
residents wrote is shown.
"""

from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.language import _
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.inbox.unanswered import unanswered
from monitor.records.month import Mark, Month, in_words, letter, month_report, percentage, span
from monitor.records.month_picture import STYLE_SOURCE, in_short, month_picture, size
from monitor.records.report_document import document
from monitor.records.report_paper import paper
from monitor.records.report_sheet import sheet
from monitor.records.watch_report import WatchReport, full_report
from monitor.register.calendar import calendar_of
from monitor.register.channels import all_channels
from monitor.register.days_off import weekday, why_off
from monitor.register.organisation import organisation
from monitor.register.people import named
from monitor.watch.day_models import WatchDay
from monitor.watch.day_rules import Verdict
from monitor.watch.day_view import verdict_in_words
from monitor.watch.kept import behind
from monitor.watch.today import today, why_so_far
from monitor.web.register.asking import only
from monitor.web.register.to_do import act_open, newest_of
from monitor.web.register.watch_day import DONE
from monitor.web.rendering import page
from monitor.web.visiting import needs

router = APIRouter(prefix="/watch", default_response_class=HTMLResponse)
Reader = Annotated[Visitor, needs(Permission.READ_WATCH)]
Reporter = Annotated[Visitor, needs(Permission.READ_REPORTS)]
PICTURE_POLICY = f"default-src 'none'; style-src {STYLE_SOURCE}; base-uri 'none'; frame-ancestors 'self'"


class NoMonth(Exception):
    """What stands in the address is no month. The text is what stands there."""


@router.get("")
def of_today(request: Request, who: Reader, done: str = "", about: str = "") -> HTMLResponse:
    """Each channel's watch today: how it stands and why, who is to act, what the visitor can say; and the months."""
    now = datetime.now(UTC)
    with request.app.state.db.snapshot() as session:
        owner = organisation(session)
        calendar = calendar_of(owner)
        day = calendar.local_date(now)
        seen, waiting = who.channels_for(Permission.READ_WATCH), unanswered(session, now)
        todays = [each for each in today(session, now) if each.shown.channel_id in seen]
        found = sorted(todays, key=lambda each: each.shown.verdict is Verdict.WATCHED)
        channels = {each.id: each for each in all_channels(session)}
        acts = [act_open(session, who, channels[each.shown.channel_id], each.shown, day, now) for each in found]
        words = [(verdict_in_words(each.shown.verdict), why_so_far(each.shown)) for each in found]
        names = named(session)
        months, lag = _months(session, day), behind(session, now)
    return page(
        request,
        "watch.html",
        organisation=owner,
        zone=ZoneInfo(owner.timezone),
        off=why_off(calendar, day),
        day=day,
        rows=[(each, *said, act) for each, said, act in zip(found, words, acts, strict=True)],
        newest={id_: newest_of(item for item in waiting if item.channel == id_) for id_ in seen},
        names=names,
        done=_(DONE[done], channel=channels[about].name if about in seen else "") if done in DONE else "",
        watched=sum(each.shown.verdict is Verdict.WATCHED for each in found),
        months=months,
        behind=lag,
    )


@router.get("/{written}.svg")
def picture(request: Request, written: str, who: Reader) -> Response:
    """The month as a picture, with the policy that its style sheet needs where it is opened by itself."""
    month = _month(written)
    with request.app.state.db.snapshot() as session:
        _report, view = month_report(session, month, datetime.now(UTC), only(who, Permission.READ_WATCH))
    policy = {"Content-Security-Policy": PICTURE_POLICY}
    return Response(month_picture(view), media_type="image/svg+xml", headers=policy)


@router.get("/{written}.csv")
def as_sheet(request: Request, written: str, who: Reporter) -> Response:
    """The month's report as one sheet."""
    month = _month(written)
    content = sheet(document(_full_report(request, month, who))).encode()
    return _file(content, "text/csv; charset=utf-8", f"attachment; filename=kanalvakt-{month}.csv")


@router.get("/{written}.pdf")
def on_paper(request: Request, written: str, who: Reporter) -> Response:
    """The month's report as an archived document."""
    month = _month(written)
    report = _full_report(request, month, who)
    return _file(paper(report, document(report)["hash"]), "application/pdf", f"inline; filename=kanalvakt-{month}.pdf")


@router.get("/{written}")
def of_month(request: Request, written: str, who: Reader) -> HTMLResponse:
    """The picture with the table beside it, and the gaps with their reasons."""
    month, now = _month(written), datetime.now(UTC)
    with request.app.state.db.snapshot() as session:
        owner = organisation(session)
        report, view = month_report(session, month, now, only(who, Permission.READ_WATCH))
        began, lag = _began(session), behind(session, now)
    width, height = size(view)
    return page(
        request,
        "month.html",
        organisation=owner,
        zone=ZoneInfo(owner.timezone),
        report=report,
        view=view,
        picture={"width": width, "height": height, "text": in_short(view)},
        reports=who.may(Permission.READ_REPORTS),
        earlier=month.previous if began and Month.of(began) < month else None,
        later=month.next if month < Month.of(view.today) else None,
        behind=lag if month == Month.of(view.today) else None,
        signs=[(mark, letter(mark), in_words(mark)) for mark in Mark],
        span=span,
        percentage=percentage,
        weekday=weekday,
    )


def no_month(request: Request, error: Exception) -> HTMLResponse:
    """What NoMonth is answered with."""
    text = _("{text} is no month: write it as 2026-06.", text=error)
    return page(request, "message.html", status=404, title=_("There is no such month"), text=text)


def _month(written: str) -> Month:
    """Raises NoMonth."""
    try:
        return Month.written(written)
    except ValueError:
        raise NoMonth(written) from None


def _full_report(request: Request, month: Month, who: Visitor) -> WatchReport:
    with request.app.state.db.snapshot() as session:
        return full_report(session, month.first, month.last, datetime.now(UTC), only(who, Permission.READ_REPORTS))


def _file(content: bytes, kind: str, disposition: str) -> Response:
    return Response(content, media_type=kind, headers={"Content-Disposition": disposition})


def _began(session: Session) -> date | None:
    """The first day in the register."""
    return session.scalar(select(func.min(WatchDay.day)))


def _months(session: Session, day: date) -> dict[int, list[Month]]:
    """Those since the watch began, by year, the latest first."""
    began, month = _began(session), Month.of(day)
    found: dict[int, list[Month]] = {}
    while began and month >= Month.of(began):
        found.setdefault(month.year, []).append(month)
        month = month.previous
    return found
