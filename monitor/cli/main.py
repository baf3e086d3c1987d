"""The command's frame: global options, languages, exit codes. Each group of commands is a module of its own.

Exit codes: 0 done and well; 1 done, and something needs a person; 2 the call's words (or what they name) are wrong;
3 not set up, or a needed service cannot be reached.
"""

import os
import sys
from enum import StrEnum
from importlib.metadata import version as installed_version
from typing import Annotated

import typer

from config.language import N_, language, set_language
from config.logging import configure_logging
from config.settings import settings
from monitor.cli import (
    acting,
    budgets,
    channel,
    day,
    decision,
    demo,
    doctor,
    hub,
    notices,
    person,
    poll,
    records,
    register,
    unanswered,
    up,
    watch,
)
from monitor.cli.errors import report
from monitor.cli.translating import translate
from monitor.cli.words import Words

app = typer.Typer(
    help=N_("Watches a public body's social media channels, so that no resident is left without an answer."),
    no_args_is_help=True,
    add_completion=False,
)
app.command(help=N_("A sample municipality on emulated platforms: everything, on this machine."))(demo.demo)
app.command(help=N_("Read the channels and send the notices, until Ctrl-C."))(up.up)
app.command(help=N_("Look at everything that has to work, and say what to do."))(doctor.doctor)
app.add_typer(register.app, name="register")
app.add_typer(channel.app, name="channel")
app.add_typer(decision.app, name="decision")
app.add_typer(person.app, name="person")
app.add_typer(records.app, name="records")
app.add_typer(notices.app, name="notices")
app.add_typer(watch.app, name="watch")
app.add_typer(hub.app, name="hub")
app.command("poll", help=N_("Read channels now: those named, or all."))(poll.poll_)
app.command("budgets", help=N_("What the platforms' limits allow today, and who has spent what."))(budgets.budgets_)
app.command("unanswered", help=N_("What waits for somebody, the most overdue first."))(unanswered.unanswered_)
app.command("reply", help=N_("Answer a comment in the organisation's name."))(acting.reply)
app.command("hide", help=N_("Hide a resident's comment from the public."))(acting.hide)
app.command("unhide", help=N_("Show a hidden comment again."))(acting.unhide)
app.command("remove", help=N_("Take away a comment of the organisation's own."))(acting.remove)
app.command("release", help=N_("Publish a comment that YouTube holds."))(acting.release)
app.command("reject", help=N_("Throw away a comment that YouTube holds."))(acting.reject)
app.command("attest", help=N_("Say that you have gone through a channel that no machine has read."))(day.attest)
app.command("review", help=N_("Say that you have gone through what is new of channels."))(day.review)
app.command("actions", help=N_("What was done from here, by whom, and what became of it."))(acting.actions)


class Language(StrEnum):
    """The languages of `--lang`."""

    SV = "sv"
    EN = "en"


@app.callback()
def everywhere(
    lang: Annotated[Language | None, typer.Option(help=N_("Language of texts and help; LANG otherwise."))] = None,
    debug: Annotated[bool, typer.Option("--debug", help=N_("Log more, and show the traceback of an error."))] = False,
) -> None:
    """What holds for every command. `main` has moved these options to the front, wherever they stood."""
    if lang is not None:
        set_language(lang)
    configure_logging("DEBUG" if debug else settings().log_level)


@app.command(help=N_("The version of Kanalvakt."))
def version() -> None:
    print(installed_version("kanalvakt"))


def main() -> None:
    """The program `kanalvakt`."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Runs one command and gives its exit code; the errors it ends with become a sentence on standard error."""
    words = Words.of(arguments)
    set_language(words.lang or language())
    try:
        command = translate(typer.main.get_command(app))
        code = command.main(words.ordered, prog_name="kanalvakt", standalone_mode=False)
        sys.stdout.flush()
        return code or 0  # noqa: TRY300 - the flush belongs to what may fail
    except (BrokenPipeError, SystemExit):  # the reader of a pipe has seen enough; typer makes it a SystemExit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if words.debug and not isinstance(error, typer.TyperException):
            raise
        return report(error)


if __name__ == "__main__":
    main()
