"""What is told of a channel."""

from datetime import UTC, date, datetime, time
from typing import Annotated

from pydantic import BeforeValidator
from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.access.permission_rules import Permission
from monitor.register.account_text import missing
from monitor.register.calendar import calendar_of
from monitor.register.deciding import latest_of
from monitor.register.models import Channel, StoredSecret
from monitor.register.organisation import organisation
from monitor.register.terms import terms_of
from monitor.watch.day_view import shown_days
from monitor.watch.models import TokenHealth
from monitor.watch.overview import channels as overviews
from monitor.watch.overview import for_programs
from monitor.web.api.asking import Caller
from monitor.web.api.shapes import Moment, Out
from monitor.web.register.channels import latest_readings

Clock = Annotated[str | None, BeforeValidator(lambda at: at.isoformat("minutes") if isinstance(at, time) else at)]


class TermOut(Out):
    """days: so many working days, until service hours end, or until `at`. hours: of service."""

    days: int | None
    hours: float | None
    at: Clock


class TermsOut(Out):
    """comment, held, interim: until an answer is due. responsible, deputy, manager: after that, until each is told."""

    comment: TermOut
    held: TermOut
    interim: TermOut
    responsible: TermOut
    deputy: TermOut
    manager: TermOut


class DecisionBrief(Out):
    """The decision that speaks for the channel today. unconfirmed: it should be confirmed by now."""

    valid_until: date
    status: str
    version: int
    confirmed: bool
    unconfirmed: bool


class CoverageOut(Out):
    """What the platform keeps from us: posts that count more comments than it shows, and what it refused."""

    gaps: int
    comments_counted: int
    comments_not_shown: int
    newest_gap: Moment | None
    degraded: list[str]
    not_covered: list[str]


class ChannelOut(Out):
    """As `kanalvakt channel list --json`. state: ok, waiting, failing, paused, retired, manual."""

    id: str
    name: str
    platform: str
    address: str
    unit: str
    unit_name: str
    responsible: str
    responsible_name: str
    deputy: str | None
    deputy_name: str | None
    watch_mode: str
    has_comments: bool
    state: str
    state_reason: str | None
    decision: DecisionBrief | None
    decision_needed: bool
    last_complete_read: Moment | None
    token_expires: Moment | None
    failing_since: Moment | None
    failure_detail: str | None
    remedy: str | None
    coverage: CoverageOut
    warnings: list[str]
    terms: TermsOut


class ReadingOut(Out):
    """outcome: running, complete, partial, failed, lost, thread."""

    started_at: Moment
    finished_at: Moment | None
    outcome: str
    error_kind: str | None
    posts: int
    comments_seen: int
    new: int
    edited: int
    gone: int


class HealthOut(Out):
    """What the latest look at the credential found."""

    checked_at: Moment
    token_kind: str
    can_read: bool
    can_reply: bool
    can_publish: bool
    problem: str | None


class RegisterOut(Out):
    """For those who keep the register. credential: where secrets lie; stored_secrets: their names. Never a secret.
    account_text_missing: what the account's presentation lacks."""

    external_id: str | None
    credential: dict[str, str]
    stored_secrets: list[str]
    administrators: list[str]
    account_text_missing: list[str]
    account_text_checked_on: date | None


class ChannelDetails(ChannelOut):
    """latest_decision: number of the one decided last. verdict_today: null while the day is not yet watched."""

    latest_decision: int | None
    to_be_watched_today: bool
    verdict_today: str | None
    health: HealthOut | None
    readings: list[ReadingOut]
    kept: RegisterOut | None


class CheckOut(Out):
    """As `kanalvakt channel check --json`."""

    id: str
    ok: bool
    token_kind: str
    scopes_missing: list[str]
    expires: Moment | None
    can_read: bool
    can_reply: bool
    can_publish: bool
    problem: str | None
    message: str | None
    remedy: str | None
    data_access_expires: Moment | None
    role: str | None
    subscribed: bool | None


def details(session: Session, known: Caller, channel: Channel) -> ChannelDetails:
    owner = organisation(session)
    today = calendar_of(owner).local_date(datetime.now(UTC))
    row = next(each for each in overviews(session, today) if each.id == channel.id)
    latest = latest_of(session, channel.id)
    day = next(iter(shown_days(session, today, today, [channel.id])), None)
    edits = known.who.may(Permission.EDIT_REGISTER, channel.id)
    more = {
        "latest_decision": latest.id if latest is not None else None,
        "to_be_watched_today": day is not None,
        "verdict_today": day.verdict if day is not None else None,
        "health": session.get(TokenHealth, channel.id),
        "readings": latest_readings(session, channel),
        "kept": _register(session, channel) if edits else None,
    }
    return ChannelDetails.model_validate(for_programs(row, terms_of(owner, channel)) | more)


def _register(session: Session, channel: Channel) -> RegisterOut:
    stored = session.scalars(select(StoredSecret.name).where(StoredSecret.channel_id == channel.id)).all()
    return RegisterOut(
        external_id=channel.external_id,
        credential=channel.credential,
        stored_secrets=sorted(stored),
        administrators=channel.administrators,
        account_text_missing=list(missing(channel.account_text, has_comments=channel.has_comments)),
        account_text_checked_on=channel.account_text_checked_on,
    )
