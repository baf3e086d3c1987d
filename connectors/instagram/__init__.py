"""Professional Instagram accounts. `connector.py` reads them, `answers.py` turns what Graph writes into ours."""

from config.language import N_
from connectors.about import About, Publishes, Writes

WRITING = Writes(frozenset({"reply", "hide", "unhide", "delete"}), 2200, "@{handle}", to_hidden=False)
ABOUT = About(
    "Instagram",
    connector="connectors.instagram.connector:Instagram",
    external_id=N_("Write the business account's number (instagram_business_account of its Facebook page)."),
    secrets=("token", "app_id", "app_secret"),
    needed=frozenset({"token"}),
    provider="meta",
    connecting="connectors.instagram.connecting:InstagramLogin",
    connected=frozenset({"token"}),
    not_covered=(
        N_("Comments by restricted people, until somebody approves them in the app"),
        N_("Comments on advertisements"),
        N_("Stories and live broadcasts"),
        N_("Private messages"),
    ),
    hosts=("instagram.com",),
    errors="connectors.graph.errors:TABLE",
    write_errors="connectors.graph.writing:WRITES",
    publish_errors="connectors.graph.publishing:PUBLISHING",
    writes=WRITING,
    publishes=Publishes(2_200, needs_image=True),
    takes_away=("hide", "remove"),
)
