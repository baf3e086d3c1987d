"""What a browser says of itself, in two words. Pure."""

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"))
OTHERS = (("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"), ("curl", "curl"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"))
REST = (("CrOS", "ChromeOS"), ("Linux", "Linux"))
UNKNOWN = "?"


def device(agent: str) -> str:
    """`Firefox, Android` of a User-Agent header; `?` for what it does not say."""
    return f"{_first(agent, (*BROWSERS, *OTHERS))}, {_first(agent, (*SYSTEMS, *REST))}"


def _first(agent: str, known: tuple[tuple[str, str], ...]) -> str:
    return next((name for sign, name in known if sign in agent), UNKNOWN)
