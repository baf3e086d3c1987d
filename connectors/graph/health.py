"""What Graph tells about a token, and whether that is enough.

A check costs at most four calls: what the token is, a real reading, the app's subscription where the token may see it,
and the role where the token is a person's or a system user's. A page's own token does not tell the role of the person
behind it; that the role is lost is told by the error 190/492.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from connectors.base import Credential, Health
from connectors.errors import ChannelGone, ConnectorError, PermissionLost, UnexpectedAnswer
from connectors.graph.client import GraphClient, Json, items, proof
from connectors.graph.errors import ALLOW_AGAIN, PAGES_TOKEN, named_error, understood

KINDS = {"PAGE": "page", "USER": "user", "APP": "app", "SYSTEM_USER": "system", "SYSTEM": "system"}
MODERATE, CREATE = "MODERATE", "CREATE_CONTENT"
"""The tasks on a page that answering and publishing take."""


@dataclass(frozen=True, slots=True)
class TokenReport:
    """What debug_token says. kind "unknown": it would not tell, and then scopes are unknown (None) too.

    profile_id: the page that a page token is for. expires, data_access_expires: None for never.
    targets: scope -> the only pages or accounts it was granted for; a scope that is not in it holds for all.
    """

    kind: str = "unknown"
    scopes: frozenset[str] | None = None
    profile_id: str | None = None
    expires: datetime | None = None
    data_access_expires: datetime | None = None
    targets: dict[str, frozenset[str]] | None = None
    problem: ConnectorError | None = None

    def missing(self, wanted: Iterable[str], account_id: str | None = None) -> tuple[str, ...]:
        """The wanted scopes that were not granted, or not for this account. None are missing where nothing is known."""
        if self.scopes is None:
            return ()
        return tuple(scope for scope in wanted if not self._granted(scope, account_id))

    def has(self, scope: str) -> bool:
        return self.scopes is not None and scope in self.scopes

    def _granted(self, scope: str, account_id: str | None) -> bool:
        targets = (self.targets or {}).get(scope)
        return self.has(scope) and (account_id is None or not targets or account_id in targets)


@dataclass(frozen=True, slots=True)
class Needs:
    """The scopes a connector needs for what, on which account. by_name: they have to be granted for it by its id."""

    account_id: str
    read: tuple[str, ...]
    reply: str
    publish: str
    by_name: bool = False

    @property
    def only_for(self) -> str | None:
        return self.account_id if self.by_name else None


@dataclass
class _Found:
    """What a check has found so far."""

    token: TokenReport
    missing: tuple[str, ...] = ()
    role: tuple[str, ...] | None = None
    subscribed: bool | None = None


def examine(
    client: GraphClient,
    credential: Credential,
    needs: Needs,
    judge: Callable[[TokenReport], ConnectorError | None],
    attempt: Callable[[], None],
) -> Health:
    """A token's health: what Graph says about it, what `judge` makes of that, and then what a real reading raises."""
    found, problem = _Found(TokenReport()), None
    try:
        with understood():
            found.token = report(client, credential)
            problem = _problem(found, needs, judge)
            if not problem:
                attempt()
                found.subscribed = _subscribed(client, found.token, needs)
                found.role = _role(client, found.token, needs)
    except ConnectorError as error:
        problem = error
    return replace(_health(found, needs, problem), requests=client.requests, counted_cost=client.requests)


def _problem(
    found: _Found, needs: Needs, judge: Callable[[TokenReport], ConnectorError | None]
) -> ConnectorError | None:
    if found.token.problem:
        return found.token.problem
    found.missing = found.token.missing(needs.read, needs.only_for)
    return judge(found.token) or (lacks(found.missing) if found.missing else None)


def _health(found: _Found, needs: Needs, problem: ConnectorError | None) -> Health:
    token, well = found.token, problem is None
    return Health(
        token_kind=token.kind,
        can_read=well,
        scopes_missing=found.missing,
        expires=token.expires,
        can_reply=well and token.has(needs.reply) and (found.role is None or MODERATE in found.role),
        can_publish=well and token.has(needs.publish) and (found.role is None or CREATE in found.role),
        problem=problem,
        data_access_expires=token.data_access_expires,
        role=None if found.role is None else ", ".join(found.role),
        subscribed=found.subscribed,
    )


def lacks(scopes: Iterable[str], code: str = "") -> PermissionLost:
    """The error for a token that was not granted these."""
    return PermissionLost(f"the token lacks {', '.join(scopes)}", code=code, remedy=ALLOW_AGAIN)


def wrong_kind(kind: str) -> PermissionLost:
    """The error for a token that reads no comments by its nature."""
    return PermissionLost(
        f"no comments are shown to a token of kind {kind}: it takes the page's own", remedy=PAGES_TOKEN
    )


def _subscribed(client: GraphClient, token: TokenReport, needs: Needs) -> bool | None:
    """Is the app told of the page's changes? Only who may manage the page's metadata may see that."""
    page_id = token.profile_id or (needs.account_id if token.kind == "system" else None)
    if page_id is None or not token.has("pages_manage_metadata"):
        return None
    answer = _unless_refused(client, f"{page_id}/subscribed_apps")
    return bool(items(answer)) if answer else None


def _role(client: GraphClient, token: TokenReport, needs: Needs) -> tuple[str, ...] | None:
    """The tasks on the page, as Graph calls them: for a person's or system user's token only."""
    if token.kind not in ("user", "system") or not token.has("pages_show_list"):
        return None
    fields = "id,tasks,instagram_business_account{id}"
    answer = _unless_refused(client, "me/accounts", fields=fields, limit="100")
    for page in items(answer) if answer else ():
        if needs.account_id in (page.get("id"), (page.get("instagram_business_account") or {}).get("id")):
            return tuple(str(task) for task in page.get("tasks") or ())
    return None


def _unless_refused(client: GraphClient, path: str, **arguments: str) -> Json | None:
    try:
        return client.get(path, **arguments)
    except (PermissionLost, ChannelGone, UnexpectedAnswer):
        return None


def report(client: GraphClient, credential: Credential) -> TokenReport:
    """Asks Graph about the client's own token, in the app's name where the credential tells its id and secret.

    Costs one call. Raises what the call raises, but takes a refusal to tell for "unknown".
    """
    token, secret, app_id = (credential.get(name) or "" for name in ("token", "app_secret", "app_id"))
    asking = f"{app_id}|{secret}" if app_id and secret else token
    arguments = {"input_token": token, "access_token": asking}
    if secret:
        arguments["appsecret_proof"] = proof(asking, secret)
    answer = _unless_refused(client, "debug_token", **arguments) or {}
    data = answer.get("data")
    return read_report(data) if isinstance(data, dict) else TokenReport()


def read_report(data: Json) -> TokenReport:
    """What the `data` of a debug_token answer says."""
    error = data.get("error")
    problem = named_error(error if isinstance(error, dict) else {"code": 190}, datetime.now(UTC))
    granular = [grant for grant in data.get("granular_scopes") or () if isinstance(grant, dict)]
    return TokenReport(
        kind=KINDS.get(str(data.get("type")).upper(), "unknown"),
        scopes=frozenset(data.get("scopes") or ()),
        profile_id=data.get("profile_id"),
        expires=_moment(data.get("expires_at")),
        data_access_expires=_moment(data.get("data_access_expires_at")),
        targets={str(grant.get("scope")): frozenset(grant.get("target_ids") or ()) for grant in granular},
        problem=None if data.get("is_valid") else problem,
    )


def _moment(unix: object) -> datetime | None:
    """0 and what is no number mean never."""
    return datetime.fromtimestamp(unix, UTC) if isinstance(unix, int) and unix > 0 else None
