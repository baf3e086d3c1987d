"""Who there is on the emulated platforms."""

from dataclasses import dataclass

from connectors.emulator.ids import Platform


@dataclass
class Person:
    """Somebody with an account on one platform: a resident, or the organisation itself (id = the account's id)."""

    id: str
    handle: str
    name: str


@dataclass
class Account:
    """A Facebook page, a professional Instagram account or a YouTube channel of the organisation."""

    platform: Platform
    id: str
    handle: str
    name: str
    pk: str = ""  # Instagram: the private id that the web speaks of
    page_id: str = ""  # Instagram: the Facebook page it hangs on

    @property
    def person(self) -> Person:
        return Person(self.id, self.handle, self.name)
