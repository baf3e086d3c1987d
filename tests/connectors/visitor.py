"""A person with a browser, as far as the login pages can tell: reads the form, ticks boxes off, and decides."""

from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Self
from urllib.parse import urljoin

import requests


@dataclass
class Form(HTMLParser):
    """The one form of a page: where it goes, and (name, value, ticked) of its fields."""

    action: str = ""
    fields: list[tuple[str, str, bool]] = field(default_factory=list)

    @classmethod
    def of(cls, page: str) -> Self:
        form = cls()
        HTMLParser.__init__(form)
        form.feed(page)
        return form

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "form":
            self.action = known.get("action") or ""
        elif tag == "input":
            self.fields.append((known.get("name") or "", known.get("value") or "", "checked" in known))


def anything(_value: str) -> bool:
    return True


def agree(address: str, *, but: Callable[[str], bool] = anything, choose: str = "", cancel: bool = False) -> str:
    """Goes to the address, agrees to everything for which `but` is true, and gives where the browser is sent then.

    choose: an account, where there is a choice of one. cancel: says no.
    """
    page = requests.get(address, timeout=10)
    assert page.status_code == 200, page.text
    form = Form.of(page.text)
    ticked = [(name, value) for name, value, on in form.fields if name != "account" and on and but(value)]
    accounts = [value for name, value, on in form.fields if name == "account" and (value == choose if choose else on)]
    data = [*ticked, *(("account", value) for value in accounts), ("action", "cancel" if cancel else "continue")]
    sent = requests.post(urljoin(address, form.action), data=data, allow_redirects=False, timeout=10)
    assert sent.status_code == 302, sent.text
    return sent.headers["Location"]
