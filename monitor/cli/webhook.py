"""`kanalvakt webhook`: other systems that are told what happens. An address may be a secret, so no call names one."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import typer
from sqlalchemy.orm import Session

from config.language import N_, _
from config.settings import settings
from monitor.alerts import hook_subscriptions as hooks
from monitor.alerts.hook_rules import Fate, State, fate
from monitor.alerts.hook_subscriptions import CannotSubscribe, Listed, Wish
from monitor.alerts.hook_words import STATES, answer_in_words, dispatch_in_words, event_in_words
from monitor.audit.outgoing_models import Subscription
from monitor.audit.outgoing_rules import Event
from monitor.cli.errors import WrongWords
from monitor.cli.finding import channel_named, person_named
from monitor.cli.output import local, remark, say, show_facts, show_json, show_table
from monitor.cli.routes import UrlEnv, UrlFile, given
from monitor.cli.setup import opened_database
from monitor.register.organisation import organisation

app = typer.Typer(
    help=N_("Other systems that are told what happens: an archive, a case system, a chat."), no_args_is_help=True
)
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]
Number = Annotated[int, typer.Argument(metavar="NUMBER", help=N_("The subscription's number in the list."))]
Message = Annotated[int, typer.Argument(metavar="MESSAGE", help=N_("The message's number in `webhook show`."))]
Name = Annotated[str, typer.Argument(metavar="NAME", help=N_("What the other system is called."))]
By = Annotated[str, typer.Option("--by", metavar="PERSON", help=N_("Who decides it: the person's id in the register."))]
Events = Annotated[list[Event], typer.Option("--event", help=N_("What it is told of; may be given several times."))]
Channels = Annotated[
    list[str] | None,
    typer.Option("--channel", metavar="CHANNEL", help=N_("Only of this channel; may be given several times.")),
]
Act = Callable[[Session, Subscription, str, datetime], object]
Came = TypeVar("Came")


@app.command("add", help=N_("Tell another system. Its address comes from standard input, a variable or a file."))
def add(
    name: Name,
    by: By,
    event: Events,
    channel: Channels = None,
    url_env: UrlEnv = None,
    url_file: UrlFile = None,
    json: Json = False,
) -> None:
    wish = Wish(name, given(url_env, url_file), tuple(event), tuple(channel or ()))
    with opened_database().transaction() as session:
        organisation(session)
        for each in wish.channels:
            channel_named(session, each)
        person = person_named(session, by).id
        made, secret = _accepted(lambda: hooks.add(session, wish, person, datetime.now(UTC), settings()))
    if json:
        show_json({"id": made.id, "secret": secret} | hooks.said(made))
        return
    say(_("{name} is told from now on: subscription {number}.", name=made.name, number=made.id))
    _tell_secret(secret)
    say(_("See whether it works: `kanalvakt webhook test {number}`", number=made.id))


@app.command("list", help=N_("The systems that are told, and what waits for them."))
def list_(json: Json = False) -> int:
    with opened_database().snapshot() as session:
        zone, found = organisation(session).timezone, hooks.listed(session)
    if json:
        show_json([hooks.for_programs(each) for each in found])
    else:
        columns = (_("Number"), _("Name"), _("Receiver"), _("State"), _("Messages waiting"), _("Since"))
        show_table(columns, [_row(each, zone) for each in found])
    return 1 if any(each.subscription.state == State.DISABLED for each in found) else 0


@app.command("show", help=N_("One of them, with what was sent to it last."))
def show(number: Number, json: Json = False) -> None:
    with opened_database().snapshot() as session:
        zone, found = organisation(session).timezone, _one(session, number)
        sent = hooks.latest(session, found.subscription)
    if json:
        show_json(hooks.for_programs(found) | {"dispatches": [hooks.sent_for_programs(each) for each in sent]})
        return
    each = found.subscription
    told = (_("Told of"), [event_in_words(event) for event in each.events])
    channels = (_("Channels"), each.channels or _("All channels"))
    show_facts([(_("Name"), each.name), (_("Receiver"), each.host), (_("State"), _state(each)), told, channels])
    rows = [
        (one.dispatch.id, local(one.event.at, zone), one.event.kind, dispatch_in_words(one.dispatch, each.host))
        for one in sent
    ]
    show_table((_("Number"), _("When"), _("Event"), _("What became of it")), rows)


@app.command("test", help=N_("Send a message that says nothing, and show what really happens."))
def try_(number: Number, json: Json = False) -> int:
    db = opened_database()
    with db.snapshot() as session:
        organisation(session)
        found = _one(session, number).subscription
    answer = hooks.send_test(db, number, datetime.now(UTC), settings())
    if answer is None:
        raise WrongWords(_no_such(number))
    taken = fate(answer.status, 1) is Fate.DELIVERED
    if json:
        show_json({"id": number, "taken": taken, "status": answer.status, "problem": answer.problem})
    elif taken:
        say(_("{name} has taken a test message.", name=found.name))
    else:
        remark(answer_in_words(answer.status, answer.problem, found.host))
    return 0 if taken else 1


@app.command("pause", help=N_("Send nothing for a while. What happens meanwhile is kept for 30 days."))
def pause(number: Number, by: By, json: Json = False) -> None:
    _tell(_acted(number, by, hooks.pause), json=json)


@app.command("resume", help=N_("Go on, with what waits: after a pause, or when the receiver has been mended."))
def resume(number: Number, by: By, json: Json = False) -> None:
    _tell(_acted(number, by, hooks.resume), json=json)


@app.command("replace-secret", help=N_("Sign with a new secret; for a day the one before signs as well."))
def replace_secret(number: Number, by: By, json: Json = False) -> None:
    secrets: list[str] = []
    _acted(number, by, lambda *known: secrets.append(hooks.replace_secret(*known)))
    if json:
        show_json({"id": number, "secret": secrets[0]})
    else:
        _tell_secret(secrets[0])


@app.command("leave-out", help=N_("Do not send a message that waits, and that the receiver never takes."))
def leave_out(number: Number, message: Message, by: By, json: Json = False) -> None:
    found = _acted(number, by, lambda session, each, *known: hooks.leave_out(session, each, message, *known))
    _tell(found, json=json)


@app.command("remove", help=N_("Tell it no more, and forget its address, its secret and what was sent."))
def remove(number: Number, by: By, json: Json = False) -> None:
    found = _acted(number, by, hooks.remove)
    if json:
        show_json({"id": number})
    else:
        say(_("{name} is not told any more.", name=found.name))


def _one(session: Session, number: int) -> Listed:
    found = hooks.one(session, number)
    if found is None:
        raise WrongWords(_no_such(number))
    return found


def _no_such(number: int) -> str:
    return _("There is no subscription {number}: see `kanalvakt webhook list`.", number=number)


def _acted(number: int, by: str, act: Act) -> Subscription:
    with opened_database().transaction() as session:
        organisation(session)
        found, person = _one(session, number).subscription, person_named(session, by).id
        _accepted(lambda: act(session, found, person, datetime.now(UTC)))
    return found


def _accepted(act: Callable[[], Came]) -> Came:
    try:
        return act()
    except CannotSubscribe as why:
        raise WrongWords(str(why)) from None


def _tell(found: Subscription, *, json: bool) -> None:
    if json:
        show_json({"id": found.id, "state": found.state})
    else:
        say(_("{name}: {state}", name=found.name, state=_state(found)))


def _tell_secret(secret: str) -> None:
    say(_("The secret that messages are signed with, shown this once: {secret}", secret=secret))


def _state(found: Subscription) -> str:
    return _(STATES[State(found.state)])


def _row(found: Listed, zone: str) -> tuple[object, ...]:
    each = found.subscription
    return each.id, each.name, each.host, _state(each), found.waiting, local(found.waiting_since, zone)
