"""Own posts that are missing on the website: told once a week, to who is responsible and to the communicators.

Due on the week's first working day, about what was fetched before it: what a channel's first reading brings, and what
was published this morning, waits for the next week's.
"""

from collections.abc import Iterable
from datetime import date

from config.language import _
from monitor.alerts.models import Notice
from monitor.alerts.rules import first_working_day
from monitor.alerts.telling import Kind, NoLongerTrue, Scene, Telling, check_hours
from monitor.alerts.wording import Letter, base_url, days_in_words, excerpt, letter, signed, web_address
from monitor.register.organisation import NotSetUp
from monitor.register.people import communicators
from monitor.watch.hub import HubPost, hub_gaps

WEB_GAPS = "web_gaps"
MOST = 20  # a longer list is for the page


def _tellings(scene: Scene) -> Iterable[Telling]:
    first = first_working_day(scene.today, scene.calendar)
    if first is None:
        return
    missing = _missing(scene, first)
    responsible = [gap.responsible for gap in missing]
    everywhere = [person.id for person in communicators(scene.session)] if missing else []
    for person in dict.fromkeys([*responsible, *everywhere]):
        yield Telling(WEB_GAPS, "website", "weekly", first.isoformat(), person)


def _check(scene: Scene, notice: Notice) -> None:
    if not _of(scene, notice):
        raise NoLongerTrue(_("Nothing is missing on the website any more."))
    first = first_working_day(scene.today, scene.calendar)
    if first is not None and first.isoformat() > notice.cycle:
        raise NoLongerTrue(_("The next week's list tells of it."))
    check_hours(scene)


def _letter(scene: Scene, notice: Notice) -> Letter:
    gaps, base = _of(scene, notice), base_url(scene.settings)
    headline = (
        _("1 post is missing on the website")
        if len(gaps) == 1
        else _("{count} posts are missing on the website", count=len(gaps))
    )
    return letter(
        "webgaps",
        signed(headline, scene.owner.name),
        headline=headline,
        organisation=scene.owner.name,
        posts=[_line(scene, gap) for gap in gaps[:MOST]],
        more=max(0, len(gaps) - MOST),
        page_url=f"{base}/hub",
    )


def _line(scene: Scene, gap: HubPost) -> dict[str, str | None]:
    return {
        "number": str(gap.post),
        "day": days_in_words([scene.calendar.local_date(gap.posted_at)]),
        "channel": gap.channel_name,
        "excerpt": excerpt(gap.text),
        "url": web_address(gap.permalink),
    }


def _of(scene: Scene, notice: Notice) -> list[HubPost]:
    """What a notice is about: all for a communicator, for others their own channels'."""
    missing = _missing(scene, date.fromisoformat(notice.cycle))
    everywhere = {person.id for person in communicators(scene.session)}
    return [gap for gap in missing if notice.recipient_id in everywhere | {gap.responsible}]


def _missing(scene: Scene, first: date) -> list[HubPost]:
    before = scene.calendar.midnight(first)
    try:
        return [gap for gap in hub_gaps(scene.session, scene.now) if gap.fetched_at < before]
    except NotSetUp:  # no website: `hub gaps` says so
        return []


KIND = Kind(_tellings, _check, _letter)
