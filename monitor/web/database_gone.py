"""What people are told when the database does not take what they do."""

from config.language import N_, _
from monitor.db.no_room import no_room

NOT_THERE = N_("The database cannot be reached. Run `kanalvakt doctor` to see what to do.")
NO_ROOM = N_(
    "Nothing of this was saved, and no message was sent. Let whoever runs Kanalvakt free some space on the server's "
    "disk, then do it once more. If it cannot wait, publish by hand on each channel."
)


def title_and_remedy(error: Exception) -> tuple[str, str]:
    """In the language in use."""
    if no_room(error):
        return _("The disk is full"), _(NO_ROOM)
    return _("The database cannot be reached"), _(NOT_THERE)
