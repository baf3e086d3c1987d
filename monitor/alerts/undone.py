"""What somebody asked to be done on a platform, and that now needs that person: told once, to who asked for it."""

from collections.abc import Iterable

from sqlalchemy import select

from config.language import _
from monitor.alerts.models import Notice
from monitor.alerts.telling import Kind, NoLongerTrue, Scene, Telling, channel_note, check_hours
from monitor.alerts.wording import Letter, excerpt
from monitor.inbox.action_rules import Fate
from monitor.inbox.models import Action
from monitor.register.models import Channel, Person
from monitor.watch.models import Comment

UNDONE = "action"
WAITS = (Fate.NEEDS_HUMAN, Fate.ASKS)


def _tellings(scene: Scene) -> Iterable[Telling]:
    waiting = select(Action).join(Person, Person.id == Action.by_id).where(Action.state.in_(WAITS), ~Person.retired)
    for action in scene.session.scalars(waiting.order_by(Action.id)):
        yield Telling(UNDONE, str(action.id), action.state, action.created_at.date().isoformat(), action.by_id)


def _check(scene: Scene, notice: Notice) -> None:
    action = scene.session.get(Action, int(notice.subject))
    if action is None or action.state != notice.rung:
        raise NoLongerTrue(_("It has been settled since."))
    check_hours(scene)


def _letter(scene: Scene, notice: Notice) -> Letter:
    action = scene.session.get_one(Action, int(notice.subject))
    channel = scene.session.get_one(Channel, action.channel_id)
    comment = scene.session.get_one(Comment, action.comment_id)
    said = [_("What to do: {remedy}", remedy=_(action.remedy or ""))]
    said.append(_("It is about this comment: {excerpt}", excerpt=excerpt(comment.text)))
    if comment.permalink:
        said.append(comment.permalink)
    return channel_note(scene, channel, _("{channel}: what you asked for needs you", channel=channel.name), said)


KIND = Kind(_tellings, _check, _letter)
