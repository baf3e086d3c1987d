"""What can go wrong on a platform, sorted by what has to happen next. One class, one reaction.

Each connector has one table from the platform's codes to these classes, keyed by code and subcode or reason, never by
the text of a message. An error never holds a token or what a resident wrote.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from config.language import N_


class ConnectorError(Exception):
    """The platform did not give what was asked for.

    `code` is the platform's own ("190/463", "quotaExceeded", "HTTP 502"); `detail` is a short technical sentence.
    `remedy` says what a person can do: the class's own sentence, or what the connector's table has for the code; to be
    translated where it is shown.
    """

    kind: ClassVar[str] = "error"
    remedy: str = N_("Try again later.")
    needs_person: ClassVar[bool] = False

    def __init__(self, detail: str, *, code: str = "", retry_at: datetime | None = None, remedy: str = "") -> None:
        super().__init__(f"{detail} ({code})" if code else detail)
        self.detail = detail
        self.code = code
        self.retry_at = retry_at
        if remedy:
            self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Meaning:
    """One line of a connector's table: what a code of the platform's means for us.

    detail: a short technical sentence. remedy: what a person can do, where the error class's own sentence is not the
    right one; marked for translation.
    """

    error: type[ConnectorError]
    detail: str
    remedy: str = ""


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
    """The platform asks us to wait: park until `retry_at` (always set). Asking earlier makes it longer.

    `budget`: key of the Budget that is used up; empty for the connector's first.
    """

    kind = "rate_limited"
    remedy = N_("Nothing to do: the channel is read again when the platform allows it.")
    retry_at: datetime

    def __init__(self, detail: str, *, retry_at: datetime, code: str = "", remedy: str = "", budget: str = "") -> None:
        super().__init__(detail, code=code, retry_at=retry_at, remedy=remedy)
        self.budget = budget


class Unavailable(ConnectorError):
    """The platform or the network failed for now: timeout, reset, 5xx, an answer cut short."""

    kind = "unavailable"
    remedy = N_("Nothing to do unless it lasts: the channel is read again soon.")


class UnexpectedAnswer(ConnectorError):
    """The platform answered something we do not understand: ours to mend."""

    kind = "unexpected_answer"
    remedy = N_("Report it to the Kanalvakt project with the lines of the log around it.")


class Refused(ConnectorError):
    """The platform will not do this one thing, and certainly did not: too long, comments closed, nothing there."""

    kind = "refused"
    remedy = N_("Read what the platform says, change the text or the target, and try again.")


class OutcomeUnknown(ConnectorError):
    """A write was sent and its answer lost: it may have been done. Look before writing again."""

    kind = "outcome_unknown"
    remedy = N_("Nothing to do: Kanalvakt looks whether it was done before it tries again.")


def remedy(kind: str) -> str:
    """What a person can do about an error of that kind: a sentence to be translated where it is shown."""
    kinds: tuple[type[ConnectorError], ...] = (ConnectorError, *ConnectorError.__subclasses__())
    return {error.kind: error.remedy for error in kinds}.get(kind, ConnectorError.remedy)
