"""`kanalvakt notices`: who is told what, and whether it arrived."""

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import func, select

import monitor.emergency.notices  # noqa: F401 - adds what is told in a crisis
from config.language import N_, _
from config.settings import settings
from monitor.alerts.bouncing import Heard, heard
from monitor.alerts.judging import judge
from monitor.alerts.models import Notice
from monitor.alerts.sending import send_due
from monitor.audit import COMMAND
from monitor.audit.restorations import is_held
from monitor.cli.errors import WrongWords
from monitor.cli.output import local, remark, say, show_json, show_table
from monitor.cli.routes import known_route, tried
from monitor.cli.setup import opened_database
from monitor.emergency.restored import let_go
from monitor.register.organisation import organisation

app = typer.Typer(help=N_("The mails that people get, and the ledger of them."), no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]
Only = Annotated[str | None, typer.Option("--route", metavar="NAME", help=N_("Only this way."))]
Files = Annotated[
    list[Path] | None,
    typer.Argument(metavar="FILE…", help=N_("Mails as they lie in a mailbox.")),
]
PersonId = Annotated[str, typer.Argument(metavar="PERSON", help=N_("The person's id in the register."))]
STATES = {
    "due": N_("due"),
    "sending": N_("being sent"),
    "sent": N_("sent"),
    "failed": N_("given up"),
    "cancelled": N_("cancelled"),
}
KEYS = (
    *("id", "subject_kind", "subject", "rung", "recipient_id", "route", "state", "reason"),
    *("due_at", "sent_at", "attempts", "bundle"),
)


@app.command("run", help=N_("Write down what is due now, and send it, in this process."))
def run(json: Json = False) -> int:
    db, now = opened_database(), datetime.now(UTC)
    judged = judge(db, now)
    outcome = send_due(db, now, settings())
    if json:
        show_json({"judged": judged, **asdict(outcome)})
    else:
        sentence = N_(
            "New: {judged}. Sent: {sent}. To be tried again: {retried}. Given up: {failed}. Cancelled: {cancelled}."
        )
        say(_(sentence, judged=judged, **asdict(outcome)))
    with db.snapshot() as session:
        waits = is_held(session)
    if waits:
        remark(_("Nothing is sent yet: this was restored from a backup. See `kanalvakt doctor restored`."))
    if outcome.waiting:
        remark(_("{count} notices wait: no mail server is set (KANALVAKT_SMTP_URL).", count=outcome.waiting))
    return 1 if waits or outcome.retried or outcome.failed or outcome.waiting else 0


@app.command("release", help=N_("After a restoration: let people be told again."))
def release_() -> int:
    """Gives 1 where nothing was held back."""
    with opened_database().transaction() as session:
        organisation(session)
        waiting = session.scalar(select(func.count()).where(Notice.state.in_(("due", "sending")))) or 0
        done = let_go(session, COMMAND, datetime.now(UTC))
    if not done:
        remark(_("Nothing is held back."))
        return 1
    say(_("People are told again. Notices that wait, and go out where they are still true: {count}.", count=waiting))
    return 0


@app.command("list", help=N_("All notices, the newest first."))
def list_(json: Json = False) -> None:
    with opened_database().snapshot() as session:
        owner = organisation(session)
        notices = session.scalars(select(Notice).order_by(Notice.created_at.desc(), Notice.id.desc())).all()
    if json:
        show_json([{key.removesuffix("_id"): getattr(notice, key) for key in KEYS} for notice in notices])
        return
    columns = (_("Subject"), _("Recipient"), _("State"), _("Due"), _("Sent"), _("Attempts"), _("Reason"))
    show_table(columns, [_row(notice, owner.timezone) for notice in notices])


@app.command("test", help=N_("Send a test to one person on every way there is, and show what really happens."))
def try_(person: PersonId, route: Only = None, json: Json = False) -> int:
    return tried(person, known_route(route), json=json)


@app.command("bounced", help=N_("Read mails that came back: files, or one on standard input."))
def bounced(files: Files = None, json: Json = False) -> int:
    """Gives 1 where a mail is none that came back, or none of ours: somebody must read it."""
    db, now = opened_database(), datetime.now(UTC)
    with db.snapshot() as session:
        organisation(session)
    mails = [_content(file) for file in files] if files else [sys.stdin.buffer.read()]
    found = [heard(db, mail, now, settings()) for mail in mails]
    if json:
        show_json(found)
        return 0 if all(found) else 1
    for each in found:
        if each is None:
            remark(_("This is no note about a mail of Kanalvakt's that came back: somebody must read it."))
        else:
            _tell(each)
    return 0 if all(found) else 1


def _content(file: Path) -> bytes:
    """Raises WrongWords."""
    try:
        return file.read_bytes()
    except OSError:
        raise WrongWords(_("{file} cannot be read: is its name right?", file=file)) from None


def _tell(each: Heard) -> None:
    say(_("{person}: {status} {said}", person=each.person, status=each.status, said=each.said))
    if each.disabled:
        say(_("Mail to {person} is out of use; the administrators are told.", person=each.person))
    if each.again:
        say(_("What the mail said goes another way."))


def _row(notice: Notice, timezone: str) -> tuple[object, ...]:
    """due_at says when it is tried next: of what has come to its end, nothing."""
    due = local(notice.due_at, timezone) if notice.state in ("due", "sending") else None
    about, sent = f"{notice.subject_kind}: {notice.subject}, {notice.rung}", local(notice.sent_at, timezone)
    return about, notice.recipient_id, _(STATES[notice.state]), due, sent, notice.attempts, notice.reason
