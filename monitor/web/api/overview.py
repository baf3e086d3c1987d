"""/today, /repairs, /hub and /notices: what is at hand, what is wrong, what is missing on the website, who was told."""

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter
from sqlalchemy import select

from monitor.access.permission_rules import Permission
from monitor.alerts.models import Notice
from monitor.alerts.wording import excerpt
from monitor.records.repairs import repairs
from monitor.register.organisation import NotSetUp
from monitor.watch.hub import HubPost, hub_gaps
from monitor.web.api.asking import Caller, Known, scoped
from monitor.web.api.problems import CONFLICT, DOCUMENTED, refusing
from monitor.web.api.shapes import (
    USUAL,
    After,
    Limit,
    Moment,
    NameInQuery,
    Out,
    Page,
    paged,
    read_number,
    written_cursor,
)
from monitor.web.pages import seen_on
from monitor.web.register.start import start_of
from monitor.web.register.to_do import Act
from monitor.web.repairs import may_see

router = APIRouter(tags=["overview"], responses=DOCUMENTED)
Watcher = Annotated[Caller, scoped(Permission.READ_WATCH)]
Mender = Annotated[Caller, scoped(Permission.READ_REPAIRS)]


class WatchNow(Out):
    """verdict: null while the channel is not yet watched. act: what you can say of it; newest: for a review."""

    channel: str
    name: str
    verdict: str | None
    why: str
    act: Act | None
    newest: int


class Unreadable(Out):
    channel: str
    name: str
    since: Moment


class TodayAtHand(Out):
    """The start page in figures: comments that wait, how many too long, channels not watched yet. mine: ids of the
    comments that are yours to answer, the most overdue first, a hundred at most. deputises: names of channels on which
    you stand in. off: why today is no working day, or null."""

    date: date
    off: str | None
    waiting: int
    overdue: int
    unwatched: int
    mine: list[int]
    deputises: list[str]
    watch: list[WatchNow]
    unreadable: list[Unreadable]


class RepairOut(Out):
    """gravity: 1 now, 2 soon, 3 later. address: of the page that mends it, or shows what to mend; empty where none.
    command: what does the same at the server, or tells more; empty where none."""

    kind: str
    gravity: int
    problem: str
    remedy: str
    address: str
    label: str
    channel: str | None
    since: Moment | None
    command: str


class Repairs(Out):
    """All there are, the gravest first."""

    items: list[RepairOut]


class HubPostOut(Out):
    """An own post that leads to no page of the website; of its text the beginning."""

    post: int
    external_id: str
    channel: str
    channel_name: str
    responsible: str
    posted_at: Moment
    fetched_at: Moment
    days: int
    text: str
    permalink: str | None
    hub: str
    because: str


class NoticeOut(Out):
    """As `kanalvakt notices list --json`. state: due, sending, sent, failed, cancelled."""

    id: int
    subject_kind: str
    subject: str
    rung: str
    recipient: str
    route: str
    state: str
    reason: str | None
    due_at: Moment
    sent_at: Moment | None
    attempts: int
    bundle: str | None


@router.get("/today")
def today(known: Known) -> TodayAtHand:
    """What waits for you, each channel's watch today, and what cannot be read; of what the token may read."""
    with known.db.snapshot() as session:
        found = start_of(session, known.who, datetime.now(UTC))
    return TodayAtHand(
        date=found.day,
        off=found.off,
        waiting=len(found.waiting),
        overdue=found.overdue,
        unwatched=found.unwatched,
        mine=[item.comment_id for item in found.theirs[:100]],
        deputises=found.deputises,
        watch=[
            WatchNow(
                channel=row.shown.channel_id,
                name=row.name,
                verdict=row.shown.verdict,
                why=row.why,
                act=row.act,
                newest=row.newest,
            )
            for row in found.rows
        ],
        unreadable=[Unreadable(channel=id_, name=name, since=since) for id_, name, since in found.wrong],
    )


@router.get("/repairs")
def all_repairs(known: Mender) -> Repairs:
    """What is wrong, the gravest first, and what mends it. Nothing that passes by itself."""
    with known.db.snapshot() as session:
        found = repairs(session, known.settings, datetime.now(UTC))
    return Repairs(items=[RepairOut.model_validate(each) for each in found if may_see(known.who, each)])


@router.get("/hub", responses=CONFLICT)
def missing_on_the_web(
    known: Watcher, channel: NameInQuery = None, after: After = None, limit: Limit = USUAL
) -> Page[HubPostOut]:
    """Own posts that lead to no page of the website. 409 where the register names no website."""
    seen = seen_on(known.who, Permission.READ_WATCH, channel)
    with known.db.snapshot() as session, refusing(NotSetUp, status=409):
        gaps = [post for post in hub_gaps(session, datetime.now(UTC), channel or None) if post.channel in seen]
    page, further = paged(gaps, lambda post: post.post, after, limit)
    return Page(items=[_hub_post(post) for post in page], next=further)


@router.get("/notices")
def notices(known: Mender, after: After = None, limit: Limit = USUAL) -> Page[NoticeOut]:
    """Who was told what, and whether it arrived; the newest first. Yours; everybody's where you may see what is wrong
    with every channel."""
    below = read_number(after)
    everything = known.who.channels_for(Permission.READ_REPAIRS) >= known.who.on.keys()
    query = select(Notice).order_by(Notice.id.desc()).limit(limit + 1)
    query = query if below is None else query.where(Notice.id < below)
    query = query if everything else query.where(Notice.recipient_id == known.who.person_id)
    with known.db.snapshot() as session:
        rows = session.scalars(query).all()
    page = [_notice(row) for row in rows[:limit]]
    return Page(items=page, next=written_cursor(page[-1].id) if len(rows) > limit else None)


def _hub_post(post: HubPost) -> HubPostOut:
    told = {key: getattr(post, key) for key in HubPostOut.model_fields}
    return HubPostOut.model_validate(told | {"text": excerpt(post.text), "hub": str(post.hub)})


def _notice(row: Notice) -> NoticeOut:
    told = {key: getattr(row, key) for key in NoticeOut.model_fields if key != "recipient"}
    return NoticeOut.model_validate(told | {"recipient": row.recipient_id})
