"""What was hidden or thrown away in the organisation's name: told once, the next working morning, to whoever takes care
of the channel. Whoever did it from here knows, and is not told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from config.language import N_, _, moment
from monitor.alerts.ladders import cared_for
from monitor.alerts.models import Notice
from monitor.alerts.telling import Kind, NoLongerTrue, Scene, Telling, check_hours
from monitor.alerts.wording import Letter, base_url, comment_url, excerpt, letter, signed
from monitor.db.bulk import among
from monitor.inbox.action_rules import GONE, Fate
from monitor.inbox.models import Action
from monitor.inbox.removal_words import SECRET
from monitor.inbox.removals import secret_comments
from monitor.register.models import Channel, Person
from monitor.watch.models import Comment, Observation

PUT_AWAY = "put_away"
OWNER = "owner"
RECENT = timedelta(days=7)  # what is older is no news; a longer closing makes it longer
MOST = 20  # in one mail: whoever clears away hundreds need not read them all again
BY = {
    "hide": N_("{channel}: {person} hid it {moment}."),
    "reject": N_("{channel}: {person} rejected it {moment}."),
    "remove": N_("{channel}: {person} removed it {moment}."),
}
BY_NOBODY_HERE = N_("{channel}: it was hidden on the platform itself, as we noticed {moment}.")


@dataclass(frozen=True, slots=True)
class Away:
    """One comment that was put away. at: when; by: who did it from here, how in `kind`; None where it was done on the
    platform itself."""

    comment: Comment
    at: datetime
    kind: str
    by: str | None


def _tellings(scene: Scene) -> Iterable[Telling]:
    found = scene.once(_found)
    told = _told(scene, found) if found else frozenset()
    people = {each.channel.id: each.care.people for each in cared_for(scene.session, scene.today)} if found else {}
    for each in found:
        subject, cycle = str(each.comment.id), scene.calendar.local_date(each.at).isoformat()
        if (subject, cycle) not in told:
            others = [person for person in people.get(each.comment.channel_id, ()) if person != each.by]
            yield from (Telling(PUT_AWAY, subject, OWNER, cycle, person) for person in others)


def _told(scene: Scene, found: Sequence[Away]) -> frozenset[tuple[str, str]]:
    """Subjects and cycles of which somebody was told, or will be."""
    theirs = among(scene.session, Notice.subject, [str(each.comment.id) for each in found])
    query = select(Notice.subject, Notice.cycle).where(Notice.subject_kind == PUT_AWAY, theirs)
    return frozenset((subject, cycle) for subject, cycle in scene.session.execute(query))


def _found(scene: Scene) -> list[Away]:
    """What was put away before the office opened today, and is still away; the latest time of each."""
    opening = scene.calendar.opening(scene.today) if scene.calendar.is_working_day(scene.today) else scene.now
    open_last = scene.calendar.midnight(scene.calendar.working_days_before(scene.today, 1))
    since = min(scene.now - RECENT, open_last)
    acts = _acts(scene, since)
    hidden = select(Comment, Observation.seen_at).join(Observation, Observation.comment_id == Comment.id)
    noticed = (Observation.kind == "hidden", Observation.seen_at > since, Comment.hidden)
    found = {}
    for comment, at in scene.session.execute(hidden.where(*noticed).order_by(Observation.id)):
        act = acts.get((comment.id, "hide"))
        found[comment.id] = Away(comment, at, "hide", act.by_id if act is not None else None)
    for act in acts.values():
        if act.kind in GONE and act.done_at is not None:
            comment = scene.session.get_one(Comment, act.comment_id)
            found[comment.id] = Away(comment, act.done_at, act.kind, act.by_id)
    return [each for each in found.values() if each.at < opening]


def _acts(scene: Scene, since: datetime) -> dict[tuple[int, str], Action]:
    """What was done from here, by comment and kind; the day before as well, as readings notice it later."""
    done = (Action.state == Fate.DONE, Action.kind.in_(BY), Action.done_at > since - timedelta(days=1))
    rows = scene.session.scalars(select(Action).where(*done).order_by(Action.id))
    return {(act.comment_id, act.kind): act for act in rows}


def _check(scene: Scene, notice: Notice) -> None:
    if notice.subject not in {str(each.comment.id) for each in scene.once(_found)}:
        raise NoLongerTrue(_("It is shown again."))
    check_hours(scene)


def _letter(scene: Scene, notice: Notice) -> Letter:
    return _together(scene, [notice])


def _together(scene: Scene, notices: Sequence[Notice]) -> Letter:
    theirs = {notice.subject for notice in notices}
    found = [each for each in scene.once(_found) if str(each.comment.id) in theirs]
    one, many = N_("1 comment was put away"), N_("{count} comments were put away")
    headline = _(one if len(found) == 1 else many, count=len(found))
    more = [_("And {count} more.", count=len(found) - MOST)] if len(found) > MOST else []
    mend = _("What to do: nothing, if it was right. Otherwise show it again: then it waits for an answer.")
    return letter(
        "note",
        signed(headline, scene.owner.name),
        headline=headline,
        organisation=scene.owner.name,
        paragraphs=[*(_line(scene, each) for each in found[:MOST]), *more, mend],
        page_url=comment_url(scene.settings, found[0].comment.id)
        if len(found) == 1
        else f"{base_url(scene.settings)}/",
    )


def _line(scene: Scene, away: Away) -> str:
    session = scene.session
    said = {"channel": session.get_one(Channel, away.comment.channel_id).name, "moment": moment(away.at, scene.zone)}
    if away.by is None:
        line = _(BY_NOBODY_HERE, **said)
    else:
        line = _(BY[away.kind], person=session.get_one(Person, away.by).name, **said)
    if away.comment.id in secret_comments(session, [away.comment.id]):
        return f"{line} {_(SECRET)}"
    return f"{line} {excerpt(away.comment.text)}" if scene.owner.excerpts else line


KIND = Kind(_tellings, _check, _letter, group=PUT_AWAY, together=_together)
