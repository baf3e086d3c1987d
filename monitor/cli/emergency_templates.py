"""`kanalvakt emergency template…`: words to begin a crisis message with, of the municipality's own and built in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.access.permission_rules import Permission
from monitor.cli.crisis_finding import template_named
from monitor.cli.emergency import app
from monitor.cli.emergency_options import (
    By,
    Doing,
    Happened,
    Headline,
    Json,
    LearnMore,
    Meaning,
    Name,
    ToDo,
)
from monitor.cli.errors import WrongWords
from monitor.cli.finding import staff_named
from monitor.cli.output import say, show_json, show_table
from monitor.cli.setup import opened_database
from monitor.db.numbered import numbered
from monitor.emergency import own_templates
from monitor.emergency.message_rules import PARTS
from monitor.emergency.models import CrisisTemplate
from monitor.emergency.own_templates import CannotKeep, Given
from monitor.emergency.wording import Wording


class Variety(StrEnum):
    """Languages of a template: plain is plain Swedish."""

    SV = "sv"
    PLAIN = "plain"
    EN = "en"


Number = Annotated[int, typer.Argument(metavar="NUMBER", help=N_("The template's number: 7 of own-7."))]
Copied = Annotated[
    str, typer.Option("--copy", metavar="NAME", help=N_("Begin with the words of that one: power.sv, own-7.sv …"))
]
InLanguage = Annotated[
    Variety | None, typer.Option("--language", help=N_("Its language; else that of the one that is copied."))
]
Again = Annotated[bool, typer.Option("--again", help=N_("Put it into use again."))]
Answers = dict[str, str | None]


@app.command(help=N_("What a message may begin with: the municipality's own templates and the built-in ones."))
def templates(json: Json = False) -> None:
    with opened_database().snapshot() as session:
        found = own_templates.offered(session)
    if json:
        show_json([_told(each) for each in found])
        return
    rows = [(f"{each.key}.{each.variety}", each.name, each.headline) for each in found]
    show_table((_("Template"), _("Name"), _("Headline")), rows)


@app.command("template-add", help=N_("Add a template of your own; what has to be filled in stands in [brackets]."))
def add(
    by: By,
    name: Name = None,
    copied: Copied = "",
    language: InLanguage = None,
    headline: Headline = None,
    happened: Happened = None,
    meaning: Meaning = None,
    doing: Doing = None,
    to_do: ToDo = None,
    learn_more: LearnMore = None,
    json: Json = False,
) -> None:
    answers = dict(zip(PARTS, (happened, meaning, doing, to_do, learn_more), strict=True))
    with opened_database().transaction() as session:
        who = staff_named(session, by, Permission.WORD_CRISIS)
        source = template_named(session, copied) if copied else None
        given = _given(source, name, headline, answers, language, copied)
        with _told_what_is_wrong():
            made = own_templates.add(session, given, who, datetime.now(UTC))
        _show(own_templates.worded(made), json=json)


@app.command("template-change", help=N_("Give a template of your own other words; what is not said stays."))
def change(
    number: Number,
    by: By,
    name: Name = None,
    headline: Headline = None,
    happened: Happened = None,
    meaning: Meaning = None,
    doing: Doing = None,
    to_do: ToDo = None,
    learn_more: LearnMore = None,
    json: Json = False,
) -> None:
    answers = dict(zip(PARTS, (happened, meaning, doing, to_do, learn_more), strict=True))
    with opened_database().transaction() as session:
        who, found = staff_named(session, by, Permission.WORD_CRISIS), _found(session, number)
        given = _given(own_templates.worded(found), name, headline, answers, None, "")
        with _told_what_is_wrong():
            own_templates.change(session, found, given, who, datetime.now(UTC))
        _show(own_templates.worded(found), json=json)


@app.command("template-retire", help=N_("Offer a template of your own no more."))
def retire(number: Number, by: By, again: Again = False) -> None:
    with opened_database().transaction() as session:
        who, found = staff_named(session, by, Permission.WORD_CRISIS), _found(session, number)
        (own_templates.offer_again if again else own_templates.retire)(session, found, who, datetime.now(UTC))
    say(_("The template is offered again.") if again else _("The template is offered no more."))


def _given(
    source: Wording | None,
    name: str | None,
    headline: str | None,
    answers: Answers,
    language: Variety | None,
    copied: str,
) -> Given:
    """The source's words, where nothing else is said."""
    said = {part: text for part, text in answers.items() if text is not None}
    parts = dict.fromkeys(PARTS, "") | dict(source.parts if source else {}) | said
    variety = str(language or (source.variety if source else Variety.SV))
    named = name if name is not None else (source.name if source else "")
    headed = headline if headline is not None else (source.headline if source else "")
    return Given(named, variety, headed, parts, copied)


@contextmanager
def _told_what_is_wrong() -> Iterator[None]:
    """Raises WrongWords, with each fault after the option that it is about."""
    try:
        yield
    except CannotKeep as why:
        told = (f"--{field.replace('_', '-')}: {text}" for field, text in why.faults.items())
        raise WrongWords("\n".join(told)) from None


def _found(session: Session, number: int) -> CrisisTemplate:
    found = numbered(session, CrisisTemplate, number)
    if found is None:
        raise WrongWords(_("There is no template {number}: see `kanalvakt emergency templates`.", number=number))
    return found


def _told(words: Wording) -> dict[str, object]:
    told = {"key": f"{words.key}.{words.variety}", "name": words.name, "language": words.variety, "own": words.is_own}
    return told | {"headline": words.headline} | dict(words.parts)


def _show(words: Wording, *, json: bool) -> None:
    if json:
        show_json(_told(words))
    else:
        say(f"{words.key}.{words.variety}: {words.name}")
