"""Taking a resident's comment away in one go: the copy, the rule that it breaks, and what is done on the platform."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.inbox.models import Action
from monitor.inbox.removal_rules import Kind, Rule, Step
from monitor.inbox.requesting import request
from monitor.watch.models import Comment


@dataclass(frozen=True, slots=True)
class Because:
    """The rule that a comment breaks, and why one thinks so."""

    rule: Rule
    note: str = field(default="", repr=False)


def take_away(
    session: Session, key: str, comment: Comment, kind: Kind, by: str, now: datetime, because: Because | None = None
) -> Action:
    """Saves a copy and asks for the comment to be hidden, removed or (held) thrown away, due at once.

    Without `because` the rule is asked for afterwards; never so before a removal, which cannot be taken back. The same
    key is the same action. Raises CannotAct.
    """
    rule = Step(Kind.RULE, rule=because.rule, note=because.note) if because is not None else None
    return request(session, key, comment, kind.value, by, "", now, rule=rule)
