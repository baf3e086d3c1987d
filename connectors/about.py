"""What everybody else has to know of a platform, without loading its library: each package's `__init__` says it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class About:
    """One platform. Sentences are marked for translation and translated where they are shown.

    title: its name. connector: module:class that reads it; empty where only people can, and then `why_manual` says
    why. external_id: how to find what the register wants there. secrets: the credential's names; `plain` ones are
    no secrets and stand in the register itself; `needed` with any of them; `together` all or none; `instead` makes
    `together` unnecessary. network: of a platform that is another way to read the same accounts. local_ids: ids
    mean something at the channel's own address only, so that each channel knows the organisation by its own
    external_id alone. exclusive: a login serves one reading at a time. not_covered: what cannot be seen there, for
    the coverage report. connecting: module:class of the flow that gets a token in a browser; empty where there is
    none. connected: secrets that it gets, which the register need not name. errors: module:name of
    its table, code as shown to people ("190/463", "quotaExceeded", "HTTP 429") -> connectors.errors.Meaning;
    write_errors: what means something else for a write. hosts: where its addresses lie, and below; empty: anywhere.
    closed_title: its name where only members see what is written; empty where there is no such thing. hub: the
    organisation's own website: no social media channel, so no decision about it is asked for.
    """

    title: str
    connector: str = ""
    why_manual: str = ""
    external_id: str = ""
    secrets: tuple[str, ...] = ()
    plain: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()
    together: frozenset[str] = frozenset()
    instead: str = ""
    network: str = ""
    local_ids: bool = False
    exclusive: bool = False
    not_covered: tuple[str, ...] = ()
    connecting: str = ""
    connected: frozenset[str] = frozenset()
    errors: str = ""
    write_errors: str = ""
    hosts: tuple[str, ...] = ()
    closed_title: str = ""
    hub: bool = False
