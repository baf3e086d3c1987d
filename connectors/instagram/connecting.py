"""Connecting a professional Instagram account, through the Facebook page that it hangs on."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from config.language import N_
from connectors.connecting import Candidate, Scope
from connectors.graph.client import Json
from connectors.graph.oauth import MetaLogin


class InstagramLogin(MetaLogin):
    """Gets the page's token, which reads the account too and does not expire."""

    scopes: ClassVar[tuple[Scope, ...]] = (
        Scope("pages_show_list", N_("to find the page that the account hangs on, and its token")),
        Scope("pages_read_engagement", N_("to ask the page which account hangs on it")),
        Scope("instagram_basic", N_("to read the account's media")),
        Scope("instagram_manage_comments", N_("to read, answer and hide comments")),
        Scope("instagram_content_publish", N_("to publish crisis messages"), needed=False),
    )
    page_fields: ClassVar[str] = "id,name,access_token,tasks,instagram_business_account{id,username}"
    webhook_fields: ClassVar[str] = "feed"
    """Of the page: with it, Instagram's own `comments`, chosen in the app dashboard, are sent too."""

    def _candidates(self, page: Json, missing: Sequence[Scope]) -> Iterator[Candidate]:
        """A page without an account is none."""
        account = page.get("instagram_business_account")
        if account:
            yield self.candidate(page, account["id"], account.get("username") or page["name"], missing)
