"""Makes one message of the notices that were claimed together: what is still true of them, the way, and the letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from config.language import _, use_language
from monitor.alerts.claiming import Conclusion
from monitor.alerts.contents import language_of
from monitor.alerts.kinds import KINDS
from monitor.alerts.models import Notice
from monitor.alerts.rules import ATTEMPTS, next_attempt, way_of
from monitor.alerts.telling import NoLongerTrue, NotNow, Scene
from monitor.alerts.ways import Way, ways
from monitor.alerts.wording import Letter
from monitor.register.models import Person
from monitor.register.routes import usable

GATEWAY_PAUSE = timedelta(minutes=1)
"""So often it is looked whether a mail server has been set."""
log = structlog.get_logger(__name__)
Conclusions = list[tuple[Notice, Conclusion]]


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is handed over: the notices that it tells, their letter, which attempt it is, and the ways there are."""

    notices: tuple[Notice, ...]
    letter: Letter
    attempt: int
    usable: tuple[Way, ...]

    @property
    def way(self) -> Way:
        return way_of(self.attempt, self.usable)


def packed(scene: Scene, taken: Sequence[Notice]) -> tuple[Conclusions, Parcel | None]:
    """What of these notices is not sent now, with the reason in the language in use; and the message of the others."""
    attempt = max(notice.attempts for notice in taken)
    if attempt > ATTEMPTS:  # each of them ended without a word
        reason = _("The sending was interrupted {count} times.", count=ATTEMPTS)
        return [(each, Conclusion("failed", {"reason": reason})) for each in taken], None
    true, left_out = _sifted(scene, taken)
    if not true:
        return left_out, None
    person = scene.session.get_one(Person, taken[0].recipient_id)
    try:
        found = _usable(scene, person, true)
    except NotNow as why:
        return left_out + [(each, put_back(each, why.until, keep=True)) for each in true], None
    if not found:
        return left_out + [(each, _unreachable(scene, person, each)) for each in true], None
    name = way_of(attempt, found).name
    if name != taken[0].route:  # another queue's: whoever sends that way must not wait for this one's server
        moved = (put_back(each, scene.now, keep=True, counts_as="", route=name) for each in true)
        return left_out + list(zip(true, moved, strict=True)), None
    try:
        with use_language(language_of(person, scene.owner)):
            written = _letter(scene, true)
    except Exception as error:  # noqa: BLE001 - whatever it is, what another kind has to say goes by itself
        return left_out + _taken_apart(scene, true, error), None
    return left_out, Parcel(tuple(true), written, attempt, tuple(found))


def _usable(scene: Scene, person: Person, notices: Sequence[Notice]) -> list[Way]:
    """Raises NotNow in the person's quiet hours."""
    kinds = [KINDS[notice.subject_kind] for notice in notices]
    urgent = any(kind.urgent for kind in kinds)
    found = ways(scene.session, person, scene.settings, scene.now, scene.zone, urgent=urgent)
    only = kinds[0].way
    return found if only is None else [way for way in found if way.name == only(notices[0])]


def put_back(notice: Notice, until: datetime, *, keep: bool, counts_as: str = "retried", **values: Any) -> Conclusion:
    """It was not tried. keep: in the same message, with the same Message-ID, where it may have been handed over already
    by somebody who died; what nobody has tried before is free to go with others next time.
    """
    bundle = notice.bundle if keep and notice.attempts > 1 else None
    known = {"due_at": until, "attempts": notice.attempts - 1, "bundle": bundle}
    return Conclusion("due", known | values, counts_as)


def _sifted(scene: Scene, taken: Sequence[Notice]) -> tuple[list[Notice], Conclusions]:
    true, later, conclusions = list[Notice](), list[tuple[Notice, datetime]](), Conclusions()
    for notice in taken:
        try:
            KINDS[notice.subject_kind].check(scene, notice)
            true.append(notice)
        except NoLongerTrue as why:
            conclusions.append((notice, Conclusion("cancelled", {"reason": str(why)})))
        except NotNow as why:
            later.append((notice, why.until))
        except Exception as error:  # noqa: BLE001 - whatever it is, what else is in the message goes
            log.error("notice_not_checked", notice=notice.id, kind=notice.subject_kind, error=type(error).__name__)  # noqa: TRY400
            conclusions.append((notice, _again(notice, type(error).__name__, scene.now)))
    first = min((until for _notice, until in later), default=scene.now)
    for notice, until in later:  # a message of which nothing can go now is not taken apart
        whole = not true and notice.attempts > 1
        conclusions.append((notice, put_back(notice, first if whole else until, keep=whole)))
    return true, conclusions


def _taken_apart(scene: Scene, notices: Sequence[Notice], error: Exception) -> Conclusions:
    """The letter cannot be written: whose kind should write it is tried again later, and the others go without it."""
    name = type(error).__name__
    log.error("letter_not_written", notices=[notice.id for notice in notices], error=name)
    writer = _writer(notices)
    return [
        (each, _again(each, name, scene.now) if each.subject_kind == writer else put_back(each, scene.now, keep=False))
        for each in notices
    ]


def _again(notice: Notice, reason: str, now: datetime) -> Conclusion:
    """An attempt that came to nothing, the next one by itself; or the last one."""
    until = next_attempt(notice.attempts, now)
    if until is None:
        return Conclusion("failed", {"reason": reason})
    return Conclusion("due", {"due_at": until, "reason": reason, "bundle": None}, counts_as="retried")


def _unreachable(scene: Scene, person: Person, notice: Notice) -> Conclusion:
    """Given up, unless it is only that no mail server is set. A way whose key is missing will not work by waiting."""
    ways_left = usable(scene.session, person, sms=scene.settings.sms_url is not None)
    if scene.settings.smtp_url is not None or "mail" not in ways_left:
        return Conclusion("failed", {"reason": _("There is no way that works to reach {person}.", person=person.name)})
    reason = _("No mail server is set: set KANALVAKT_SMTP_URL.")
    return put_back(notice, scene.now + GATEWAY_PAUSE, keep=True, counts_as="waiting", reason=reason)


def _letter(scene: Scene, notices: Sequence[Notice]) -> Letter:
    """Of one notice its own; of several the one that tells them all, by the first of their kinds that there is."""
    kind = KINDS[_writer(notices)]
    if len(notices) == 1 or kind.together is None:
        return kind.letter(scene, notices[0])
    return kind.together(scene, notices)


def _writer(notices: Sequence[Notice]) -> str:
    kinds = {notice.subject_kind for notice in notices}
    return next(name for name in KINDS if name in kinds)
