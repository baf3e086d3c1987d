"""A new version of a decision: mailed, with its paper, to the communicator, who confirms that it has arrived."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import _
from monitor.alerts.decisions import Current, current, nobody, receivers, still_current
from monitor.alerts.models import Notice
from monitor.alerts.tasks import confirm_link
from monitor.alerts.telling import Kind, NoLongerTrue, Scene, Telling, check_hours
from monitor.alerts.wording import Attachment, Letter, channel_url, letter, signed
from monitor.audit import SYSTEM, audited
from monitor.register.deciding import receipt_of
from monitor.register.decision_paper import contents, decision_pdf, file_name
from monitor.register.models import Decision

DECISION_SENT = "decision_sent"
NEW = "new"


def _tellings(scene: Scene) -> Iterable[Telling]:
    people = receivers(scene.session)
    for each in current(scene.session):
        if each.decision is None or not _waits(scene, each, each.decision):
            continue
        if not people:
            nobody(each.channel.id)
        for person in people:
            yield Telling(DECISION_SENT, each.subject, NEW, str(each.decision.decided_on), person)


def _waits(scene: Scene, each: Current, decision: Decision) -> bool:
    sent = each.receipt is not None and each.receipt.sent_at is not None
    return not sent and not each.confirmed and decision.valid_until >= scene.today


def _check(scene: Scene, notice: Notice) -> None:
    found, decision = still_current(scene, notice)
    if found.confirmed:
        raise NoLongerTrue(_("Somebody has confirmed already that it arrived."))
    if decision.valid_until < scene.today:
        raise NoLongerTrue(_("The decision has ended."))
    if notice.recipient_id not in receivers(scene.session):
        raise NoLongerTrue(_("The recipient no longer answers for decisions about the channel."))
    check_hours(scene)


def _letter(scene: Scene, notice: Notice) -> Letter:
    found, decision = still_current(scene, notice)
    headline = _("Decision about {channel}", channel=found.channel.name)
    paper = Attachment(file_name(decision), "application/pdf", decision_pdf(scene.session, decision))
    link = confirm_link(scene, notice.recipient_id, found.channel.id, decision.version)
    text = letter(
        "task",
        signed(headline, scene.owner.name),
        headline=headline,
        organisation=scene.owner.name,
        paragraphs=[*_said(decision), _("Attached: {name}", name=paper.name)],
        facts=contents(scene.session, decision),
        links=[(_("Confirm that it has arrived"), link)],
        page_url=channel_url(scene.settings, found.channel.id),
    )
    return replace(text, attachments=(paper,))


def _said(decision: Decision) -> list[str]:
    number = decision.version
    first = _("The unit's manager has decided about this channel.")
    again = _("The unit's manager has decided about this channel again. This is version {number}.", number=number)
    attached = _("The decision is attached. Confirm that it has arrived, with the link below.")
    return [again if number > 1 else first, attached]


def _sent(session: Session, notice: Notice, now: datetime) -> None:
    """Whom it was sent to first stands in the receipt; everybody stands in the audit log."""
    channel, _slash, version = notice.subject.rpartition("/")
    made = select(Decision).where(Decision.channel_id == channel, Decision.version == int(version))
    receipt = receipt_of(session, session.scalars(made).one())
    if receipt.sent_at is None:
        receipt.sent_to_id, receipt.sent_at = notice.recipient_id, now
    audited(session, SYSTEM, "decision.sent", ("decision", notice.subject), now, after={"to": notice.recipient_id})


KIND = Kind(_tellings, _check, _letter, _sent)
