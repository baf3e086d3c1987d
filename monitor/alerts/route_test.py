"""The weekly test: on the week's first working day each way that has carried nothing for seven days gets a message.

Whoever is sent a mail every working day needs no test of it. A way that fails is taken out of use, or given up; both
are told by `route_failed`.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.alerts.given_up import ROUTE_TEST
from monitor.alerts.models import Notice
from monitor.alerts.rules import first_working_day
from monitor.alerts.telling import Kind, NoLongerTrue, Scene, Telling, check_hours
from monitor.alerts.wording import Letter, base_url, letter, signed
from monitor.register import routes
from monitor.register.models import Person, Route

PROVEN = timedelta(days=7)
NAMES = {
    "mail": N_("mail"),
    "sms": N_("SMS"),
    "teams": N_("Teams"),
    "matrix": N_("Matrix"),
    "mattermost": N_("Mattermost"),
    "webhook": N_("web hook"),
}


def route_subject(person_id: str, name: str) -> str:
    return f"{person_id}/{name}"


def of_subject(subject: str) -> tuple[str, str]:
    """Person and way of a notice's subject."""
    person, _slash, name = subject.rpartition("/")
    return person, name


def _tellings(scene: Scene) -> Iterable[Telling]:
    first = first_working_day(scene.today, scene.calendar)
    if first is None:
        return
    rows = {(row.person_id, row.name): row for row in scene.session.scalars(select(Route))}
    sms = scene.settings.sms_url is not None
    for person in scene.session.scalars(select(Person).where(~Person.retired).order_by(Person.id)):
        for name in routes.usable(scene.session, person, sms=sms):
            if not _proven(scene, rows.get((person.id, name))):
                yield Telling(ROUTE_TEST, route_subject(person.id, name), "weekly", first.isoformat(), person.id)


def _proven(scene: Scene, row: Route | None) -> bool:
    return row is not None and row.worked_at is not None and scene.now - row.worked_at < PROVEN


def _check(scene: Scene, notice: Notice) -> None:
    person_id, name = of_subject(notice.subject)
    person = scene.session.get_one(Person, person_id)
    if person.retired or name not in routes.usable(scene.session, person, sms=scene.settings.sms_url is not None):
        raise NoLongerTrue(_("The way is not in use any more."))
    if _proven(scene, routes.route_of(scene.session, person_id, name)):
        raise NoLongerTrue(_("The way has carried something since."))
    first = first_working_day(scene.today, scene.calendar)
    if first is not None and first.isoformat() > notice.cycle:
        raise NoLongerTrue(_("The next week's test has come."))
    check_hours(scene)


def _letter(scene: Scene, notice: Notice) -> Letter:
    _person, name = of_subject(notice.subject)
    headline = _("This is a test of {way}", way=_(NAMES[name]))
    return letter(
        "note",
        signed(headline, scene.owner.name),
        headline=headline,
        organisation=scene.owner.name,
        paragraphs=[_("This is a test: Kanalvakt makes sure that it reaches you this way. You need not do anything.")],
        page_url=base_url(scene.settings) + "/",
    )


def _sent(session: Session, notice: Notice, now: datetime) -> None:
    person_id, name = of_subject(notice.subject)
    routes.noted(session, person_id, name).tested_at = now


def _way(notice: Notice) -> str:
    return of_subject(notice.subject)[1]


KIND = Kind(_tellings, _check, _letter, sent=_sent, way=_way)
