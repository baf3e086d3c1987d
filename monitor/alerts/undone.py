"""What somebody asked to be done on a platform, and that now needs that person: told once, to who asked for it."""

from collections.abc import Iterable

from sqlalchemy import select

from config.language import _
from monitor.alerts.models import Notice
from monitor.alerts.telling import Kind, NoLongerTrue, Scene, Telling, channel_note, check_hours
from monitor.alerts.wording import Letter, comment_url, excerpt
from monitor.inbox.action_rules import Fate
from monitor.inbox.models import Action
from monitor.inbox.removal_words import SECRET
from monitor.inbox.removals import secret_comments
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
    if action.comment_id in secret_comments(scene.session, [action.comment_id]):
        said.append(_(SECRET))
    elif scene.owner.excerpts:
        said.append(_("It is about this comment: {excerpt}", excerpt=excerpt(comment.text)))
    if comment.permalink:
        said.append(comment.permalink)
    headline = _("{channel}: what you asked for needs you", channel=channel.name)
    return channel_note(scene, channel, headline, said, comment_url(scene.settings, comment.id))


KIND = Kind(_tellings, _check, _letter)
