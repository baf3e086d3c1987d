"""`kanalvakt reply`, `hide`, `unhide`, `remove`, `release`, `reject` and `actions`: acting on comments, once.

Works without a broker: the command itself looks for an outcome that was lost. Whoever interrupts it loses nothing; the
workers go on, or the next `kanalvakt actions --finish`.
"""

import sys
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

import monitor.emergency.answers_stopped  # noqa: F401 - its stop button holds for answers too
from config.language import N_, _
from config.settings import settings
from monitor.alerts.wording import excerpt
from monitor.cli.errors import WrongWords
from monitor.cli.finding import comment_named, person_named
from monitor.cli.output import local, remark, say, show_json, show_table
from monitor.cli.setup import opened_database
from monitor.db import Database
from monitor.inbox import removing
from monitor.inbox.acting import CannotAct, carry_out, request
from monitor.inbox.action_rules import UNDER_WAY, Fate
from monitor.inbox.models import Action
from monitor.inbox.removal_rules import Kind, Rule
from monitor.inbox.removing import Because
from monitor.register.models import Person
from monitor.register.organisation import organisation
from monitor.watch.models import Comment

CommentId = Annotated[str, typer.Argument(metavar="COMMENT", help=N_("Its comment_id, or its id on the platform."))]
By = Annotated[str, typer.Option("--by", metavar="PERSON", help=N_("Who decides it: the person's id in the register."))]
Text = Annotated[str, typer.Option("--text", help=N_("What to answer; - reads it from standard input."))]
EvenIf = Annotated[bool, typer.Option("--even-if-answered", help=N_("Also if somebody has answered meanwhile."))]
Interim = Annotated[bool, typer.Option("--interim", help=N_("It only says that an answer will come."))]
Finish = Annotated[bool, typer.Option("--finish", help=N_("First go on with what is due."))]
RuleBroken = Annotated[Rule | None, typer.Option("--rule", help=N_("The rule that the comment breaks."))]
Note = Annotated[str, typer.Option("--note", help=N_("A few words: why it breaks the rule."))]
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]

PATIENCE = 240  # seconds that a command waits for an outcome
STATES = {
    Fate.PENDING: N_("waiting to be done"),
    Fate.ARMED: N_("being sent"),
    Fate.UNKNOWN: N_("outcome unknown"),
    Fate.DONE: N_("done"),
    Fate.REFUSED: N_("not done"),
    Fate.NEEDS_HUMAN: N_("needs a person"),
    Fate.ASKS: N_("asks first"),
}
KINDS = {
    "reply": N_("reply"),
    "hide": N_("hide"),
    "unhide": N_("show again"),
    "remove": N_("remove a resident's comment"),
    "delete": N_("remove"),
    "release": N_("publish"),
    "reject": N_("reject"),
}
KEYS = (
    *("id", "channel_id", "comment_id", "kind", "by_id", "state", "attempts", "created_at", "next_at", "done_at"),
    *("remote_id", "text", "reason", "interim"),
)


def reply(
    comment: CommentId,
    text: Text,
    by: By,
    interim: Interim = False,
    even_if_answered: EvenIf = False,
    json: Json = False,
) -> int:
    written = sys.stdin.read().strip() if text == "-" else text
    return _do(comment, "reply", by, text=written, confirmed=even_if_answered, interim=interim, json=json)


def hide(comment: CommentId, by: By, rule: RuleBroken = None, note: Note = "", json: Json = False) -> int:
    return take_away(comment, Kind.HIDE, by, rule, note, json=json)


def unhide(comment: CommentId, by: By, json: Json = False) -> int:
    return _do(comment, "unhide", by, json=json)


def remove(comment: CommentId, by: By, json: Json = False) -> int:
    return _do(comment, "delete", by, json=json)


def release(comment: CommentId, by: By, json: Json = False) -> int:
    return _do(comment, "release", by, json=json)


def reject(comment: CommentId, by: By, json: Json = False) -> int:
    return _do(comment, "reject", by, json=json)


def actions(finish: Finish = False, json: Json = False) -> int:
    db = opened_database()
    if finish:
        _finish(db)
    with db.snapshot() as session:
        owner = organisation(session)
        found = session.scalars(select(Action).order_by(Action.id.desc())).all()
    if json:
        show_json([as_json(action) for action in found])
    elif not found:
        say(_("Nothing has been done from here."))
    else:
        columns = (_("Number"), _("When"), _("Channel"), _("What"), _("By"), _("State"), _("Text"), _("Reason"))
        show_table(columns, [_row(action, owner.timezone) for action in found])
    return 1 if any(action.state in (Fate.NEEDS_HUMAN, Fate.ASKS) for action in found) else 0


def as_json(action: Action) -> dict[str, object]:
    """What became of an action, for programs; its remedy in the language in use."""
    told = {key.removesuffix("_id") if key == "by_id" else key: getattr(action, key) for key in KEYS}
    return told | {"remedy": _(action.remedy) if action.remedy else None}


def take_away(name: str, kind: Kind, by: str, rule: Rule | None, note: str, *, json: bool) -> int:
    """Saves a copy and takes the comment away; the exit code."""
    because = Because(rule, note) if rule is not None else None

    def ask(session: Session, comment: Comment, person: Person, now: datetime) -> Action:
        return removing.take_away(session, uuid.uuid4().hex, comment, kind, person.id, now, because)

    return _ask(name, by, ask, json=json)


def _do(
    name: str, kind: str, by: str, *, text: str = "", confirmed: bool = False, interim: bool = False, json: bool
) -> int:
    def ask(session: Session, comment: Comment, person: Person, now: datetime) -> Action:
        key = uuid.uuid4().hex
        return request(session, key, comment, kind, person.id, text, now, confirmed=confirmed, interim=interim)

    return _ask(name, by, ask, json=json)


def _ask(name: str, by: str, ask: Callable[[Session, Comment, Person, datetime], Action], *, json: bool) -> int:
    db, now = opened_database(), datetime.now(UTC)
    with db.transaction() as session:
        organisation(session)
        comment, person = comment_named(session, name), person_named(session, by)
        try:
            action = ask(session, comment, person, now)
        except CannotAct as refusal:
            raise WrongWords(str(refusal)) from None
    action = _wait_for(db, action)
    if json:
        show_json(as_json(action))
    else:
        _say(action)
    return 0 if action.state == Fate.DONE else 1


def _wait_for(db: Database, action: Action) -> Action:
    """Goes on until it is known what became of it, or that it has to wait for longer than anybody wants to here."""
    until = time.monotonic() + PATIENCE
    told = False
    while True:
        action = carry_out(db, action.id, settings())
        wait = (action.next_at - datetime.now(UTC)).total_seconds()
        if action.state not in UNDER_WAY or time.monotonic() + wait > until:
            return action
        if not told and action.state == Fate.UNKNOWN:
            remark(_(action.remedy or ""))
            told = True
        time.sleep(max(0.2, wait))


def _finish(db: Database) -> None:
    with db.snapshot() as session:
        due = (Action.state.in_(UNDER_WAY), Action.next_at <= datetime.now(UTC))
        ids = session.scalars(select(Action.id).where(*due).order_by(Action.next_at)).all()
    for id_ in ids:
        carry_out(db, id_, settings())


def _say(action: Action) -> None:
    sentence = _(action.remedy) if action.remedy else _(STATES[Fate(action.state)])
    if action.state == Fate.DONE:
        say(sentence)
        return
    state = _(STATES[Fate(action.state)])
    remark(f"{state.capitalize()}: {sentence}")
    if action.state == Fate.REFUSED and action.reason:
        remark(action.reason)


def _row(action: Action, timezone: str) -> tuple[object, ...]:
    state, kind = _(STATES[Fate(action.state)]), _(KINDS[action.kind])
    why = _(action.remedy) if action.remedy else action.reason
    when = local(action.done_at or action.created_at, timezone)
    return action.id, when, action.channel_id, kind, action.by_id, state, excerpt(action.text), why
