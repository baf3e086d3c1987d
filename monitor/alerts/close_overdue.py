"""What is past its short deadline while a channel is watched closely: the crisis staff are told, at any time, once for
each round of waiting, in place of the ladder; which goes on when the watch has ended.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from config.language import _
from monitor.alerts.close import staff_of
from monitor.alerts.models import Notice
from monitor.alerts.overdue import CLOSE, CLOSE_OVERDUE, history
from monitor.alerts.overdue_rules import CLIMBING
from monitor.alerts.telling import Kind, NoLongerTrue, Scene, Telling, waiting
from monitor.alerts.wording import Letter, base_url, letter, signed
from monitor.inbox.unanswered import Obligation, obligation

UNHEARD = frozenset({"cancelled", "failed"})


def _tellings(scene: Scene) -> Iterable[Telling]:
    """Not to whom the ladder has told of it before. One that was cancelled may be followed by another."""
    staff = staff_of(scene)
    late = [item for item in scene.once(waiting) if item.channel in staff and _is_due(scene, item)] if staff else []
    if not late:
        return
    written, closely = history(scene, late), history(scene, late, CLOSE_OVERDUE)
    for item in late:
        before = closely[item.comment_id]
        heard = {each.recipient_id for each in written.get(item.comment_id, []) if each.state not in UNHEARD}
        again = Counter(each.recipient_id for each in before if each.state == "cancelled")
        for person in staff[item.channel]:
            if person not in heard:
                cycle = f"{item.cycle} {again[person] + 1}" if again[person] else item.cycle
                yield Telling(CLOSE_OVERDUE, str(item.comment_id), CLOSE, cycle, person)


def _is_due(scene: Scene, item: Obligation) -> bool:
    paused = item.quiet_until is not None and scene.now < item.quiet_until
    return item.overdue and item.state in CLIMBING and not paused


def _check(scene: Scene, notice: Notice) -> None:
    item = obligation(scene.session, int(notice.subject), scene.now)
    if item is None or not notice.cycle.startswith(item.cycle) or not _is_due(scene, item):
        raise NoLongerTrue(_("It has been settled since."))
    if notice.recipient_id not in staff_of(scene).get(item.channel, ()):
        raise NoLongerTrue(_("The channel is no longer watched closely, or the recipient is no longer on duty."))


def _letter(scene: Scene, notice: Notice) -> Letter:
    return _together(scene, [notice])


def _together(scene: Scene, notices: Sequence[Notice]) -> Letter:
    """How many, and on which channels; in no resident's words."""
    found = (obligation(scene.session, int(notice.subject), scene.now) for notice in notices)
    counts = Counter(item.channel_name for item in found if item is not None)
    headline = _("Crisis: {count} comments wait for an answer", count=counts.total())
    return letter(
        "note",
        signed(headline, scene.owner.name),
        headline=headline,
        organisation=scene.owner.name,
        paragraphs=[
            *(_("{channel}: {count}", channel=name, count=count) for name, count in sorted(counts.items())),
            _("You get this mail at once, as the channel is watched closely in a crisis."),
        ],
        page_url=f"{base_url(scene.settings)}/inbox?overdue=1",
    )


KIND = Kind(_tellings, _check, _letter, after_hours=True, group=CLOSE_OVERDUE, together=_together, urgent=True)
