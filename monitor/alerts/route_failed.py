"""A way to a person that does not work any more: the administrators are told which, why, and what to do."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import _
from monitor.alerts.given_up import ROUTE_TEST
from monitor.alerts.models import Notice
from monitor.alerts.route_test import NAMES, of_subject, route_subject
from monitor.alerts.telling import Kind, NoLongerTrue, Scene, Telling, check_hours
from monitor.alerts.wording import Letter, base_url, letter, signed
from monitor.register import routes
from monitor.register.models import Person
from monitor.register.people import everybody, reachable_ids, with_role

ROUTE_FAILED = "route_failed"
OUT_OF_USE, UNPROVEN = "out_of_use", "unproven"


def _tellings(scene: Scene) -> Iterable[Telling]:
    told = [(subject, OUT_OF_USE, cycle) for subject, cycle in ways_out_of_use(scene.session)]
    told += [(notice.subject, UNPROVEN, notice.cycle) for notice in _failed_tests(scene)]
    for subject, rung, cycle in told:
        for person in recipients(scene.session, of_subject(subject)[0]):
            yield Telling(ROUTE_FAILED, subject, rung, cycle, person)


def recipients(session: Session, failed: str) -> list[str]:
    """The administrators who can be reached, but not the one whose way it is; else such communicators; else that one
    too."""
    there = reachable_ids(session)
    roles = [[each.id for each in with_role(session, role)] for role in ("administrator", "communicator")]
    others = ([person for person in ids if person != failed and person in there] for ids in roles)
    return next((found for found in others if found), roles[0])


def ways_out_of_use(session: Session) -> list[tuple[str, str]]:
    """Person and way, as in notices, and since when, of those that their person would still be told by."""
    theirs = {person.id: person.routes for person in everybody(session)}
    return [
        (route_subject(route.person_id, route.name), _cycle(route.disabled_at))
        for route in routes.every_route(session)
        if route.disabled_at is not None and route.name in theirs.get(route.person_id, ())
    ]


def _cycle(disabled_at: datetime | None) -> str:
    return disabled_at.astimezone(UTC).isoformat() if disabled_at is not None else ""


def _failed_tests(scene: Scene) -> list[Notice]:
    """This week's tests that came to nothing, of ways that are in use all the same."""
    monday = scene.today - timedelta(days=scene.today.weekday())
    this_week = (Notice.subject_kind == ROUTE_TEST, Notice.state == "failed", Notice.cycle >= monday.isoformat())
    tests = scene.session.scalars(select(Notice).where(*this_week).order_by(Notice.id))
    return [each for each in tests if _in_use(scene.session, each.subject)]


def _in_use(session: Session, subject: str) -> bool:
    row = routes.route_of(session, *of_subject(subject))
    return row is None or row.disabled_at is None


def _check(scene: Scene, notice: Notice) -> None:
    person_id, name = of_subject(notice.subject)
    if notice.recipient_id not in recipients(scene.session, person_id):
        raise NoLongerTrue(_("The recipient is no longer an administrator."))
    row = routes.route_of(scene.session, person_id, name)
    cycle = _cycle(row.disabled_at) if row is not None else ""
    if notice.rung == OUT_OF_USE and cycle != notice.cycle:
        raise NoLongerTrue(_("The way is in use again."))
    if notice.rung == UNPROVEN and (notice.subject, notice.cycle) not in {
        (each.subject, each.cycle) for each in _failed_tests(scene)
    }:
        raise NoLongerTrue(_("The way is in use again."))
    check_hours(scene)


def _letter(scene: Scene, notice: Notice) -> Letter:
    person_id, name = of_subject(notice.subject)
    person = scene.session.get_one(Person, person_id)
    headline = _("{person} cannot be reached by {way}", person=person.name, way=_(NAMES[name]))
    return letter(
        "note",
        signed(headline, scene.owner.name),
        headline=headline,
        organisation=scene.owner.name,
        paragraphs=[_why(scene, notice, person_id, name), _meanwhile(scene, person), *_todo(person_id, name)],
        page_url=f"{base_url(scene.settings)}/people/{quote(person_id, safe='')}/ways",
    )


def _why(scene: Scene, notice: Notice, person_id: str, name: str) -> str:
    row = routes.route_of(scene.session, person_id, name)
    if notice.rung == OUT_OF_USE and row is not None:
        return _("It is not used any more, for this was the answer: {reason}", reason=row.reason)
    same = (Notice.subject_kind == ROUTE_TEST, Notice.subject == notice.subject, Notice.cycle == notice.cycle)
    reason = scene.session.scalar(select(Notice.reason).where(*same))
    return _("This week's test did not get through: {reason}", reason=reason)


def _meanwhile(scene: Scene, person: Person) -> str:
    left = routes.usable(scene.session, person, sms=scene.settings.sms_url is not None)
    if not left:
        return _("No other way to {person} is left: others are told instead.", person=person.name)
    names = ", ".join(_(NAMES[each]) for each in left)
    return _("{person} is told by these ways now: {names}.", person=person.name, names=names)


def _todo(person_id: str, name: str) -> list[str]:
    mend = (
        _("Correct the address or the number in the register file, and import it.")
        if name in routes.OF_THE_REGISTER
        else _("Store a new address: `kanalvakt person route add {person} {name}`", person=person_id, name=name)
    )
    return [
        _("What to do: {remedy}", remedy=mend),
        _("Put it into use again: `kanalvakt person route enable {person} {name}`", person=person_id, name=name),
        _("See whether it works: `kanalvakt notices test {person}`", person=person_id),
    ]


KIND = Kind(_tellings, _check, _letter)
