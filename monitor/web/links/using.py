"""Links that work only once, for who takes care of a channel: who has used one, and when."""

from sqlalchemy.exc import IntegrityError

from config.language import _
from monitor.inbox.marking import why_not
from monitor.inbox.models import LinkUse
from monitor.web.links.holding import Holder, Refused, UsedUp


def check_charge(holder: Holder) -> None:
    """Raises Refused for who does not take care of the channel any more: nothing of its comments is shown to them."""
    if why := why_not(holder.session, holder.channel, holder.person.id, holder.now):
        raise Refused(403, _("The link is no longer yours to use"), why)


def use(holder: Holder) -> None:
    """Notes that the link is used, in the transaction of what it does. Raises UsedUp when it had been used before."""
    try:
        with holder.session.begin_nested():
            holder.session.add(LinkUse(digest=holder.digest, by_id=holder.person.id, at=holder.now))
    except IntegrityError:
        raise UsedUp(_("The link has been used, and works only once.")) from None


def used(holder: Holder, sentence: str, **told: object) -> str | None:
    """The sentence, with who has used the link and when; None where nobody has."""
    use = holder.session.get(LinkUse, holder.digest)
    return holder.done(sentence, use.by_id, use.at, **told) if use is not None else None
