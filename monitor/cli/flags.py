"""`kanalvakt flags`: by which words and rushes comments are flagged, what a text would be, what residents report."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.cli.errors import WrongWords
from monitor.cli.finding import channel_named, comment_named, person_named
from monitor.cli.output import say, show_json, show_table
from monitor.cli.setup import opened_database
from monitor.inbox import flag_rules
from monitor.inbox.flag_listing import (
    LABELS,
    NotAccepted,
    add_word,
    remove_rule,
    rules_in_use,
    said,
    seed,
    set_rush,
    words_for,
)
from monitor.inbox.flag_rules import Match, compiled, matches
from monitor.inbox.flagging import report
from monitor.inbox.models import FlagRule
from monitor.inbox.rush_rules import Rush
from monitor.register.organisation import organisation


class Kind(StrEnum):
    """What words can flag a comment as."""

    BREACH = "breach"
    REPORT = "report"
    DANGER = "danger"


class Language(StrEnum):
    """The language of a word."""

    SV = "sv"
    EN = "en"


app = typer.Typer(
    help=N_("Which comments are told of at once, for a person to assess: words, reports, rushes."), no_args_is_help=True
)
By = Annotated[str, typer.Option("--by", metavar="PERSON", help=N_("Who decides it: the person's id in the register."))]
Told = Annotated[str, typer.Option("--by", metavar="PERSON", help=N_("Who was told: the person's id in the register."))]
Only = Annotated[str | None, typer.Option("--channel", metavar="CHANNEL", help=N_("Only on this channel."))]
OfKind = Annotated[flag_rules.Kind | None, typer.Option("--kind", help=N_("Only rules of this kind."))]
OfLanguage = Annotated[Language | None, typer.Option("--language", help=N_("Only words of this language."))]
AsKind = Annotated[Kind, typer.Option("--kind", help=N_("What a comment with the word may be."))]
InLanguage = Annotated[Language, typer.Option("--language", help=N_("The word's language."))]
WordText = Annotated[
    str, typer.Argument(metavar="WORD", help=N_("A word or phrase: vattenläck*, *hot, or farlig*? in questions only."))
]
Number = Annotated[int, typer.Argument(metavar="RULE", help=N_("The rule's number in the list."))]
Comments = Annotated[int, typer.Option("--comments", help=N_("So many comments by others."))]
Minutes = Annotated[int, typer.Option("--minutes", help=N_("Within so many minutes."))]
Text = Annotated[str, typer.Argument(metavar="TEXT", help=N_("What a resident might write."))]
CommentId = Annotated[str, typer.Argument(metavar="COMMENT", help=N_("Its comment_id, or its id on the platform."))]
Note = Annotated[str, typer.Option("--note", metavar="TEXT", help=N_("What the resident said, without their name."))]
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]


@app.command("list", help=N_("The rules in use."))
def list_(kind: OfKind = None, language: OfLanguage = None, channel: Only = None, json: Json = False) -> None:
    with opened_database().transaction() as session:
        found = _rules(session)
        chosen = channel_named(session, channel).id if channel else None
    shown = [
        rule
        for rule in found
        if kind in (None, rule.kind) and language in (None, rule.language) and chosen in (None, rule.channel_id)
    ]
    if json:
        show_json([as_json(rule) for rule in shown])
    else:
        show_table((_("Number"), _("Kind"), _("Rule"), _("Language"), _("Channel")), [_row(rule) for rule in shown])


@app.command("add", help=N_("Flag comments with a word or phrase from now on, and those of the last day."))
def add(
    word: WordText,
    by: By,
    kind: AsKind,
    language: InLanguage = Language.SV,
    channel: Only = None,
    json: Json = False,
) -> None:
    with opened_database().transaction() as session:
        _rules(session)
        where = channel_named(session, channel).id if channel else None
        person, now = person_named(session, by).id, datetime.now(UTC)
        try:
            rule = add_word(session, flag_rules.Kind(kind), word, language, where, person, now)
        except NotAccepted as refusal:
            raise WrongWords(str(refusal)) from None
    _tell(rule, json=json)


@app.command("rush", help=N_("Say how many comments at once are unusual, everywhere or on one channel."))
def rush(comments: Comments, minutes: Minutes, by: By, channel: Only = None, json: Json = False) -> None:
    with opened_database().transaction() as session:
        _rules(session)
        where = channel_named(session, channel).id if channel else None
        person, now = person_named(session, by).id, datetime.now(UTC)
        try:
            rule = set_rush(session, Rush(comments, minutes), where, person, now)
        except NotAccepted as refusal:
            raise WrongWords(str(refusal)) from None
    _tell(rule, json=json)


@app.command("remove", help=N_("Take a rule out of use. What it has flagged stays."))
def remove(number: Number, by: By, json: Json = False) -> None:
    with opened_database().transaction() as session:
        _rules(session)
        rule, person = session.get(FlagRule, number), person_named(session, by)
        if rule is None:
            raise WrongWords(_("There is no rule {number}: see `kanalvakt flags list`.", number=number))
        try:
            remove_rule(session, rule, person.id, datetime.now(UTC))
        except NotAccepted as refusal:
            raise WrongWords(str(refusal)) from None
    if json:
        show_json(as_json(rule))
    else:
        say(_("Rule {number} flags nothing more: {rule}", number=rule.id, rule=_in_words(rule)))


@app.command("test", help=N_("What a text would be flagged as, and because of which words. Nothing is kept."))
def try_(text: Text, channel: Only = None, json: Json = False) -> None:
    with opened_database().transaction() as session:
        rules = _rules(session)
        where = channel_named(session, channel).id if channel else None
    found = matches(text, compiled(words_for(rules, where)))
    if json:
        show_json([_match_as_json(match) for match in found])
    elif not found:
        say(_("No rule flags that text."))
    else:
        rows = [
            (match.word.rule, _(LABELS[flag_rules.Kind(match.word.kind)]), match.word.text, match.words)
            for match in found
        ]
        show_table((_("Number"), _("Flagged as"), _("Rule"), _("Because of")), rows)


@app.command("report", help=N_("A resident has told you that a comment should not stand there: flag it at once."))
def report_(comment: CommentId, by: Told, note: Note = "", json: Json = False) -> None:
    with opened_database().transaction() as session:
        organisation(session)
        found, person = comment_named(session, comment), person_named(session, by)
        flag = report(session, found, person.id, note, datetime.now(UTC))
    if json:
        show_json({"flag": flag.id, "comment_id": flag.comment_id, "channel": flag.channel_id, "at": flag.at})
    else:
        say(_("Flagged: {label}. Whoever takes care of the channel is told.", label=_(LABELS[flag_rules.Kind.REPORT])))


def as_json(rule: FlagRule) -> dict[str, object]:
    return {"id": rule.id, "added_at": rule.added_at, "retired": rule.retired} | said(rule)


def _rules(session: Session) -> list[FlagRule]:
    """With the first list, where nobody has judged yet. Raises NotSetUp without a register."""
    organisation(session)
    seed(session, datetime.now(UTC))
    return rules_in_use(session)


def _tell(rule: FlagRule, *, json: bool) -> None:
    if json:
        show_json(as_json(rule))
    else:
        say(_("Rule {number} is in use: {rule}", number=rule.id, rule=_in_words(rule)))


def _in_words(rule: FlagRule) -> str:
    if rule.word is not None:
        return rule.word
    return _("{count} comments within {minutes} minutes", count=rule.comments, minutes=rule.minutes)


def _row(rule: FlagRule) -> tuple[object, ...]:
    return rule.id, _(LABELS[flag_rules.Kind(rule.kind)]), _in_words(rule), rule.language, rule.channel_id


def _match_as_json(match: Match) -> dict[str, object]:
    word = match.word
    label = _(LABELS[flag_rules.Kind(word.kind)])
    return {"rule": word.rule, "kind": str(word.kind), "label": label, "word": word.text, "words": list(match.words)}
