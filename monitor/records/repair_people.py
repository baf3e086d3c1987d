"""What is wrong with who is told: people who cannot be reached, ways out of use, gaps in who is there, notices that
were given up."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import quote

from sqlalchemy import func, select

from config.language import N_, _
from monitor.alerts.given_up import ROUTE_TEST
from monitor.alerts.models import Notice
from monitor.alerts.route_failed import ways_out_of_use
from monitor.alerts.route_test import NAMES, of_subject
from monitor.alerts.staffing import causes
from monitor.alerts.staffing_letter import FIND, MEND, Unreachable, unattended_in_words, unreachable_in_words
from monitor.alerts.telling import Scene
from monitor.records.repair_rules import Gravity, Means, Repair
from monitor.register.models import Person

RECENT = timedelta(days=7)
USE_AGAIN = N_("Correct the address, and put the way into use again. Until then the person's other ways are used.")
GIVEN_UP = N_("Tell the person by hand, and correct the way that they should have gone.")


def people_repairs(scene: Scene) -> Iterator[Repair]:
    yield from _staffing(scene)
    yield from _ways(scene)
    yield from _given_up(scene)


def _staffing(scene: Scene) -> Iterator[Repair]:
    for cause in scene.once(causes):
        if isinstance(cause.found, Unreachable):
            said = unreachable_in_words(scene, cause.found)
            person = cause.found.person
            yield Repair("unreachable", Gravity.NOW, said, _(MEND), *_page(person), means=((Means.TRY, person),))
        else:
            channel, said = cause.found.channel, unattended_in_words(scene, cause.found)
            page = (f"/channels/{quote(channel.id, safe='')}", _("Show the channel"))
            means = ((Means.DECIDE, channel.id), (Means.AWAY, channel.responsible_id))
            yield Repair("unattended", Gravity.SOON, said, _(FIND), *page, channel=channel.id, means=means)


def _ways(scene: Scene) -> Iterator[Repair]:
    """Not of those who are named already, as nothing reaches them."""
    lost = {cause.subject for cause in scene.once(causes) if isinstance(cause.found, Unreachable)}
    for subject, since in ways_out_of_use(scene.session):
        person, way = of_subject(subject)
        if person not in lost:
            name = scene.session.get_one(Person, person).name
            problem = _("{person} cannot be reached by {way}", person=name, way=_(NAMES[way]))
            command = f"kanalvakt person route enable {person} {way}"
            means = ((Means.ENABLE, f"{person}/ways/{way}"), (Means.TRY, person))
            where, began = _page(person), datetime.fromisoformat(since)
            said = (problem, _(USE_AGAIN), *where)
            yield Repair("way", Gravity.SOON, *said, since=began, means=means, command=command)


def _given_up(scene: Scene) -> Iterator[Repair]:
    """Notices of the last days that reached nobody; tests of a way are about the way."""
    given_up = (Notice.state == "failed", Notice.subject_kind != ROUTE_TEST, Notice.created_at > scene.now - RECENT)
    query = select(Person.id, Person.name, func.count(), func.min(Notice.created_at))
    query = query.join(Person, Person.id == Notice.recipient_id).where(*given_up, ~Person.retired)
    for person, name, count, since in scene.session.execute(query.group_by(Person.id, Person.name).order_by(Person.id)):
        problem = _("{count} notices to {person} were given up", count=count, person=name)
        means = ((Means.TRY, person),)
        said = (problem, _(GIVEN_UP), *_page(person))
        yield Repair("given_up", Gravity.SOON, *said, since=since, means=means, command="kanalvakt notices list")


def _page(person: str) -> tuple[str, str]:
    return f"/people/{quote(person, safe='')}/ways", _("Show how the person is reached")
