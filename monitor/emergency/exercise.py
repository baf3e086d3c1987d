"""With what an exercise publishes: the test accounts of the register, and nothing else.

This module is given a channel's `exercise` table and never the channel: it has no way to the live account's secrets,
neither those that the register names nor those that are stored, and it imports nothing that has one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.base import Account, Credential
from monitor.register.named_secrets import name_of, secret


@dataclass(frozen=True)
class ExerciseCredentials:
    """Of one channel's test account. exercise: as in the register; empty where there is no such account."""

    exercise: Mapping[str, Any]

    @property
    def account(self) -> Account | None:
        """None: an exercise is only rehearsed there."""
        if not self.exercise.get("credential"):
            return None
        return Account(str(self.exercise.get("external_id") or ""), str(self.exercise.get("address") or ""))

    def credential(self) -> Credential:
        """Raises CredentialMissing."""
        named: Mapping[str, str] = self.exercise["credential"]
        return Credential({name_of(key): secret(key, value) for key, value in named.items()})
