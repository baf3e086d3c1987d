"""What the digest says of each comment, what can be done about it by link, and what it leaves out."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from config.language import use_language
from monitor.alerts.tasks import FINISH, HANDLE
from monitor.alerts.wording import Letter
from monitor.db import Database
from monitor.inbox import removal_rules
from monitor.inbox.assigning import assign
from monitor.inbox.claims import claim
from monitor.inbox.mark_rules import Kind, Said
from monitor.inbox.marking import mark
from monitor.inbox.models import Flag
from monitor.inbox.removal_rules import Rule, Step
from monitor.inbox.removal_steps import write
from monitor.register.links import Link, LinkExpired, opened
from monitor.register.models import Channel, Organisation
from monitor.watch.models import Comment, Schedule
from tests.monitor.alerts.test_digest import ADDRESS, FRIDAY, NOW, READ, Page, letter_to
from tests.monitor.copies import keep_copy
from tests.monitor.days.almanac import MONDAY, at
from tests.monitor.town import Town

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}  # landmarks are for pages, not for mails
NASTY = ["Hur länge? 811228-9874", "😀👩‍👧‍👦🎉 " * 40, "مرحبا متى يفتح المسبح؟ שלום", "ord " * 1000, "x" * 4000, ""]
LONG = "Föräldrar på Nyboskolan och Lärarförbundskonferensgruppens Donaudampfschifffahrtsgesellschaft"


@pytest.fixture
def town(sqlite: Database) -> Iterator[Town]:
    town = Town(sqlite)
    town.schedule(last_complete_at=READ)
    with use_language("sv"):
        yield town


def says(town: Town, comment: int, kind: Kind, person: str = "redaktor", **values: object) -> None:
    with town.db.transaction() as session:
        mark(session, comment, Said(kind, **values), person, NOW - timedelta(minutes=30))  # type: ignore[arg-type]


def flag(town: Town, comment: int) -> None:
    with town.db.transaction() as session:
        session.add(Flag(key=f"{comment}", kind="report", channel_id="fb", at=NOW, comment_id=comment))


def tasks(letter: Letter) -> list[Link]:
    """What the mail's links let their holder do; the same ones in both parts."""
    pattern = rf"{re.escape(ADDRESS)}/task/([\w.-]+)"
    words = re.findall(pattern, letter.text)
    assert words == re.findall(pattern, letter.html)
    return [opened(word, NOW) for word in words]


def test_what_people_have_said_stands_beside_the_comment(town: Town) -> None:
    ids = [town.comment(f"{n}", FRIDAY, f"Fråga {n}", author_id=f"a{n}") for n in range(3)]
    says(town, ids[0], Kind.ACKNOWLEDGE, "ersattare")
    says(town, ids[1], Kind.SNOOZE, until=NOW + timedelta(hours=1), note="Väntar på svar")
    text = letter_to(town).text
    assert "* Kvitterad av Erik Ersättare till tis 16 juni kl. 16.00. Fråga 0" in text
    assert "* Uppskjuten av Rut Redaktör till mån 15 juni kl. 08.30. Fråga 1" in text
    assert "* Fråga 2" in text


def test_whose_turn_it_is_and_who_is_at_it_stands_beside_the_comment(town: Town) -> None:
    row = town.comment("1", FRIDAY, "Fråga")
    with town.db.transaction() as session:
        assign(session, session.get_one(Comment, row), "ersattare", "redaktor", NOW)
        claim(session, row, "ersattare", NOW)
    assert "Erik Ersättare ska svara på den. Erik Ersättare håller på med den. Har väntat" in letter_to(town).text
    with town.db.transaction() as session:
        assign(session, session.get_one(Comment, row), "redaktor", "redaktor", NOW)
        claim(session, row, "redaktor", NOW, over=True)
    assert "Den är din att svara på. Har väntat" in letter_to(town).text


def test_what_was_promised_an_answer_says_so(town: Town) -> None:
    row = town.comment("1", FRIDAY, "Fråga")
    town.answer("2", FRIDAY + timedelta(minutes=30), to="1")
    says(town, row, Kind.INTERIM, reply="2")
    assert "* Har fått ett besked om att svar kommer. Fråga" in letter_to(town).text


def test_what_is_flagged_comes_with_its_mark_and_is_counted(town: Town) -> None:
    flag(town, town.comment("1", FRIDAY, "Fråga"))
    letter = letter_to(town)
    assert letter.subject.startswith("1 obesvarad, 1 flaggad; hämtat 06.45")
    assert "* FLAGGAD – BEDÖM. Fråga" in letter.text


def test_what_has_not_been_read_anew_for_a_working_day_is_marked(town: Town) -> None:
    town.comment("1", FRIDAY - timedelta(days=3), "Fråga")
    town.change(Schedule, "fb", last_complete_at=FRIDAY - timedelta(days=2))
    assert "Inte hämtad på nytt sedan ons 10 juni kl. 10.00. Fråga" in letter_to(town).text


def test_both_times_are_said_when_they_lie_more_than_an_hour_apart(town: Town) -> None:
    hour = timedelta(hours=1)
    town.comment("1", FRIDAY, fetched_at=FRIDAY + hour)
    assert "hämtad fre" not in letter_to(town).text
    town.comment("2", FRIDAY, fetched_at=FRIDAY + hour + timedelta(seconds=1))
    said = "Inkommen fre 12 juni kl. 10.00, hämtad fre 12 juni kl. 11.00. Har väntat"
    assert said in letter_to(town).text


def test_what_was_held_counts_from_when_it_was_published(town: Town) -> None:
    town.comment("1", FRIDAY, public_seen_at=READ)
    assert "Svarstiden räknas från mån 15 juni kl. 06.45." in letter_to(town).text


def test_each_comment_has_links_to_what_can_be_done_about_it(town: Town) -> None:
    asks = town.comment("1", FRIDAY, "Fråga")
    perhaps = town.comment("2", FRIDAY, "Hur då?", author_id="b")
    town.comment("3", FRIDAY, "Och hur?", author_id="c", parent_external_id="2")
    town.answer("4", FRIDAY + timedelta(hours=1), to="2")
    letter = letter_to(town)
    done = {(link.purpose, link.person, link.subject) for link in tasks(letter)}
    known = {(HANDLE, "redaktor", f"fb/{asks}/{choice}") for choice in ("acknowledge", "close")}
    known |= {(HANDLE, "redaktor", f"fb/{perhaps}/{choice}") for choice in ("confirm", "reject")}
    assert known <= done
    assert "Kvittera kommentaren från fre 12 juni kl. 10.00: https://" in letter.text
    assert "Bekräfta att kommentaren från fre 12 juni kl. 10.00 är besvarad: https://" in letter.text


def test_links_end_with_the_second_working_day_after_the_digests_day(town: Town) -> None:
    town.comment("1", FRIDAY)
    [word, *_others] = re.findall(r"/task/([\w.-]+)", letter_to(town).text)
    opened(word, at(MONDAY + timedelta(days=2), "23.59"))
    with pytest.raises(LinkExpired):
        opened(word, at(MONDAY + timedelta(days=3), "00.01"))


def test_where_the_organisation_wants_no_excerpts_no_text_and_no_name_is_in_it(town: Town) -> None:
    town.change(Organisation, 1, excerpts=False)
    town.comment("1", FRIDAY, "Hemlig fråga")
    town.comment("2", FRIDAY, "Tack så mycket!", author_id="b")
    letter = letter_to(town)
    for word in ("Hemlig", "Tack", "Andersson"):
        assert word not in letter.text + letter.html + letter.subject
    assert "* Kommentar från fre 12 juni kl. 10.00" in letter.text


def test_a_personal_identity_number_is_in_no_part_of_it(town: Town) -> None:
    town.comment("1", FRIDAY, "Jag heter Anna, 19811228-9874 och 8112289874")
    letter = letter_to(town)
    assert "9874" not in letter.text + letter.html
    assert "Jag heter Anna, [personnummer] och [personnummer]" in letter.text


def test_what_seems_to_need_no_reply_stands_last_with_one_link_for_all_of_it(town: Town) -> None:
    town.comment("1", FRIDAY - timedelta(hours=1), "Tack!", author_id="b")
    town.comment("2", FRIDAY, "När öppnar ni?")
    town.comment("3", FRIDAY, "🙏", author_id="c")
    flag(town, town.comment("4", FRIDAY, "Tack för inget!"[:4], author_id="d"))
    letter = letter_to(town)
    assert letter.subject.startswith("4 obesvarade, ")
    main, _said, rest = letter.text.partition("Dessa 2 verkar inte kräva något svar:")
    assert "När öppnar ni?" in main
    assert "FLAGGAD – BEDÖM. Tack" in main
    assert (
        rest.index("* Tack!") < rest.index("* 🙏") < rest.index("Avsluta 2 kommentarer på Tibro kommun på fb utan svar")
    )
    assert [link.purpose for link in tasks(letter)].count(FINISH) == 1
    assert "Kvittera" not in rest


def test_a_single_one_that_seems_to_need_no_reply_is_said_so(town: Town) -> None:
    town.comment("1", FRIDAY, "Tack!")
    text = letter_to(town).text
    assert "Den här verkar inte kräva något svar:" in text
    assert "Avsluta 1 kommentar på Tibro kommun på fb utan svar: https://" in text


def test_channels_come_in_the_order_of_what_is_most_overdue(town: Town) -> None:
    for id_, days in (("aa", 1), ("bb", 6), ("cc", 4)):
        town.channel(id_, external_id=id_)
        town.schedule(id_, last_complete_at=READ)
        town.comment(id_, NOW - timedelta(days=days), channel_id=id_, post_external_id=id_)
    headings = Page(letter_to(town).html).headings[1:]
    assert [heading.rpartition(" ")[2] for heading in headings] == ["bb", "cc", "aa", "fb"]


def test_all_channels_are_fetched_only_when_they_are(town: Town) -> None:
    town.channel("aa", external_id="aa")
    town.schedule("aa", last_complete_at=READ - timedelta(minutes=5))
    town.comment("1", FRIDAY)
    assert letter_to(town).subject.startswith("1 obesvarad; alla 2 kanaler hämtade 06.40 –")
    town.channel("grupp", watch_mode="manual")
    assert letter_to(town).subject.startswith("1 obesvarad; 2 kanaler hämtade 06.40 –")
    town.post("p9", declared_comments=8, gap=3, gap_since=READ)
    assert "hämtade 0" not in letter_to(town).subject
    town.change(Schedule, "aa", last_complete_at=FRIDAY)
    assert "hämtade 0" not in letter_to(town).subject


def test_a_thousand_comments_make_a_mail_that_programs_show_whole_and_none_is_left_out_silently(town: Town) -> None:
    for number in range(1000):
        town.comment(f"{number}", FRIDAY - timedelta(minutes=number), NASTY[number % 6], author_id=f"a{number}")
    for number in range(100):
        town.comment(f"t{number}", FRIDAY, "Tack!", author_id=f"b{number}")
    letter = letter_to(town)
    assert letter.subject.startswith("1100 obesvarade")
    assert len(letter.html.encode()) < 102_000  # more than that Gmail cuts off
    shown = letter.text.count("\n* ")
    assert shown == 100
    assert "Avsluta 100 kommentarer på Tibro kommun på fb utan svar: " in letter.text  # its page takes no more at once
    assert "Och 783 till på Tibro kommun på fb: öppna dem i Kanalvakt" in letter.text
    assert "Och 217 till på Tibro kommun på fb: öppna dem i Kanalvakt" in letter.text


@pytest.mark.parametrize(
    "sign", [*map(chr, range(1, 32)), "\x7f", "\x80", "\x9f", "\ufffe", "\uffff", "\U0001fffe", "\u2028"]
)
def test_no_sign_that_a_resident_can_write_keeps_the_mail_from_being_written(town: Town, sign: str) -> None:
    town.comment("1", FRIDAY, f"När öppnar{sign} ni? <!-- ]]> &#0; --")
    letter = letter_to(town)
    assert " ni? &lt;!-- ]]&gt; &amp;#0; --" in letter.html
    assert " ni? <!-- ]]> &#0; --" in letter.text


def test_what_is_overdue_is_named_though_there_is_no_room_for_its_line(town: Town) -> None:
    for number in range(80):
        town.comment(f"{number}", FRIDAY - timedelta(days=14, minutes=number), "Fråga", author_id=f"a{number}")
    letter = letter_to(town)
    assert letter.text.count("\n* ") == 50
    named = letter.text.partition("Försenade bland dem, efter när de kom in:")[2]
    assert named.count("/comment/") == 30
    assert {f"/comment/{number}" for number in range(1, 81)} == set(re.findall(r"/comment/\d+", letter.text))
    assert {f"/comment/{number}" for number in range(1, 81)} == set(re.findall(r"/comment/\d+", letter.html))


def test_many_channels_with_many_comments_do_not_make_it_longer(town: Town) -> None:
    for number in range(30):
        town.channel(f"k{number}", external_id=f"k{number}")
        town.schedule(f"k{number}", last_complete_at=READ)
        for each in range(5):
            id_ = f"{number}-{each}"
            town.comment(id_, FRIDAY, "Fråga", channel_id=f"k{number}", post_external_id=id_, author_id=id_)
    text = letter_to(town).text
    assert text.count("\n* ") == 90
    assert text.count("Och 2 till på Tibro kommun på k") == 30


def said_in(html: str) -> str:
    """The words that a reader of the HTML finds, and where its links lead."""
    body = html.partition("<body")[2]
    links = " ".join(re.findall(r'href="([^"]*)"', body))
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body) + " " + links).split())


@pytest.mark.parametrize("quotes", [True, False])
def test_text_and_html_say_the_same_words_and_lead_to_the_same_places(town: Town, quotes: bool) -> None:
    everything(town)
    town.change(Organisation, 1, excerpts=quotes)
    letter = letter_to(town)
    words = said_in(letter.html).casefold()
    lines = [line.strip("* ") for line in letter.text.splitlines() if line.strip(" -")]
    assert len(lines) > 60
    for line in lines:
        label, colon, address = line.partition(": https://")
        for sentence in re.split(r"(?<=[.:]) ", " ".join(label.split())):
            assert sentence.casefold() in words, line
        assert not colon or f"https://{address}".casefold() in words
    addresses = {link for link in Page(letter.html).links if link}
    assert addresses == set(re.findall(r": (https://\S+)", letter.text)) - {f"{ADDRESS}/"}


def everything(town: Town) -> None:
    """A channel where everything is that a line can say."""
    town.change(Channel, "fb", name=LONG)
    ids = [town.comment(f"{n}", FRIDAY - timedelta(hours=n), NASTY[n % 6], author_id=f"a{n}") for n in range(12)]
    says(town, ids[0], Kind.ACKNOWLEDGE)
    flag(town, ids[1])
    town.comment("held", FRIDAY, "Får den stå?", held=True, author_id="h", fetched_at=FRIDAY + timedelta(hours=5))
    town.comment("tack", FRIDAY, "Tack så mycket!", author_id="t")
    town.comment("p", FRIDAY, "Hur då?", author_id="b")
    town.comment("q", FRIDAY, "Och hur?", author_id="c", parent_external_id="p")
    town.answer("r", FRIDAY + timedelta(hours=1), to="p")


@pytest.mark.browser
@pytest.mark.parametrize("many", [0, 1, 40])
def test_it_fits_a_phone_and_every_reader(town: Town, browser: Browser, many: int) -> None:
    if many > 1:
        everything(town)
    for number in range(many):
        town.comment(f"m{number}", FRIDAY, NASTY[number % 6], author_id=f"m{number}")
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.set_content(letter_to(town).html)
    found, wide = Axe().run(page, options=WCAG), page.evaluate("document.documentElement.scrollWidth")
    low = page.evaluate("Math.min(...[...document.querySelectorAll('.links a')].map(a => a.offsetHeight), 99)")
    tables = page.locator("table:not([role=presentation])").count()
    page.close()
    assert found.violations_count == 0, found.generate_report()
    assert wide <= 360
    assert low >= 24
    assert tables == 0


def test_the_words_of_a_link_make_sense_alone(town: Town) -> None:
    everything(town)
    words = re.findall(r"<a [^>]*>(.*?)</a>", letter_to(town).html)
    assert all("komment" in each or "Kanalvakt" in each for each in words)


def test_what_is_secret_is_not_quoted(town: Town) -> None:
    number = town.comment("1", FRIDAY, "Grannens diagnos är hemlig")
    town.comment("2", FRIDAY, "En vanlig fråga", author_id="bo")
    with town.db.transaction() as session:
        copy = keep_copy(session, number)
        write(session, copy.id, Step(removal_rules.Kind.RULE, rule=Rule.SECRECY), "redaktor", NOW)
    letter = letter_to(town)
    for part in (letter.text, letter.html):
        assert "diagnos" not in part
        assert "Den innehåller sekretess." in part
        assert "En vanlig fråga" in part
