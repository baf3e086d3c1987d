"""A public Instagram account read through instaloader: no official way, breaches Instagram's terms, off by default.

For accounts that cannot be connected officially. Requests per reading: 1 when nothing happened, 1 more for each post
whose number of comments changed (for each 50 of them), and 1 more for each thread that changed in number and does not
fit inline. The first reading in a process costs 1 more, with user name and password 3 more: the tokens it needs are
secrets and are kept in memory only.

Every reading lists the newest twelve posts, and all of the last week. A daily one lists all posts and reads those of
the last 90 days again, which shows edits, and a comment that came while another one went; a full one reads everything.
No comment can be looked up by itself. One session must be used by one reading at a time: within one process it waits.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from instaloader import InstaloaderContext

from config.settings import Settings
from connectors.base import Account, Budget, Credential, Health, Reading, ReadPlan
from connectors.errors import ConnectorError, RateLimited, SwitchedOff, UnexpectedAnswer
from connectors.instagram_public.errors import FAILURES, explain, failure
from connectors.instagram_public.look import Look, is_logged_in
from connectors.instagram_public.session import Traffic, session_for


class InstagramPublic:
    """account.external_id is the user name. credential: `session`, the value of the sessionid cookie, best with the
    `username` it belongs to; or `username` and `password`."""

    def __init__(self, account: Account, credential: Credential, settings: Settings) -> None:
        """Raises CredentialMissing; makes no call."""
        self._name = account.external_id
        self._session = session_for(credential, settings)
        self._allowed = settings.instagram_public
        login = "session" if credential.get("session") else "username"
        self._budget = Budget(f"instagram_public/{credential.mark(login)}")

    @property
    def budgets(self) -> tuple[Budget, ...]:
        return (self._budget,)

    def check(self) -> Health:
        """Up to five requests: is the session alive, and does it see the account's posts?"""
        now = datetime.now(UTC)
        if not self._allowed:
            return Health("session", can_read=False, problem=_switched_off())
        look = Look(self._name, ReadPlan(now=now))
        with self._session.in_use() as traffic:
            problem = self._attempt(look.glance, traffic, now)
        sent = traffic.sent
        return Health("session", can_read=problem is None, problem=problem, requests=sent, counted_cost=sent)

    def read(self, plan: ReadPlan) -> Reading:
        if not self._allowed:
            return Reading(state=plan.state, error=_switched_off())
        look = Look(self._name, plan)
        with self._session.in_use(plan.keep_alive, plan.allowance) as traffic:
            error = self._attempt(look.walk, traffic, plan.now)
        return Reading(
            posts=tuple(look.posts.values()),
            comments=tuple(look.comments.values()),
            covered=tuple(look.covered),
            state=look.state(forget_cursor=isinstance(error, UnexpectedAnswer)),
            requests=traffic.sent,
            counted_cost=traffic.sent,
            degraded=look.degraded,
            error=error,
        )

    def _attempt(
        self, ask: Callable[[InstaloaderContext], None], traffic: Traffic, now: datetime
    ) -> ConnectorError | None:
        """Asks; what went wrong, if anything did. It holds nothing of what Instagram answered."""
        try:
            ask(self._session.context())
        except FAILURES as problem:
            error = explain(problem, traffic.last, now)
        else:
            return None
        if isinstance(error, UnexpectedAnswer):
            error = self._reason(traffic, now) or error
        if isinstance(error, RateLimited):
            error.budget = self._budget.key
        self._session.learn_from(error)
        return error

    def _reason(self, traffic: Traffic, now: datetime) -> ConnectorError | None:
        """Instagram answers some questions strangely, not with a refusal, when the session is over. One request; where
        Instagram then asks to wait, that is what counts."""
        try:
            logged_in = is_logged_in(self._session.context())
        except FAILURES as problem:
            error = explain(problem, traffic.last, now)
            return error if isinstance(error, RateLimited) else None
        return None if logged_in else failure("session_over", now)


def _switched_off() -> SwitchedOff:
    return SwitchedOff("reading through instaloader is switched off")
