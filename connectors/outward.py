"""Connections that are not led into a private network, however a name resolves the second time it is looked up."""

from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


def is_inside(host: str) -> bool:
    """Is it the number of a machine that the public cannot reach? A name is not."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return not (getattr(address, "ipv4_mapped", None) or address).is_global


class Outward(HTTPAdapter):
    """Looks where a connection has really led before anything is asked there: a name may resolve differently twice.

    refuse: makes what is raised where it has led inside. Through a proxy names are resolved by the proxy, which is then
    the one to refuse.
    """

    def __init__(self, refuse: Callable[[], Exception]) -> None:
        self._refuse = refuse
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = _guarded(self._refuse)


def _guarded(refuse: Callable[[], Exception]) -> dict[str, type[HTTPConnectionPool]]:
    """urllib3's pools with connections that end where they have led inside."""

    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            _look(self, refuse)

    class Secure(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            _look(self, refuse)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _look(connection: HTTPConnection, refuse: Callable[[], Exception]) -> None:
    peer = connection.sock.getpeername()[0] if connection.sock else ""
    if is_inside(peer):
        connection.close()
        raise refuse()
