"""Facebook pages. `connector.py` reads them, `answers.py` turns what Graph writes into ours."""

from config.language import N_
from connectors.about import About, Publishes, Writes

WRITING = Writes(frozenset({"reply", "hide", "unhide", "delete"}), 8000, "{name}")
ABOUT = About(
    "Facebook",
    connector="connectors.facebook.connector:Facebook",
    external_id=N_("Write the page's number: Facebook shows it under About, Page transparency."),
    secrets=("token", "app_id", "app_secret"),
    needed=frozenset({"token"}),
    provider="meta",
    connecting="connectors.facebook.connecting:FacebookLogin",
    connected=frozenset({"token"}),
    not_covered=(
        N_("Comments on advertisements that are not published on the page itself"),
        N_("Stories and live chat"),
        N_("Private messages"),
        N_("Comments that Facebook counts but shows to nobody, because of privacy settings or deletion"),
        N_("Comments below posts that Facebook leaves out of its lists: it lists about 600 posts for each year"),
    ),
    hosts=("facebook.com", "fb.com"),
    errors="connectors.graph.errors:TABLE",
    write_errors="connectors.graph.writing:WRITES",
    publish_errors="connectors.graph.publishing:PUBLISHING",
    writes=WRITING,
    publishes=Publishes(63_206),
    takes_away=("hide", "remove"),
)
