"""The command's frame: global options, languages, exit codes. Each group of commands is a module of its own.

Exit codes: 0 done and well; 1 done, and something needs a person; 2 the call's words (or what they name) are wrong;
3 not set up, or a needed service cannot be reached.
"""

import os
import sys
from enum import StrEnum
from importlib import import_module
from typing import Annotated

import typer

from config.language import N_, language, set_language
from config.logging import configure_logging
from config.settings import settings
from monitor.cli.errors import report
from monitor.cli.translating import translate
from monitor.cli.words import Words

COMMANDS = (
    ("demo", "demo.demo", N_("A sample municipality on emulated platforms: everything, on this machine.")),
    ("up", "up.up", N_("Read the channels and send the notices, until Ctrl-C.")),
    ("backup", "backup.backup", N_("Everything in one file, while everything runs.")),
    ("restore", "restore.restore", N_("Bring a backup back, into an empty database.")),
    ("upgrade", "upgrade.upgrade", N_("Back up, bring the database to this version, and see that all parts run it.")),
    ("version", "version.version_", N_("The version of Kanalvakt.")),
    ("keys", "keys.app", None),
    ("database", "moving.app", None),
    ("doctor", "doctor.doctor", N_("Look at everything that has to work, and say what to do.")),
    ("settings", "settings_shown.settings_", N_("The settings that hold, and where each comes from.")),
    ("diagnostics", "diagnostics.diagnostics", N_("Write a bundle for a bug report, without texts and secrets.")),
    ("register", "register.app", None),
    ("channel", "channel.app", None),
    ("decision", "decision.app", None),
    ("person", "person.app", None),
    ("token", "tokens.app", None),
    ("records", "records.app", None),
    ("removal", "removal.app", None),
    ("notices", "notices.app", None),
    ("watch", "watch.app", None),
    ("hub", "hub.app", None),
    ("flags", "flags.app", None),
    ("webhook", "webhook.app", None),
    ("report", "answers.app", None),
    ("emergency", "emergency.app", None),
    ("poll", "poll.poll_", N_("Read channels now: those named, or all.")),
    ("budgets", "budgets.budgets_", N_("What the platforms' limits allow today, and who has spent what.")),
    ("unanswered", "unanswered.unanswered_", N_("What waits for somebody, the most overdue first.")),
    ("reply", "acting.reply", N_("Answer a comment in the organisation's name.")),
    ("acknowledge", "marking.acknowledge", N_("Say that you have seen a comment: notices of it pause for a while.")),
    ("snooze", "marking.snooze", N_("Put off a comment: notices of it pause until then.")),
    ("wake", "marking.wake", N_("Take back that a comment was acknowledged or put off.")),
    ("close", "marking.close", N_("Say that a comment needs no reply, and why.")),
    ("private", "marking.private", N_("Say that a comment was answered where others do not see it.")),
    ("confirm", "marking.confirm", N_("Say that our reply in the thread did answer a comment.")),
    ("disown", "marking.disown", N_("Say that our reply in the thread did not answer a comment.")),
    ("interim", "marking.interim", N_("Say that our reply to a comment only promised an answer.")),
    ("reopen", "marking.reopen", N_("Say that a comment needs an answer after all.")),
    ("hide", "acting.hide", N_("Hide a resident's comment from the public.")),
    ("unhide", "acting.unhide", N_("Show a hidden comment again.")),
    ("remove", "acting.remove", N_("Take away a comment of the organisation's own.")),
    ("release", "acting.release", N_("Publish a comment that YouTube holds.")),
    ("reject", "acting.reject", N_("Reject a comment that YouTube holds: it is never shown.")),
    ("claim", "desk.claim", N_("Say that you are at a comment, so that nobody else answers it too.")),
    ("note", "desk.note", N_("Write an internal note on a comment.")),
    ("assign", "desk.assign", N_("Say whose turn it is to answer a comment.")),
    ("forward", "desk.forward", N_("Ask a unit about a comment.")),
    ("attest", "day.attest", N_("Say that you have gone through a channel that no machine has read.")),
    ("review", "day.review", N_("Say that you have gone through what is new of channels.")),
    ("actions", "acting.actions", N_("What was done from here, by whom, and what became of it.")),
)
"""Name, where it is (module.function; a group is a module's `app`), and its help; a group has its own."""


class Language(StrEnum):
    """The languages of `--lang`."""

    SV = "sv"
    EN = "en"


def everywhere(
    lang: Annotated[Language | None, typer.Option(help=N_("Language of texts and help; LANG otherwise."))] = None,
    debug: Annotated[bool, typer.Option("--debug", help=N_("Log more, and show the traceback of an error."))] = False,
) -> None:
    """What holds for every command. `main` has moved these options to the front, wherever they stood."""
    if lang is not None:
        set_language(lang)
    configure_logging("DEBUG" if debug else settings().log_level, settings().log_format)


def app_for(name: str | None) -> typer.Typer:
    """The program with that command alone, as loading them all takes half a second and forty megabytes; with all of
    them for any other word, so that help and guesses know them all."""
    app = typer.Typer(
        help=N_("Watches a public body's social media channels, so that no resident is left without an answer."),
        no_args_is_help=True,
        add_completion=False,
    )
    app.callback()(everywhere)
    for each, where, help_ in [row for row in COMMANDS if row[0] == name] or COMMANDS:
        module, _dot, found = where.partition(".")
        command = getattr(import_module(f"monitor.cli.{module}"), found)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=each)
        else:
            app.command(each, help=help_)(command)
    return app


def main() -> None:
    """The program `kanalvakt`."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Runs one command and gives its exit code; the errors it ends with become a sentence on standard error."""
    words = Words.of(arguments)
    set_language(words.lang or language())
    try:
        command = translate(typer.main.get_command(app_for(words.command)))
        code = command.main(words.ordered, prog_name="kanalvakt", standalone_mode=False)
        sys.stdout.flush()
        return code or 0  # noqa: TRY300 - the flush belongs to what may fail
    except (BrokenPipeError, SystemExit):  # the reader of a pipe has seen enough; typer makes it a SystemExit
        _write_no_more()
        return 0
    except Exception as error:
        if words.debug and not isinstance(error, typer.TyperException):
            raise
        code = report(error)
        try:
            sys.stdout.flush()
        except OSError:
            _write_no_more()
        return code


def _write_no_more() -> None:
    """What could not be written would be tried again when Python ends, which then ends with a code of its own."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
