"""`kanalvakt records`: the audit log, and the proof that it is whole."""

import sys
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from config.language import N_, _
from monitor.audit.models import AuditEntry
from monitor.audit.reading import entries, is_there
from monitor.audit.verifying import Head, Verified, verify
from monitor.cli.errors import WrongWords
from monitor.cli.finding import day_named
from monitor.cli.output import local, remark, say, show_json, show_table
from monitor.cli.setup import opened_database
from monitor.inbox.removals import case
from monitor.inbox.saving import not_whole
from monitor.records.acts import act_in_words
from monitor.records.auditing import Agreement, agreement
from monitor.records.log_words import BROKEN, actor_in_words, changes_in_words, difference_in_words
from monitor.records.removal_paper import removal_file, removal_pdf
from monitor.register.calendar import OfficeCalendar, calendar_of
from monitor.register.organisation import organisation

app = typer.Typer(help=N_("What was done, by whom, and the proof of it."), no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]
Subject = Annotated[
    str | None,
    typer.Option("--subject", metavar="KIND[/ID]", help=N_("Only about: channel, or channel/facebook.")),
]
Actor = Annotated[
    str | None, typer.Option("--actor", metavar="PERSON", help=N_("Only by this person, or by system or command."))
]
From = Annotated[str | None, typer.Option("--from", metavar="D", help=N_("From this day on, as 2026-06-18."))]
To = Annotated[str | None, typer.Option("--to", metavar="D", help=N_("Up to and including this day."))]
Noted = Annotated[
    str | None, typer.Option("--noted", metavar="ID:HASH", help=N_("A last entry that was noted earlier, elsewhere."))
]
Case = Annotated[int, typer.Argument(metavar="CASE", help=N_("Its number, as `removal list` shows it."))]
Output = Annotated[
    str | None, typer.Option("--output", metavar="FILE", help=N_("Where to write it; - for standard output."))
]
KEYS = ("id", "at", "actor", "act", "subject_kind", "subject", "before", "after", "hash")
UNREADABLE = N_("Entry {number} cannot be read: somebody altered it. See `kanalvakt records audit-verify`.")
NOTE_IT = N_(
    "Note it where nobody who runs this server can change it, and give it next time with --noted: that also proves "
    "that the log was not written anew."
)


@app.command("audit", help=N_("What people and Kanalvakt did, the newest first."))
def audit(subject: Subject = None, actor: Actor = None, first: From = None, last: To = None, json: Json = False) -> int:
    kind, _slash, id_ = (subject or "").partition("/")
    with opened_database().snapshot() as session:
        owner = organisation(session)
        since, before = _span(calendar_of(owner), first, last)
        found = entries(
            session, subject_kind=kind or None, subject=id_ or None, actor=actor, since=since, before=before
        )
    if json:
        show_json([{key: getattr(entry, key) for key in KEYS} for entry in found.entries])
    elif found.entries:
        columns = (_("Number"), _("When"), _("Who"), _("What"), _("About"), _("Change"))
        show_table(columns, [_row(entry, owner.timezone) for entry in found.entries])
    elif not found.unreadable:
        say(_("The audit log has no such entry."))
    for number in found.unreadable:
        remark(
            _(
                "Entry {number} cannot be read: somebody altered it. See `kanalvakt records audit-verify`.",
                number=number,
            )
        )
    return 1 if found.unreadable else 0


@app.command("audit-verify", help=N_("Prove that no entry of the audit log was altered, removed or moved."))
def audit_verify(noted: Noted = None, json: Json = False) -> int:
    head = _noted(noted)
    with opened_database().snapshot() as session:
        organisation(session)
        found, facts = verify(session, head), agreement(session)
        copies, changed = not_whole(session) if is_there(session) else (0, [])
    whole = found.broken is None and not facts.differing and not changed
    if json:
        told = {"facts": facts, "copies": {"whole": copies, "changed": changed}}
        show_json({"whole": whole, **asdict(found), **told})
    else:
        _say(found, noted=head is not None)
        _say_facts(facts)
        _say_copies(copies, changed)
    return 0 if whole else 1


@app.command(help=N_("A case of a comment that was taken away, as a PDF: copy, picture, steps and hash."))
def removal(number: Case, output: Output = None) -> None:
    with opened_database().snapshot() as session:
        organisation(session)
        found = case(session, number)
        if found is None:
            raise WrongWords(_("There is no case {number}.", number=number))
        name, content = output or removal_file(found), removal_pdf(session, found)
    if name == "-":
        sys.stdout.buffer.write(content)
        return
    Path(name).write_bytes(content)
    say(_("Written: {file}", file=name))


def _span(calendar: OfficeCalendar, first: str | None, last: str | None) -> tuple[datetime | None, datetime | None]:
    """From when, and before when. Raises WrongWords."""
    days = [day_named(day) if day else None for day in (first, last)]
    if days[0] and days[1] and days[1] < days[0]:
        raise WrongWords(_("{last} is before {first}: give the earlier day with --from.", first=first, last=last))
    since = calendar.midnight(days[0]) if days[0] else None
    return since, calendar.midnight(days[1] + timedelta(1)) if days[1] else None


def _noted(word: str | None) -> str | None:
    """Raises WrongWords for a word that is no noted entry."""
    if word is None:
        return None
    try:
        return str(Head.of(word))
    except ValueError:
        text = N_("{word} is no noted entry: write it as it was printed, a number, a colon and 64 letters and digits.")
        raise WrongWords(_(text, word=word)) from None


def audit_words(found: Verified) -> str:
    """What became of a look at the whole log, as a sentence."""
    if found.broken is not None:
        return _(BROKEN, number=found.broken)
    if found.head is None:
        return _("The audit log is empty.")
    return _("The audit log is whole. Entries: {count}.", count=found.entries)


def _say(found: Verified, *, noted: bool) -> None:
    (say if found.broken is None else remark)(audit_words(found))
    if found.head is not None:
        if noted:
            say(_("The entry that was noted is in it, unchanged."))
        say(_("Last entry: {head}", head=found.head))
        say(_(NOTE_IT))


def _say_facts(facts: Agreement) -> None:
    if facts.agree:
        say(_("Decisions, watch days and what people said that are what the log says: {count}.", count=facts.agree))
    if facts.unlogged:
        say(_("Decisions and receipts that are older than the log and have no entry: {count}.", count=facts.unlogged))
    for each in facts.differing:
        remark(difference_in_words(each))


def _say_copies(whole: int, changed: list[int]) -> None:
    if whole:
        say(_("Copies of comments that are what was saved: {count}.", count=whole))
    for number in changed:
        remark(_("The saved copy {number} is gone, or not what was saved.", number=number))


def _row(entry: AuditEntry, timezone: str) -> tuple[object, ...]:
    about = f"{entry.subject_kind}/{entry.subject}"
    who, what = actor_in_words(entry.actor), act_in_words(entry.act)
    changed = "; ".join(f"{each.field}: {each.step}" for each in changes_in_words(entry, ZoneInfo(timezone)))
    return entry.id, local(entry.at, timezone), who, what, about, changed
