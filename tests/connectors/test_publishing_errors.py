"""What refusals of publishing mean: certainly not done, or nobody knows. By code and reason, never by words."""

from collections.abc import Iterator

import pytest

from connectors.emulator.faults import Fault
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
from tests.connectors.publishing_stages import Pictures, press, serving
from tests.connectors.test_writing_errors import google, graph

GRAPH = [
    (400, graph(1), OutcomeUnknown),
    (500, graph(2), OutcomeUnknown),
    (500, graph(190), OutcomeUnknown),
    (503, "", OutcomeUnknown),
    (400, "not JSON", OutcomeUnknown),
    (200, "[]", OutcomeUnknown),
    (200, "{}", OutcomeUnknown),
    (200, '{"id":7}', OutcomeUnknown),
    (302, "", OutcomeUnknown),
    (400, graph(506, 1455006), OutcomeUnknown),
    (400, graph(-1, 2207001), OutcomeUnknown),
    (400, graph(100), Refused),
    (400, graph(9, 2207042), Refused),
    (400, graph(36003, 2207009), Refused),
    (400, graph(36000, 2207004), Refused),
    (400, graph(9007, 2207027), Unavailable),
    (400, graph(-2, 2207020), Unavailable),
    (400, graph(1609005), Unavailable),
    (400, graph(368), PermissionLost),
    (400, graph(4, 2207051), PermissionLost),
    (403, graph(200), PermissionLost),
    (401, graph(190, 463), AuthExpired),
    (400, graph(80001), RateLimited),
    (429, "", OutcomeUnknown),
    (400, graph(99_999), OutcomeUnknown),
]
YOUTUBE = [
    (500, google("backendError"), OutcomeUnknown),
    (503, "", OutcomeUnknown),
    (200, "", OutcomeUnknown),
    (200, "{}", OutcomeUnknown),
    (400, google("processingFailure"), OutcomeUnknown),
    (400, google("neverHeardOf"), OutcomeUnknown),
    (400, google("invalidParameter"), OutcomeUnknown),
    (400, google("commentTextTooLong"), Refused),
    (404, google("videoNotFound"), Refused),
    (403, google("commentsDisabled"), Refused),
    (403, google("forbidden"), PermissionLost),
    (401, google("authError"), AuthExpired),
    (403, google("quotaExceeded"), RateLimited),
]
CASES = [("facebook", *case) for case in GRAPH] + [("instagram", *case) for case in GRAPH]
CASES += [("youtube", *case) for case in YOUTUBE]
CALLS = "/feed$|/media_publish$|/commentThreads$"


@pytest.fixture
def pictures() -> Iterator[Pictures]:
    with serving() as found:
        yield found


@pytest.mark.parametrize(("platform", "status", "body", "meant"), CASES)
def test_each_refusal_has_its_class_and_tells_no_secret(
    emulator: Emulator, pictures: Pictures, platform: str, status: int, body: str, meant: type[ConnectorError]
) -> None:
    made = press(emulator, platform, pictures)
    made.prepare()
    emulator.faults.add(Fault("status", method="POST", path=CALLS, times=None, status=status, body=body))
    mark = emulator.ledger.mark()
    with pytest.raises(meant) as caught:
        made.publish()
    assert type(caught.value) is meant
    sent = sum(not entry.path.endswith("/token") for entry in emulator.ledger.since(mark).entries)
    without_link = platform == "facebook" and body == graph(1609005)
    assert sent == (1 if meant is OutcomeUnknown else made.once + without_link)
    told = f"{caught.value} {caught.value!r} {caught.value.__context__!r}"
    assert not any(secret in told for secret in ("EAA", "hemlig", "Vattnet"))


def test_what_is_lost_while_preparing_is_prepared_again(emulator: Emulator, pictures: Pictures) -> None:
    made = press(emulator, "instagram", pictures)
    emulator.faults.add(Fault("lose", method="POST", path="/media$"))
    with pytest.raises(Unavailable):
        made.prepare()
    made.prepare()
    made.publish()
    assert len(made.effects) == 1
