"""Another system is not told any more: whoever made its subscription hears of it, and the administrators."""

from collections.abc import Iterable, Iterator
from datetime import UTC

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.alerts.hook_rules import KEPT, Reason, State
from monitor.alerts.models import Notice
from monitor.alerts.telling import Kind, NoLongerTrue, Scene, Telling, check_hours
from monitor.alerts.wording import Letter, base_url, letter, signed
from monitor.audit.outgoing_models import Subscription
from monitor.register.models import Person
from monitor.register.people import with_role

HOOK_STOPPED = "hook_stopped"
STOPPED = "stopped"
WHY = {
    Reason.FAILING: N_("For three days it has not taken a message."),
    Reason.GONE: N_("It has answered that nothing is received at this address any more (410)."),
    Reason.LEFT: N_("Whoever made the subscription is no longer in the register."),
}
REMEDIES = {
    Reason.FAILING: N_("Let its administrator put it right, send a test, and resume."),
    Reason.GONE: N_("Remove the subscription, or ask its administrator for the new address and add that."),
    Reason.LEFT: N_("Remove the subscription. If it is still needed, somebody who may read the same adds a new one."),
}


def stopped(session: Session) -> list[Subscription]:
    """Those that are disabled, by number."""
    return list(
        session.scalars(select(Subscription).where(Subscription.state == State.DISABLED).order_by(Subscription.id))
    )


def stopped_in_words(subscription: Subscription) -> tuple[str, str]:
    """What is wrong, and what to do, in the language in use."""
    why = Reason(subscription.reason or Reason.FAILING)
    headline = _("The system {name} is no longer told of anything", name=subscription.name)
    return f"{headline}. {_(WHY[why])}", _(REMEDIES[why])


def _tellings(scene: Scene) -> Iterable[Telling]:
    for subscription in stopped(scene.session):
        cycle = subscription.since.astimezone(UTC).isoformat()
        for person in _recipients(scene.session, subscription):
            yield Telling(HOOK_STOPPED, str(subscription.id), STOPPED, cycle, person)


def _recipients(session: Session, subscription: Subscription) -> Iterator[str]:
    owner = session.get_one(Person, subscription.by_id)
    if not owner.retired:
        yield owner.id
    yield from (each.id for each in with_role(session, "administrator") if each.id != owner.id)


def _check(scene: Scene, notice: Notice) -> None:
    subscription = _subscription(scene, notice)
    if subscription is None or subscription.state != State.DISABLED:
        raise NoLongerTrue(_("It has been dealt with."))
    if notice.recipient_id not in _recipients(scene.session, subscription):
        raise NoLongerTrue(_("The recipient is no longer an administrator."))
    check_hours(scene)


def _subscription(scene: Scene, notice: Notice) -> Subscription | None:
    return scene.session.get(Subscription, int(notice.subject))


def _letter(scene: Scene, notice: Notice) -> Letter:
    subscription = scene.session.get_one(Subscription, int(notice.subject))
    headline = _("The system {name} is no longer told of anything", name=subscription.name)
    why = Reason(subscription.reason or Reason.FAILING)
    return letter(
        "note",
        signed(headline, scene.owner.name),
        headline=headline,
        organisation=scene.owner.name,
        paragraphs=[
            _(WHY[why]),
            _("What to do: {remedy}", remedy=_(REMEDIES[why])),
            _("What happens meanwhile is kept for {days} days.", days=KEPT.days),
        ],
        page_url=f"{base_url(scene.settings)}/settings/webhooks/{subscription.id}",
    )


KIND = Kind(_tellings, _check, _letter)
