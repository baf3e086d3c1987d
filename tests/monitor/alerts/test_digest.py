"""The morning digest, as it arrives in a person's mailbox."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from config.language import language, use_language
from config.settings import Settings
from monitor.alerts.digest import digest
from monitor.alerts.telling import Scene
from monitor.alerts.wording import Letter
from monitor.db import Database
from monitor.inbox.day_keeping import keep_days
from monitor.register.models import Channel, Organisation, Person
from monitor.watch.models import Schedule
from tests.monitor.town import Town

NOW = datetime(2026, 6, 15, 5, 30, tzinfo=UTC)  # Monday 07.30 in Stockholm
FRIDAY = datetime(2026, 6, 12, 8, 0, tzinfo=UTC)
READ = datetime(2026, 6, 15, 4, 45, tzinfo=UTC)
ADDRESS = "https://kanalvakt.tibro.example.org"


class Page(HTMLParser):
    """What a screen reader would find: language, headings, links, pictures."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.languages: set[str | None] = set()
        self.links: list[str | None] = []
        self.headings: list[str] = []
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        if "lang" in values:
            self.languages.add(values["lang"])
        if tag == "a":
            self.links.append(values["href"])

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] in (["h1"], ["h2"]):
            self.headings.append(data)
            self.tags.append("")


@pytest.fixture
def town(sqlite: Database) -> Iterator[Town]:
    town = Town(sqlite)
    town.schedule(last_complete_at=READ)
    with use_language("sv"):
        yield town


def letter_to(town: Town, person: str = "redaktor", now: datetime = NOW) -> Letter:
    settings = Settings(web={"public_url": ADDRESS + "/"})
    with town.db.snapshot() as session:
        scene = Scene(session, session.get_one(Organisation, 1), now, settings)
        return digest(scene, session.get_one(Person, person))


def test_nothing_new_is_said_plainly(town: Town) -> None:
    letter = letter_to(town)
    assert letter.subject == "Inget nytt, allt hämtat – Kanalvakt, Tibro kommun"
    assert "Inget nytt, allt hämtat." in letter.text
    assert "Senast fullständigt hämtad: mån 15 juni kl. 06.45" in letter.text
    assert letter.text.splitlines()[0] == "Inget nytt, allt hämtat"


def test_the_subject_counts_and_repeats_no_residents_words(town: Town) -> None:
    for id_ in ("1", "2"):
        town.comment(id_, NOW - timedelta(hours=1), "Vattnet smakar klor")
    town.comment("3", FRIDAY - timedelta(days=1), "Vattnet smakar klor")
    assert letter_to(town).subject == "3 obesvarade, 1 försenad; hämtat 06.45 – Kanalvakt, Tibro kommun"


def test_each_line_says_what_waits_how_long_and_leads_to_both_places(town: Town) -> None:
    row = town.comment("17", FRIDAY, "Hur länge är\nbadet   stängt?")
    letter = letter_to(town)
    assert "* Hur länge är badet stängt?" in letter.text
    assert "Har väntat 3 dygn. Besvaras senast mån 15 juni kl. 16.00." in letter.text
    links = ("https://www.facebook.com/17", f"{ADDRESS}/comment/{row}")
    for link in links:
        assert link in letter.text
        assert link in Page(letter.html).links


def test_the_most_overdue_comes_first_within_a_channel(town: Town) -> None:
    town.comment("1", NOW - timedelta(hours=1), "Ny fråga")
    town.comment("2", FRIDAY - timedelta(days=8), "Gammal fråga")
    text = letter_to(town).text
    assert text.index("FÖRSENAD. Gammal fråga") < text.index("* Ny fråga")


def test_what_must_be_looked_at_is_marked(town: Town) -> None:
    town.comment("1", NOW - timedelta(hours=3), "Håller ni inne den här?", held=True)
    town.comment("2", NOW - timedelta(hours=2), "Först")
    town.comment("3", NOW - timedelta(hours=2), "Sen", parent_external_id="2", author_id="erik")
    town.answer("4", NOW - timedelta(hours=1), to="2")
    text = letter_to(town).text
    assert "VÄNTAR PÅ GRANSKNING. Håller ni inne den här?" in text
    assert "KONTROLLERA VEM SVARET GÄLLDE. Först" in text


def test_long_texts_are_cut_and_names_left_out(town: Town) -> None:
    town.comment("1", NOW - timedelta(hours=1), "ord " * 100)
    town.comment("2", NOW - timedelta(hours=1), "")
    letter = letter_to(town)
    assert max(len(line) for line in letter.text.splitlines() if line.startswith("* ")) <= 82
    assert "(ingen text: en bild, ett klistermärke eller liknande)" in letter.text
    assert "Andersson" not in letter.text + letter.html


def test_a_channel_that_fails_says_what_to_do_and_is_never_called_well(town: Town) -> None:
    town.change(
        Schedule, "fb", failing_since=NOW - timedelta(hours=20), failure_kind="auth_expired", last_complete_at=FRIDAY
    )
    letter = letter_to(town)
    assert letter.subject == "0 obesvarade, 1 kanal kunde inte läsas – Kanalvakt, Tibro kommun"
    assert "Kunde inte läsas: " in letter.text
    assert "Inget nytt" not in letter.text + letter.html
    assert "Senast fullständigt hämtad: fre 12 juni kl. 10.00" in letter.text


def test_a_channel_that_was_not_read_today_is_not_called_well(town: Town) -> None:
    town.change(Schedule, "fb", last_complete_at=FRIDAY)
    town.channel("ig", platform="instagram")
    letter = letter_to(town)
    assert letter.subject.startswith("0 obesvarade, 2 kanaler inte hämtade i dag")
    assert letter.text.count("Inte hämtad i dag.") == 2


def test_today_is_the_organisations_day(town: Town) -> None:
    town.change(Schedule, "fb", last_complete_at=datetime(2026, 6, 14, 22, 30, tzinfo=UTC))  # 00.30 in Stockholm
    assert letter_to(town).subject.startswith("Inget nytt, allt hämtat")


def test_what_is_counted_but_not_shown_is_said_and_never_called_everything(town: Town) -> None:
    town.post("p1", declared_comments=8, gap=3, gap_since=READ)
    letter = letter_to(town)
    assert letter.subject.startswith("Inget nytt, men plattformen visar inte allt")
    assert "Plattformen räknar 8 kommentarer under ett inlägg men visar 5." in letter.text
    assert "Plattformen räknar 8 kommentarer under ett inlägg men visar 5." in letter.html
    assert "Allt som plattformen visar är hämtat." in letter.text
    assert "allt hämtat" not in letter.text
    town.post("p2", declared_comments=2, gap=2, gap_since=READ)
    assert "Plattformen räknar 10 kommentarer under 2 inlägg men visar 5." in letter_to(town).text


def test_what_was_not_shown_for_a_week_is_no_news_every_morning(town: Town) -> None:
    """Comments that are counted and shown to nobody stay so for ever: said, but nobody is alarmed."""
    town.post("p1", declared_comments=8, gap=3, gap_since=NOW - timedelta(days=7))
    letter = letter_to(town)
    assert letter.subject.startswith("Inget nytt, allt som visas är hämtat")
    assert "Plattformen räknar 8 kommentarer under ett inlägg men visar 5." in letter.text
    assert "allt hämtat" not in letter.text


def test_what_the_platform_refuses_is_said(town: Town) -> None:
    town.change(Schedule, "fb", degraded=["from", "statistics"])
    letter = letter_to(town)
    assert "Plattformen lämnar inte ut allt; det här saknas: vem som skrev, antalet kommentarer." in letter.text
    assert letter.subject.startswith("Inget nytt, men plattformen visar inte allt")


def test_channels_that_fail_come_before_those_where_something_waits(town: Town) -> None:
    town.comment("1", NOW - timedelta(hours=1))
    town.channel("yt", platform="youtube", external_id="UC1")
    town.schedule("yt", failing_since=FRIDAY, failure_kind="unavailable")
    town.channel("aa", platform="instagram")
    town.schedule("aa", last_complete_at=READ)
    assert Page(letter_to(town).html).headings[1:] == ["Tibro kommun på yt", "Tibro kommun på fb", "Tibro kommun på aa"]


def test_channels_that_no_machine_reads_and_those_without_comments_say_so(town: Town) -> None:
    town.channel("grupp", platform="facebook_group", watch_mode="manual")
    town.channel("webb", platform="website", watch_mode="manual", has_comments=False)
    letter = letter_to(town)
    assert letter.subject.startswith("Inget nytt, allt hämtat")
    assert letter.text.count("Bevakas manuellt.") == 1
    assert "Har inga kommentarer att bevaka." in letter.text


def test_missed_working_days_are_said(town: Town) -> None:
    town.change(Channel, "fb", watched_since=datetime(2026, 6, 10, 7, 0, tzinfo=UTC))
    keep_days(town.db, datetime(2026, 6, 10, 7, 0, tzinfo=UTC))
    town.read(datetime(2026, 6, 10, 8, 0, tzinfo=UTC))
    town.read(datetime(2026, 6, 11, 8, 0, tzinfo=UTC), outcome="partial")
    keep_days(town.db, NOW)
    assert "Ej bevakad: tors 11 juni, fre 12 juni" in letter_to(town).text


def test_only_ones_own_channels_that_are_in_use_are_in_it(town: Town) -> None:
    town.channel("skola", responsible_id="ersattare", deputy_id=None)
    town.channel("slut", state="retired")
    town.channel("vila", state="paused", has_comments=False)
    assert Page(letter_to(town).html).headings[1:] == ["Tibro kommun på fb"]
    assert Page(letter_to(town, "ersattare").html).headings[1:] == ["Tibro kommun på skola"]


def test_it_is_in_english_for_those_who_read_english(town: Town) -> None:
    town.comment("1", FRIDAY - timedelta(days=1))
    with use_language("en"):
        letter = letter_to(town)
    assert letter.subject == "1 unanswered, 1 overdue; fetched 06:45 – Kanalvakt, Tibro kommun"
    assert "OVERDUE. Hur länge" in letter.text
    assert "Has waited 4 days. Answer by Fri 12 Jun at 16:00." in letter.text
    assert Page(letter.html).languages == {"en"}
    assert language() == "sv"


def test_the_html_can_be_read_by_a_screen_reader_and_tells_nobody_that_it_was_opened(town: Town) -> None:
    town.comment("1", FRIDAY)
    html = letter_to(town).html
    page = Page(html)
    assert page.languages == {"sv"}
    assert page.tags.count("h1") == 1
    assert not {"img", "script", "link"} & set(page.tags)
    assert "@import" not in html
    assert all((link or "").startswith((ADDRESS, "https://www.facebook.com/")) for link in page.links)


def test_what_residents_write_stays_text(town: Town) -> None:
    town.comment(
        "1", NOW, "<b>Hej</b> <script>alert(1)</script> {{ 7 * 7 }} </mj-text>", permalink="javascript:alert(1)"
    )
    letter = letter_to(town)
    page = Page(letter.html)
    assert not {"b", "script", "mj-text"} & set(page.tags)
    assert "&lt;b&gt;Hej&lt;/b&gt;" in letter.html
    assert "{{ 7 * 7 }}" in letter.html
    assert "javascript" not in letter.html + letter.text


def test_a_name_with_line_breaks_cannot_add_headers(town: Town) -> None:
    town.change(Organisation, 1, name="Tibro\r\nBcc: alla@example.org")
    assert "\n" not in letter_to(town).subject


def test_channel_ids_are_quoted_in_links(town: Town) -> None:
    town.channel("å&b", external_id="page-1")
    for number in range(52):
        town.comment(f"{number}", NOW, channel_id="å&b", author_id=f"a{number}")
    assert f"{ADDRESS}/inbox?channel=%C3%A5%26b" in Page(letter_to(town).html).links


def test_what_waits_beside_a_channel_that_was_not_read_is_not_said_to_be_fetched(town: Town) -> None:
    town.comment("1", FRIDAY, "Fråga")
    town.channel("gammal", external_id="gammal")
    town.schedule("gammal", last_complete_at=READ - timedelta(days=3))
    subject = letter_to(town).subject
    assert subject.startswith("1 obesvarad, ")
    assert "1 kanal inte hämtad i dag – " in subject
