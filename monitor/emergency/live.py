"""With what a message in earnest is published: the channel's own account and secrets. An exercise never gets this."""

from dataclasses import dataclass

from connectors.base import Account, Credential
from monitor.register.credentials import resolve
from monitor.register.models import Channel
from monitor.register.secrets import Stored


@dataclass(frozen=True)
class LiveCredentials:
    """Of one channel, with what `channel connect` stored for it."""

    channel: Channel
    stored: Stored

    @property
    def account(self) -> Account:
        return Account(self.channel.external_id or "", self.channel.address)

    def credential(self) -> Credential:
        """Raises CredentialMissing."""
        return resolve(self.channel, stored=self.stored)
