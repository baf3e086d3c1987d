"""Addresses in the settings: what cannot be one is said when settings are read, and not by what breaks later."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr

from config.language import N_

BROKERS = {"redis", "rediss", "valkey", "valkeys", "unix", "redis+socket"}


def _public_url(value: str) -> str:
    """A browser has to find its way there, and the pages answer under its host's name."""
    address = urlsplit(value)
    if address.scheme not in {"http", "https"} or not address.hostname:
        raise ValueError(N_("must begin with https:// (or http://) and the name that people use"))
    return value


def _broker_url(value: SecretStr) -> SecretStr:
    address = urlsplit(value.get_secret_value())
    if address.scheme not in BROKERS:
        raise ValueError(N_("must begin with redis:// or rediss://"))
    try:
        _port = address.port
    except ValueError:
        raise ValueError(N_("has a port that is no number; signs like / and @ in a password are %2F, %40")) from None
    return value


PublicUrl = Annotated[str, AfterValidator(_public_url)]
BrokerUrl = Annotated[SecretStr, AfterValidator(_broker_url)]
