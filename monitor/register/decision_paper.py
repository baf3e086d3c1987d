"""A decision about a channel on paper, in the language in use."""

from sqlalchemy.orm import Session

from config.language import N_, _, language
from monitor.documents import typeset
from monitor.register.calendar import calendar_of
from monitor.register.decision_words import LABELS, fingerprint
from monitor.register.models import Channel, Decision, DecisionReceipt, Organisation, Person, Unit
from monitor.register.organisation import organisation

NOBODY_ELSE = N_("nobody but the person responsible")


def decision_pdf(session: Session, decision: Decision) -> bytes:
    """The decision as a PDF, with what is known by now of its way to the communicator. The same facts: the same bytes.

    Raises NotSetUp when no register has been imported.
    """
    owner = organisation(session)
    receipt = session.get(DecisionReceipt, decision.id)
    policy = [_("Guidelines"), owner.policy_url] if owner.policy_url else None
    data = {
        "title": _("Decision about a social media channel"),
        "organisation": owner.name,
        "language": language(),
        "foot": f"SHA-256 {fingerprint(decision)}",
        "page_word": _("Page"),
        "facts": [[label, text] for label, text in _facts(session, decision, receipt, owner) if text],
        "policy": policy,
    }
    times = [decision.created_at, *([receipt.sent_at, receipt.confirmed_at] if receipt else [])]
    return typeset("decision", data, max(time for time in times if time))


def file_name(decision: Decision) -> str:
    """What to call the PDF: "beslut-fb-tibro-2.pdf"."""
    return _("decision-{channel}-{version}.pdf", channel=decision.channel_id, version=decision.version)


def _facts(
    session: Session, decision: Decision, receipt: DecisionReceipt | None, owner: Organisation
) -> list[tuple[str, str]]:
    channel = session.get_one(Channel, decision.channel_id)
    return [
        (_("Channel"), f"{channel.name} ({channel.id})"),
        (_("Version"), str(decision.version)),
        *contents(session, decision),
        (_("Unit"), session.get_one(Unit, channel.unit_id).name),
        (_(LABELS["communicated_to"]), _told(session, receipt, owner)),
    ]


def contents(session: Session, decision: Decision) -> list[tuple[str, str]]:
    """What the decision says, each content with its label; people by name. In the language in use."""
    said = {
        "purpose": decision.purpose,
        "address": decision.address,
        "audience": decision.audience,
        "responsible": _name(session, decision.responsible_id),
        "authorised": "; ".join(_name(session, each) for each in decision.authorised) or _(NOBODY_ELSE),
        "valid_until": str(decision.valid_until),
        "decided_by": _name(session, decision.decided_by_id),
        "decided_on": str(decision.decided_on),
    }
    return [(_(LABELS[key]), text) for key, text in said.items() if text]


def _told(session: Session, receipt: DecisionReceipt | None, owner: Organisation) -> str:
    if receipt is None:
        return ""
    day = calendar_of(owner).local_date
    sent = _name(session, receipt.sent_to_id) if receipt.sent_to_id else ""
    parts = [f"{sent} {day(receipt.sent_at)}".strip() if receipt.sent_at else sent]
    if receipt.confirmed_at:
        by = _name(session, receipt.confirmed_by_id) if receipt.confirmed_by_id else sent
        parts.append(_("confirmed {date} by {name}", date=day(receipt.confirmed_at), name=by or "–"))
    return "; ".join(part for part in parts if part)


def _name(session: Session, person: str) -> str:
    return session.get_one(Person, person).name
