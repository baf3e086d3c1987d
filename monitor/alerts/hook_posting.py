"""A message signed after Standard Webhooks, and posted: to https only, never into our own network unless that is set,
never on to where a redirect leads, and without a look at what the answer says beside its status.
"""

import base64
import secrets
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from config.language import N_, _
from config.settings import LOOPBACK
from monitor.alerts.hook_rules import Problem

TIMES = (10, 20)
"""Seconds to connect, and between two bytes of the answer."""
SECRET_BYTES = 32
SENTENCES = {
    Problem.INSIDE: N_(
        "The address leads into the organisation's own network: set private_addresses = true to allow it."
    ),
    Problem.TIMEOUT: N_("{host} did not answer in time."),
    Problem.CERTIFICATE: N_("{host} shows a certificate that we do not trust."),
    Problem.UNREACHABLE: N_("{host} cannot be reached."),
    Problem.SECRET: N_("What it is signed with cannot be read: the key to what is stored is missing."),
}


class NotPosted(Exception):
    """There was no answer. The error that it came from is kept back: its text repeats the address."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def in_words(problem: Problem, host: str) -> str:
    """Why there was no answer, in the language in use."""
    return _(SENTENCES[problem], host=host)


def new_secret() -> str:
    """A secret to sign with, as Standard Webhooks writes it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def is_hook(url: str) -> bool:
    """Whether messages may go to that address: https, or plain http on this machine."""
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:  # [::1, or port 99999
        return False
    if parts.fragment or not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def signed(secrets_: Iterable[str], message_id: str, now: datetime, body: str) -> dict[str, str]:
    """The headers of a message, with a signature for each secret. message_id: the same each time it is sent."""
    from standardwebhooks import Webhook  # ten megabytes with the rest: only for who sends

    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(each).sign(message_id, now, body) for each in secrets_),
    }


def post(url: str, body: bytes, headers: dict[str, str], *, inside: bool, times: tuple[float, float] = TIMES) -> int:
    """The answer's status. inside: also into our own network. Raises NotPosted."""
    from requests import RequestException, Timeout  # only for who sends, as above
    from requests.exceptions import SSLError
    from requests_hardened import Config, Manager
    from requests_hardened.ip_filter import InvalidIPAddress

    guarded = Config(
        ip_filter_enable=not inside, ip_filter_allow_loopback_ips=False, never_redirect=True, default_timeout=times
    )
    try:
        answer = Manager(guarded).send_request("POST", url, data=body, headers=headers, stream=True)
    except InvalidIPAddress:
        why = Problem.INSIDE
    except Timeout:
        why = Problem.TIMEOUT
    except SSLError:
        why = Problem.CERTIFICATE
    except (RequestException, ValueError):  # the latter: a name that is too long to be looked up
        why = Problem.UNREACHABLE
    else:
        with answer:
            return int(answer.status_code)
    raise NotPosted(why)
