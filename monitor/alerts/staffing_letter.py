"""What is said of people who cannot be told anything, and of channels that nobody will be there for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from config.language import N_, _
from monitor.alerts.flagged_rules import ON_CALL
from monitor.alerts.overdue_rules import DEPUTY, MANAGER, RESPONSIBLE
from monitor.alerts.telling import Scene
from monitor.alerts.wording import Letter, base_url, days_between, letter, signed
from monitor.register.models import Channel, Person

STANDS = {
    RESPONSIBLE: N_("responsible for {channels}"),
    DEPUTY: N_("deputy for {channels}"),
    MANAGER: N_("manager over {channels}"),
    ON_CALL: N_("on call outside service hours"),
}
MEND = N_(
    "Correct the address in the register, put the way into use again, or name somebody else. Until then "
    "the next one hears in this person's place."
)
FIND = N_("Name somebody who takes over. Until then the unit's manager or a communicator hears.")


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A person whom nothing can be sent to. places: names of channels, by the rung on which the person stands."""

    person: str
    places: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Unattended:
    """A channel whose responsible person and deputy are both away, from the first day to the last."""

    channel: Channel
    first: date
    last: date


def staffing_letter(scene: Scene, found: Sequence[Unreachable | Unattended]) -> Letter:
    """In the language in use. found: at least one."""
    headline = _headline(scene, found)
    unreachable = [unreachable_in_words(scene, each) for each in found if isinstance(each, Unreachable)]
    unattended = [unattended_in_words(scene, each) for each in found if isinstance(each, Unattended)]
    said = [*unreachable, *([_todo(MEND)] if unreachable else []), *unattended, *([_todo(FIND)] if unattended else [])]
    return letter(
        "note",
        signed(headline, scene.owner.name),
        headline=headline,
        organisation=scene.owner.name,
        paragraphs=said,
        page_url=f"{base_url(scene.settings)}/channels",
    )


def _todo(remedy: str) -> str:
    return _("What to do: {remedy}", remedy=_(remedy))


def _headline(scene: Scene, found: Sequence[Unreachable | Unattended]) -> str:
    if len(found) > 1:
        return _("{count} things to put right, so that somebody hears in time", count=len(found))
    [only] = found
    if isinstance(only, Unreachable):
        return _("{person} cannot be reached", person=_name(scene, only.person))
    return _("{channel} will have nobody for a while", channel=only.channel.name)


def unreachable_in_words(scene: Scene, found: Unreachable) -> str:
    stands = "; ".join(_(STANDS[rung], channels=", ".join(names)) for rung, names in found.places.items())
    return _("{person} has no address that works, and is {stands}.", person=_name(scene, found.person), stands=stands)


def unattended_in_words(scene: Scene, found: Unattended) -> str:
    return _(
        "{channel}: neither {responsible} nor {deputy} can be told ({days}).",
        channel=found.channel.name,
        responsible=_name(scene, found.channel.responsible_id),
        deputy=_name(scene, found.channel.deputy_id) if found.channel.deputy_id else _("a deputy"),
        days=days_between(found.first, found.last),
    )


def _name(scene: Scene, id_: str) -> str:
    return scene.session.get_one(Person, id_).name
