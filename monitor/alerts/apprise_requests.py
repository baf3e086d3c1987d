"""What Apprise's services send by: they call `requests` themselves, and take no session of ours.

Each has it as a name of its module, in whose place one is put that looks where a connection has led: a name that led
outside when we looked may lead inside a moment later.
"""

import sys
from functools import partial
from typing import Any


def send_by(module: str, *, outward: bool) -> None:
    """The services of that module of Apprise's go outward only, or anywhere, from now on. The same for all that a
    process sends: it follows the settings."""
    import requests  # many megabytes, like Apprise itself: only for who sends

    sys.modules[module].requests = _Outward() if outward else requests  # type: ignore[attr-defined]


class _Outward:
    """As the module `requests`, which raises its ConnectionError where a connection has led inside."""

    def __getattr__(self, name: str) -> Any:
        import requests

        return partial(_send, name) if name in {"get", "post", "put"} else getattr(requests, name)


def _send(method: str, url: str, **options: Any) -> Any:
    """As the function of that name; what the answer says has been read."""
    import requests

    from connectors.outward import Outward

    with requests.Session() as session:
        for scheme in ("http://", "https://"):
            session.mount(scheme, Outward(lambda: requests.ConnectionError("inside")))
        return session.request(method.upper(), url, **options)
