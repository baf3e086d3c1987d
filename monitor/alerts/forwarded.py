"""A unit is asked about a comment: its manager is told once, with the question and where the comment stands."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select

from config.language import _, moment
from monitor import NEEDS_SOMEBODY
from monitor.alerts.models import Notice
from monitor.alerts.telling import Kind, NoLongerTrue, Scene, Telling, check_hours
from monitor.alerts.wording import Letter, comment_url, excerpt, letter, signed, web_address
from monitor.inbox.desk_models import Forward
from monitor.inbox.removal_words import SECRET
from monitor.inbox.removals import secret_comments
from monitor.inbox.unanswered import obligation
from monitor.register.models import Channel, Person
from monitor.watch.models import Comment

FORWARD = "forward"
NEW = "new"
RECENT = timedelta(days=7)
"""What could not be told for so long is no news: whoever asked sees in the thread that nothing came back."""


def _tellings(scene: Scene) -> Iterable[Telling]:
    for asked in scene.session.scalars(select(Forward).where(Forward.at > scene.now - RECENT).order_by(Forward.id)):
        yield Telling(FORWARD, str(asked.id), NEW, str(scene.calendar.local_date(asked.at)), asked.to_id)


def _check(scene: Scene, notice: Notice) -> None:
    asked = scene.session.get_one(Forward, int(notice.subject))
    found = obligation(scene.session, asked.comment_id, scene.now)
    if found is None or found.state not in NEEDS_SOMEBODY:
        raise NoLongerTrue(_("Somebody has dealt with it meanwhile."))
    check_hours(scene)


def _letter(scene: Scene, notice: Notice) -> Letter:
    """Where mails quote nothing, or the comment is secret, neither it nor the question, which may quote it, stands
    there."""
    asked = scene.session.get_one(Forward, int(notice.subject))
    comment = scene.session.get_one(Comment, asked.comment_id)
    channel = scene.session.get_one(Channel, asked.channel_id)
    person = scene.session.get_one(Person, asked.by_id)
    headline = _("A question to your unit: {channel}", channel=channel.name)
    url = web_address(comment.permalink)
    when = moment(comment.posted_at, scene.zone)
    return letter(
        "task",
        signed(headline, scene.owner.name),
        headline=headline,
        organisation=scene.owner.name,
        paragraphs=_paragraphs(person),
        facts=_facts(scene, asked, comment),
        links=[(_("Open the comment of {moment} on the platform", moment=when), url)] if url else [],
        page_url=comment_url(scene.settings, comment.id),
    )


def _paragraphs(person: Person) -> list[str]:
    """Whom to answer: the mail itself comes from an address that nobody reads."""
    first = _("{person} needs your unit's help to answer a resident.", person=person.name)
    if person.email:
        return [first, _("Write to {person}, {address}.", person=person.name, address=person.email)]
    return [first, _("Tell {person} what the answer is.", person=person.name)]


def _facts(scene: Scene, asked: Forward, comment: Comment) -> list[tuple[str, str]]:
    found = obligation(scene.session, comment.id, scene.now)
    due = [(_("Answer by"), moment(found.due_at, scene.zone))] if found else []
    if not scene.owner.excerpts:
        return due
    if secret_comments(scene.session, [comment.id]):
        return [(_("Comment"), _(SECRET)), *due]
    question = [(_("What we need to know"), asked.note)] if asked.note else []
    return [(_("Comment"), excerpt(comment.text) or _("(no text: a picture, a sticker or the like)")), *question, *due]


KIND = Kind(_tellings, _check, _letter)
