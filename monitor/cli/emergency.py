"""`kanalvakt emergency`: crises from the command line, also where neither web nor broker is left."""

import typer

from config.language import N_
from monitor.cli import delivering
from monitor.cli.emergency_ready import ready
from monitor.cli.evidence import evidence

app = typer.Typer(help=N_("An extraordinary event: one message on every channel."), no_args_is_help=True)
app.command("send", help=N_("Send an approved message everywhere, from here and at once."))(delivering.send)
app.command("status", help=N_("What was sent, and where each message stands on each channel."))(delivering.status)
app.command("hold", help=N_("Stop a channel, or everything: nothing more goes out."))(delivering.hold)
app.command("release", help=N_("Let a channel, or everything, go on."))(delivering.release)
app.command("ready", help=N_("Is everything in order for a crisis? Looks now; gives 1 if anything is not."))(ready)
app.command("evidence", help=N_("Everything about an incident in one zip file, with what residents wrote."))(evidence)

from monitor.cli import (  # noqa: E402, F401 - their commands stand beside those here
    emergency_board,
    emergency_incident,
    emergency_steps,
    emergency_templates,
    emergency_warnings,
    emergency_writing,
)
