"""A link in a mail to one comment: who has seen it, that it needs no reply, or whether we have answered it."""

from hashlib import sha256

from sqlalchemy import select

from config.language import N_, _, moment
from monitor import NEEDS_SOMEBODY, State
from monitor.alerts.wording import excerpt, web_address
from monitor.inbox.mark_rules import Kind, Reason, Said
from monitor.inbox.marking import mark
from monitor.inbox.removal_words import SECRET
from monitor.inbox.removals import secret_comments
from monitor.inbox.unanswered import Obligation, obligation
from monitor.watch.models import Comment
from monitor.web.links.holding import Choice, Fact, Filled, Holder, LookAgain, Refused, Task, TaskKind
from monitor.web.links.using import check_charge, use, used

ALLOWED = {
    State.OPEN: (Kind.ACKNOWLEDGE, Kind.CLOSE, Kind.PRIVATE),
    State.HELD: (Kind.ACKNOWLEDGE, Kind.CLOSE, Kind.PRIVATE),
    State.PROBABLY_ANSWERED: (Kind.ACKNOWLEDGE, Kind.CLOSE, Kind.PRIVATE),
    State.INTERIM_ANSWERED: (Kind.ACKNOWLEDGE, Kind.CLOSE, Kind.PRIVATE),
    State.ACKNOWLEDGED: (Kind.WAKE, Kind.CLOSE, Kind.PRIVATE),
    State.SNOOZED: (Kind.WAKE, Kind.CLOSE, Kind.PRIVATE),
}
OF_A_REPLY = (Kind.CONFIRM, Kind.REJECT)
REASONS = {
    Reason.THANKS: N_("Thanks, or emoji only"),
    Reason.TAG: N_("Only tags somebody"),
    Reason.NOT_FOR_US: N_("Not meant for us"),
    Reason.OPINION: N_("An opinion that asks for nothing"),
    Reason.SPAM: N_("Advertising or spam"),
    Reason.REFERRED: N_("Referred to who can answer"),
    Reason.REGISTERED: N_("Registered as a case (write its number in the note)"),
}
COLLEAGUES = N_("Note to colleagues (need not be filled in)")
WORDS = {
    Kind.ACKNOWLEDGE: (
        N_("Acknowledge"),
        N_("You have seen it, and it will be answered. Reminders pause until the next working day ends."),
        COLLEAGUES,
    ),
    Kind.CLOSE: (N_("Close without a reply"), N_("No reply is needed. Say why."), COLLEAGUES),
    Kind.CONFIRM: (N_("It is answered"), N_("What we wrote in the thread answers this comment."), None),
    Kind.REJECT: (N_("It is not answered"), N_("What we wrote in the thread was meant for somebody else."), None),
    Kind.PRIVATE: (
        N_("It is answered elsewhere"),
        N_("It was answered where others do not see it, by message or telephone, say."),
        N_("Where it was answered, or the case number"),
    ),
    Kind.WAKE: (N_("Remind again"), N_("It waits no longer: reminders come again."), None),
}
"""Button, what it means, and what the note is for."""


def _view(holder: Holder) -> Task:
    item = _item(holder)
    done = used(holder, N_("{person} used this link {moment}. Now it stands so: {state}"), state=item.reason)
    waits = item.state in NEEDS_SOMEBODY
    return Task(
        title=_("Comment on {channel}", channel=holder.channel.name),
        said=(_("Choose what is to be done. The link works once."),),
        facts=(*_quote(holder, item), *_facts(holder, item, done=done is not None)),
        links=tuple(_platform(holder, item)),
        done=done,
        closed=None if waits else _("Nothing is left to do: {state}", state=item.reason),
        newest=_version(item),
        choices=tuple(_choice(kind) for kind in _allowed(item, _first(holder))),
        answering=f"/comment/{item.comment_id}" if waits else None,
    )


def _act(holder: Holder, filled: Filled) -> object:
    item = _item(holder)
    use(holder)
    if filled.newest is not None and filled.newest != _version(item):
        raise LookAgain(_("Something has changed since you opened the page. Look once more, and press again."))
    if filled.choice not in _allowed(item, None):
        raise LookAgain(_("Choose one of the buttons."))
    kind = Kind(filled.choice)
    reason = Reason(filled.reason) if kind is Kind.CLOSE and filled.reason in set(Reason) else None
    if kind is Kind.CLOSE and reason is None:
        raise LookAgain(_("Choose why no reply is needed."))
    reply = item.reply if kind in OF_A_REPLY else None
    said = Said(kind, reason=reason, reply=reply, note=filled.note if WORDS[kind][2] else "")
    return mark(holder.session, item.comment_id, said, holder.person.id, holder.now)


def _item(holder: Holder) -> Obligation:
    """Raises Refused where the comment is not kept any more, and for who has nothing to do with it."""
    check_charge(holder)
    number = holder.rest.partition("/")[0]
    item = obligation(holder.session, int(number), holder.now) if number.isdecimal() else None
    if item is None or item.channel != holder.channel.id:
        raise Refused(
            410, _("The comment is no longer there"), _("Kanalvakt keeps it no longer. Ask the communicator.")
        )
    return item


def _version(item: Obligation) -> int:
    """A number that is another when the text, or what answers it, is another."""
    seen = repr((item.text, item.verdict.begun, item.verdict.state, item.verdict.candidates))
    return int.from_bytes(sha256(seen.encode()).digest()[:7])


def _first(holder: Holder) -> str:
    """What the mail's link was for."""
    return holder.rest.partition("/")[2]


def _allowed(item: Obligation, first: str | None) -> list[Kind]:
    """What can be said of it as it stands, with what the link was for first."""
    asked = OF_A_REPLY if item.verdict.state is State.PROBABLY_ANSWERED and item.state in NEEDS_SOMEBODY else ()
    return sorted((*asked, *ALLOWED.get(item.state, ())), key=lambda kind: kind != first)


def _choice(kind: Kind) -> Choice:
    button, said, note = WORDS[kind]
    reasons = tuple((str(code), _(words)) for code, words in REASONS.items()) if kind is Kind.CLOSE else ()
    return Choice(kind, _(button), _(said), reasons, note and _(note), note_needed=kind is Kind.PRIVATE)


def _quote(holder: Holder, item: Obligation) -> list[Fact]:
    """How the comment begins, where the organisation lets mails quote it."""
    if not holder.owner.excerpts:
        return []
    if secret_comments(holder.session, [item.comment_id]):
        return [Fact(_("Comment"), _(SECRET))]
    return [
        Fact(_("Comment"), excerpt(item.text) or _("(no text: a picture, a sticker or the like)")),
        *_ours(holder, item),
    ]


def _ours(holder: Holder, item: Obligation) -> list[Fact]:
    """What we wrote, where somebody has to say whether it answers the comment."""
    if item.verdict.state is not State.PROBABLY_ANSWERED or item.reply is None:
        return []
    there = (Comment.channel_id == item.channel, Comment.external_id == item.reply)
    text = holder.session.scalar(select(Comment.text).where(*there))
    return [Fact(_("Our answer"), excerpt(text))] if text else []


def _facts(holder: Holder, item: Obligation, *, done: bool) -> list[Fact]:
    """done: then what was done says where it stands."""
    facts = [
        Fact(_("Received"), moment(item.posted_at, holder.zone)),
        Fact(_("Fetched"), moment(item.fetched_at, holder.zone)),
        Fact(_("Answer by"), moment(item.due_at, holder.zone)),
    ]
    return facts if done else [*facts, Fact(_("Why it is here"), item.reason)]


def _platform(holder: Holder, item: Obligation) -> list[Fact]:
    url = web_address(item.permalink)
    words = _("Open the comment of {moment} on the platform", moment=moment(item.posted_at, holder.zone))
    return [Fact("", words, url)] if url else []


KIND = TaskKind(_view, _act)
