"""`kanalvakt hub gaps|link|dismiss|reopen`: own posts that lead to no page of the website, and what is said of them."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.alerts.wording import excerpt
from monitor.cli.errors import WrongWords
from monitor.cli.finding import channel_named, person_named
from monitor.cli.output import local, say, show_json, show_table
from monitor.cli.setup import opened_database
from monitor.register.models import Person
from monitor.register.organisation import organisation
from monitor.watch.hub import HubPost, NotAccepted, dismiss, hub_posts, link, reopen
from monitor.watch.hub_rules import Hub
from monitor.watch.models import HubNote, Post

app = typer.Typer(help=N_("Own posts and the website: what is missing there."), no_args_is_help=True)

PostId = Annotated[str, typer.Argument(metavar="POST", help=N_("Its number in the list, or its id on the platform."))]
Url = Annotated[str, typer.Argument(metavar="URL", help=N_("The page of the website that says it."))]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("Why it need not be on the website."))]
By = Annotated[str, typer.Option("--by", metavar="PERSON", help=N_("Who says it: the person's id in the register."))]
Only = Annotated[str | None, typer.Option("--channel", metavar="CHANNEL", help=N_("Only this channel."))]
Everything = Annotated[bool, typer.Option("--all", help=N_("Also those that are on the website, linked or dismissed."))]
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]

STATES = {
    Hub.ON_WEBSITE: N_("on the website"),
    Hub.LINKED: N_("linked by a person"),
    Hub.DISMISSED: N_("need not be there"),
    Hub.MISSING: N_("missing on the website"),
}
Saying = Callable[[Session, Post, Person, datetime], HubNote]


@app.command("gaps", help=N_("Own posts that are missing on the website, newest first."))
def gaps(channel: Only = None, everything: Everything = False, json: Json = False) -> int:
    with opened_database().snapshot() as session:
        zone = organisation(session).timezone
        chosen = channel_named(session, channel).id if channel else None
        found = hub_posts(session, datetime.now(UTC), chosen)
    shown = [post for post in found if everything or post.hub == Hub.MISSING]
    if json:
        show_json([as_json(post) for post in shown])
    elif not shown:
        say(_("Nothing is missing on the website."))
    else:
        columns = (_("Number"), _("Published"), _("Channel"), _("State"), _("Post"), _("Address"), _("Because"))
        show_table(columns, [_row(post, zone) for post in shown])
    return 1 if any(post.hub == Hub.MISSING for post in found) else 0


@app.command("link", help=N_("Say where on the website a post is to be found."))
def link_(post: PostId, url: Url, by: By) -> None:
    _say(post, by, lambda session, found, person, now: link(session, found, url, person.id, now))


@app.command("dismiss", help=N_("Say why a post need not be on the website."))
def dismiss_(post: PostId, reason: Reason, by: By) -> None:
    _say(post, by, lambda session, found, person, now: dismiss(session, found, reason, person.id, now))


@app.command("reopen", help=N_("Take back what was said of a post."))
def reopen_(post: PostId, by: By) -> None:
    _say(post, by, lambda session, found, person, now: reopen(session, found, person.id, now))


def as_json(post: HubPost) -> dict[str, object]:
    """For programs; of its text only the beginning."""
    told = asdict(post)
    return {**told, "text": excerpt(post.text), "hub": str(post.hub)}


def _say(name: str, by: str, saying: Saying) -> None:
    with opened_database().transaction() as session:
        organisation(session)
        post, person = _post_named(session, name), person_named(session, by)
        try:
            saying(session, post, person, datetime.now(UTC))
        except NotAccepted as refusal:
            raise WrongWords(str(refusal)) from None
        said = f"{post.channel_id} {post.external_id}"
    say(_("Noted for {post}.", post=said))


def _post_named(session: Session, name: str) -> Post:
    """By our own number or the platform's id. Raises WrongWords."""
    by_number = session.get(Post, int(name)) if name.isdecimal() and len(name) < 10 else None
    named = session.scalars(select(Post).where(Post.external_id == name).limit(2)).all()
    found = [*([by_number] if by_number else []), *(one for one in named if one is not by_number)]
    if not found:
        raise WrongWords(_("There is no post {name}: see `kanalvakt hub gaps --all`.", name=name))
    if len(found) > 1:
        ids = ", ".join(str(one.id) for one in found)
        raise WrongWords(_("{name} may be several posts: use one of the numbers {ids}.", name=name, ids=ids))
    return found[0]


def _row(post: HubPost, timezone: str) -> tuple[object, ...]:
    when, state = local(post.posted_at, timezone), _(STATES[post.hub])
    return post.post, when, post.channel, state, excerpt(post.text), post.permalink, post.because
