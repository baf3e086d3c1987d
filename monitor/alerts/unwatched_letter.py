"""What is said of days that went by unwatched while nobody was told: which, why, and how they are put right."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from config.language import N_, _
from monitor.alerts.channel_lines import Line, Links, how_to_mend, line
from monitor.alerts.rules import WORKING_DAYS_BACK, stretches, task_ends
from monitor.alerts.tasks import ATTEST, review_link, task_link
from monitor.alerts.telling import Scene
from monitor.alerts.wording import Letter, base_url, days_between, letter, signed
from monitor.register.models import Channel, Person
from monitor.watch.correcting import may_correct
from monitor.watch.day_rules import Fetch, Verdict
from monitor.watch.day_view import ShownDay, reason_in_words
from monitor.watch.models import Schedule

READ_SINCE = N_("It has been read completely since then, so what was written meanwhile has been fetched.")
CORRECT = N_(
    "If what was new was gone through on the day itself after all, the communicator can correct the day: `{command}`."
)
CORRECT_EACH = N_(
    "If what was new was gone through on the day itself after all, the communicator can correct it, one day at a time: "
    "`{command}`."
)

HEADLINES = {
    frozenset({Verdict.NOT_WATCHED}): (
        N_("{channel} was not watched: {days}"),
        N_("{count} channels were not watched: {days}"),
    ),
    frozenset({Verdict.PARTLY}): (
        N_("{channel} was only partly watched: {days}"),
        N_("{count} channels were only partly watched: {days}"),
    ),
    frozenset({Verdict.NOT_WATCHED, Verdict.PARTLY}): (
        N_("{channel} was not watched, or only partly: {days}"),
        N_("{count} channels were not watched, or only partly: {days}"),
    ),
}
"""By what the days came to: of one channel, and of several."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A channel and those of its days that are told of, the oldest first."""

    channel: Channel
    days: Sequence[ShownDay]


def unwatched_letter(scene: Scene, person: str, missed: Sequence[Missed]) -> Letter:
    """In the language in use."""
    late = [day.day for each in missed for day in each.days if scene.calendar.local_date(day.planned_at) > day.day]
    stood_still = _in_words(scene, late)
    headline = _("Kanalvakt stood still {days}", days=stood_still) if late else _headline(scene, missed)
    return letter(
        "channels",
        signed(headline, scene.owner.name),
        headline=headline,
        organisation=scene.owner.name,
        paragraphs=[_why_now(stood_still)],
        lines=[_line(scene, person, each) for each in missed],
        page_url=f"{base_url(scene.settings)}/channels",
    )


def _headline(scene: Scene, missed: Sequence[Missed]) -> str:
    days = [day for each in missed for day in each.days]
    words = _in_words(scene, (day.day for day in days))
    one, several = HEADLINES[frozenset(day.verdict for day in days if day.verdict)]
    if len(missed) > 1:
        return _(several, count=len(missed), days=words)
    return _(one, channel=missed[0].channel.name, days=words)


def _why_now(stood_still: str) -> str:
    if stood_still:
        return _(
            "Kanalvakt did not run {days}, and could tell nobody. What stands below was therefore not watched, or only"
            " partly.",
            days=stood_still,
        )
    return _("Nobody could be told while it was still possible to do something about it. So you are told now.")


def _line(scene: Scene, person: str, missed: Missed) -> Line:
    channel, schedule = missed.channel, scene.session.get(Schedule, missed.channel.id)
    said = _reasons(scene, missed)
    links: list[tuple[str, str]] = []
    if channel.state == "active" and channel.watch_mode == "automatic":
        said += [_(READ_SINCE)] if _was_read_since(scene, missed, schedule) else how_to_mend(channel, schedule)
        new = _("Go through what is new on {channel}", channel=channel.name)
        links.append((new, review_link(scene, person, channel.id)))
    attestable = [day.day for day in missed.days if not (day.mode == "automatic" and day.fetch is Fetch.COMPLETE)]
    if attestable and channel.state != "retired":
        said.append(_attest(channel, person, attestable))
        links += _attest_links(scene, person, channel, attestable)
    read = [day.day for day in missed.days if day.day not in attestable]
    if read:
        said.append(_correct(scene, channel, person, read))
    return line(channel, said, tuple(links))


def _reasons(scene: Scene, missed: Missed) -> list[str]:
    """Each reason once, with the days that it holds for."""
    days: defaultdict[str, list[date]] = defaultdict(list)
    for each in missed.days:
        days[reason_in_words(each)].append(each.day)
    return [_("{days}: {reason}", days=_in_words(scene, on), reason=reason) for reason, on in days.items()]


def _was_read_since(scene: Scene, missed: Missed, schedule: Schedule | None) -> bool:
    read = schedule.last_complete_at if schedule is not None else None
    return read is not None and scene.calendar.local_date(read) > missed.days[-1].day


def _attest(channel: Channel, person: str, days: Sequence[date]) -> str:
    if len(days) <= WORKING_DAYS_BACK:
        return _("If you went through the channel on a day all the same, attest it now with that day's link.")
    command = f"kanalvakt attest {channel.id} --date {days[0]} --by {person}"
    return _("If you went through the channel on a day all the same, attest it now: `{command}`.", command=command)


def _correct(scene: Scene, channel: Channel, person: str, days: Sequence[date]) -> str:
    """With the reader as the one who corrects, where that is allowed."""
    may = may_correct(scene.session, channel, scene.session.get_one(Person, person), scene.now)
    who = person if may else "PERSON"
    what = f'--date {days[0]} --verdict {Verdict.WATCHED} --reason "…" --by {who}'
    return _(CORRECT if len(days) == 1 else CORRECT_EACH, command=f"kanalvakt watch correct {channel.id} {what}")


def _attest_links(scene: Scene, person: str, channel: Channel, days: Sequence[date]) -> Links:
    """Good for as long as those of today. Of a long stop they would be more than anybody reads."""
    if len(days) > WORKING_DAYS_BACK:
        return ()
    until = task_ends(scene.today, scene.calendar)
    one, several = N_("Attest that you went through {channel} on {day}"), N_("Attest {day}")
    label = one if len(days) == 1 else several  # below the channel's name: that need not be said with each
    return tuple(
        (
            _(label, channel=channel.name, day=days_between(day, day)),
            task_link(scene, ATTEST, person, f"{channel.id}/{day}", until),
        )
        for day in days
    )


def _in_words(scene: Scene, days: Iterable[date]) -> str:
    """'3–7 nov., mån 10 nov.'"""
    return ", ".join(days_between(first, last) for first, last in stretches(days, scene.calendar))
