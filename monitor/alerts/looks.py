"""Looks at what has to work so that somebody is told: each says what is wrong and what to do, in the language in use.

They ask the settings and the tables only, so that a page may show them; `doctor` goes on from here to the servers.
"""

from dataclasses import dataclass

from config.language import N_, _
from config.settings import Settings, SettingsError
from monitor.alerts.by_apprise import gateway
from monitor.alerts.mail import mail_server

STILL = {
    "channels": N_("These channels should have been read and have not: {names}."),
    "notices": N_("These notices should have gone out and have not: {names}."),
    "days": N_("The register of days does not say how these stand: {names}."),
}
"""Of what stands still, by the names in Still."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and what to do: sentences."""

    problem: str
    remedy: str


def mail_fault(settings: Settings) -> Fault | None:
    """No mail server, or one whose address cannot be read; whether it answers is not looked at."""
    try:
        server = mail_server(settings)
    except SettingsError as error:
        return Fault(_("The mail server's address cannot be read."), str(error))
    if server is None:
        remedy = _("Set KANALVAKT_SMTP_URL: smtp://user:password@host:port?from=address.")
        return Fault(_("No mail server is set: notices wait."), remedy)
    return None


def sms_fault(settings: Settings) -> Fault | None:
    """An SMS gateway whose address cannot be read; nothing is asked of it, for that would send something."""
    try:
        gateway(settings)
    except SettingsError as error:
        return Fault(_("The SMS gateway's address cannot be read."), str(error))
    return None
