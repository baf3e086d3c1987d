"""The pages that every page leads to. Only those that exist stand here, and each visitor sees those that are open."""

from dataclasses import dataclass

from config.language import N_, _
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor


@dataclass(frozen=True, slots=True)
class Item:
    """label: in English, for translation. permission: what the page asks for; None: that somebody is signed in; OPEN:
    nothing."""

    address: str
    label: str
    permission: str | None = None

    def current(self, path: str) -> str:
        """What aria-current says on that path: this page, or one below it."""
        if path == self.address:
            return "page"
        return "true" if self.address != "/" and path.startswith(f"{self.address}/") else ""


OPEN = "open"
ITEMS = (
    Item("/", N_("Today")),
    Item("/inbox", N_("Inbox"), Permission.READ_INBOX),
    Item("/watch", N_("Watch"), Permission.READ_WATCH),
    Item("/channels", N_("Channels"), Permission.READ_REGISTER),
    Item("/crisis", N_("Crisis"), Permission.READ_CRISIS),
)
MORE = (
    Item("/decisions", N_("Decisions"), Permission.READ_REGISTER),
    Item("/people", N_("People"), Permission.READ_REGISTER),
    Item("/hub", N_("Missing on the web"), Permission.READ_WATCH),
    Item("/reports", N_("Reports"), Permission.READ_REPORTS),
    Item("/repairs", N_("Repairs"), Permission.READ_REPAIRS),
    Item("/removals", N_("Comments taken away"), Permission.READ_REMOVALS),
    Item("/audit", N_("Audit log"), Permission.READ_AUDIT),
    Item("/settings", N_("Settings"), Permission.EDIT_SETTINGS),
    Item("/accounts", N_("Accounts"), Permission.MANAGE_LOGINS),
    Item("/account", N_("My login")),
)
"""What is asked for less often, behind one more press."""
DEMO = Item("/demo/mails", N_("Mails (demo)"), OPEN)


def shown(items: tuple[Item, ...], visitor: Visitor | None) -> list[Item]:
    """Those that the visitor may open."""
    return [
        each for each in items if each.permission == OPEN or (visitor is not None and _may(visitor, each.permission))
    ]


def _may(visitor: Visitor, permission: str | None) -> bool:
    return permission is None or visitor.may(Permission(permission))


def label(item: Item) -> str:
    """In the language in use."""
    return _(item.label)
