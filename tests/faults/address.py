"""An address that can lead to another server, as a managed database's does when it fails over."""

import socket
import threading
from contextlib import suppress


class Address:
    """Forwards every connection to `port`, as it is when the connection comes; those that there are stay where they
    lead, until they are cut."""

    def __init__(self, port: int) -> None:
        self.leads_to = port
        self._open = set[socket.socket]()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> int:
        """Every connection that there is; gives how many ends there were."""
        ends = list(self._open)
        for each in ends:
            _shut(each)
        return len(ends)

    def close(self) -> None:
        _shut(self._listener)
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                client, _where = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.leads_to), timeout=5)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            self._open |= {client, server}
            for one, other in ((client, server), (server, client)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while piece := one.recv(65536):
                other.sendall(piece)
        _shut(other)
        self._open.discard(one)
        one.close()


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
