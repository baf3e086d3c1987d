"""The ways to reach a person: which can be used now, in which order; what is handed over, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.orm import Session

from config.settings import Settings, SettingsError
from monitor.alerts.by_apprise import by_apprise, by_sms
from monitor.alerts.by_mail import by_mail
from monitor.alerts.by_webhook import by_webhook
from monitor.alerts.carrying import WayFailed
from monitor.alerts.quiet_rules import quiet_until
from monitor.alerts.telling import NotNow
from monitor.alerts.wording import Letter
from monitor.register import routes
from monitor.register.models import Person

__all__ = ["Way", "WayFailed", "carry", "failed_for_good", "has_gateway", "ways", "worked"]
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Way:
    """One way to one person. name: of monitor.register.routes.NAMES. address: shown by nothing."""

    person_id: str
    name: str
    address: str = field(repr=False)


Carrier = Callable[[str, str, Letter, str, Settings, datetime], None]
CARRIERS: dict[str, Carrier] = {
    "mail": by_mail,
    "sms": by_sms,
    "teams": by_apprise,
    "matrix": by_apprise,
    "mattermost": by_apprise,
    "webhook": by_webhook,
}
"""Each is given the way's name and address, the letter, its id, the settings, and now."""


def ways(
    session: Session, person: Person, settings: Settings, now: datetime, zone: ZoneInfo, *, urgent: bool = False
) -> list[Way]:
    """The ways that can be used, in the person's order: with an address and a gateway, and not out of use.

    Raises NotNow in the person's quiet hours, unless it is urgent; SettingsError where a gateway cannot be used.
    """
    if not urgent and (then := quiet_until(person.quiet_hours, now, zone)) is not None:
        raise NotNow(then)
    rows = routes.routes_of(session, person.id)
    found = []
    for name in dict.fromkeys(person.routes):
        row = rows.get(name)
        if (row is not None and row.disabled_at is not None) or not has_gateway(name, settings):
            continue
        if address := routes.address_of(person, name, row):
            found.append(Way(person.id, name, address))
    return found


def carry(way: Way, letter: Letter, message_id: str, settings: Settings, now: datetime) -> None:
    """Hands a letter over; when it returns, the other side has taken it. Call it outside of any transaction.

    message_id: the same for every attempt, so that the other side can know a repeat. Raises WayFailed.
    """
    try:
        CARRIERS[way.name](way.name, way.address, letter, message_id, settings, now)
    except WayFailed:
        raise
    except SettingsError as error:  # it says what to do, and holds no value
        raise WayFailed(str(error)) from None
    except Exception as error:  # noqa: BLE001 - there may be another way; the text may hold an address
        log.error("way_broke", person=way.person_id, route=way.name, error=type(error).__name__)  # noqa: TRY400
        raise WayFailed(type(error).__name__) from None


def worked(session: Session, way: Way, now: datetime) -> None:
    """Notes that the way has carried something."""
    routes.noted(session, way.person_id, way.name).worked_at = now


def failed_for_good(session: Session, way: Way, reason: str, now: datetime) -> None:
    """Takes a way out of use, with its reason and an entry in the log; the administrators are told."""
    routes.disable(session, way.person_id, way.name, reason, now)


def has_gateway(name: str, settings: Settings) -> bool:
    """Whether the settings say what messages of that kind go through."""
    if name == "mail":
        return settings.smtp_url is not None
    return name in CARRIERS and (name != "sms" or settings.sms_url is not None)
