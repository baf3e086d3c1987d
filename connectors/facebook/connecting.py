"""Connecting a Facebook page."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from config.language import N_
from connectors.connecting import Candidate, Scope
from connectors.graph.client import Json
from connectors.graph.oauth import MetaLogin


class FacebookLogin(MetaLogin):
    """Gets the page's own token: a user's shows no comments at all."""

    scopes: ClassVar[tuple[Scope, ...]] = (
        Scope("pages_show_list", N_("to find the page and its token")),
        Scope("pages_read_engagement", N_("to read the page's own posts")),
        Scope("pages_read_user_content", N_("to read what residents write, and who they are")),
        Scope("pages_manage_engagement", N_("to answer and hide comments"), needed=False),
        Scope("pages_manage_posts", N_("to publish crisis messages"), needed=False),
    )
    webhook_fields: ClassVar[str] = "feed,mention"

    def _candidates(self, page: Json, missing: Sequence[Scope]) -> Iterator[Candidate]:
        yield self.candidate(page, page["id"], page["name"], missing)
