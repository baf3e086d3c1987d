"""YouTube channels. `connector.py` is what it can do, `reading.py` one look at a channel, `api.py` the way there."""

from config.language import N_
from connectors.about import About, Part, Publishes, Writes

WRITING = Writes(frozenset({"reply", "release", "reject", "delete"}), 10_000, "@{handle}")
ABOUT = About(
    "YouTube",
    connector="connectors.youtube.connector:YouTube",
    external_id=N_("Write the channel id, which begins with UC: YouTube shows it under Settings, Advanced settings."),
    secrets=("api_key", "client_id", "client_secret", "refresh_token"),
    together=frozenset({"client_id", "client_secret", "refresh_token"}),
    provider="google",
    connecting="connectors.youtube.connecting:YouTubeLogin",
    connected=frozenset({"refresh_token"}),
    not_covered=(
        N_("Live chat"),
        N_("Hearts and likes"),
        N_("Comments on posts in the community tab, where YouTube does not list them"),
        N_("Comments that YouTube takes for spam"),
        N_("Comments held for approval, where the channel is read with an API key alone"),
    ),
    hosts=("youtube.com", "youtu.be"),
    errors="connectors.youtube.errors:TABLE",
    write_errors="connectors.youtube.writing:WRITES",
    writes=WRITING,
    publish_errors="connectors.youtube.publish_errors:PUBLISHING",
    publishes=Publishes(
        10_000,
        best_effort=True,
        title=N_("comments on the newest videos"),
        parts={
            "text": Part(N_("the channel's own text"), 600, "youtube_text", short=True, lasting=True),
            "video": Part(N_("a short video"), 2_400, "youtube_video", needs_video=True),
        },
    ),
    takes_away=("remove", "reject"),
    per_day=10_000,  # by default for everything but searches and uploads (Google's quota page, as of June 2026)
    zone="America/Los_Angeles",
)
