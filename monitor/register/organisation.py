"""The organisation that this installation serves."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import _
from monitor.db.once import once_in_a_snapshot
from monitor.register.models import Organisation


class NotSetUp(Exception):
    """Something must be done once before this can work. The text says what."""


@once_in_a_snapshot
def organisation(session: Session) -> Organisation:
    """The one organisation of the register. Raises NotSetUp when no register has been imported."""
    found = session.scalars(select(Organisation)).one_or_none()
    if found is None:
        raise NotSetUp(_("There is no register yet: import one with `kanalvakt register import FILE.toml`."))
    return found
