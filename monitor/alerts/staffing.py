"""Whether everybody who may have to be told can be, and whether somebody is there for each channel in the days to come.

Looked at each working day; whoever keeps the register is told, once for each cause until it is put right.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select

from config.language import _
from monitor.alerts.flagged_rules import ON_CALL
from monitor.alerts.models import Notice
from monitor.alerts.overdue_rules import DEPUTY, MANAGER, RESPONSIBLE
from monitor.alerts.staffing_letter import Unattended, Unreachable, staffing_letter
from monitor.alerts.staffing_rules import ALWAYS, Span, ahead, unattended
from monitor.alerts.telling import Kind, NoLongerTrue, Scene, Telling, check_hours
from monitor.alerts.wording import Letter
from monitor.audit.models import AuditEntry
from monitor.register.channels import all_channels
from monitor.register.models import Absence, Channel
from monitor.register.people import away, managers, reachable_ids, with_role
from monitor.register.routes import NAMES

STAFFING = "staffing"
UNREACHABLE, UNATTENDED = "unreachable", "unattended"
AGAIN = timedelta(days=30)
EVER = datetime.min.replace(tzinfo=UTC)
TOUCHED = ("person.added", "person.changed", "route.added", "route.enabled", "route.disabled", "route.removed")
"""Acts after which a person who cannot be reached is news once more."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What is wrong, as notices name it; since: what was told before then has been put right, or is too long ago."""

    subject: str
    rung: str
    found: Unreachable | Unattended
    since: datetime | None = None


def _tellings(scene: Scene) -> Iterable[Telling]:
    found = scene.once(causes)
    told = _told(scene) if found else {}
    for cause in found:
        for person in _keepers(scene):
            last = told.get((cause.subject, cause.rung, person))
            if last is None or (cause.since is not None and last < cause.since):
                yield Telling(STAFFING, cause.subject, cause.rung, scene.today.isoformat(), person)


def _told(scene: Scene) -> dict[tuple[str, str, str], datetime]:
    """When each was last told of what; where it was given up, nobody was."""
    key = (Notice.subject, Notice.rung, Notice.recipient_id)
    query = select(*key, func.max(Notice.created_at)).where(Notice.subject_kind == STAFFING)
    rows = scene.session.execute(query.where(Notice.state.not_in(("cancelled", "failed"))).group_by(*key))
    return {(subject, rung, person): at for subject, rung, person, at in rows}


def _keepers(scene: Scene) -> list[str]:
    """Who is to put it right: the administrators who are there, else the communicators."""
    there = reachable_ids(scene.session) - away(scene.session, scene.today)
    roles = ([each.id for each in with_role(scene.session, role)] for role in ("administrator", "communicator"))
    return next((found for ids in roles if (found := [id_ for id_ in ids if id_ in there])), [])


def causes(scene: Scene) -> list[Cause]:
    """All that is wrong now; to be asked for by `scene.once`."""
    channels = [each for each in all_channels(scene.session) if each.state != "retired" and each.has_comments]
    reached = reachable_ids(scene.session)
    return [*_unreachable(scene, channels, reached), *_unattended(scene, channels, reached)]


def _unreachable(scene: Scene, channels: Sequence[Channel], reached: frozenset[str]) -> Iterator[Cause]:
    for person, places in sorted(_places(scene, channels).items()):
        if person not in reached:
            found = Unreachable(person, {rung: tuple(names) for rung, names in places.items()})
            yield Cause(person, UNREACHABLE, found, max(scene.now - AGAIN, scene.once(_touched).get(person, EVER)))


def _places(scene: Scene, channels: Sequence[Channel]) -> Mapping[str, Mapping[str, list[str]]]:
    """Who is on which rung, of which channels, by name."""
    known = managers(scene.session)
    places: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for channel in channels:
        steps = {
            RESPONSIBLE: channel.responsible_id,
            DEPUTY: channel.deputy_id,
            MANAGER: known.get(channel.unit_id),
        }
        for rung, person in steps.items():
            if person is not None:
                places[person][rung].append(channel.name)
    if scene.owner.on_call is not None:
        places[scene.owner.on_call][ON_CALL] = []
    return places


def _touched(scene: Scene) -> Mapping[str, datetime]:
    """When somebody last tried to put it right, by person, where that was within the last month; to be asked for by
    `scene.once`. What is touched is the person, or one of the person's ways ("anna/mail")."""
    lately = (AuditEntry.act.in_(TOUCHED), AuditEntry.at > scene.now - AGAIN)
    query = select(AuditEntry.subject, func.max(AuditEntry.at)).where(*lately).group_by(AuditEntry.subject)
    found: dict[str, datetime] = {}
    for subject, at in scene.session.execute(query):
        person, _slash, way = subject.rpartition("/")
        touched = person if person and way in NAMES else subject
        found[touched] = max(at, found.get(touched, at))
    return found


def _unattended(scene: Scene, channels: Sequence[Channel], reached: frozenset[str]) -> Iterator[Cause]:
    days = ahead(scene.today, scene.calendar)
    gone = _gone(scene, days)
    for channel in channels:
        steps = (channel.responsible_id, channel.deputy_id)
        mine, theirs = (gone.get(id_, []) if id_ in reached else [ALWAYS] for id_ in steps)
        for first, last in unattended(mine, theirs, days):
            yield Cause(channel.id, f"{UNATTENDED} {first}", Unattended(channel, first, last))


def _gone(scene: Scene, days: Sequence[date]) -> Mapping[str, list[Span]]:
    """The absences that reach into the days, by person."""
    query = select(Absence).where(Absence.first_day <= days[-1], Absence.last_day >= days[0])
    gone: defaultdict[str, list[Span]] = defaultdict(list)
    for absence in scene.session.scalars(query):
        gone[absence.person_id].append((absence.first_day, absence.last_day))
    return gone


def _check(scene: Scene, notice: Notice) -> None:
    if (notice.subject, notice.rung) not in {(each.subject, each.rung) for each in scene.once(causes)}:
        raise NoLongerTrue(_("It has been put right since."))
    if notice.recipient_id not in _keepers(scene):
        raise NoLongerTrue(_("Others are there to put it right."))
    check_hours(scene)


def _letter(scene: Scene, notice: Notice) -> Letter:
    return _together(scene, [notice])


def _together(scene: Scene, notices: Sequence[Notice]) -> Letter:
    told = {(each.subject, each.rung) for each in notices}
    return staffing_letter(scene, [each.found for each in scene.once(causes) if (each.subject, each.rung) in told])


KIND = Kind(_tellings, _check, _letter, group=STAFFING, together=_together)
