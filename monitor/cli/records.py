"""`kanalvakt records`: the audit log, and the proof that it is whole."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated

import typer

from config.language import N_, _
from monitor.audit import COMMAND, SYSTEM
from monitor.audit.models import AuditEntry
from monitor.audit.reading import entries
from monitor.audit.verifying import Head, Verified, verify
from monitor.cli.errors import WrongWords
from monitor.cli.finding import day_named
from monitor.cli.output import local, remark, say, show_json, show_table
from monitor.cli.setup import opened_database
from monitor.records.acts import act_in_words
from monitor.records.auditing import Agreement, Difference, agreement
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
KEYS = ("id", "at", "actor", "act", "subject_kind", "subject", "before", "after", "hash")
ACTORS = {SYSTEM: N_("Kanalvakt itself"), COMMAND: N_("somebody at the server")}
LONGEST = 60  # signs of one value
BROKEN = N_(
    "THE AUDIT LOG IS BROKEN: entry {number} is the first that was altered, removed or put there. Change nothing: copy "
    "the database, and compare it with the backups."
)
NOTE_IT = N_(
    "Note it where nobody who runs this server can change it, and give it next time with --noted: that also proves "
    "that the log was not written anew."
)


@app.command("audit", help=N_("What people and Kanalvakt did, the newest first."))
def audit(
    subject: Subject = None, actor: Actor = None, first: From = None, last: To = None, json: Json = False
) -> None:
    kind, _slash, id_ = (subject or "").partition("/")
    with opened_database().snapshot() as session:
        owner = organisation(session)
        since, before = _span(calendar_of(owner), first, last)
        found = entries(
            session, subject_kind=kind or None, subject=id_ or None, actor=actor, since=since, before=before
        )
    if json:
        show_json([{key: getattr(entry, key) for key in KEYS} for entry in found])
    elif not found:
        say(_("The audit log has no such entry."))
    else:
        columns = (_("Number"), _("When"), _("Who"), _("What"), _("About"), _("Change"))
        show_table(columns, [_row(entry, owner.timezone) for entry in found])


@app.command("audit-verify", help=N_("Prove that no entry of the audit log was altered, removed or moved."))
def audit_verify(noted: Noted = None, json: Json = False) -> int:
    head = _noted(noted)
    with opened_database().snapshot() as session:
        organisation(session)
        found, facts = verify(session, head), agreement(session)
    whole = found.broken is None and not facts.differing
    if json:
        show_json({"whole": whole, **asdict(found), "facts": facts})
    else:
        _say(found, noted=head is not None)
        _say_facts(facts)
    return 0 if whole else 1


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


def _say(found: Verified, *, noted: bool) -> None:
    if found.broken is not None:
        remark(_(BROKEN, number=found.broken))
    elif found.head is None:
        say(_("The audit log is empty."))
    else:
        say(_("The audit log is whole. Entries: {count}.", count=found.entries))
        if noted:
            say(_("The entry that was noted is in it, unchanged."))
        say(_("Last entry: {head}", head=found.head))
        say(_(NOTE_IT))


def _say_facts(facts: Agreement) -> None:
    if facts.agree:
        say(_("Decisions and watch days that are what the log says of them: {count}.", count=facts.agree))
    if facts.unlogged:
        say(_("Decisions and watch days that are older than the log and have no entry: {count}.", count=facts.unlogged))
    for each in facts.differing:
        remark(_difference(each))


def _difference(each: Difference) -> str:
    about = f"{each.kind}/{each.subject}"
    if each.entry is None:
        return _("{about} is younger than the log, and no entry tells of it: nobody has made it here.", about=about)
    if not each.fields:
        return _("{about} is gone, though entry {number} tells of it.", about=about, number=each.entry)
    fields = ", ".join(each.fields)
    return _("{about} is not what entry {number} says: {fields}.", about=about, number=each.entry, fields=fields)


def _row(entry: AuditEntry, timezone: str) -> tuple[object, ...]:
    who = _(ACTORS[entry.actor]) if entry.actor in ACTORS else entry.actor
    about = f"{entry.subject_kind}/{entry.subject}"
    return entry.id, local(entry.at, timezone), who, act_in_words(entry.act), about, _change(entry)


def _change(entry: AuditEntry) -> str:
    """state: active → paused; reason: sommar."""
    before, after = entry.before or {}, entry.after or {}
    keys = dict.fromkeys([*before, *after])
    return "; ".join(f"{key}: {_step(key, before, after)}" for key in keys)


def _step(key: str, before: dict[str, object], after: dict[str, object]) -> str:
    sides = [_short(side.get(key)) for side in (before, after)]
    return sides[1] if key not in before else " → ".join(sides)


def _short(value: object) -> str:
    text = "–" if value is None or value == "" else str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
