"""A blog on the emulator, found by its web address."""

import os
from dataclasses import dataclass

from config.settings import Settings
from connectors import connect
from connectors.base import Account, Connector, Credential
from connectors.emulator.blog import HOME, HOST
from tests.connectors.stage import Stage


@dataclass
class BlogStage(Stage):
    """Under its own name where a proxy leads there, else on loopback. base: anywhere else."""

    base: str = ""

    def connector(self, credential: Credential | None = None) -> Connector:
        own = f"https://{HOST}" if os.environ.get("HTTPS_PROXY") else self.emulator.url
        account = Account(self.address, f"{self.base or own}{HOME}/")
        return connect(self.platform, account, credential or self.credential, Settings())
