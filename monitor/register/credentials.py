"""From the names in the register to the secrets themselves, at the moment they are needed; nothing is kept."""

import os
from collections.abc import Mapping
from contextlib import suppress

from connectors.base import Credential
from connectors.errors import CredentialMissing
from monitor.register.models import Channel
from monitor.register.named_secrets import name_of, secret
from monitor.register.secrets import NOTHING, Stored


def resolve(channel: Channel, environ: Mapping[str, str] = os.environ, *, stored: Stored = NOTHING) -> Credential:
    """The channel's secrets by their names (`token_env` and `token_file` both give `token`).

    stored: what `channel connect` stored for it (`secrets.stored`): each of those is taken instead of what the register
    names. Raises CredentialMissing as `named_secrets.secret` does, or saying why the stored ones cannot be read.
    """
    if stored.problem:
        raise stored.problem
    named = {key: value for key, value in channel.credential.items() if name_of(key) not in stored.secrets}
    return Credential({name_of(key): secret(key, value, environ) for key, value in named.items()} | stored.secrets)


def at_hand(channel: Channel, environ: Mapping[str, str] = os.environ, *, stored: Stored = NOTHING) -> Credential:
    """As `resolve`, without what is not there."""
    found: dict[str, str] = {}
    for key, value in channel.credential.items():
        with suppress(CredentialMissing):
            found[name_of(key)] = secret(key, value, environ)
    return Credential(found | stored.secrets)
