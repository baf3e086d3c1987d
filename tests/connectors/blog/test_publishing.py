"""A crisis message as a post of a WordPress blog: what bites there, counted at the blog."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from connectors.base import Credential
from connectors.blog.publishing import as_html
from connectors.blog.texts import plain
from connectors.emulator.blog import BlogSite
from connectors.emulator.faults import Fault, Kind
from connectors.emulator.server import Emulator
from connectors.errors import (
    AuthExpired,
    ConnectorError,
    OutcomeUnknown,
    PermissionLost,
    RateLimited,
    Refused,
    Unavailable,
)
from tests.connectors.publishing_stages import LINK, LOGIN, MARKER, Press, blog_site, press, serving

POSTS = r"/wp/v2/posts"


@pytest.fixture
def made(emulator: Emulator) -> Iterator[Press]:
    with serving() as pictures:
        yield press(emulator, "blog", pictures)


@pytest.fixture
def site(emulator: Emulator) -> BlogSite:
    return blog_site(emulator)


def test_a_post_has_the_messages_title_its_text_and_its_marker_for_an_address(made: Press, site: BlogSite) -> None:
    made.prepare()
    published = made.publish()
    assert published.url.endswith(f"/blogg/{MARKER}/")
    assert site.writing.written[published.remote_id].title == "Koka vattnet"
    assert f'<a href="{LINK}">' in made.stage.world.posts[published.remote_id].text


@pytest.mark.parametrize("fault", ["lose", "truncate", "html", "reset"])
def test_a_lost_answer_to_the_draft_makes_no_second_one(made: Press, site: BlogSite, fault: Kind) -> None:
    made.stage.emulator.faults.add(Fault(fault, method="POST", path=f"{POSTS}$"))
    with pytest.raises(Unavailable):
        made.prepare()
    made.prepare()
    made.publish()
    assert (len(site.writing.written), len(made.effects)) == (1, 1)


def test_published_twice_it_is_one_post(made: Press) -> None:
    made.prepare()
    first = made.publish()
    assert made.publish() == first
    with pytest.raises(OutcomeUnknown):
        made.prepare()
    assert len(made.effects) == 1


def test_a_draft_that_somebody_threw_away_is_written_anew(made: Press, site: BlogSite) -> None:
    made.prepare()
    made.stage.world.delete(made.stage.world.posts[str(made.progress["post"])])
    with pytest.raises(Refused):
        made.publish()
    made.prepare()
    made.publish()
    assert len(made.effects) == 1


def test_what_wordpress_makes_prettier_is_still_what_was_sent(made: Press) -> None:
    said = replace(made.draft, text=f'Hämta "vatten" i dunkar, 4x5 liter... <Torget> & skolan.\n\nSe {LINK}.')
    made.prepare(said)
    published = made.publish(said)
    assert made.publisher.verify(said, published).remote_id == published.remote_id
    made.stage.world.edit(made.stage.world.posts[published.remote_id], f"<p>Hämta inget vatten {LINK}</p>")
    with pytest.raises(Refused):
        made.publisher.verify(said, published)


def test_a_text_means_nothing_but_paragraphs_lines_and_links() -> None:
    text = "Koka <vattnet> & vänta.\nLängre ned\n\nSe https://kris.example.se/a1?b=1&c=2."
    made = as_html(text)
    assert plain(made) == text
    assert '<a href="https://kris.example.se/a1?b=1&amp;c=2">' in made
    assert "<vattnet>" not in made


def test_a_user_who_may_not_publish_is_told_from_one_who_is_not_let_in(made: Press, site: BlogSite) -> None:
    assert made.stage.connector().check().can_publish
    site.writing.role = "contributor"
    assert not made.stage.connector().check().can_publish
    made.prepare()
    with pytest.raises(PermissionLost) as caught:
        made.publish()
    assert caught.value.code == "rest_cannot_publish"
    site.writing.passwords.clear()
    assert not made.stage.connector().check().can_publish
    with pytest.raises(AuthExpired) as ended:
        made.publish()
    assert ended.value.code == "incorrect_password"
    assert "abcd" not in repr(ended.value)
    assert made.effects == []


def test_a_server_that_keeps_the_login_from_wordpress_is_found_out(made: Press, site: BlogSite) -> None:
    site.writing.strips_authorization = True
    assert not made.stage.connector().check().can_publish
    with pytest.raises((AuthExpired, PermissionLost, Refused)):
        made.prepare()
    assert made.effects == []


def test_without_a_login_nothing_is_asked_and_reading_goes_on(made: Press) -> None:
    made.stage.credential = Credential({})
    health = made.stage.connector().check()
    assert (health.token_kind, health.can_read, health.can_publish) == ("none", True, False)
    with pytest.raises(PermissionLost):
        made.prepare()


def test_the_password_goes_nowhere_else_and_never_without_https(
    made: Press, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    answer = type(blog_site(emulator)).answer

    def watched(site: BlogSite, request: object) -> object:
        seen.append(request.headers.get("authorization", ""))  # type: ignore[attr-defined]
        return answer(site, request)  # type: ignore[arg-type]

    monkeypatch.setattr(BlogSite, "answer", watched)
    away = {"Location": f"{emulator.url}/blogg/wp-json/wp/v2/elsewhere"}
    emulator.faults.add(Fault("status", path=f"{POSTS}$", status=302, headers=away))
    with pytest.raises(Refused):
        made.prepare()
    made.prepare()
    assert not any("elsewhere" in entry.path for entry in emulator.ledger.entries)
    monkeypatch.setenv("KANALVAKT_PRIVATE_ADDRESSES", "false")
    count = len(seen)
    made.stage.base = "http://blogg.example.org"  # type: ignore[attr-defined]
    made.progress = {"root": "http://blogg.example.org/blogg/wp-json/wp/v2"}
    with pytest.raises(Refused) as caught:
        made.prepare()
    assert (caught.value.code, len(seen)) == ("not_https", count)


def test_where_the_rest_api_has_no_address_of_its_own_it_is_found_all_the_same(made: Press, site: BlogSite) -> None:
    site.pretty = False
    made.prepare()
    published = made.publish()
    assert made.publisher.verify(made.draft, published).remote_id == published.remote_id


def test_a_blog_that_is_no_wordpress_says_so(made: Press, site: BlogSite) -> None:
    site.wordpress = False
    with pytest.raises(Refused) as caught:
        made.prepare()
    assert caught.value.code == "no_wordpress"


def wordpress(code: str) -> str:
    return f'{{"code":"{code}","message":"Nej","data":{{}}}}'


@pytest.mark.parametrize(
    ("status", "body", "meant"),
    [
        (500, wordpress("internal_server_error"), OutcomeUnknown),
        (503, "", OutcomeUnknown),
        (200, "[]", OutcomeUnknown),
        (200, '{"id":7,"status":"future"}', OutcomeUnknown),
        (302, "", OutcomeUnknown),
        (403, "<html>Stopped by the firewall</html>", OutcomeUnknown),
        (400, wordpress("never_heard_of"), OutcomeUnknown),
        (401, wordpress("incorrect_password"), AuthExpired),
        (401, wordpress("rest_cannot_edit"), PermissionLost),
        (403, wordpress("rest_cannot_publish"), PermissionLost),
        (404, wordpress("rest_post_invalid_id"), Refused),
        (429, "", RateLimited),
    ],
)
def test_each_refusal_has_its_class_and_tells_no_secret(
    made: Press, status: int, body: str, meant: type[ConnectorError]
) -> None:
    made.prepare()
    made.stage.emulator.faults.add(Fault("status", method="POST", path=r"/posts/\d+$", status=status, body=body))
    with pytest.raises(meant) as caught:
        made.publish()
    assert type(caught.value) is meant
    told = f"{caught.value} {caught.value!r} {caught.value.__context__!r}"
    assert not any(secret in told for secret in (LOGIN["application_password"], "Vattnet"))


def test_the_title_goes_as_it_is_and_an_empty_one_is_none(made: Press, site: BlogSite) -> None:
    draft = replace(made.draft, title="ÖVNING: Koka & vänta")
    made.prepare(draft)
    assert [each.title for each in site.writing.written.values()] == ["ÖVNING: Koka & vänta"]
