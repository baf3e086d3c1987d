"""Options that several commands of `kanalvakt emergency` share."""

from enum import StrEnum
from typing import Annotated

import typer

from config.language import N_


class Mode(StrEnum):
    """Fixed when the incident begins."""

    ACTUAL = "actual"
    EXERCISE = "exercise"


class Level(StrEnum):
    """From the least to the greatest."""

    ELEVATED = "elevated"
    DISTURBANCE = "disturbance"
    EXTRAORDINARY = "extraordinary"


By = Annotated[str, typer.Option("--by", metavar="PERSON", help=N_("Who does it: a person's id."))]
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]
Title = Annotated[str, typer.Argument(metavar="TITLE", help=N_("What it is about, in a few words."))]
Number = Annotated[int, typer.Argument(metavar="MESSAGE", help=N_("The message's number."))]
Which = Annotated[
    int | None, typer.Option("--incident", metavar="N", help=N_("Which one; the only one that goes on otherwise."))
]
Chosen = Annotated[Mode, typer.Option("--mode", help=N_("Live, or an exercise; never to be changed."))]
Greatness = Annotated[Level, typer.Option("--level", help=N_("How serious it is."))]
Decided = Annotated[str, typer.Option("--decided-by", help=N_("Who decided that it is an incident."))]
Area = Annotated[str, typer.Option("--area", help=N_("Where."))]
Case = Annotated[str, typer.Option("--case", help=N_("The case number; can come later."))]
Sure = Annotated[
    str,
    typer.Option("--sure", metavar="WORD", help=N_("SKARPT or LIVE; for an exercise ÖVNING or EXERCISE."), prompt=True),
]
Template = Annotated[
    str,
    typer.Option("--template", metavar="NAME", help=N_("To begin with: power.sv, power.plain, power.en …")),
]
Headline = Annotated[str | None, typer.Option("--headline", help=N_("In one line."))]
Happened = Annotated[str | None, typer.Option("--happened", help=N_("What has happened?"))]
Meaning = Annotated[str | None, typer.Option("--meaning", help=N_("What does it mean for you?"))]
Doing = Annotated[str | None, typer.Option("--doing", help=N_("What is the municipality doing?"))]
ToDo = Annotated[str | None, typer.Option("--to-do", help=N_("What should you do?"))]
LearnMore = Annotated[str | None, typer.Option("--learn-more", help=N_("Where do you learn more?"))]
Promise = Annotated[
    str | None,
    typer.Option("--next-update", metavar="TIME", help=N_("When residents hear more, as 2026-11-28T15:30.")),
]
Final = Annotated[bool, typer.Option("--final", help=N_("It is the last message."))]
Keep = Annotated[bool, typer.Option("--keep", help=N_("Keep it as a draft, and ask for no approval yet."))]
Why = Annotated[str, typer.Option("--why", help=N_("Why there is no final message."))]
StageName = Annotated[
    str, typer.Argument(metavar="STAGE", help=N_("confirmed, ongoing, controlled, over or evaluation."))
]
Name = Annotated[str | None, typer.Option("--name", help=N_("What it is chosen by."))]
Warning_ = Annotated[
    str, typer.Option("--warning", metavar="NUMBER", help=N_("The authorities' warning because of which it begins."))
]
CaseNumber = Annotated[str, typer.Argument(metavar="NUMBER", help=N_("The case number."))]
Words = Annotated[str, typer.Option("--words", help=N_("What whoever has gone through it has found."))]
