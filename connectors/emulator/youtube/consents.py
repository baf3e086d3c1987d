"""Google's consents: who let which client into a channel, and the codes that say so.

A test may change `testing` (the app is not published: a refresh token lives seven days) and register more clients.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.emulator.wire import Request
from connectors.emulator.world import Account, Token, World

CLIENT_ID = "480391958098-kanalvakt.apps.googleusercontent.com"
CLIENT_SECRET = "GOCSPX-emulated"  # noqa: S105 - of a client in a toy world
CODE_LIVES = timedelta(minutes=10)
TESTING_LIVES = timedelta(days=7)


@dataclass
class CodeRefused(Exception):
    """Why the token endpoint gives nothing for a code."""

    error: str
    description: str
    status: int = 400


@dataclass
class Consent:
    """What was agreed to. challenge: of PKCE (S256), empty without. lasting: a refresh token is given."""

    client_id: str
    account: Account
    scopes: tuple[str, ...]
    redirect: str
    challenge: str
    lasting: bool
    at: datetime
    used: bool = False


class Consents:
    """clients: id -> secret."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.clients: dict[str, str] = {CLIENT_ID: CLIENT_SECRET}
        self.testing = False
        self._codes: dict[str, Consent] = {}
        self._known: set[tuple[str, str]] = set()

    def channels(self) -> list[Account]:
        """Those that the person may choose."""
        return [account for account in self._world.accounts.values() if account.platform == "youtube"]

    def agree(self, request: Request, account: Account, scopes: tuple[str, ...]) -> str:
        """The person agrees to what the address asked for; gives the code. Only the first consent, or one that was
        asked for again by prompt=consent, gives a refresh token."""
        client = request.get("client_id")
        first = (client, account.id) not in self._known
        self._known.add((client, account.id))
        lasting = request.get("access_type") == "offline" and (first or request.get("prompt") == "consent")
        words = (request.get("redirect_uri"), request.get("code_challenge"), lasting, self._world.now)
        code = "4/0A" + self._secret(f"code {len(self._codes)}")
        self._codes[code] = Consent(client, account, scopes, *words)
        return code

    def forget(self) -> None:
        """The person takes the access away: every refresh token is dead, the next consent is a first one."""
        self._known.clear()
        for token in self._world.tokens.values():
            if token.kind == "oauth":
                token.error = (400, None)

    def redeem(self, request: Request) -> tuple[Token, bool]:
        """The refresh token behind a code, and whether it is given away. Raises CodeRefused."""
        secret = self.clients.get(request.get("client_id"))
        if secret is None or secret != request.get("client_secret"):
            raise CodeRefused("invalid_client", "The OAuth client was not found.", 401)
        consent = self._codes.get(request.get("code"))
        if consent is None or consent.used or self._world.now - consent.at > CODE_LIVES:
            raise CodeRefused("invalid_grant", "Bad Request")
        if consent.redirect != request.get("redirect_uri"):
            raise CodeRefused("redirect_uri_mismatch", "Bad Request")
        if consent.challenge and not _proves(request.get("code_verifier"), consent.challenge):
            raise CodeRefused("invalid_grant", "Invalid code verifier.")
        consent.used = True
        return self._token(consent, secret), consent.lasting

    def _token(self, consent: Consent, secret: str) -> Token:
        value = "1//0" + self._secret(f"refresh {_redeemed(self._codes)}")
        ends = self._world.now + TESTING_LIVES if self.testing else None
        token = Token(value, "oauth", consent.account, consent.scopes, ends, secret)
        return self._world.token(token) if consent.lasting else token

    def _secret(self, what: str) -> str:
        return hashlib.sha256(f"{self._world.seed} {what}".encode()).hexdigest()


def _redeemed(codes: dict[str, Consent]) -> int:
    return sum(consent.used for consent in codes.values())


def _proves(verifier: str, challenge: str) -> bool:
    made = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return hmac.compare_digest(made, challenge)
