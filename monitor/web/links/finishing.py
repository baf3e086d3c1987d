"""A link in a mail to all of a channel that seems to need no reply: to close it at once, or what is left of it."""

from config.language import N_, _, moment
from monitor.alerts.lines import MOST_AT_ONCE, needs_none, quoted
from monitor.alerts.wording import web_address
from monitor.inbox.flag_standing import flags_of
from monitor.inbox.mark_rules import Kind, Reason, Said
from monitor.inbox.marking import mark
from monitor.inbox.removal_words import SECRET
from monitor.inbox.removals import secret_comments
from monitor.inbox.unanswered import Obligation, unanswered
from monitor.web.links.handling import REASONS
from monitor.web.links.holding import Fact, Filled, Holder, LookAgain, Pick, Task, TaskKind
from monitor.web.links.using import check_charge, use, used


def _view(holder: Holder) -> Task:
    items = _suggested(holder)
    left = len(items) - MOST_AT_ONCE
    more = (_("{count} more come with a new link in the next digest.", count=left),) if left > 0 else ()
    return Task(
        title=_("What seems to need no reply on {channel}", channel=holder.channel.name),
        button=_("Close what is ticked without a reply"),
        said=(_("Take out the tick where a reply is needed after all. The link works once."), *more),
        done=used(holder, N_("{person} closed what was ticked {moment}.")),
        closed=None if items else _("Nothing here waits any more that seems to need no reply."),
        picks=tuple(_pick(holder, item) for item in items[:MOST_AT_ONCE]),
    )


def _act(holder: Holder, filled: Filled) -> None:
    """Raises LookAgain where something ticked is not among it any more: nothing is closed then."""
    use(holder)
    items = {item.comment_id: item for item in _suggested(holder)}
    if not filled.picked:
        raise LookAgain(_("Tick at least one."))
    if filled.picked - items.keys():
        raise LookAgain(_("Something has changed since you opened the page. Look once more, and press again."))
    for id_ in sorted(filled.picked):
        said = Said(Kind.CLOSE, reason=Reason(items[id_].suggested or ""))
        mark(holder.session, id_, said, holder.person.id, holder.now)


def _suggested(holder: Holder) -> list[Obligation]:
    check_charge(holder)
    waiting = unanswered(holder.session, holder.now, channel_id=holder.channel.id)
    flagged = flags_of(holder.session, [item.comment_id for item in waiting])
    return [item for item in waiting if needs_none(item, flagged)]


def _pick(holder: Holder, item: Obligation) -> Pick:
    when, url = moment(item.posted_at, holder.zone), web_address(item.permalink)
    link = Fact("", _("Open the comment of {moment} on the platform", moment=when), url) if url else None
    secret = secret_comments(holder.session, [item.comment_id])
    said = _(SECRET) if secret else quoted(holder.owner, item)
    return Pick(item.comment_id, said, _(REASONS[Reason(item.suggested or "")]), link)


KIND = TaskKind(_view, _act)
