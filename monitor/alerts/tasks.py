"""Links in mails to what one person can do at once, without logging in. The pages are in monitor.web.links.pages."""

from datetime import date, datetime
from typing import Protocol

from config.settings import Settings
from monitor import Calendar
from monitor.alerts.rules import confirmation_ends, task_ends
from monitor.alerts.wording import base_url
from monitor.register.links import Link, sealed

ATTEST, REVIEW, CONFIRM = "attest", "review", "confirm"
HANDLE, FINISH = "handle", "finish"


class Circumstances(Protocol):
    """What a link depends on; a Scene has it."""

    @property
    def now(self) -> datetime: ...

    @property
    def settings(self) -> Settings: ...

    @property
    def calendar(self) -> Calendar: ...


def task_link(scene: Circumstances, purpose: str, person_id: str, subject: str, until: datetime) -> str:
    """The address of a task for one person. subject: as in monitor.register.links. Valid until then."""
    return f"{base_url(scene.settings)}/task/{sealed(Link(purpose, person_id, subject), until)}"


def attest_link(scene: Circumstances, person_id: str, channel_id: str, day: date) -> str:
    """To say that one has gone through a channel that day; until the end of the second working day after."""
    return task_link(scene, ATTEST, person_id, f"{channel_id}/{day}", task_ends(day, scene.calendar))


def review_link(scene: Circumstances, person_id: str, channel_id: str) -> str:
    """To say that one has gone through what is new; until the end of the second working day after today."""
    ends = task_ends(scene.calendar.local_date(scene.now), scene.calendar)
    return task_link(scene, REVIEW, person_id, channel_id, ends)


def handle_link(scene: Circumstances, person_id: str, channel_id: str, comment_id: int, choice: str) -> str:
    """To say what is to be done about a comment, once; until the end of the second working day after today.

    choice: what the page offers first, of mark_rules.Kind. Each is a link of its own, so that who has acknowledged a
    comment can still close it by the same mail.
    """
    ends = task_ends(scene.calendar.local_date(scene.now), scene.calendar)
    return task_link(scene, HANDLE, person_id, f"{channel_id}/{comment_id}/{choice}", ends)


def finish_link(scene: Circumstances, person_id: str, channel_id: str) -> str:
    """To close what needs no reply on a channel, once; until the end of the second working day after today."""
    today = scene.calendar.local_date(scene.now)
    return task_link(scene, FINISH, person_id, f"{channel_id}/{today}", task_ends(today, scene.calendar))


def confirm_link(scene: Circumstances, person_id: str, channel_id: str, version: int) -> str:
    """To read a decision and confirm that it has arrived; for 30 days."""
    ends = confirmation_ends(scene.now, scene.calendar)
    return task_link(scene, CONFIRM, person_id, f"{channel_id}/{version}", ends)
