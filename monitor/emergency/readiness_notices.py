"""What people are told so that everything is in order when it is needed: what is not, once a week, and once a month
that it is time to exercise. Importing this adds them to the kinds of notices there are."""

from collections.abc import Iterable
from datetime import date

from config.language import _
from monitor.alerts.kinds import KINDS
from monitor.alerts.models import Notice
from monitor.alerts.telling import Kind, NoLongerTrue, Scene, Telling, check_hours
from monitor.alerts.wording import Letter
from monitor.emergency.matter import note
from monitor.emergency.readiness import checks_of, last_exercise, latest
from monitor.emergency.readiness_rules import exercise_is_due
from monitor.emergency.staff import on_duty

NOT_READY, EXERCISE = "not_ready", "exercise_due"
PAGE = "/crisis/readiness"


def _not_ready(scene: Scene) -> Iterable[Telling]:
    rows = latest(scene.session)
    if rows and not rows[0].ok:
        monday = date.fromordinal(scene.today.toordinal() - scene.today.weekday())
        for person in on_duty(scene.session):
            yield Telling(NOT_READY, "", "weekly", monday.isoformat(), person)


def _not_ready_letter(scene: Scene, notice: Notice) -> Letter:  # noqa: ARG001 - the same for everybody
    wrong = [one for one in checks_of(latest(scene.session)[0]) if not one.ok]
    said = [f"{_(one.detail, **one.values)} {_(one.remedy)}" for one in wrong]
    return note(scene, _("Not everything is in order for a crisis"), said, PAGE)


def _exercise(scene: Scene) -> Iterable[Telling]:
    """On the month's first days, where the nightly check runs; whoever began one lately is left in peace."""
    if latest(scene.session) and exercise_is_due(last_exercise(scene.session), scene.now):
        for person in on_duty(scene.session):
            yield Telling(EXERCISE, "", "monthly", scene.today.replace(day=1).isoformat(), person)


def _exercise_letter(scene: Scene, notice: Notice) -> Letter:  # noqa: ARG001 - the same for everybody
    said = [
        _("Begin an incident as an exercise, write a message, have somebody approve it, and send it."),
        _("It takes a quarter of an hour, and nothing reaches residents."),
    ]
    return note(scene, _("Time for this month's exercise"), said, "/crisis")


def _check_not_ready(scene: Scene, notice: Notice) -> None:
    _check(scene, notice, _not_ready(scene))


def _check_exercise(scene: Scene, notice: Notice) -> None:
    _check(scene, notice, _exercise(scene))


def _check(scene: Scene, notice: Notice, tellings: Iterable[Telling]) -> None:
    if (notice.cycle, notice.recipient_id) not in {(each.cycle, each.recipient_id) for each in tellings}:
        raise NoLongerTrue(_("It is no longer so, or no longer concerns the recipient."))
    check_hours(scene)


KINDS[NOT_READY] = Kind(_not_ready, _check_not_ready, _not_ready_letter)
KINDS[EXERCISE] = Kind(_exercise, _check_exercise, _exercise_letter)
