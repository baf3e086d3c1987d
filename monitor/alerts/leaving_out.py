"""What does not fit into a mail: said in number, with the way to it, and what is overdue among it by name."""

from collections.abc import Sequence
from dataclasses import dataclass

from config.language import N_, _, moment
from monitor.alerts.lines import Lead, comment_page
from monitor.alerts.telling import Scene
from monitor.alerts.wording import inbox_url
from monitor.inbox.unanswered import Obligation

MOST_LINES = 50  # in all of a mail: a mail program shows no more than about 100 kB of one
FEWEST_LINES = 3  # of a channel, however many channels there are
MOST_NAMED = 50  # of what is left out of a channel and overdue: whoever is told of a comment must be told which it is
ONE_MORE = N_("And 1 more on {channel}: open it in Kanalvakt")
SOME_MORE = N_("And {count} more on {channel}: open them in Kanalvakt")


@dataclass(frozen=True, slots=True)
class More:
    """What is left out of a channel's lines: how much, in words, and where it is. late: the overdue among it."""

    words: str
    address: str
    late: tuple[Lead, ...]


def most_of_each(channels: int) -> int:
    """How many lines there are for each of so many channels."""
    return max(FEWEST_LINES, MOST_LINES // max(channels, 1))


def left_out(scene: Scene, channel_id: str, name: str, items: Sequence[Obligation]) -> More | None:
    """How many these are, and where they are; nothing where there are none."""
    if not items:
        return None
    address = inbox_url(scene.settings, channel_id)
    words = _(ONE_MORE if len(items) == 1 else SOME_MORE, count=len(items), channel=name)
    late = [item for item in items if item.overdue][:MOST_NAMED]
    named = tuple(Lead(moment(item.posted_at, scene.zone), comment_page(scene, item)) for item in late)
    return More(words, address, named)
