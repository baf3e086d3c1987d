"""One package per platform. `connect` finds the right one; adding a platform adds one line to PACKAGES.

Each package's `__init__` tells what it is (ABOUT) and loads nothing; its connector is loaded on first use, because the
platforms' own libraries are heavy.
"""

from importlib import import_module

from config.settings import Settings
from connectors.about import About
from connectors.base import Account, Connector, Credential
from connectors.people import BY_HAND

PACKAGES = {
    "facebook": "connectors.facebook",
    "instagram": "connectors.instagram",
    "instagram_public": "connectors.instagram_public",
    "youtube": "connectors.youtube",
    "blog": "connectors.blog",
}
PLATFORMS: dict[str, About] = {name: import_module(package).ABOUT for name, package in PACKAGES.items()}
"""Platforms that a machine can read."""
EVERY_PLATFORM: dict[str, About] = PLATFORMS | BY_HAND
"""And those that only people can."""
EXCLUSIVE = frozenset(name for name, about in PLATFORMS.items() if about.exclusive)
"""Platforms whose login session may serve one reading at a time."""


def provider_of(platform: str) -> str:
    """Whose credentials a platform is read with: platforms of one provider are slow, and throttled, together."""
    return PLATFORMS[platform].provider or platform


PROVIDERS = {
    provider: frozenset(each for each in PLATFORMS if provider_of(each) == provider)
    for provider in sorted(map(provider_of, PLATFORMS))
}
"""Each provider with its platforms."""


def connect(platform: str, account: Account, credential: Credential, settings: Settings) -> Connector:
    """A connector for one account.

    Raises KeyError for a platform no machine can read, and CredentialMissing when the credential lacks what the
    platform needs. Makes no call.
    """
    module, name = PLATFORMS[platform].connector.split(":")
    connector: Connector = getattr(import_module(module), name)(account, credential, settings)
    return connector


def make_ready(settings: Settings) -> None:
    """Loads all that can publish, which a process does otherwise on first use, while somebody waits. A connector's
    module whose library is slow even then has a `make_ready` of its own."""
    for about in PLATFORMS.values():
        if about.publishes is not None:
            module = import_module(about.connector.partition(":")[0])
            getattr(module, "make_ready", lambda _settings: None)(settings)
