"""What can go wrong on a platform, sorted by what has to happen next. One class, one reaction.

Each connector has one table from the platform's codes to these classes, keyed by code and subcode or reason, never by
the text of a message. An error never holds a token or what a resident wrote.
"""

from datetime import datetime
from typing import ClassVar

from config.language import N_


class ConnectorError(Exception):
    """The platform did not give what was asked for.

    `code` is the platform's own ("190/463", "quotaExceeded", "HTTP 502"); `detail` is a short technical sentence.
    """

    kind: ClassVar[str] = "error"
    remedy: ClassVar[str] = N_("Try again later.")
    needs_person: ClassVar[bool] = False

    def __init__(self, detail: str, *, code: str = "", retry_at: datetime | None = None) -> None:
        super().__init__(f"{detail} ({code})" if code else detail)
        self.detail = detail
        self.code = code
        self.retry_at = retry_at


class CredentialMissing(ConnectorError):
    """The register names a secret that is not there, or lacks one that the platform needs."""

    kind = "credential_missing"
    remedy = N_("Set the environment variable or secret file that the register names for this channel.")
    needs_person = True


class AuthExpired(ConnectorError):
    """The token or session is invalid, expired or revoked. Reading is still tried, slowly."""

    kind = "auth_expired"
    remedy = N_("Renew the channel's token and connect the channel again.")
    needs_person = True


class PermissionLost(ConnectorError):
    """The token is alive but may not read this: wrong kind of token, missing scope, lost role."""

    kind = "permission_lost"
    remedy = N_("Give the app the missing permission, or restore the role on the page, and connect the channel again.")
    needs_person = True


class SwitchedOff(ConnectorError):
    """The settings do not allow this way of reading."""

    kind = "switched_off"
    remedy = N_(
        "Connect the account officially as instagram, or allow this: set instagram_public = true in the settings."
    )
    needs_person = True


class ChannelGone(ConnectorError):
    """The account does not exist, or not for this token."""

    kind = "channel_gone"
    remedy = N_("Check the channel's external_id in the register, and that the account still exists.")
    needs_person = True


class RateLimited(ConnectorError):
    """The platform asks us to wait: park until `retry_at` (always set). Asking earlier makes it longer."""

    kind = "rate_limited"
    remedy = N_("Nothing to do: the channel is read again when the platform allows it.")
    retry_at: datetime

    def __init__(self, detail: str, *, retry_at: datetime, code: str = "") -> None:
        super().__init__(detail, code=code, retry_at=retry_at)


class Unavailable(ConnectorError):
    """The platform or the network failed for now: timeout, reset, 5xx, an answer cut short."""

    kind = "unavailable"
    remedy = N_("Nothing to do unless it lasts: the channel is read again soon.")


class UnexpectedAnswer(ConnectorError):
    """The platform answered something we do not understand: ours to mend."""

    kind = "unexpected_answer"
    remedy = N_("Report it to the Kanalvakt project with the lines of the log around it.")


def remedy(kind: str) -> str:
    """What a person can do about an error of that kind: a sentence to be translated where it is shown."""
    kinds: tuple[type[ConnectorError], ...] = (ConnectorError, *ConnectorError.__subclasses__())
    return {error.kind: error.remedy for error in kinds}.get(kind, ConnectorError.remedy)
