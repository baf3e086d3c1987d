"""What everybody else has to know of a platform, without loading its library: each package's `__init__` says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Writes:
    """What people can do there from here. kinds: of actions (reply, hide, unhide, delete, release, reject).

    longest_reply: characters, with whatever is put before the text. address: what is put before a reply to a reply, as
    the platform would not tell whom it is for: "{name}" or "@{handle}" of that comment's author. to_hidden: can a
    hidden comment be answered?
    """

    kinds: frozenset[str]
    longest_reply: int
    address: str
    to_hidden: bool = True

    def reply_text(self, text: str, *, nested: bool, name: str | None, handle: str | None) -> str:
        """The text exactly as it is sent. name, handle: of the author of the comment that is answered."""
        called = self._called(" ".join((name or "").split()), handle or "") if nested else ""
        return text if not called or text.startswith(called) else f"{called} {text}"

    def _called(self, name: str, handle: str) -> str:
        known = {"{name}": name, "@{handle}": handle}[self.address]
        return self.address.format(name=name, handle=handle) if known else ""


@dataclass(frozen=True, slots=True)
class Part:
    """Another place for a crisis message on the same channel, besides its posts.

    title: what it is, for people. longest_post: characters. switch: the setting of `emergency` that offers it. short:
    the short text stands there, whatever would fit. needs_video: there has to be a film. lasting: what a withdrawal
    says does not go there; what the message replaced is put back when its time is over (publishing.Replacing).
    """

    title: str
    longest_post: int
    switch: str
    short: bool = False
    needs_video: bool = False
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Publishes:
    """What a crisis message can be there. longest_post: characters. best_effort: as in connectors.publishing. needs:
    secrets without which only people can publish. title: what it is there, where there are parts too; parts: by the
    name that publishing.Manifold knows them by."""

    longest_post: int
    needs_image: bool = False
    best_effort: bool = False
    needs: frozenset[str] = frozenset()
    title: str = ""
    parts: Mapping[str, Part] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class About:
    """One platform. Sentences are marked for translation and translated where they are shown.

    title: its name. connector: module:class that reads it; empty where only people can, and then `why_manual` says
    why. external_id: how to find what the register wants there. secrets: the credential's names; `plain` ones are
    no secrets and stand in the register itself; `needed` with any of them; `together` all or none; `instead` makes
    `together` unnecessary. provider: who issues its credentials and counts its calls, where that is the same for
    several platforms: they are slow, and throttled, together. network: of a platform that is another way to read the
    same accounts. local_ids: ids mean something at the channel's own address only, so that each channel knows the
    organisation by its own external_id alone. exclusive: a login serves one reading at a time. not_covered: what
    cannot be seen there, for the coverage report. connecting: module:class of the flow that gets a token in a browser;
    empty where there is none. connected: secrets that it gets, which the register need not name. errors: module:name
    of its table, code as shown to people ("190/463", "quotaExceeded", "HTTP 429") -> connectors.errors.Meaning;
    write_errors: what means something else for a write, publish_errors: for a crisis message. hosts: where its
    addresses lie, and below; empty: anywhere. closed_title: its name where only members see what is written; empty
    where there is no such thing. hub: the organisation's own website: no social media channel, so no decision about it
    is asked for. takes_away: kinds of actions by which others see a resident's comment no more: hide, remove, reject
    (one that the platform holds). writes: what can be done there from here; None: nothing. publishes: what a crisis
    message can be; None: by hand only. per_day, zone: as in connectors.base.Budget, of the one that reading counts
    against; None: no such limit.
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
    provider: str = ""
    network: str = ""
    local_ids: bool = False
    exclusive: bool = False
    not_covered: tuple[str, ...] = ()
    connecting: str = ""
    connected: frozenset[str] = frozenset()
    errors: str = ""
    write_errors: str = ""
    publish_errors: str = ""
    hosts: tuple[str, ...] = ()
    closed_title: str = ""
    hub: bool = False
    takes_away: tuple[str, ...] = ()
    writes: Writes | None = None
    publishes: Publishes | None = None
    per_day: int | None = None
    zone: str = "UTC"
