"""What a link in a mail lets its holder do: what the page shows of it, and what pressing its button does."""

from datetime import date, datetime

from babel.dates import format_date
from sqlalchemy import select

from config.language import N_, _, language, moment
from monitor.alerts.tasks import ATTEST, CONFIRM, FINISH, HANDLE, REVIEW
from monitor.alerts.wording import web_address
from monitor.inbox.marking import CannotMark
from monitor.inbox.unanswered import Obligation, unanswered
from monitor.register.deciding import CannotDecide, confirm, replaced
from monitor.register.decision_paper import contents, decision_pdf, file_name
from monitor.register.models import Decision, DecisionReceipt
from monitor.watch.attesting import CannotAttest, attest
from monitor.watch.day_models import Attestation, Review
from monitor.watch.reviewing import CannotReview, review
from monitor.web.links import finishing, handling
from monitor.web.links.holding import Fact, Filled, Holder, LookAgain, Task, TaskKind, UsedUp

MOST_LINKS = 50
TODAY = (
    N_("Open the channel and read what has been written since last time. Then press the button."),
    N_("I have gone through the channel"),
    N_("{person} went through the channel {moment}."),
)
AFTERWARDS = (  # reading the channel now proves nothing of that day
    N_("The day is over. Press the button only if you went through the channel on that day."),
    N_("I went through the channel on that day"),
    N_("{person} attested {moment} that the channel was gone through on that day."),
)


REFUSALS = (CannotAttest, CannotReview, CannotDecide, CannotMark, LookAgain, UsedUp)


def _attest_view(holder: Holder) -> Task:
    day = date.fromisoformat(holder.rest)
    given = select(Attestation).where(Attestation.channel_id == holder.channel.id, Attestation.day == day)
    first = holder.session.scalars(given.order_by(Attestation.id)).first()
    said, button, done = AFTERWARDS if day < holder.now.astimezone(holder.zone).date() else TODAY
    return Task(
        title=_("Go through {channel}", channel=holder.channel.name),
        button=_(button),
        said=(_(said),),
        facts=(Fact(_("Working day"), _in_words(day)),),
        done=holder.done(done, first.by_id, first.at) if first else None,
        fields=True,
    )


def _attest(holder: Holder, filled: Filled) -> object:
    day = date.fromisoformat(holder.rest)
    return attest(holder.session, holder.channel, day, holder.person.id, holder.now, filled.note, filled.count)


def _review_view(holder: Holder) -> Task:
    last, unseen = _last_review(holder), _unseen(holder)
    done = last if last is not None and not unseen and _is_today(holder, last.at) else None
    received = N_("Comment received {moment}")
    return Task(
        title=_("Go through what is new on {channel}", channel=holder.channel.name),
        button=_("I have gone through what is new"),
        said=(_new_in_words(len(unseen)),),
        facts=(Fact(_("Working day"), _in_words(holder.now.astimezone(holder.zone).date())),),
        links=tuple(
            Fact("", _(received, moment=moment(each.posted_at, holder.zone)), each.permalink)
            for each in unseen[:MOST_LINKS]
            if web_address(each.permalink)
        ),
        done=holder.done(N_("{person} went through what was new {moment}."), done.by_id, done.at) if done else None,
        newest=_newest(unseen),
    )


def _review(holder: Holder, filled: Filled) -> object:
    """Raises LookAgain: what came after the page was opened, nobody has gone through."""
    if _review_view(holder).done:
        return None
    if filled.newest is not None and _newest(_unseen(holder)) > filled.newest:
        raise LookAgain(_("More has come since you opened the page. Read it too, and press the button again."))
    return review(holder.session, holder.channel, holder.person.id, holder.now)


def _confirm_view(holder: Holder) -> Task:
    decision = _decision(holder)
    receipt = holder.session.get(DecisionReceipt, decision.id)
    old = replaced(holder.session, decision)
    return Task(
        title=_("Decision about {channel}", channel=holder.channel.name),
        button=_("Confirm that it has arrived"),
        said=(_("Read the decision, and press the button. You confirm only that it has arrived."),),
        facts=(
            Fact(_("Version"), str(decision.version)),
            *(Fact(label, text) for label, text in contents(holder.session, decision)),
        ),
        done=_confirmed(holder, receipt) if receipt else None,
        closed=_("A newer decision has replaced it.") if old else None,
        pdf=True,
    )


def _confirmed(holder: Holder, receipt: DecisionReceipt) -> str | None:
    if receipt.confirmed_at is None:
        return None
    if receipt.confirmed_by_id is None:  # the register file said when, but not who
        return _("The decision had arrived {moment}.", moment=moment(receipt.confirmed_at, holder.zone))
    sentence = N_("{person} confirmed {moment} that the decision has arrived.")
    return holder.done(sentence, receipt.confirmed_by_id, receipt.confirmed_at)


def _confirm(holder: Holder, _filled: Filled) -> object:
    return confirm(holder.session, _decision(holder), holder.person, holder.now)


def _paper(holder: Holder) -> tuple[str, bytes]:
    decision = _decision(holder)
    return file_name(decision), decision_pdf(holder.session, decision)


def _decision(holder: Holder) -> Decision:
    made = select(Decision).where(Decision.channel_id == holder.channel.id, Decision.version == int(holder.rest))
    return holder.session.scalars(made).one()


def _last_review(holder: Holder) -> Review | None:
    given = select(Review).where(Review.channel_id == holder.channel.id).order_by(Review.at.desc(), Review.id.desc())
    return holder.session.scalars(given).first()


def _unseen(holder: Holder) -> list[Obligation]:
    last = _last_review(holder)
    waiting = unanswered(holder.session, holder.now, channel_id=holder.channel.id)
    return [each for each in waiting if last is None or each.fetched_at > last.at]


def _newest(unseen: list[Obligation]) -> int:
    return max((each.comment_id for each in unseen), default=0)


def _is_today(holder: Holder, at: datetime) -> bool:
    return at.astimezone(holder.zone).date() == holder.now.astimezone(holder.zone).date()


def _new_in_words(count: int) -> str:
    if count == 0:
        return _("No comment waits for somebody to look at it.")
    if count == 1:
        return _("1 comment waits for somebody to look at it. Read it, and press the button.")
    return _("{count} comments wait for somebody to look at them. Read them, and press the button.", count=count)


def _in_words(day: date) -> str:
    return format_date(day, "EEEE d MMMM y", locale=language())


KINDS = {
    ATTEST: TaskKind(_attest_view, _attest),
    REVIEW: TaskKind(_review_view, _review),
    CONFIRM: TaskKind(_confirm_view, _confirm, _paper),
    HANDLE: handling.KIND,
    FINISH: finishing.KIND,
}
