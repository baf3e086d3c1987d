"""A backup as one file: a zip with each table's lines, files of the home folder, and a manifest that vouches for them.

It is written beside its name and gets it when it is whole; nothing is ever overwritten. Any zip program opens it.
"""

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import IO, Self
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo
from zlib import error as BadDeflate  # noqa: N812 - a class, whatever it is called

from pydantic import AwareDatetime, BaseModel, ValidationError
from sqlalchemy.orm import Session

from monitor.db.database import Database
from monitor.db.migrating import revision_of
from monitor.db.rows_out import Shape, counters, lines, shapes

FORMAT = 1
MANIFEST = "manifest.json"
TABLES, HOME = "tables/", "home/"
PRESSED = 1
"""How hard it is compressed: harder takes three times as long for a tenth less."""
BLOCK = 1 << 20
LINES = 2000


class NotABackup(Exception):
    """The file is none of ours, or not whole any more; the text says what of it: `unreadable`, or the part's name."""


class KeptTable(BaseModel):
    """A table in the backup. sha256: of its lines, each with its line break."""

    name: str
    columns: list[tuple[str, str]]
    rows: int
    sha256: str


class KeptFile(BaseModel):
    """A file of the home folder in the backup, by its path there."""

    name: str
    bytes: int
    sha256: str


class Manifest(BaseModel):
    """What a backup holds. made_at: the moment that all its rows show. audit_head: the last entry of the audit log at
    that moment, to be noted elsewhere. keys: are the keys to the stored secrets in it?"""

    format: int = FORMAT
    version: str
    revision: str | None = None
    database: str
    made_at: AwareDatetime
    audit_head: str | None = None
    keys: bool = False
    tables: list[KeptTable] = []
    files: list[KeptFile] = []
    counters: dict[str, int] = {}

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)


@dataclass(frozen=True)
class Belongings:
    """What goes in beside the rows, by its name in the home folder. files: where it lies; contents: what it says.

    keys: are the keys among the contents?
    """

    files: Mapping[str, Path]
    contents: Mapping[str, bytes]
    keys: bool = False


Look = Callable[[Session], str | None]


def write(
    db: Database, path: Path, belongings: Belongings, version: str, now: datetime, head: Look = lambda _session: None
) -> Manifest:
    """Backs up into a new file that only we can read, while others go on writing: all rows are of one moment.

    head: finds the last entry of the audit log. Raises FileExistsError where there is such a file, and OSError where
    there is no room; nothing is left behind then.
    """
    with _beside(path) as file, ZipFile(file, "w", ZIP_DEFLATED, compresslevel=PRESSED) as archive:
        manifest = _rows(db, archive, Manifest(version=version, database=db.url.get_backend_name(), made_at=now), head)
        for name, place in belongings.files.items():
            with place.open("rb") as source:
                manifest.files.append(_file(archive, name, iter(lambda s=source: s.read(BLOCK), b"")))  # type: ignore[misc]
        for name, content in belongings.contents.items():
            manifest.files.append(_file(archive, name, [content]))
        manifest.keys = belongings.keys
        archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))
    return manifest


@contextmanager
def _beside(path: Path) -> Iterator[IO[bytes]]:
    """The file to write into, which gets its name at the end."""
    if path.exists():
        raise FileExistsError(path)
    handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".unfinished", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _name(draft, path)
    finally:
        Path(draft).unlink(missing_ok=True)


def _name(draft: str, path: Path) -> None:
    try:
        os.link(draft, path)  # refuses where somebody was quicker
    except FileExistsError:
        raise
    except OSError:  # a file system that knows no second names
        if path.exists():
            raise FileExistsError(path) from None
        Path(draft).replace(path)


def _rows(db: Database, archive: ZipFile, manifest: Manifest, head: Look) -> Manifest:
    with db.snapshot() as session:
        connection = session.connection()
        manifest.revision, manifest.audit_head = revision_of(connection), head(session)
        manifest.tables = [_table(archive, shape, lines(session, shape)) for shape in shapes(connection)]
        manifest.counters = counters(session)
    return manifest


def _table(archive: ZipFile, shape: Shape, rows: Iterator[str]) -> KeptTable:
    seal, count = sha256(), 0
    with archive.open(_member(f"{TABLES}{shape.name}.jsonl"), "w", force_zip64=True) as member:
        while some := list(islice(rows, LINES)):
            block = ("\n".join(some) + "\n").encode()
            seal.update(block)
            member.write(block)
            count += len(some)
    return KeptTable(name=shape.name, columns=list(shape.columns), rows=count, sha256=seal.hexdigest())


def _file(archive: ZipFile, name: str, blocks: Iterable[bytes]) -> KeptFile:
    seal, size = sha256(), 0
    with archive.open(_member(HOME + name), "w", force_zip64=True) as member:
        for block in blocks:
            seal.update(block)
            member.write(block)
            size += len(block)
    return KeptFile(name=name, bytes=size, sha256=seal.hexdigest())


def _member(name: str) -> ZipInfo:
    made = ZipInfo(name)
    made.compress_type, made._compresslevel = ZIP_DEFLATED, PRESSED  # type: ignore[attr-defined]  # noqa: SLF001 - Python 3.13 has made it public
    made.external_attr = 0o600 << 16
    return made


class Archive:
    """A backup that is read. What it gives is looked at while it is given: what is not what was kept raises NotABackup,
    at the end of its table or file at the latest."""

    def __init__(self, file: ZipFile, manifest: Manifest) -> None:
        self._file, self.manifest = file, manifest

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[Self]:
        """Raises NotABackup, and OSError where it cannot be read."""
        try:
            with ZipFile(path) as file:
                yield cls(file, _manifest(file))
        except (BadZipFile, BadDeflate, EOFError, UnicodeDecodeError) as error:
            raise NotABackup("unreadable") from error

    def parts(self) -> Iterator[tuple[Shape, Iterator[str]]]:
        for table in self.manifest.tables:
            yield Shape(table.name, tuple(table.columns)), self._lines(table)

    def _lines(self, table: KeptTable) -> Iterator[str]:
        seal, count = sha256(), 0
        with self._file.open(self._there(f"{TABLES}{table.name}.jsonl")) as member:
            for line in member:
                seal.update(line)
                count += 1
                yield line.decode()
        if (count, seal.hexdigest()) != (table.rows, table.sha256):
            raise NotABackup(table.name)

    def content(self, kept: KeptFile) -> bytes:
        found = self._file.read(self._there(HOME + kept.name))
        if sha256(found).hexdigest() != kept.sha256:
            raise NotABackup(kept.name)
        return found

    def _there(self, name: str) -> ZipInfo:
        try:
            return self._file.getinfo(name)
        except KeyError:
            raise NotABackup(name) from None

    def check(self) -> None:
        """Reads everything. Raises NotABackup for the first part that is not what was kept."""
        for _shape, rows in self.parts():
            for _line in rows:
                pass
        for kept in self.manifest.files:
            self.content(kept)


def _manifest(file: ZipFile) -> Manifest:
    try:
        return Manifest.model_validate_json(file.read(MANIFEST))
    except (KeyError, ValidationError):
        raise NotABackup(MANIFEST) from None
