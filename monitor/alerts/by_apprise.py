"""A letter through Apprise: as an SMS, or to one person's chat. One target a call, and only the schemes named here.

Apprise says yes or no. What the other side answered stands only in its log, which is caught here and goes no further:
it holds addresses with their secrets.
"""

import ast
import logging
import re
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from config.language import _
from config.settings import Settings, SettingsError
from monitor.alerts.apprise_requests import send_by
from monitor.alerts.carrying import WayFailed
from monitor.alerts.way_text_rules import card_text, chat_text, sms_text
from monitor.alerts.wording import Letter

if TYPE_CHECKING:
    from apprise import NotifyBase
    from apprise.result import AppriseResult

SCHEMES = {
    "sms": ("46elks", "elks", "twilio", "smseagle", "smseagles", "vonage"),
    "teams": ("workflow", "workflows"),
    "matrix": ("matrix", "matrixs"),
    "mattermost": ("mmost", "mmosts"),
}
TEAMS_HOSTS = (".logic.azure.com", ".api.powerplatform.com")
LIMITS = {"teams": 1000, "matrix": 8000, "mattermost": 4000}  # characters; Matrix takes more, people do not
GONE = frozenset({401, 403, 404, 410})  # a chat's answer to an address that is withdrawn
GONE_TOO = {"mattermost": frozenset({400})}  # its word for it; others' for a message that they do not like
REFUSED_OPTIONS = {"template", "verify", "redirect", "retry", "wait", "attach"}  # a file of ours; TLS unchecked; …
STATUS = re.compile(r"error=(\d{3})|code=(\d{3})")
DETAILS = re.compile(r"Response Details:\s+(b['\"].*)", re.DOTALL)
TIMES = {"cto": 10, "rto": 20}  # seconds to connect, and between two bytes of the answer
LONGEST_ANSWER = 100

logging.getLogger("apprise").addHandler(logging.NullHandler())
logging.getLogger("apprise").propagate = False


class NoAddress(ValueError):
    """The address cannot be used for that way. The text says why, and does not repeat it."""


def by_apprise(name: str, address: str, letter: Letter, _message_id: str, settings: Settings, _now: datetime) -> None:
    """Raises WayFailed."""
    try:
        service = chat_at(name, address)
    except NoAddress as why:
        raise WayFailed(str(why), permanent=True) from None
    outward = name != "teams" and not settings.private_addresses
    if outward:
        _guard(service)
    send_by(type(service).__module__, outward=outward)
    title = letter.subject
    text = chat_text(letter.text, letter.page_url, LIMITS[name] - len(title) - 2)
    _notify(service, card_text(text) if name == "teams" else text, title, GONE | GONE_TOO.get(name, frozenset()), name)


def by_sms(_name: str, address: str, letter: Letter, _message_id: str, settings: Settings, _now: datetime) -> None:
    """Raises WayFailed, never for good: what a gateway refuses can be our account's fault as well as the number's."""
    service = gateway(settings, address)
    if service is None:
        raise WayFailed(_("No SMS gateway is set: set KANALVAKT_SMS_URL."))
    _notify(service, sms_text(letter.subject, letter.page_url), "", frozenset(), "sms")


def gateway(settings: Settings, number: str = "+46700000000") -> "NotifyBase | None":
    """The gateway of KANALVAKT_SMS_URL with one recipient; None where none is set. Raises SettingsError."""
    if settings.sms_url is None:
        return None
    try:
        return _made(_parsed("sms", settings.sms_url.get_secret_value()) | {"targets": [number]})
    except NoAddress as why:
        example = "46elks://user:password@Kanalvakt"
        raise SettingsError(
            _("KANALVAKT_SMS_URL cannot be used. It should look like {example} ({why})", example=example, why=why)
        ) from None


def chat_at(name: str, address: str) -> "NotifyBase":
    """The service behind one person's address. Raises NoAddress."""
    found = _parsed(name, address)
    if name == "teams" and not str(found.get("host")).endswith(TEAMS_HOSTS):
        raise NoAddress(_("Workflows of Teams have an address at Microsoft: {hosts}.", hosts=", ".join(TEAMS_HOSTS)))
    service = _made(found | {"include_image": False})
    if len(service) != 1:
        raise NoAddress(_("The address must lead to one place: one room, or one channel."))
    return service


@cache
def _only_ours() -> None:
    """Apprise's other services are shut in this process: some of them run programs, or reach into our own network."""
    from apprise.manager_plugins import NotificationManager

    NotificationManager().enable_only(*(scheme for schemes in SCHEMES.values() for scheme in schemes))


def _parsed(name: str, address: str) -> dict[str, Any]:
    from apprise.plugins import url_to_dict  # slow to import, and seldom needed

    _only_ours()
    found: dict[str, Any] | None = url_to_dict(address.strip(), secure_logging=True)
    if not found or found.get("schema") not in SCHEMES[name]:
        raise NoAddress(
            _("The address must begin with {schemes}.", schemes=_(" or ").join(f"{each}://" for each in SCHEMES[name]))
        )
    if name == "sms" and found.get("targets"):
        raise NoAddress(_("The address names a recipient, which the register must do."))
    if refused := sorted(REFUSED_OPTIONS & set(found.get("qsd") or {})):
        raise NoAddress(_("The address must not have these options: {names}.", names=", ".join(refused)))
    return found


def _made(found: dict[str, Any]) -> "NotifyBase":
    from apprise import Apprise, AppriseAsset

    asset = AppriseAsset(storage_mode="memory", http_redirects=False, async_mode=False, app_id="Kanalvakt")
    service = Apprise.instantiate(found | TIMES, asset=asset)
    if service is None:
        raise NoAddress(_("The address lacks something that the service needs."))
    service.throttle = _without_waiting  # type: ignore[method-assign]  # we try again later, and occupy nobody
    if hasattr(service, "default_retries"):  # Matrix's, when it is told to wait
        service.default_retries = 1
    if hasattr(service, "discovery"):  # Matrix's: the server could send us on, also into our own network
        service.discovery = False
    return service


def _without_waiting(*_arguments: object, **_named: object) -> None:
    """In the place of a sleep between targets, of which there is one, and of a sleep as long as the other side asks."""


def _guard(service: "NotifyBase") -> None:
    """Raises WayFailed where the host lies in our own network, and the settings do not allow that."""
    from requests import RequestException  # many megabytes, like Apprise itself: only for who sends
    from requests_hardened.ip_filter import InvalidIPAddress, filter_host

    try:
        filter_host(service.host, service.port or 443, allow_loopback=False)
    except InvalidIPAddress:
        raise WayFailed(
            _("The address leads into the organisation's own network: set private_addresses = true to allow it.")
        ) from None
    except RequestException:
        return  # its name is known to nobody here; perhaps to the proxy


def _notify(service: "NotifyBase", body: str, title: str, gone: frozenset[int], name: str) -> None:
    from apprise import Apprise, NotifyFormat

    teller = Apprise(asset=service.asset)
    teller.add(service)
    logging.getLogger("apprise").setLevel(logging.DEBUG)  # for what we catch; it goes nowhere else
    written = NotifyFormat.MARKDOWN if name == "teams" else NotifyFormat.TEXT
    result = teller.notify(body=body, title=title, body_format=written, log_level=logging.DEBUG)
    if result:
        return
    status = _status(result)
    raise WayFailed(_why(result, status, service), permanent=status in gone)


def _status(result: "AppriseResult") -> int | None:
    found = [STATUS.search(line.message) for line in result.logs()]
    codes = [int(each[1] or each[2]) for each in found if each]
    return next((code for code in reversed(codes) if code >= 300), None)


def _why(result: "AppriseResult", status: int | None, service: "NotifyBase") -> str:
    if status is None:
        lines = " ".join(line.message for line in result.logs())
        host = service.host or service.service_name
        if "timed out" in lines or result.status.name == "TIMEOUT":
            return _("{service} did not answer in time.", service=service.service_name)
        if "CERTIFICATE_VERIFY_FAILED" in lines:
            return _("{service} shows a certificate that we do not trust.", service=service.service_name)
        return _("{service} cannot be reached ({host}).", service=service.service_name, host=host)
    said = _said(result, service)
    if not said:
        return _("{service} refuses: {code}.", service=service.service_name, code=status)
    return _("{service} refuses: {code} {reply}", service=service.service_name, code=status, reply=said)


def _said(result: "AppriseResult", service: "NotifyBase") -> str:
    """The beginning of the last answer, unless it repeats something of the address."""
    details = [found[1] for line in result.logs() if (found := DETAILS.search(line.message))]
    if not details:
        return ""
    try:
        text = " ".join(ast.literal_eval(details[-1]).decode(errors="replace").split())[:LONGEST_ANSWER]
    except (ValueError, SyntaxError, AttributeError):
        return ""
    parts = re.split(r"[/:@?&=#]", service.url(privacy=False))
    return "" if any(len(part) >= 6 and part in text for part in parts) or "<" in text else text
