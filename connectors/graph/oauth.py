"""The way through Facebook's login to a page's own token, for pages and for the Instagram accounts that hang on them.

Dialog → code → short-lived user token → long-lived one (60 days) → what was granted → pages with their tokens, which
do not expire when they come from a long-lived user token.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from config.language import N_
from config.settings import Settings
from connectors.base import Credential
from connectors.connecting import Candidate, NotConnected, Scope, hints_wanted, missing_scope
from connectors.errors import ConnectorError, UnexpectedAnswer
from connectors.graph.client import GraphClient, Json
from connectors.graph.errors import understood

WRONG_APP = N_("Compare the app's id and secret with Settings, Basic in Meta's app dashboard.")
HINTS = N_("to be told at once when somebody writes (webhooks)")
CODE_ERRORS = {
    "100/36007": NotConnected("the code has expired before it was used", code="code_expired"),
    "100/36008": NotConnected(
        "the address to come back to is not the one that was asked with",
        code="redirect_mismatch",
        remedy=N_("Add the address to Valid OAuth Redirect URIs in Meta's app dashboard, and start again."),
    ),
    "100/36009": NotConnected("the code has been used already", code="code_used"),
    "1": NotConnected("Facebook does not accept the app's secret", code="wrong_secret", remedy=WRONG_APP),
    "101": NotConnected("Facebook does not know the app", code="wrong_app", remedy=WRONG_APP),
}
"""What the exchange of a code is refused with: Graph's code/subcode. Code 1 means something else everywhere else."""
MODERATE = "MODERATE"
ROLE = N_(
    "Give the person who logs in a role on the page that may moderate comments (full control, or the task Community "
    "activity), and connect again."
)


class MetaLogin(ABC):
    """What Facebook and Instagram share; a platform's class says what it asks for, and what it takes a page for."""

    app: ClassVar[tuple[str, str]] = ("app_id", "app_secret")
    loopback: ClassVar[str] = "localhost"  # the one name that Meta accepts without TLS, while the app is in development
    paste_uri: ClassVar[str] = "https://www.facebook.com/connect/login_success.html"
    scopes: ClassVar[tuple[Scope, ...]] = ()
    hint_scope: ClassVar[Scope] = Scope("pages_manage_metadata", HINTS, needed=False)
    page_fields: ClassVar[str] = "id,name,access_token,tasks"
    webhook_fields: ClassVar[str] = ""

    def __init__(self, app_id: str, app_secret: str, settings: Settings) -> None:
        self._app_id, self._app_secret, self._settings = app_id, app_secret, settings
        # Meta reviews every permission: none is asked for without a use
        self.asked = (*self.scopes, self.hint_scope) if hints_wanted(settings) else self.scopes

    def authorise_url(self, redirect_uri: str, state: str) -> str:
        """auth_type=rerequest: without it, what was declined once is never asked for again."""
        question = {
            "client_id": self._app_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "response_type": "code",
            "auth_type": "rerequest",
            "scope": ",".join(scope.name for scope in self.asked),
        }
        dialog = f"{self._settings.facebook_url}/v{self._settings.graph_version}/dialog/oauth"
        return f"{dialog}?{urlencode(question)}"

    def finish(self, code: str, redirect_uri: str) -> list[Candidate]:
        with understood():
            user = self._client(self._long_lived(self._exchange(code, redirect_uri)))
            missing = self._not_granted(user)
            if needed := [scope for scope in missing if scope.needed]:
                raise missing_scope(needed)
            first = user.get("me/accounts", fields=self.page_fields, limit="100")
            pages = [page for listed in user.pages(first) for page in listed]
            return [candidate for page in pages for candidate in self._candidates(page, missing)]

    def candidate(self, page: Json, external_id: str, name: str, missing: Sequence[Scope]) -> Candidate:
        """An account that is read with the page's token."""
        problem = None
        if MODERATE not in (page.get("tasks") or ()):
            problem = NotConnected("the role on the page may not moderate comments", code="role", remedy=ROLE)
        return Candidate(external_id, name, {"token": page["access_token"]}, tuple(missing), problem)

    @abstractmethod
    def _candidates(self, page: Json, missing: Sequence[Scope]) -> Iterator[Candidate]:
        """What a page that was agreed to is read as."""

    def subscribe(self, candidate: Candidate) -> None:
        """Raises what Graph refuses it with."""
        client = self._client(candidate.secrets["token"])
        path = f"{client.version}/me/subscribed_apps"
        answer = client.request(path, post_args={"subscribed_fields": self.webhook_fields}, method="POST")
        if not (isinstance(answer, dict) and answer.get("success")):
            raise UnexpectedAnswer("Graph did not say that the app is subscribed")

    def _client(self, token: str) -> GraphClient:
        return GraphClient(Credential({"token": token, "app_secret": self._app_secret}), self._settings)

    def _exchange(self, code: str, redirect_uri: str) -> str:
        return self._token(code=code, redirect_uri=redirect_uri)

    def _long_lived(self, token: str) -> str:
        return self._token(grant_type="fb_exchange_token", fb_exchange_token=token)

    def _token(self, **question: str) -> str:
        app = {"client_id": self._app_id, "client_secret": self._app_secret}
        try:
            answer: dict[str, Any] = _nobody(self._settings).get("oauth/access_token", **app, **question)
        except ConnectorError as error:
            known = CODE_ERRORS.get(error.code)
            if known is None:
                raise
            refusal = NotConnected(known.detail, code=known.code, remedy=known.remedy)
        else:
            return str(answer["access_token"])
        raise refusal

    def _not_granted(self, user: GraphClient) -> list[Scope]:
        """Declined by the person, expired because nobody used it for 90 days, or not known to the app at all."""
        listed = [each for page in user.pages(user.get("me/permissions")) for each in page]
        granted = {each["permission"] for each in listed if each.get("status") == "granted"}
        return [scope for scope in self.asked if scope.name not in granted]


def _nobody(settings: Settings) -> GraphClient:
    """A client without a token: a code is exchanged in the name of the app, which says so in the question."""
    client = GraphClient(Credential({"token": "none"}), settings)
    client.access_token = None
    return client
