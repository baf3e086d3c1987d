"""`kanalvakt emergency`: crises from the command line, also where neither web nor broker is left."""

import typer

from config.language import N_
from monitor.cli.emergency_ready import ready

app = typer.Typer(help=N_("An extraordinary event: one message on every channel."), no_args_is_help=True)
app.command("ready", help=N_("Is everything in order for a crisis? Looks now; gives 1 if anything is not."))(ready)

from monitor.cli import emergency_writing  # noqa: E402, F401 - its commands stand beside those here
