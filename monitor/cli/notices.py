"""`kanalvakt notices`: who is told what, and whether it arrived."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy import func, select

from config.language import N_, _
from config.settings import settings
from monitor.alerts.judging import judge
from monitor.alerts.mail import MailError
from monitor.alerts.models import Notice
from monitor.alerts.sending import send_due, send_test
from monitor.cli.finding import person_named
from monitor.cli.output import local, remark, say, show_json, show_table
from monitor.cli.setup import opened_database
from monitor.register.organisation import organisation

app = typer.Typer(help=N_("The mails that people get, and the ledger of them."), no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]
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
    *("due_at", "sent_at", "attempts"),
)


@app.command("run", help=N_("Write down what is due now, and send it, in this process."))
def run(json: Json = False) -> int:
    db, now = opened_database(), datetime.now(UTC)
    judged = judge(db, now)
    outcome = send_due(db, now, settings())
    with db.snapshot() as session:
        late = (Notice.state == "due", Notice.due_at <= now)
        waiting = session.scalars(select(func.count()).select_from(Notice).where(*late)).one()
    if json:
        show_json({"judged": judged, **asdict(outcome), "waiting": waiting})
    else:
        sentence = N_(
            "New: {judged}. Sent: {sent}. To be tried again: {retried}. Given up: {failed}. Cancelled: {cancelled}."
        )
        say(_(sentence, judged=judged, **asdict(outcome)))
    if waiting and settings().smtp_url is None:
        remark(_("{count} notices wait: no mail server is set (KANALVAKT_SMTP_URL).", count=waiting))
    return 1 if outcome.retried or outcome.failed or waiting else 0


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


@app.command("test", help=N_("Send a test mail to one person, and show what really happens."))
def test(person: PersonId) -> int:
    db = opened_database()
    with db.snapshot() as session:
        organisation(session)
        recipient = person_named(session, person)
    try:
        send_test(db, recipient, datetime.now(UTC), settings())
    except MailError as error:
        remark(str(error))
        return 1
    say(_("The mail server has accepted a test mail to {address}.", address=recipient.email))
    return 0


def _row(notice: Notice, timezone: str) -> tuple[object, ...]:
    due, sent = local(notice.due_at, timezone), local(notice.sent_at, timezone)
    about = f"{notice.rung}: {notice.subject}"
    return about, notice.recipient_id, _(STATES[notice.state]), due, sent, notice.attempts, notice.reason
