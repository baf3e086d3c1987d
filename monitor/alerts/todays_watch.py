"""How a channel's watch stands today, in the digest: what its reader is to do, and the link to say that it is done."""

from dataclasses import dataclass

from config.language import N_, _
from monitor.alerts.tasks import attest_link, review_link
from monitor.alerts.telling import Scene
from monitor.alerts.wording import web_address
from monitor.register.models import Channel
from monitor.watch.attesting import counts_today
from monitor.watch.day_rules import Fetch, Verdict
from monitor.watch.day_standing import AUTOMATIC
from monitor.watch.day_view import ShownDay, verdict_in_words


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence. bad: something is wrong, and it must be seen."""

    text: str
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Todo:
    """What to do today. channel_url: where, if it has to be done on the platform itself, and that can be linked to.

    label, address: of the link that says it is done; both None while nobody's word counts. by_hand: on the platform,
    for Kanalvakt has not read it.
    """

    said: str
    label: str | None = None
    address: str | None = None
    channel_url: str | None = None
    by_hand: bool = True


def standing(day: ShownDay | None) -> list[Said]:
    """How the day stands; nothing where the channel has not to be watched today."""
    if day is None:
        return []
    state = _("Today's watch: {state}", state=verdict_in_words(day.verdict))
    return [Said(state, bad=day.verdict not in {None, Verdict.WATCHED})]


def todo(scene: Scene, person_id: str, channel: Channel, day: ShownDay | None, *, failing: bool) -> Todo | None:
    """What that person is to do about the channel today; None where nothing is left, or Kanalvakt goes on by itself."""
    if day is None or day.verdict is Verdict.WATCHED:
        return None
    if day.mode == AUTOMATIC and day.fetch is Fetch.COMPLETE:
        label, address = _("I have gone through what is new"), review_link(scene, person_id, channel.id)
        return Todo(_new_in_words(day.unseen), label, address, by_hand=False)
    url = web_address(channel.address)
    if counts_today(scene.session, channel, day.fetch, scene.now):
        manual = N_("Go through the channel today, and confirm it.")
        unread = N_("Look at the channel yourself today, and confirm it.")
        label, address = _("I have gone through the channel"), attest_link(scene, person_id, channel.id, day.day)
        return Todo(_(unread if day.mode == AUTOMATIC else manual), label, address, url)
    return Todo(_("Look at the channel yourself today."), channel_url=url) if failing else None


def _new_in_words(count: int) -> str:
    if count == 1:
        return _("1 comment has not been gone through: do so today, and confirm it.")
    return _("{count} comments have not been gone through: do so today, and confirm it.", count=count)
