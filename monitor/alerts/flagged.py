"""The fast lane: comments that somebody must assess before their turn, told within one judgement."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import select

from config.language import _
from monitor.alerts.close import staff_of
from monitor.alerts.flagged_letter import flagged_letter
from monitor.alerts.flagged_rules import CLOSE, ON_CALL, Told, closely, due, on_call_due
from monitor.alerts.models import Notice
from monitor.alerts.telling import Kind, NoLongerTrue, Scene, Subject, Telling, check_hours, waiting
from monitor.alerts.wording import Letter
from monitor.db.bulk import among
from monitor.inbox import flag_rules
from monitor.inbox.flag_standing import WAITS, is_settled
from monitor.inbox.models import Flag
from monitor.register.models import Channel
from monitor.register.people import away, ladders, reachable_ids

FLAG = "flag"
RECENT = timedelta(days=7)
"""What is older is no news, and the digest has it, unless the office has been closed since."""

ToldOf = Mapping[int, Mapping[str, Told]]
"""By flag and rung."""


def _tellings(scene: Scene) -> Iterable[Telling]:
    for flag, rung, people in scene.once(_coming):
        yield from (Telling(FLAG, str(flag.id), rung, _cycle(scene, flag, rung, each), each) for each in people)


def _cycle(scene: Scene, flag: Flag, rung: str, person: str) -> str:
    """One that was cancelled, as somebody had dealt with it then, may be followed by another."""
    this = (rung, person, "cancelled")
    again = sum((each.rung, each.recipient_id, each.state) == this for each in scene.once(_written)[str(flag.id)])
    day = scene.calendar.local_date(flag.at)
    return f"{day} {again + 1}" if again else str(day)


def _untold(scene: Scene) -> Iterable[Subject]:
    """Flags that nobody can be told of in service hours."""
    return [(FLAG, str(flag.id)) for flag, _rung, people in scene.once(_coming) if not people]


def _coming(scene: Scene) -> list[tuple[Flag, str, tuple[str, ...]]]:
    """What is due now, unless somebody has dealt with it."""
    flags = scene.once(_recent)
    if not flags:
        return []
    due_now, told, close = _in_service if scene.calendar.is_open(scene.now) else _on_call, _told(scene), staff_of(scene)
    others = [flag for flag in flags if flag.channel_id not in close]
    found = [*_closely(flags, close, told), *due_now(scene, others, told)]
    coming = [each for each in found if _may_wait(scene, each[0])]
    return [each for each in coming if not is_settled(scene.session, each[0], scene.now)]


def _recent(scene: Scene) -> Sequence[Flag]:
    """Of the last days, and of those since the office was open last: it may be closed for a fortnight."""
    open_last = scene.calendar.midnight(scene.calendar.working_days_before(scene.today, 1))
    since = min(scene.now - RECENT, open_last)
    return scene.session.scalars(select(Flag).where(Flag.at > since).order_by(Flag.id)).all()


def _may_wait(scene: Scene, flag: Flag) -> bool:
    """Not what is known to be settled; that is remembered, so that thousands of them cost nothing."""
    return not _is_remembered(flag) or flag.comment_id in scene.once(_waiting)


def unsettled(scene: Scene) -> list[Flag]:
    """The flags of the last days that nobody has dealt with, in the order in which they came."""
    return [
        flag
        for flag in scene.once(_recent)
        if _may_wait(scene, flag) and (_is_remembered(flag) or not is_settled(scene.session, flag, scene.now))
    ]


def _is_remembered(flag: Flag) -> bool:
    """What waits says all there is to know of it."""
    return flag.comment_id is not None and flag.by_id is None


def _waiting(scene: Scene) -> frozenset[int]:
    return frozenset(each.comment_id for each in scene.once(waiting) if each.state in WAITS)


def _closely(
    flags: Sequence[Flag], close: Mapping[str, tuple[str, ...]], told: ToldOf
) -> Iterable[tuple[Flag, str, tuple[str, ...]]]:
    for flag in flags:
        step = closely(close.get(flag.channel_id, ()), told[flag.id])
        if step is not None:
            yield flag, step.rung, step.people


def _in_service(scene: Scene, flags: Sequence[Flag], told: ToldOf) -> Iterable[tuple[Flag, str, tuple[str, ...]]]:
    known = ladders(scene.session, _channels(scene, flags), scene.today)
    for flag in flags:
        danger = flag.kind == flag_rules.Kind.DANGER
        step = due(flag.at, known[flag.channel_id], told[flag.id], scene.now, scene.calendar, danger=danger)
        if step is not None:
            yield flag, step.rung, step.people


def _on_call(scene: Scene, flags: Sequence[Flag], told: ToldOf) -> Iterable[tuple[Flag, str, tuple[str, ...]]]:
    """Nobody, where nobody is on call who can be reached."""
    person = scene.owner.on_call
    if person is None or person not in reachable_ids(scene.session) - away(scene.session, scene.today):
        return
    for flag in flags:
        if on_call_due(flag.at, told[flag.id], scene.now, scene.calendar):
            yield flag, ON_CALL, (person,)


def _channels(scene: Scene, flags: Iterable[Flag]) -> Iterable[Channel]:
    ids = {flag.channel_id for flag in flags}
    return scene.session.scalars(select(Channel).where(Channel.id.in_(ids))).all()


def _written(scene: Scene) -> Mapping[str, Sequence[Notice]]:
    """The notices of the recent flags, by flag."""
    theirs = (
        Notice.subject_kind == FLAG,
        among(scene.session, Notice.subject, [str(each.id) for each in scene.once(_recent)]),
    )
    found: defaultdict[str, list[Notice]] = defaultdict(list)
    for notice in scene.session.scalars(select(Notice).where(*theirs).order_by(Notice.id)):
        found[notice.subject].append(notice)
    return found


def _told(scene: Scene) -> ToldOf:
    """Not what was cancelled, nor what was given up as its recipient cannot be reached: that has told nobody."""
    there = reachable_ids(scene.session)
    told: defaultdict[int, dict[str, Told]] = defaultdict(dict)
    for notice in (each for theirs in scene.once(_written).values() for each in theirs):
        if notice.state == "cancelled" or (notice.state == "failed" and notice.recipient_id not in there):
            continue
        of_flag = told[int(notice.subject)]
        before = of_flag.get(notice.rung, Told(notice.created_at, frozenset()))
        of_flag[notice.rung] = Told(before.at, before.people | {notice.recipient_id})
    return told


def _check(scene: Scene, notice: Notice) -> None:
    flag = scene.session.get_one(Flag, int(notice.subject))
    if is_settled(scene.session, flag, scene.now):
        raise NoLongerTrue(_("Somebody has dealt with it meanwhile."))
    if notice.rung == CLOSE:
        if notice.recipient_id not in staff_of(scene).get(flag.channel_id, ()):
            raise NoLongerTrue(_("The channel is no longer watched closely, or the recipient is no longer on duty."))
        return
    if notice.rung == ON_CALL:
        if scene.calendar.is_open(scene.now):
            raise NoLongerTrue(_("Service hours have begun: whoever takes care of the channel is told."))
        return
    check_hours(scene)


def _letter(scene: Scene, notice: Notice) -> Letter:
    return flagged_letter(scene, [notice])


KIND = Kind(
    _tellings, _check, _letter, untold=_untold, after_hours=True, group=FLAG, together=flagged_letter, urgent=True
)
