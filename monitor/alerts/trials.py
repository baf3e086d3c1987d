"""Trying the ways to a person because somebody asks for it: at once, without a row in the ledger."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from config.language import _, use_language
from config.settings import Settings
from monitor.alerts.contents import language_of, trial_letter
from monitor.alerts.ways import Way, WayFailed, carry, has_gateway, worked
from monitor.alerts.wording import Letter
from monitor.db import Database
from monitor.register import routes
from monitor.register.models import Person, Route
from monitor.register.organisation import organisation


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of trying one way. ok: None where there was nothing to try. said: why not; None where it worked.

    disabled: the way is out of use, whatever the trial says.
    """

    route: str
    ok: bool | None
    said: str | None = None
    disabled: bool = False


def try_ways(db: Database, person: Person, now: datetime, settings: Settings, only: str | None = None) -> list[Trial]:
    """Sends a test on every way of a person's, or on one; also on those out of use, and in quiet hours."""
    with db.transaction() as session:
        owner = organisation(session)
        rows = routes.routes_of(session, person.id)
        names = [only] if only is not None else list(dict.fromkeys([*person.routes, *sorted(rows)]))
        addresses = {name: routes.address_of(person, name, rows.get(name)) for name in names}
    with use_language(language_of(person, owner)):
        letter = trial_letter(owner, settings)
    return [
        _tried(db, Way(person.id, name, address), letter, now, settings, disabled=_is_disabled(rows.get(name)))
        if address is not None
        else _nowhere(name, rows.get(name))
        for name, address in addresses.items()
    ]


def _tried(db: Database, way: Way, letter: Letter, now: datetime, settings: Settings, *, disabled: bool) -> Trial:
    if not has_gateway(way.name, settings):
        setting = "KANALVAKT_SMS_URL" if way.name == "sms" else "KANALVAKT_SMTP_URL"
        return Trial(way.name, None, _("{setting} is not set.", setting=setting), disabled)
    try:
        carry(way, letter, f"test-{secrets.token_hex(16)}", settings, now)
    except WayFailed as why:
        return Trial(way.name, ok=False, said=str(why), disabled=disabled)
    with db.transaction() as session:
        worked(session, way, now)
        routes.noted(session, way.person_id, way.name).tested_at = now
    return Trial(way.name, ok=True, disabled=disabled)


def _nowhere(name: str, row: Route | None) -> Trial:
    if row is None or not row.address or name in routes.OF_THE_REGISTER:
        return Trial(name, None, _("It has no address."), disabled=_is_disabled(row))
    said = _("Its address cannot be decrypted: the key in use is another, or is missing. See `kanalvakt doctor keys`.")
    return Trial(name, ok=False, said=said, disabled=_is_disabled(row))


def _is_disabled(row: Route | None) -> bool:
    return row is not None and row.disabled_at is not None
