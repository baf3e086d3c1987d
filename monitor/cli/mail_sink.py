"""The demo's mail server: takes every mail, delivers none, and writes each into a folder where the demo shows it.

python -m monitor.cli.mail_sink FOLDER DESCRIPTOR     DESCRIPTOR: number of the listening socket it inherits
"""

import asyncio
import signal
import socket
import sys
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Folder:
    """Keeps mails as files, one each, complete from the moment they are seen."""

    def __init__(self, path: Path) -> None:
        self.path = path

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        draft = self.path / f"{time.time_ns()}.part"  # named so that whoever looks for mails does not find it
        draft.write_bytes(envelope.original_content or b"")
        draft.rename(draft.with_suffix(".eml"))
        return "250 Kept"


async def serve(folder: Path, listener: socket.socket) -> None:
    """Until SIGTERM."""
    loop = asyncio.get_running_loop()
    asked = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, asked.set)
    server = await loop.create_server(lambda: SMTP(Folder(folder), hostname="localhost", loop=loop), sock=listener)
    async with server:
        await asked.wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), socket.socket(fileno=int(sys.argv[2]))))
