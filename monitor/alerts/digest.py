"""The morning digest: what one person is to do about each channel today, and what waits there, when it is built."""

from collections.abc import Sequence

from config.language import N_, _
from monitor.alerts.digest_brought import brought_by
from monitor.alerts.digest_parts import Known, Part, known_of, parts_of
from monitor.alerts.models import Notice
from monitor.alerts.overdue_letter import Part as Brought
from monitor.alerts.overdue_letter import put_off
from monitor.alerts.telling import Scene
from monitor.alerts.wording import Letter, base_url, clock, letter, signed
from monitor.register.models import Person

WRONG = {
    "failing": (N_("1 channel could not be read"), N_("{count} channels could not be read")),
    "unread": (N_("1 channel not fetched today"), N_("{count} channels not fetched today")),
    "unattended": (
        N_("1 channel where nobody responsible can be reached"),
        N_("{count} channels where nobody responsible can be reached"),
    ),
    "close": (
        N_("1 channel watched closely in a crisis"),
        N_("{count} channels watched closely in a crisis"),
    ),
}
"""How many parts of the digest are so (one, or more), by what Part calls it."""
BY_HAND = (N_("1 channel to go through yourself"), N_("{count} channels to go through yourself"))
ELSEWHERE = (N_("1 overdue on another channel"), N_("{count} overdue on other channels"))
FETCHED = {True: N_("all {count} channels fetched {time}"), False: N_("{count} channels fetched {time}")}
"""True: there are no others."""


def digest(scene: Scene, person: Person, notices: Sequence[Notice] = ()) -> Letter:
    """The digest for one person as things stand, in the language in use. notices: what goes in the same message."""
    known = known_of(scene, person.id)
    parts = parts_of(scene, person.id, known)
    brought = brought_by(scene, notices, frozenset(each.row.id for each in known))
    headline = summary(scene, known, parts, brought)
    return letter(
        "digest",
        signed(headline, scene.owner.name),
        headline=headline,
        parts=parts,
        brought=brought,
        put_off=put_off(notices),
        page_url=f"{base_url(scene.settings)}/",
        organisation=scene.owner.name,
    )


def summary(scene: Scene, known: Sequence[Known], parts: Sequence[Part], brought: Sequence[Brought]) -> str:
    """'3 unanswered, 1 overdue, 1 flagged; all 6 channels fetched 06:45', and what could not be read.

    Says that all is well only when it is.
    """
    waiting = [item for each in known for item in each.waiting]
    wrong = [words for name in WRONG for words in _count([getattr(part, name) for part in parts], *WRONG[name])]
    by_hand = _count([part.by_hand for part in parts], *BY_HAND)
    others = _count([True for each in brought for _one in range(each.count)], *ELSEWHERE)
    if not waiting and not wrong and not others:
        return ", ".join(by_hand) or _all_is_well(parts)
    said = [_("1 unanswered") if len(waiting) == 1 else _("{count} unanswered", count=len(waiting))]
    overdue = _count([item.overdue for item in waiting], N_("1 overdue"), N_("{count} overdue"))
    flagged = _count([True for each in known for _one in each.flagged], N_("1 flagged"), N_("{count} flagged"))
    sentence = ", ".join([*said, *overdue, *flagged, *others, *wrong, *by_hand])
    return sentence if wrong else "; ".join([sentence, *_fetched(scene, parts)])


def _fetched(scene: Scene, parts: Sequence[Part]) -> list[str]:
    """Until when everything is fetched; nothing where a platform keeps something back, or no machine reads."""
    times = [part.fetched for part in parts if part.fetched is not None]
    if not times or any(part.hidden for part in parts):
        return []
    when = clock(min(times), scene.zone)
    if len(times) == 1:
        return [_("fetched {time}", time=when)]
    sentence = (
        N_("all {count} channels fetched {time}") if len(times) == len(parts) else N_("{count} channels fetched {time}")
    )
    return [_(sentence, count=len(times), time=when)]


def _count(which: list[bool], one: str, many: str) -> list[str]:
    """How many, in words; nothing for none."""
    count = sum(which)
    return [] if count == 0 else [_(one) if count == 1 else _(many, count=count)]


def _all_is_well(parts: Sequence[Part]) -> str:
    if any(part.news for part in parts):
        return _("Nothing new, but the platform does not show everything")
    if any(part.hidden for part in parts):
        return _("Nothing new, everything that is shown is fetched")
    return _("Nothing new, everything fetched")
