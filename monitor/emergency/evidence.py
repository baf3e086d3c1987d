"""The evidence of an incident in one file: what was said and became of it, the log, what residents wrote, who did what.

The same facts give the same bytes. MANIFEST.txt holds the SHA-256 of every other file; `sha256sum -c MANIFEST.txt`
checks it.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from defusedcsv import csv
from sqlalchemy import String, Table, cast, or_, select
from sqlalchemy.orm import Session

from config.language import _
from config.settings import Settings
from monitor.audit import audited
from monitor.audit.models import AuditEntry
from monitor.audit.writing import plain
from monitor.db import Base
from monitor.db.bulk import among
from monitor.emergency.cap_rules import NAME
from monitor.emergency.hub import folder
from monitor.emergency.models import Delivery, Incident, Intake, LogLine, Message, Topic, Version
from monitor.watch.models import Comment

BEGINNING = (1980, 1, 1, 0, 0, 0)  # as far back as the format goes: the same bytes whenever it is made
MANIFEST = "MANIFEST.txt"
OF_COMMENTS = ("channel_id", "external_id", "permalink", "author_name", "author_handle", "posted_at", "fetched_at")
"""What is told of a comment beside its text."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of the bundle. texts: as they are; defusedcsv keeps a spreadsheet from calculating them."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[object]]


def bundle(session: Session, incident: Incident, channels: frozenset[str], settings: Settings) -> bytes:
    """The zip file. channels: of which residents' words may be in it; everything of our own always is."""
    messages, sent = _sent(session, incident)
    files = {"incident.json": _json(_told(incident))} | _published(messages, incident, settings)
    for sheet in _sheets(session, incident, channels, messages, sent):
        files[f"{sheet.name}.csv"] = _csv(sheet)
    return _zipped(files)


def note_taken(session: Session, incident: Incident, made: bytes, by: str, now: datetime) -> None:
    """Whoever takes the file out takes residents' words with it. In the audit log alone: the next file is the same."""
    audited(
        session, by, "evidence.taken", ("evidence", str(incident.id)), now, after={"sha256": sha256(made).hexdigest()}
    )


def bundle_file(incident: Incident) -> str:
    """What to call it."""
    return _("evidence-{number}.zip", number=incident.id)


def _sent(session: Session, incident: Incident) -> tuple[list[Message], list[Delivery]]:
    """The messages, and their deliveries, each by id."""
    query = select(Message, Delivery).outerjoin(Delivery, Delivery.message_id == Message.id)
    rows = session.execute(query.where(Message.incident_id == incident.id).order_by(Message.id)).all()
    sent = [delivery for _message, delivery in rows if delivery is not None]
    return list({message.id: message for message, _delivery in rows}.values()), sorted(sent, key=lambda each: each.id)


def _published(messages: Iterable[Message], incident: Incident, settings: Settings) -> dict[str, bytes]:
    """What lies there of each message as it was published: the page, the alert for machines, the card."""
    place = folder(settings, exercise=incident.mode == "exercise")
    names = [each.identifier for each in messages if each.identifier and NAME.fullmatch(each.identifier)]
    every = [name for each in names for name in (f"{each}.html", f"cap/{each}.xml", f"cards/{each}.jpg")]
    return {f"published/{name}": (place / name).read_bytes() for name in every if (place / name).is_file()}


def _sheets(
    session: Session,
    incident: Incident,
    channels: frozenset[str],
    messages: Sequence[Message],
    sent: Sequence[Delivery],
) -> Iterator[Sheet]:
    ids = [each.id for each in messages]
    versions = select(Version).where(among(session, Version.message_id, ids))
    lines = select(LogLine).where(LogLine.incident_id == incident.id).order_by(LogLine.at, LogLine.id)
    topics = session.scalars(select(Topic).where(Topic.incident_id == incident.id).order_by(Topic.id)).all()
    yield _sheet("messages", Message, messages)
    yield _sheet("versions", Version, session.scalars(versions.order_by(Version.message_id, Version.place)).all())
    yield _sheet("deliveries", Delivery, sent)
    yield _sheet("log", LogLine, session.scalars(lines).all())
    yield _sheet("topics", Topic, topics)
    yield _intake(session, incident, channels)
    about = {"incident": [incident.id], "message": ids, "delivery": [each.id for each in sent]}
    yield _audit(session, about | {"crisis_topic": [each.id for each in topics]}, incident)


def _intake(session: Session, incident: Incident, channels: frozenset[str]) -> Sheet:
    query = select(Intake, Comment).join(Comment, Comment.id == Intake.comment_id)
    theirs = (Intake.incident_id == incident.id, among(session, Comment.channel_id, sorted(channels)))
    rows = session.execute(query.where(*theirs).order_by(Intake.id)).all()
    own = tuple(column.key for column in _table(Intake).columns)
    told = [
        [*(getattr(intake, name) for name in own), *(getattr(comment, name) for name in OF_COMMENTS), comment.text]
        for intake, comment in rows
    ]
    return Sheet("intake", (*own, *OF_COMMENTS, "text"), told)


def _audit(session: Session, about: Mapping[str, Iterable[int]], incident: Incident) -> Sheet:
    """What was done to the incident, its messages, deliveries and topics, and to its comments on the board."""
    sorted_ = select(cast(Intake.comment_id, String)).where(Intake.incident_id == incident.id)
    wanted = [
        (AuditEntry.subject_kind == kind) & among(session, AuditEntry.subject, [str(id_) for id_ in ids])
        for kind, ids in about.items()
    ]
    wanted.append(AuditEntry.act.startswith("intake.") & AuditEntry.subject.in_(sorted_))
    found = session.scalars(select(AuditEntry).where(or_(*wanted)).order_by(AuditEntry.id)).all()
    return _sheet("audit", AuditEntry, found)


def _sheet(name: str, model: type[Base], rows: Sequence[Any]) -> Sheet:
    columns = tuple(column.key for column in _table(model).columns)
    return Sheet(name, columns, [[getattr(row, column) for column in columns] for row in rows])


def _table(model: type[Base]) -> Table:
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(model)
    return table


def _told(incident: Incident) -> dict[str, object]:
    return {column.key: plain(getattr(incident, column.key)) for column in _table(Incident).columns}


def _json(value: object) -> bytes:
    return f"{json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)}\n".encode()


def _csv(sheet: Sheet) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(sheet.columns)
    writer.writerows([_cell(value) for value in row] for row in sheet.rows)
    return b"\xef\xbb\xbf" + written.getvalue().encode("utf-8", "replace")


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return "" if value is None else value


def _zipped(files: Mapping[str, bytes]) -> bytes:
    listed = "".join(f"{sha256(made).hexdigest()}  {name}\n" for name, made in sorted(files.items()))
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, made in sorted({**files, MANIFEST: listed.encode()}.items()):
            entry = zipfile.ZipInfo(name, BEGINNING)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, made)
    return written.getvalue()
