"""One module per platform. `connect` finds the right one; adding a platform adds one line to PLATFORMS."""

from importlib import import_module

from config.settings import Settings
from connectors.base import Account, Connector, Credential

# platform -> module and class. Imported on first use: the platforms' own libraries are heavy.
PLATFORMS = {
    "facebook": "connectors.facebook:Facebook",
    "instagram": "connectors.instagram:Instagram",
    "instagram_public": "connectors.instagram_public:InstagramPublic",
    "youtube": "connectors.youtube:YouTube",
}
EXCLUSIVE = frozenset({"instagram_public"})
"""Platforms whose login session may serve one reading at a time."""


def connect(platform: str, account: Account, credential: Credential, settings: Settings) -> Connector:
    """A connector for one account.

    Raises KeyError for a platform no machine can read, and CredentialMissing when the credential lacks what the
    platform needs. Makes no call.
    """
    module, name = PLATFORMS[platform].split(":")
    connector: Connector = getattr(import_module(module), name)(account, credential, settings)
    return connector
