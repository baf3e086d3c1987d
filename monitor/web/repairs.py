"""/repairs: what is wrong, the gravest first, and what mends it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from config.language import N_, _
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.records.repairs import Gravity, Means, Repair, repairs
from monitor.register.organisation import organisation
from monitor.web.rendering import page
from monitor.web.visiting import needs

router = APIRouter(prefix="/repairs", default_response_class=HTMLResponse)

HEADINGS = {
    Gravity.NOW: N_("Mend now"),
    Gravity.SOON: N_("Mend soon"),
    Gravity.LATER: N_("Coming up"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """Where something is mended. address: with {about}. label: in English, for translation. presses: does it, and does
    not only lead there."""

    address: str
    label: str
    permission: Permission
    presses: bool = True


WAYS = {
    Means.CHECK: Way("/channels/{about}/check", N_("Try the token now"), Permission.READ_REPAIRS),
    Means.READ: Way("/channels/{about}/read", N_("Read it now"), Permission.READ_REPAIRS),
    Means.RESUME: Way("/channels/{about}/resume", N_("Read it again"), Permission.EDIT_REGISTER),
    Means.DECIDE: Way("/channels/{about}/decision", N_("Decide"), Permission.DECIDE, presses=False),
    Means.CONFIRM: Way("/decisions/{about}/confirm", N_("Confirm that it arrived"), Permission.CONFIRM_DECISION),
    Means.CORRECT: Way("/watch/{about}", N_("Put the day right"), Permission.CORRECT_WATCH, presses=False),
    Means.TRY: Way("/people/{about}/ways/try", N_("Send a test to the person"), Permission.EDIT_REGISTER),
    Means.ENABLE: Way("/people/{about}/enable", N_("Put the way into use again"), Permission.EDIT_REGISTER),
    Means.AWAY: Way("/people/{about}", N_("See when the person is away"), Permission.EDIT_ABSENCES, presses=False),
    Means.LOGINS: Way("/accounts", N_("Invite an administrator"), Permission.MANAGE_LOGINS, presses=False),
}


@dataclass(frozen=True, slots=True)
class Offered:
    """A button or link, in the language in use."""

    address: str
    label: str
    presses: bool


def offered(who: Visitor, repair: Repair) -> list[Offered]:
    """What mends it and the visitor may do, the best first."""
    ways = [(WAYS[means], quote(about, safe="/")) for means, about in repair.means]
    return [
        Offered(way.address.format(about=about), _(way.label), way.presses)
        for way, about in ways
        if who.may(way.permission, repair.channel)
    ]


@router.get("")
def all_repairs(request: Request, who: Annotated[Visitor, needs(Permission.READ_REPAIRS)]) -> HTMLResponse:
    now = datetime.now(UTC)
    with request.app.state.db.snapshot() as session:
        owner = organisation(session)
        found = repairs(session, request.app.state.settings, now)
    return page(
        request,
        "repairs.html",
        organisation=owner,
        zone=ZoneInfo(owner.timezone),
        now=now,
        found=[(each, offered(who, each)) for each in found if may_see(who, each)],
        headings=HEADINGS,
    )


def may_see(who: Visitor, repair: Repair) -> bool:
    """What is not about one channel tells of others, so it is for those who may see what is wrong with all of them."""
    mine = who.channels_for(Permission.READ_REPAIRS)
    return repair.channel in mine if repair.channel is not None else mine >= who.on.keys()
