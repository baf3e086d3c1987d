"""`kanalvakt removal`: comments that were taken away, step by step."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.cli.acting import By, CommentId, Note, RuleBroken, take_away
from monitor.cli.errors import WrongWords
from monitor.cli.finding import person_named
from monitor.cli.output import local, remark, say, show_facts, show_json, show_table
from monitor.cli.setup import opened_database
from monitor.inbox.removal_models import SavedCopy
from monitor.inbox.removal_rules import ACTS, Kind, Rule, Step
from monitor.inbox.removal_steps import CannotStep, note
from monitor.inbox.removal_words import KINDS, QUESTIONS, RULES
from monitor.inbox.removals import Case, Taken, case, cases
from monitor.inbox.saving import Sound, check
from monitor.records.removal_paper import step_words
from monitor.register.organisation import organisation

app = typer.Typer(help=N_("Comments that were taken away, and what is still to be answered."), no_args_is_help=True)
Number = Annotated[int, typer.Argument(metavar="CASE", help=N_("Its number, as `removal list` shows it."))]
What = Annotated[Kind, typer.Argument(metavar="STEP", help=N_("rule, told, police, registered or by_hand."))]
Open = Annotated[bool, typer.Option("--open", help=N_("Only where something is still to be answered."))]
Answer = Annotated[bool | None, typer.Option("--yes/--no", help=N_("Was it done?"))]
Registered = Annotated[str, typer.Option("--number", help=N_("Of the police report, or in the register of records."))]
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]
CHANGED = N_("THE SAVED COPY IS NOT WHAT WAS SAVED: somebody has changed it in the database. Copy the database first.")


@app.command("list", help=N_("All cases, the newest first."))
def list_(only_open: Open = False, json: Json = False) -> int:
    with opened_database().snapshot() as session:
        zone, found = organisation(session).timezone, cases(session, open_only=only_open)
    if json:
        show_json([as_json(each) for each in found])
    elif not found:
        say(_("No comment has been taken away.") if not only_open else _("Nothing is left to be answered."))
    else:
        columns = (_("Case"), _("When"), _("Channel"), _("Comment"), _("What"), _("Rule"), _("Missing"))
        show_table(columns, [_row(each, zone) for each in found])
    return 0


@app.command(help=N_("One case: its steps, and whether the copy is what was saved."))
def show(number: Number, json: Json = False) -> int:
    with opened_database().snapshot() as session:
        zone, found = organisation(session).timezone, _named(session, number)
        sound = [check(session, session.get_one(SavedCopy, copy)) for copy in found.copies]
    whole = all(each.whole for each in sound)
    if json:
        show_json(
            as_json(found) | {"steps": [_step_as_json(each) for each in found.steps], "copies": _copies(found, sound)}
        )
    else:
        show_facts(_facts(found, zone, whole=whole))
    if not whole:
        remark(_(CHANGED))
    return 0 if whole else 1


@app.command(help=N_("Remove a resident's comment for good, with a copy saved first. To hide it: `kanalvakt hide`."))
def remove(comment: CommentId, by: By, rule: RuleBroken = None, note: Note = "", json: Json = False) -> int:
    return take_away(comment, Kind.REMOVE, by, rule, note, json=json)


@app.command("note", help=N_("Write down one step of a case."))
def note_(
    number: Number,
    what: What,
    by: By,
    answer: Answer = None,
    rule: RuleBroken = None,
    registered: Registered = "",
    note_text: Note = "",
    json: Json = False,
) -> int:
    if what in ACTS - {Kind.BY_HAND}:
        raise WrongWords(_("That is done with `kanalvakt hide`, `kanalvakt reject` or `kanalvakt removal remove`."))
    step = Step(what, answer=answer, rule=rule, number=registered, note=note_text)
    with opened_database().transaction() as session:
        organisation(session)
        try:
            found = note(session, number, step, person_named(session, by).id, datetime.now(UTC))
        except CannotStep as why:
            raise WrongWords(str(why)) from None
    if json:
        show_json(as_json(found))
    else:
        say(_("Missing: {what}", what=_missing(found) or _("nothing")))
    return 0


def as_json(found: Case) -> dict[str, object]:
    """The case for programs, without the comment's text."""
    return {
        "id": found.id,
        "channel": found.channel,
        "comment_id": found.comment_id,
        "saved_by": found.by,
        "saved_at": found.at,
        "sha256": found.sha256,
        "act": found.act,
        "rule": found.rule,
        "secret": found.secret,
        "missing": list(found.missing),
    }


def _step_as_json(taken: Taken) -> dict[str, object]:
    told = asdict(taken.step)
    kept = {name: told[name] for name in ("kind", "answer", "rule", "number", "note")}
    return kept | {
        "by": taken.by,
        "at": taken.at,
        "statute": taken.statute,
        "action": taken.action,
        "state": taken.state,
    }


def _copies(found: Case, sound: list[Sound]) -> list[dict[str, object]]:
    return [{"id": id_, **asdict(each)} for id_, each in zip(found.copies, sound, strict=True)]


def _named(session: Session, number: int) -> Case:
    found = case(session, number)
    if found is None:
        raise WrongWords(_("There is no case {number}.", number=number))
    return found


def _facts(found: Case, zone: str, *, whole: bool) -> list[tuple[str, object]]:
    return [
        (_("Case"), found.id),
        (_("Channel"), found.channel),
        (_("Comment"), found.comment_id),
        (_("Copy saved"), f"{local(found.at, zone)}, {found.by}"),
        ("SHA-256", found.sha256),
        (_("The copy is what was saved"), whole),
        *((_(KINDS[taken.step.kind]), f"{_said(taken)}{local(taken.at, zone)}, {taken.by}") for taken in found.steps),
        (_("Missing"), _missing(found)),
    ]


def _said(taken: Taken) -> str:
    words = step_words(taken).removeprefix(": ")
    return f"{words}; " if words else ""


def _rule(rule: Rule | None) -> str:
    return _(RULES[rule]) if rule is not None else ""


def _missing(found: Case) -> str:
    return " ".join(_(QUESTIONS[each]) for each in found.missing)


def _row(found: Case, zone: str) -> tuple[object, ...]:
    act = _(KINDS[found.act]) if found.act is not None else None
    return found.id, local(found.at, zone), found.channel, found.comment_id, act, _rule(found.rule), _missing(found)
