"""What people are told so that everything is in order when it is needed: what is not, the morning after it was found
and then once a week, and once a month that it is time to exercise. Importing this adds them to the kinds there are."""

from collections.abc import Iterable, Sequence
from datetime import date

from config.language import _, moment
from monitor.alerts.kinds import KINDS
from monitor.alerts.models import Notice
from monitor.alerts.telling import Kind, NoLongerTrue, Scene, Telling, check_hours
from monitor.alerts.wording import Letter
from monitor.emergency.matter import note
from monitor.emergency.readiness import checks_of, last_exercise, latest
from monitor.emergency.readiness_rules import Check, exercise_is_due
from monitor.emergency.staff import on_duty

NOT_READY, EXERCISE = "not_ready", "exercise_due"
PAGE = "/crisis/readiness"


def _not_ready(scene: Scene) -> Iterable[Telling]:
    """Each line by itself, so that what is new is told the next morning; they go in one letter."""
    monday = date.fromordinal(scene.today.toordinal() - scene.today.weekday())
    for line in dict.fromkeys(f"{one.check} {one.about}".strip() for one in _wrong(scene)):
        for person in on_duty(scene.session):
            yield Telling(NOT_READY, line, "weekly", monday.isoformat(), person)


def _wrong(scene: Scene) -> list[Check]:
    """What the latest look found."""
    rows = latest(scene.session)
    return [one for one in checks_of(rows[0]) if not one.ok] if rows else []


def _not_ready_letter(scene: Scene, notice: Notice) -> Letter:
    return _together(scene, [notice])


def _together(scene: Scene, notices: Sequence[Notice]) -> Letter:  # noqa: ARG001 - the same for everybody
    """All that is wrong, new or told before, and when that was found."""
    found = moment(latest(scene.session)[0].at, scene.zone)
    said = [_("Looked at {when}.", when=found)]
    said += [f"{_(one.detail, **one.values)} {_(one.remedy)}" for one in _wrong(scene)]
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
    told = {(each.subject, each.cycle, each.recipient_id) for each in tellings}
    if (notice.subject, notice.cycle, notice.recipient_id) not in told:
        raise NoLongerTrue(_("It is no longer so, or no longer concerns the recipient."))
    check_hours(scene)


KINDS[NOT_READY] = Kind(_not_ready, _check_not_ready, _not_ready_letter, group=NOT_READY, together=_together)
KINDS[EXERCISE] = Kind(_exercise, _check_exercise, _exercise_letter)
