"""What Graph tells about a token, and whether that is enough."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from connectors.base import Credential, Health
from connectors.errors import ChannelGone, ConnectorError, PermissionLost, UnexpectedAnswer
from connectors.graph.client import GraphClient, Json, proof
from connectors.graph.errors import named_error, understood

KINDS = {"PAGE": "page", "USER": "user", "APP": "app", "SYSTEM_USER": "system", "SYSTEM": "system"}


@dataclass(frozen=True, slots=True)
class TokenReport:
    """What debug_token says. kind "unknown": it would not tell, and then scopes are unknown (None) too.

    profile_id: the page that a page token is for. expires: the earlier of token and data access; None for never.
    targets: scope -> the only pages or accounts it was granted for; a scope that is not in it holds for all.
    """

    kind: str = "unknown"
    scopes: frozenset[str] | None = None
    profile_id: str | None = None
    expires: datetime | None = None
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
    """The scopes a connector needs for what. account_id: where the scopes have to hold for it by name."""

    read: tuple[str, ...]
    reply: str
    publish: str
    account_id: str | None = None


def examine(
    client: GraphClient,
    credential: Credential,
    needs: Needs,
    judge: Callable[[TokenReport], ConnectorError | None],
    attempt: Callable[[], None],
) -> Health:
    """A token's health: what Graph says about it, what `judge` makes of that, and then what a real reading raises."""
    token, missing = TokenReport(), tuple[str, ...]()
    problem: ConnectorError | None = None
    try:
        with understood():
            token = report(client, credential)
            problem = token.problem or judge(token)
            missing = () if token.problem else token.missing(needs.read, needs.account_id)
            if missing and not problem:
                problem = PermissionLost(f"the token lacks {', '.join(missing)}")
            if not problem:
                attempt()
    except ConnectorError as error:
        problem = error
    return Health(
        token_kind=token.kind,
        can_read=problem is None,
        scopes_missing=missing,
        expires=token.expires,
        can_reply=problem is None and token.has(needs.reply),
        can_publish=problem is None and token.has(needs.publish),
        problem=problem,
    )


def report(client: GraphClient, credential: Credential) -> TokenReport:
    """Asks Graph about the client's own token, in the app's name where the credential tells its id and secret.

    Costs one call. Raises what the call raises, but takes a refusal to tell for "unknown".
    """
    token, secret, app_id = (credential.get(name) or "" for name in ("token", "app_secret", "app_id"))
    asking = f"{app_id}|{secret}" if app_id and secret else token
    arguments = {"input_token": token, "access_token": asking}
    if secret:
        arguments["appsecret_proof"] = proof(asking, secret)
    try:
        answer = client.get("debug_token", **arguments)
    except (PermissionLost, ChannelGone, UnexpectedAnswer):
        return TokenReport()
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
        expires=_earliest(data.get("expires_at"), data.get("data_access_expires_at")),
        targets={str(grant.get("scope")): frozenset(grant.get("target_ids") or ()) for grant in granular},
        problem=None if data.get("is_valid") else problem,
    )


def _earliest(*moments: object) -> datetime | None:
    """The first of some Unix times; 0 and what is no number mean never."""
    known = [moment for moment in moments if isinstance(moment, int) and moment > 0]
    return datetime.fromtimestamp(min(known), UTC) if known else None
