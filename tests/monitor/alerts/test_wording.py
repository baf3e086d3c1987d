"""How sentences become HTML."""

from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.wording import marked_up


def test_what_stands_between_backticks_becomes_code_and_nothing_else_becomes_html() -> None:
    assert marked_up('Kör `a --on "<b>"` & sen') == "Kör <code>a --on &quot;&lt;b&gt;&quot;</code> &amp; sen"
    assert marked_up("ett ` ensamt") == "ett ` ensamt"


@given(st.text(alphabet="`<>&\"'a \n/code"))
def test_no_sentence_brings_its_own_html_and_none_loses_a_sign(text: str) -> None:
    bare = marked_up(text).replace("<code>", "`").replace("</code>", "`")
    assert not set(bare) & set("<>")
    assert unescape(bare) == text
