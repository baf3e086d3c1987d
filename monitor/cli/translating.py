"""Help and usage errors in the language in use. typer knows English only: its words are replaced when it is built."""

import re
from typing import Any

import typer

from config.language import N_, _

USAGE = {  # what typer says -> what we say
    r"No such option: (?P<name>\S+)": N_("There is no option {name}."),
    r"No such command '(?P<name>.+?)'\.": N_("There is no command {name}."),
    r"Missing argument '(?P<name>.+?)'\.": N_("{name} is missing."),
    r"Missing option '(?P<name>.+?)'\.": N_("The option {name} is missing."),
    r"Missing command\.": N_("A command is missing."),
    r"Got unexpected extra argument\(s\) \((?P<name>.+)\)": N_("One word too many: {name}."),
    r"Option '(?P<name>.+)' requires an argument\.": N_("The option {name} needs a value."),
    r"Invalid value for '(?P<name>.+?)': (?P<why>.+)": N_("The value of {name} cannot be used: {why}."),
}
WHY = {  # the reason in the last of them -> what we say
    r"(?:Value error, )?'(?P<value>.*)' is not one of (?P<values>.+)": N_("{value} is none of {values}"),
    r"Input should be a valid integer\b.*": N_("it must be a whole number"),
    r"Input should be greater than or equal to (?P<least>\S+)": N_("it must be at least {least}"),
    r"Input should be less than or equal to (?P<most>\S+)": N_("it must be at most {most}"),
}
NEAR = re.compile(r"\(Possible options: (.+)\)|Did you mean (.+)\?")


def translate(command: Any) -> Any:
    """The same command, of typer's own type, with its help and that of all below it in the language in use."""
    context = typer.Context(command)
    command.help = _(command.help) if command.help else None
    command.rich_help_panel = _("Commands")
    for parameter in command.get_params(context):
        parameter.help = _(parameter.help) if parameter.help else None
        parameter.rich_help_panel = _("Options") if parameter.opts[0].startswith("-") else _("Arguments")
    command.options_metavar = _("[OPTIONS]")
    if hasattr(command, "commands"):
        command.subcommand_metavar = _("COMMAND")
        for each in command.commands.values():
            translate(each)
    return command


def usage_sentence(message: str) -> str:
    """One of typer's usage errors in the language in use, with its hint if it has one."""
    for pattern, sentence in USAGE.items():
        if found := re.match(pattern, message, re.DOTALL):
            words = found.groupdict()
            return _(sentence, **words | ({"why": _why(words["why"])} if "why" in words else {})) + _near(message)
    return message


def _why(reason: str) -> str:
    reason = reason.rstrip(".")
    for pattern, sentence in WHY.items():
        if found := re.fullmatch(pattern, reason, re.DOTALL):
            return _(sentence, **found.groupdict())
    return reason


def _near(message: str) -> str:
    found = NEAR.search(message)
    return _(" Did you mean {name}?", name=found[1] or found[2]) if found else ""


HELP_OF_TYPER = N_("Show this message and exit.")  # marked here; typer says it, `translate` finds it
