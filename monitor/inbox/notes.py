"""Internal notes on a comment: for colleagues, never for residents, and left out of exports (label: Intern anteckning).

The database refuses to change or remove one; who was wrong writes another.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from config.language import _
from monitor.audit import audited
from monitor.inbox.desk_models import Note
from monitor.inbox.marking import why_not
from monitor.register.models import Channel
from monitor.watch.models import Comment

LONGEST = 2000  # characters


class CannotNote(Exception):
    """It was not written down. The text says why and what to do, in the language in use."""


def add_note(session: Session, comment: Comment, text: str, person_id: str, now: datetime) -> Note:
    """Writes it down, with an audit entry that has none of its words. Raises CannotNote."""
    written = text.strip()
    if not written:
        raise CannotNote(_("Write something in the note."))
    if len(written) > LONGEST:
        sentence = _("The note has {count} characters. Shorten it to at most {most}.", count=len(written), most=LONGEST)
        raise CannotNote(sentence)
    if why := why_not(session, session.get_one(Channel, comment.channel_id), person_id, now):
        raise CannotNote(why)
    note = Note(channel_id=comment.channel_id, comment_id=comment.id, by_id=person_id, at=now, text=written)
    session.add(note)
    session.flush()
    about = {"note": note.id, "characters": len(written)}
    audited(session, person_id, "comment.noted", ("comment", str(comment.id)), now, after=about)
    return note
