"""Secrets that `channel connect` stored, and what else the database keeps encrypted, in clear only where it is used.

Who stores and who rotates take turns, so that nothing is encrypted with a key that is just being taken away; who reads
holds the rows until they are decrypted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, inspect, select
from sqlalchemy.orm import Session
from sqlalchemy_encrypted_field import EncryptedText, Secret, SecretDecryptError

from connectors.errors import CredentialMissing
from monitor.db import Base, Database
from monitor.db.turns import SECRETS, take_turns
from monitor.register import keys
from monitor.register.models import StoredSecret


@dataclass(frozen=True, slots=True)
class Stored:
    """A channel's stored secrets in clear, shown by nothing; or why they cannot be read."""

    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    problem: CredentialMissing | None = None


NOTHING = Stored()


@dataclass(frozen=True, slots=True)
class Rotation:
    """What became of it. secrets: so many are encrypted with the first key now. superfluous: so many keys of the
    settings are not needed any more. needs_key: the settings have one key only, so that there is nothing to rotate to.
    """

    secrets: int = 0
    superfluous: int = 0
    needs_key: bool = False


def stored(session: Session, channel_id: str) -> Stored:
    """As `stored_for` one channel."""
    return stored_for(session, [channel_id])[channel_id]


def stored_for(session: Session, channel_ids: Iterable[str]) -> dict[str, Stored]:
    """What is stored for these channels. Never raises for a missing or wrong key: the problem is a value.

    Wants a transaction that may write: in a snapshot, what is rotated at the same moment can look like a wrong key.
    """
    found: dict[str, list[StoredSecret]] = {each: [] for each in channel_ids}
    query = select(StoredSecret).where(StoredSecret.channel_id.in_(found))
    for row in session.scalars(query.order_by(StoredSecret.channel_id).with_for_update(read=True)):
        found[row.channel_id].append(row)
    return {id_: _decrypted(rows) for id_, rows in found.items()}


def _decrypted(rows: Iterable[StoredSecret]) -> Stored:
    try:
        return Stored({row.name: row.value.decrypt() for row in rows})
    except SecretDecryptError:
        detail = "the channel's stored secrets were encrypted with another key than the one in use"
        return Stored(problem=CredentialMissing(detail, code="wrong key", remedy=keys.RESTORE))
    except CredentialMissing as problem:
        return Stored(problem=problem)


def in_clear(value: Secret) -> str:
    """One encrypted value of any table. Raises CredentialMissing where its key is not there."""
    try:
        return value.decrypt()
    except SecretDecryptError:
        detail = "what is stored was encrypted with another key than the one in use"
        raise CredentialMissing(detail, code="wrong key", remedy=keys.RESTORE) from None


def kept(session: Session, channel_id: str) -> dict[str, datetime]:
    """Which secrets are stored for a channel, and since when."""
    query = select(StoredSecret.name, StoredSecret.stored_at).where(StoredSecret.channel_id == channel_id)
    return {row.name: row.stored_at for row in session.execute(query.order_by(StoredSecret.name))}


def store(session: Session, channel_id: str, secrets: Mapping[str, str], now: datetime) -> None:
    """Stores secrets, each in the place of an earlier one of its name. Makes the key when the first is stored.

    Raises CredentialMissing, and stores nothing, where the key to those that are stored is missing.
    """
    ready(session)
    for name, value in secrets.items():
        session.merge(StoredSecret(channel_id=channel_id, name=name, value=value, stored_at=now))  # type: ignore[arg-type]  # a str goes in, a Secret comes out
    session.flush()


def ready(session: Session) -> None:
    """Before something is stored: takes turns with who rotates, and makes the key when it is the first.

    Raises CredentialMissing where the key to what is stored is missing.
    """
    take_turns(session, SECRETS)
    _ensure_key(session)


def forget(session: Session, channel_id: str) -> list[str]:
    """Forgets what is stored for a channel; gives the names. Needs no key."""
    gone = delete(StoredSecret).where(StoredSecret.channel_id == channel_id).returning(StoredSecret.name)
    return sorted(session.scalars(gone))


def rotate(db: Database) -> Rotation:
    """Encrypts every secret with a new key, and forgets the old one. May be interrupted at any moment, and run again.

    Keys of the settings are the administrator's: the first is used, none is made or taken away.
    Raises CredentialMissing, and changes no secret, where one cannot be read.
    """
    if given := keys.from_settings():
        return _reencrypted(db, given)
    with keys.alone():
        if not keys.key_file().exists() and not _anything_in(db):
            return Rotation()
        first = keys.new_key()
        keys.put_first(first)
        done = _reencrypt(db)
        keys.keep_only(first)  # now, and not before: what is committed does not need the others
    return Rotation(done)


def unreadable(session: Session) -> CredentialMissing | None:
    """Why something that is stored cannot be read; None: every key that is needed is there."""
    try:
        for entity, name in _encrypted():
            for value in session.scalars(select(getattr(entity, name))):
                in_clear(value)
    except CredentialMissing as problem:
        return problem
    return None


def _reencrypted(db: Database, given: list[str]) -> Rotation:
    if len(given) == 1:
        return Rotation(needs_key=True)
    return Rotation(_reencrypt(db), superfluous=len(given) - 1)


def _reencrypt(db: Database) -> int:
    with db.transaction() as session:
        take_turns(session, SECRETS)
        done = 0
        for entity, name in _encrypted():
            for row in session.scalars(select(entity).with_for_update()):
                done += _anew(row, name)
        return done


def _anew(row: Base, name: str) -> bool:
    """Encrypts one value again. Was there one?"""
    value = getattr(row, name)
    if not value:
        return False
    try:
        setattr(row, name, value.decrypt())  # a str goes in, a Secret comes out
    except SecretDecryptError:
        whose = "/".join(map(str, inspect(row).identity or ()))
        detail = f"a stored secret of {whose} was encrypted with a key that is not there"
        raise CredentialMissing(detail, code="wrong key", remedy=keys.RESTORE) from None
    return True


def _encrypted() -> list[tuple[type[Base], str]]:
    """Every encrypted column of every room, with its table's class."""
    found = [(mapper.class_, each) for mapper in Base.registry.mappers for each in mapper.column_attrs]
    return [(entity, each.key) for entity, each in found if isinstance(each.columns[0].type, EncryptedText)]


def _ensure_key(session: Session) -> None:
    if not keys.from_settings() and not keys.key_file().exists() and not _anything(session):
        keys.make_key_file()
    keys.keys()  # raises where it is missing: a new one would hide that what is stored cannot be read


def _anything(session: Session) -> bool:
    return any(value for entity, name in _encrypted() for value in session.scalars(select(getattr(entity, name))))


def _anything_in(db: Database) -> bool:
    with db.snapshot() as session:
        return _anything(session)
