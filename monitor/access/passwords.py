"""Passwords: which ones may be chosen, and whether one is right. Kept as argon2id hashes only."""

from functools import cache
from threading import BoundedSemaphore

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from config.language import N_, _
from monitor.access.password_rules import LONGEST, SHORTEST, Weakness, same, weakness
from monitor.register.models import Organisation, Person

AT_ONCE = BoundedSemaphore(2)
"""Each takes 64 MiB: whoever sends many passwords at once must not take the machine's memory."""
HASHER = PasswordHash((Argon2Hasher(),))
WORDS = {
    Weakness.SHORT: N_("Use at least {shortest} characters. A few words that do not belong together are easy to keep."),
    Weakness.LONG: N_("Use at most {longest} characters."),
    Weakness.OWN: N_("Choose something that has nothing to do with your name or the organisation's."),
    Weakness.COMMON: N_("That is easy to guess. Take a few words that do not belong together."),
}


def refusal(password: str, person: Person, owner: Organisation) -> str | None:
    """Why the person may not have this password, in the language in use; None where nothing is wrong with it."""
    own = (person.id, person.name, (person.email or "").replace("@", " "), owner.name)
    found = weakness(password, own)
    return _(WORDS[found], shortest=SHORTEST, longest=LONGEST) if found is not None else None


def hashed(password: str) -> str:
    """What is kept of it."""
    with AT_ONCE:
        return HASHER.hash(same(password))


def matches(password: str, known: str | None) -> bool:
    """Is it the one that was hashed? Takes as long where there is none, so that nobody learns who has one."""
    if len(password) > LONGEST * 4:  # not a password of ours; and hashing it would only be work
        password = ""
    with AT_ONCE:
        right = HASHER.verify(same(password), known or nobodys())
    return right and known is not None


@cache
def nobodys() -> str:
    """What is looked at where there is no password, so that looking takes as long."""
    return HASHER.hash("nobody has this password")
