"""Every address that answers somebody who is not signed in, and why it may. All others ask who is there.

Besides them the crisis page is for everybody, and is answered before any of them: monitor.web.emergency.crisis_page.
"""

OPEN = {
    "/login": "how one comes in",
    "/login/second": "how one comes in: only with a word that says that the password was right",
    "/login/app": "how one comes in: the same",
    "/login/code": "how one comes in when everything else is down",
    "/login/demo": "how one comes into a demo; there only in a demo",
    "/login/passkey": "how one comes in with a passkey",
    "/login/passkey/begin": "how one comes in with a passkey",
    "/login/outside": "how one comes in through the organisation's directory",
    "/login/outside/back": "how one comes back from the directory",
    "/logout": "ends the session of whoever asks, and nothing where there is none",
    "/setup/{word}": "the word is the key: random, for one person, once, for three days",
    "/task/{word}": "the link in a mail is the key: signed, for one person and one thing, and for some days",
    "/task/{word}/decision.pdf": "the same link",
    "/language/{name}": "which language a device speaks; nobody's",
    "/accessibility": "the law asks that everybody can read it",
    "/healthz": "that the process lives, for whoever watches over it; says nothing else",
    "/readyz": "whether what it needs answers, for whoever watches over it; says nothing else",
    "/metrics": "asks for the token of the settings itself; without one for this machine alone. No person, no text",
    "/hooks/meta": "for Meta's servers, which sign what they say; shows nothing",
    "/demo/mails": "the demo's mailbox, in which everything is made up; there only in a demo",
    "/demo/mails/{name}": "the same",
    "/demo/mails/{name}/html": "the same",
    "/api/v1": "asks for a token at each address itself: monitor.web.api, whose test walks them",
    "/static": "style sheets, scripts and the icon",
}
"""By path as the routes have it."""
