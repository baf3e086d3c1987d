"""What the pages about the register share: what came with a form, and the channel that a page is about."""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from sqlalchemy.orm import Session

from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.register.models import Channel
from monitor.watch.shown import storable
from monitor.web.form_body import fields

YEARS = range(1970, 2200)
"""Beyond them a year is a slip of the finger."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it was sent."""

    values: dict[str, list[str]] = field(repr=False)

    def text(self, name: str) -> str:
        """One field, without spaces around it; empty where nothing came."""
        return storable(self.values.get(name, [""])[0]).replace("\r\n", "\n").strip()

    def every(self, name: str) -> tuple[str, ...]:
        """Each value of a field that may have several, once."""
        return tuple(dict.fromkeys(storable(value).strip() for value in self.values.get(name, ()) if value))


async def sent(request: Request) -> Sent:
    """What came with the button; 413 for more than any form of ours holds."""
    return Sent(await fields(request))


Form = Annotated[Sent, Depends(sent)]


def day_written(text: str) -> date | None:
    """The day written as 2026-06-18; None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def channel_for(session: Session, who: Visitor, channel_id: str, permission: Permission) -> Channel:
    """The channel, for whoever has that permission there. 404 where the visitor is not to know of it, else 403."""
    found = session.get(Channel, channel_id) if who.sees(channel_id) else None
    if found is None:
        raise HTTPException(404)
    if not who.may(permission, channel_id):
        raise HTTPException(403)
    return found


def only(who: Visitor, permission: Permission) -> list[str] | None:
    """Ids of the channels that a page about many may show; None: all there are."""
    found = who.channels_for(permission)
    return None if found == who.on.keys() else sorted(found)
