"""`kanalvakt channel connect`, `disconnect` and `rotate-keys`: channels' secrets, from the browser to the database.

A secret is never a word of a call, where everybody on the machine could read it.
"""

import sys
import webbrowser
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import typer

from config.language import N_, _
from config.settings import settings
from connectors.connecting import CONNECTABLE, Candidate, Login, app_names, flow, hints_wanted
from connectors.errors import ConnectorError
from monitor.audit import COMMAND, audited
from monitor.cli.callback import Callback
from monitor.cli.errors import WrongWords
from monitor.cli.finding import channel_named
from monitor.cli.output import remark, say, show_json
from monitor.cli.setup import opened_database
from monitor.db import Database
from monitor.register import secrets
from monitor.register.connecting import Attempt, Match, channels_to_connect, keep, match
from monitor.register.credentials import at_hand
from monitor.register.models import Channel
from monitor.register.organisation import organisation
from monitor.watch.checking import Check, check_now, read_soon

PATIENCE = 600  # seconds for a person to log in and agree
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]
Platform = Annotated[str, typer.Argument(metavar="PLATFORM", help=N_("facebook, instagram or youtube."))]
One = Annotated[str | None, typer.Option("--channel", help=N_("Only this channel; else all that the login reaches."))]
Paste = Annotated[
    bool, typer.Option("--paste", help=N_("Paste the address from the browser: it may run on another machine."))
]
Port = Annotated[int, typer.Option(min=0, max=65535, help=N_("Where the browser is sent back to; 0: any free port."))]
Redirect = Annotated[
    str | None, typer.Option(help=N_("With --paste: an address that the app allows the browser to be sent to."))
]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help=N_("Only print the address."))]
AppId = Annotated[str | None, typer.Option("--app-id", help=N_("The app's public id; else asked for."))]
ChannelId = Annotated[str, typer.Argument(metavar="CHANNEL", help=N_("The channel's id in the register."))]


@dataclass(frozen=True, slots=True)
class Way:
    """How the person and the answer find each other."""

    paste: bool
    port: int
    browser: bool
    redirect: str | None


def connect(
    platform: Platform,
    channel: One = None,
    paste: Paste = False,
    port: Port = 0,
    redirect: Redirect = None,
    no_browser: NoBrowser = False,
    app_id: AppId = None,
    json: Json = False,
) -> int:
    db = opened_database()
    channels = _channels(db, platform, channel)
    app = _app(db, platform, channels[0], app_id)
    public_id, secret = app.values()
    login = flow(platform)(public_id, secret, settings())
    _explain(login)
    candidates = _ask(login, Way(paste, port, not no_browser, redirect))
    found = match(channels, candidates)
    taken = [each for each in found if each.candidate]
    for each in found:
        if each.problem:
            remark(f"{each.channel.id}: {each.problem}. {_(each.problem.remedy)}")
    checks = [_take(db, each, each.candidate, app, login) for each in taken if each.candidate]
    _show(checks, json=json)
    return 0 if checks and all(each.ok for each in checks) else 1


def disconnect(channel: ChannelId) -> None:
    with opened_database().transaction() as session:
        gone = secrets.forget(session, channel_named(session, channel).id)
    names = ", ".join(gone)
    say(_("Forgotten: {names}.", names=names) if gone else _("Nothing is stored for {channel}.", channel=channel))
    if gone:
        say(_("The platform still honours them: take the app's access away there too."))


def rotate_keys() -> int:
    db = opened_database()
    done = secrets.rotate(db)
    if done.needs_key:
        remark(
            _(
                "KANALVAKT_ENCRYPTION_KEYS has one key. Make a new one with `openssl rand -base64 32`, put it first, "
                "with a comma after it, start Kanalvakt's processes again, and run this again."
            )
        )
        return 1
    if done.secrets:
        with db.transaction() as session:
            said = {"count": done.secrets}
            audited(session, COMMAND, "keys.rotated", ("keys", "all"), datetime.now(UTC), after=said)
    say(_("Secrets encrypted with the first key: {count}.", count=done.secrets))
    if done.superfluous:
        say(_("Now take everything from the first comma on out of KANALVAKT_ENCRYPTION_KEYS."))
    else:
        say(_("Make a new backup of the database and the key: an older one needs the key that is gone now."))
    return 0


def _channels(db: Database, platform: str, name: str | None) -> list[Channel]:
    if platform not in CONNECTABLE:
        names = ", ".join(CONNECTABLE)
        raise WrongWords(_("{platform} cannot be connected. These can: {names}.", platform=platform, names=names))
    with db.snapshot() as session:
        organisation(session)
        channels = channels_to_connect(session, platform)
        chosen = channel_named(session, name) if name else None
    if chosen is not None and chosen.id not in {each.id for each in channels}:
        raise WrongWords(_("{channel} is no channel that is read from {platform}.", channel=name, platform=platform))
    if not channels:
        remedy = _("There is no channel on {platform} in the register. Add it, and import the register first.")
        raise WrongWords(remedy.format(platform=platform))
    return [chosen] if chosen is not None else channels


def _app(db: Database, platform: str, channel: Channel, typed_id: str | None) -> dict[str, str]:
    """The app's id and secret by their names: what the register names or is stored; else a person types them."""
    with db.transaction(repeatable=True) as session:
        known = at_hand(channel, stored=secrets.stored(session, channel.id))
    id_name, secret_name = app_names(platform)
    return {
        id_name: typed_id or known.get(id_name) or _typed(id_name),
        secret_name: known.get(secret_name) or _typed(secret_name, hidden=True),
    }


def _typed(name: str, *, hidden: bool = False) -> str:
    if not sys.stdin.isatty():
        raise WrongWords(_("{name} is not known: name {name}_env or {name}_file in the register.", name=name))
    value: str = typer.prompt(name, hide_input=hidden, err=True)
    return value.strip()


def _explain(login: Login) -> None:
    remark(_("Kanalvakt asks for:"))
    for scope in login.asked:
        remark(f"  {scope.name}: {_(scope.purpose)}")


def _ask(login: Login, way: Way) -> list[Candidate]:
    if way.paste:
        usual = login.paste_uri or f"http://{login.loopback}:{way.port or 8481}/"
        attempt = Attempt(login, way.redirect or usual)
        _send_out(attempt, way)
        remark(_("When you have agreed, copy the whole address from the browser's address bar and paste it here:"))
        return attempt.finish(sys.stdin.readline())
    try:
        callback = Callback(way.port)
    except OSError:
        raise WrongWords(_("Port {port} is taken: choose another with --port.", port=way.port)) from None
    with callback:
        attempt = Attempt(login, f"http://{login.loopback}:{callback.port}/")
        _send_out(attempt, way)
        answer = callback.wait(PATIENCE)
    if answer is None:
        raise WrongWords(_("No answer came within {minutes} minutes: start again.", minutes=PATIENCE // 60))
    return attempt.finish(answer)


def _send_out(attempt: Attempt, way: Way) -> None:
    remark(_("Open this address, log in as somebody who manages the account, and agree:"))
    print(attempt.address, file=sys.stderr, flush=True)
    if way.browser:
        webbrowser.open(attempt.address)


def _take(db: Database, found: Match, candidate: Candidate, app: Mapping[str, str], login: Login) -> Check:
    now = datetime.now(UTC)
    with db.transaction() as session:
        keep(session, found, app, now)
        read_soon(session, found.channel.id, now)
    for scope in candidate.scopes_missing:
        words = {"channel": found.channel.id, "name": scope.name, "purpose": _(scope.purpose)}
        remark(_("{channel}: {name} was not granted ({purpose}).", **words))
    if hints_wanted(settings()):
        _subscribe(login, candidate, found.channel.id)
    return check_now(db, found.channel, settings())


def _subscribe(login: Login, candidate: Candidate, channel_id: str) -> None:
    """Hints are a help, not the truth: without them the channel is read all the same."""
    try:
        login.subscribe(candidate)
    except ConnectorError as error:
        remark(_("{channel}: no webhooks: {why}.", channel=channel_id, why=error))


def _show(checks: Sequence[Check], *, json: bool) -> None:
    if json:
        show_json(checks)
        return
    for each in checks:
        well = _("{channel} is connected and can be read.", channel=each.id)
        say(well if each.ok else f"{each.id}: {each.message}. {each.remedy}")
        if each.expires:
            say(_("Valid until {date}.", date=each.expires.date()))
