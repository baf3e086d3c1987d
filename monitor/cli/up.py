"""`kanalvakt up`: migrates, then runs all parts, or one of them, in the foreground."""

from typing import Annotated

import typer

from config.language import N_, _
from config.settings import settings
from monitor.alerts.mail import mail_server
from monitor.cli.errors import WrongWords
from monitor.cli.logins import say_how_to_begin
from monitor.cli.output import say
from monitor.cli.parts import Part
from monitor.cli.processes import Ending
from monitor.cli.running import alone, running
from monitor.telemetry.broker import QUEUES


def up(
    only: Annotated[Part | None, typer.Option(help=N_("Run only this part, with its log on standard error."))] = None,
    queues: Annotated[
        str | None, typer.Option(help=N_("Of a worker alone: only these queues, with commas between."))
    ] = None,
) -> None:
    """What stops it: SIGTERM, or Ctrl-C."""
    chosen_queues = _queues(only, queues)
    mail_server(settings())  # an address that cannot be used is said now, not in the log of a worker
    if only is not None:
        _one(only, chosen_queues)
        return
    chosen = settings()
    home = chosen.home.absolute()
    with Ending() as ending, alone(home), running(chosen, list(Part), home / "logs") as house:
        say(_("Broker: {where}", where=_("as set") if chosen.redis_url else chosen.embedded_broker))
        house.say_when_ready(list(Part), ending, say)
        say_how_to_begin(house.address)
        say(_("Logs: {folder}. Ctrl-C stops everything.", folder=home / "logs"))
        house.stay(ending)


def _one(part: Part, queues: tuple[str, ...]) -> None:
    with Ending() as ending, running(settings(), [part], None, queues) as house:
        house.stay(ending)


def _queues(only: Part | None, said: str | None) -> tuple[str, ...]:
    """Those that were asked for, all of them when nothing was. Raises WrongWords."""
    if said is None:
        return QUEUES
    if only is not Part.WORKER:
        raise WrongWords(_("--queues goes with --only worker."))
    asked = tuple(dict.fromkeys(said.split(",")))
    for name in asked:
        if name not in QUEUES:
            raise WrongWords(_("There is no queue {name}. There are: {names}.", name=name, names=", ".join(QUEUES)))
    return asked
