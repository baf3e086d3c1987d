"""People whom the organisation's own directory knows (OpenID Connect): whose account it is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.access.accounts import ensured, person_called
from monitor.access.models import Account
from monitor.audit import audited
from monitor.register.models import Person

VERIFIED = ("email_verified", "xms_edov")
"""Claims by which a directory says that the address is the person's: the standard's, and Entra ID's. A mail address
alone is none: in Entra ID a guest can have any."""
TRUE = (True, "true", "True", 1, "1")


def person_of(session: Session, claims: Mapping[str, Any], now: datetime) -> Person | None:
    """Whom the claims of a checked ID token are about; None for nobody of ours.

    Known by issuer and subject. At the first time by a verified mail address, of somebody whose account is not tied to
    the directory yet: it is then, and the same address of another person opens nothing later.
    """
    outside = f"{claims['iss']} {claims['sub']}"
    person_id = session.scalar(select(Account.person_id).where(Account.outside == outside))
    if person_id is not None:
        known = session.get_one(Person, person_id)
        return None if known.retired else known
    person = person_called(session, str(claims.get("email", ""))) if _verified(claims) else None
    if person is None or person.email is None:
        return None
    account = ensured(session, person.id, now)
    if account.outside is not None:
        return None
    account.outside = outside
    session.flush()
    audited(session, person.id, "account.tied", ("person", person.id), now, after={"issuer": claims["iss"]})
    return person


def _verified(claims: Mapping[str, Any]) -> bool:
    return "@" in str(claims.get("email", "")) and any(claims.get(name) in TRUE for name in VERIFIED)
