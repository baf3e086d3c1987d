"""Fifty channels, the twenty people who take care of them, and their accounts on the emulated platforms."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from connectors.emulator.world import Account, Token, World
from connectors.youtube.connector import SCOPE
from monitor.db import Database
from monitor.register.duty import note_duty
from monitor.register.models import Channel, Organisation, Person, Unit
from tests.connectors.graph_stages import INSTAGRAM_SCOPES, SCOPES
from tests.truth.month.clock import Within

CHANNELS = 50
EDITORS = tuple(f"redaktor{number:02}" for number in range(12))
MANAGERS = tuple(f"chef{number}" for number in range(4))
COMMUNICATORS = ("karin", "kim")
ADMINISTRATOR, ON_CALL, UNREACHABLE = "adam", "jour", "utan"
PEOPLE = (*EDITORS, *MANAGERS, *COMMUNICATORS, ADMINISTRATOR, ON_CALL, UNREACHABLE)
PLATFORMS = ("facebook", "youtube", "facebook", "instagram")


@dataclass(frozen=True)
class Kind:
    """A channel as it is registered. within, deputy_after, manager_after: its terms."""

    id: str
    number: int
    platform: str
    responsible: str
    deputy: str | None
    manager: str
    within: Within
    deputy_after: Within
    manager_after: Within

    @property
    def others(self) -> tuple[tuple[str, ...], ...]:
        """Who there is to tell after the responsible person and the deputy, step by step."""
        return ((self.manager,), COMMUNICATORS, (ADMINISTRATOR,))


def _kind(number: int) -> Kind:
    responsible = UNREACHABLE if number in {7, 31} else EDITORS[number % 12]
    deputy = EDITORS[(number * 5 + 3) % 12]
    within, deputy_after, manager_after = Within(days=1), Within(days=1), Within(days=2)
    if number % 5 == 1:
        within = Within(hours=4)
    elif number % 10 == 3:
        within, deputy_after, manager_after = Within(hours=2), Within(hours=2), Within(days=1)
    elif number % 10 == 0:
        within = Within(days=1, at=time(12))
    elif number % 10 == 9:
        within = Within(days=2)
    platform = PLATFORMS[number % 4]
    return Kind(
        f"{platform}-{number:02}",
        number,
        platform,
        responsible,
        deputy if deputy != responsible and number % 9 != 4 else None,
        MANAGERS[number % 4],
        within,
        deputy_after,
        manager_after,
    )


KINDS = {kind.id: kind for kind in map(_kind, range(CHANNELS))}


def settle(db: Database, world: World, now: datetime) -> dict[str, Account]:
    """Registers everybody and everything, watched from now on; gives the accounts by channel."""
    accounts = {kind.id: _account(world, kind) for kind in KINDS.values()}
    with db.transaction() as session:
        session.add(Organisation(name="Tibro kommun", first_import="all", on_call=ON_CALL))
        session.add_all(_person(id_) for id_ in PEOPLE)
        session.flush()
        session.add_all(
            Unit(id=f"enhet{number}", name=f"Enhet {number}", manager_id=MANAGERS[number]) for number in range(4)
        )
        session.flush()
        for kind in KINDS.values():
            channel = _channel(kind, accounts[kind.id])
            note_duty(channel, now)
            session.add(channel)
    return accounts


def _person(id_: str) -> Person:
    roles = ["communicator"] * (id_ in COMMUNICATORS) + ["administrator"] * (id_ == ADMINISTRATOR)
    roles += ["unit_manager"] * (id_ in MANAGERS)
    return Person(id=id_, name=id_.title(), email=None if id_ == UNREACHABLE else f"{id_}@example.org", roles=roles)


def _channel(kind: Kind, account: Account) -> Channel:
    answer = {"comment": _told(kind.within)} if kind.within != Within(days=1) else {}
    escalation = {"deputy": _told(kind.deputy_after), "manager": _told(kind.manager_after)}
    return Channel(
        id=kind.id,
        platform=kind.platform,
        name=f"Kanalen {kind.id}",
        address=f"https://www.example.org/{'@' if kind.platform == 'youtube' else ''}{account.handle}",
        external_id=account.id,
        unit_id=f"enhet{kind.number % 4}",
        responsible_id=kind.responsible,
        deputy_id=kind.deputy,
        credential=_credential(kind),
        answer_within=answer,
        escalation=escalation,
    )


def _told(within: Within) -> dict[str, Any]:
    """As the register says it."""
    told = {"days": within.days, "hours": within.hours, "at": f"{within.at:%H:%M}" if within.at else None}
    return {name: value for name, value in told.items() if value is not None}


def _account(world: World, kind: Kind) -> Account:
    handle = f"kanal{kind.number:02}"
    ids = {"facebook": f"1000{kind.number:06}", "instagram": f"1784{kind.number:013}"}
    id_ = ids.get(kind.platform, f"UCtownTownTownTownTown{kind.number:02}")
    account = world.account(kind.platform, id_, handle, f"Kanalen {kind.id}", page_id=f"2000{kind.number:06}")
    if kind.platform == "youtube":
        secret = _credential(kind)["client_secret"]
        world.token(Token(f"1//0-{kind.number}", "oauth", account, (SCOPE,), app_secret=secret))
    else:
        scopes = SCOPES if kind.platform == "facebook" else INSTAGRAM_SCOPES
        world.token(Token(f"EAA{kind.number}", "page", account, scopes))
    return account


def _credential(kind: Kind) -> dict[str, str]:
    if kind.platform == "youtube":
        own = {"refresh_token": f"1//0-{kind.number}", "client_secret": f"GOCSPX-{kind.number}"}
        return own | {"client_id": f"{kind.number}.apps.example"}
    return {"token": f"EAA{kind.number}"}
