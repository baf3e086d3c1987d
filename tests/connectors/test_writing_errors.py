"""What refusals of a write mean: certainly not done, or nobody knows. By code and reason, never by words."""

import json

import pytest

from connectors.base import Credential
from connectors.emulator.faults import Fault
from connectors.emulator.server import Emulator
from connectors.errors import (
    AuthExpired,
    ConnectorError,
    OutcomeUnknown,
    PermissionLost,
    RateLimited,
    Refused,
    UnexpectedAnswer,
)
from tests.connectors.writing_stages import STAGES, Pen


def graph(code: int, subcode: int | None = None) -> str:
    error = {"message": "EAAsecret said something", "type": "OAuthException", "code": code}
    return json.dumps({"error": error | ({"error_subcode": subcode} if subcode else {})})


def google(reason: str) -> str:
    return json.dumps({"error": {"code": 0, "message": "…", "errors": [{"domain": "youtube", "reason": reason}]}})


GRAPH = [
    (400, graph(1), OutcomeUnknown),
    (500, graph(2), OutcomeUnknown),
    (500, graph(190), OutcomeUnknown),
    (503, "", OutcomeUnknown),
    (400, "not JSON", OutcomeUnknown),
    (407, "<html>", OutcomeUnknown),
    (200, "[]", OutcomeUnknown),
    (200, "{}", OutcomeUnknown),
    (302, "", OutcomeUnknown),
    (400, graph(506, 1455006), OutcomeUnknown),
    (400, graph(100), Refused),
    (400, graph(100, 33), Refused),
    (400, graph(803), Refused),
    (400, graph(368), PermissionLost),
    (400, graph(4, 2207051), PermissionLost),
    (403, graph(10), PermissionLost),
    (403, graph(200), PermissionLost),
    (401, graph(190, 463), AuthExpired),
    (400, graph(4), RateLimited),
    (400, graph(80001), RateLimited),
    (400, graph(99_999), UnexpectedAnswer),
]
YOUTUBE = [
    (500, google("backendError"), OutcomeUnknown),
    (503, "", OutcomeUnknown),
    (400, "not JSON", OutcomeUnknown),
    (200, "", OutcomeUnknown),
    (200, "{}", OutcomeUnknown),
    (400, google("processingFailure"), OutcomeUnknown),
    (400, google("commentTextTooLong"), Refused),
    (404, google("parentCommentNotFound"), Refused),
    (400, google("parentCommentIsPrivate"), Refused),
    (400, google("operationNotSupported"), Refused),
    (403, google("commentsDisabled"), Refused),
    (403, google("forbidden"), PermissionLost),
    (403, google("ineligibleAccount"), PermissionLost),
    (403, google("insufficientPermissions"), PermissionLost),
    (401, google("authError"), AuthExpired),
    (403, google("quotaExceeded"), RateLimited),
    (429, google("rateLimitExceeded"), RateLimited),
]
CASES = [("facebook", *case) for case in GRAPH] + [("instagram", *case) for case in GRAPH]
CASES += [("youtube", *case) for case in YOUTUBE]


@pytest.mark.parametrize(("platform", "status", "body", "meant"), CASES)
def test_each_refusal_has_its_class_and_is_not_repeated(
    emulator: Emulator, platform: str, status: int, body: str, meant: type[ConnectorError]
) -> None:
    pen = Pen(STAGES[platform](emulator))
    asked = pen.ready_for("reply")
    emulator.faults.add(Fault("status", method="POST", path="comments|replies", times=None, status=status, body=body))
    mark = emulator.ledger.mark()
    with pytest.raises(meant) as caught:
        pen.act("reply", asked, "Ett svar")
    assert type(caught.value) is meant
    assert sum(not entry.path.endswith("/token") for entry in emulator.ledger.since(mark).entries) == 1
    told = f"{caught.value} {caught.value!r} {caught.value.__context__!r}"
    assert not any(secret in told for secret in ("EAA", "hemlig", "Ett svar"))


@pytest.mark.parametrize("body", ['{"id":""}', '{"id":7}', '{"success":true}', '{"id":"{asked}"}'])
@pytest.mark.parametrize("platform", STAGES)
def test_an_answer_that_names_no_new_comment_proves_nothing(emulator: Emulator, platform: str, body: str) -> None:
    pen = Pen(STAGES[platform](emulator))
    asked = pen.ready_for("reply")
    body = body.replace("{asked}", asked.id)
    emulator.faults.add(Fault("status", method="POST", path="comments|replies", status=200, body=body))
    with pytest.raises(OutcomeUnknown):
        pen.act("reply", asked)


def test_an_api_key_cannot_write(emulator: Emulator) -> None:
    pen = Pen(STAGES["youtube"](emulator))
    asked = pen.ready_for("reply")
    pen.stage.credential = Credential({"api_key": "AIza"})
    with pytest.raises(PermissionLost):
        pen.act("reply", asked)
    assert pen.effects == []
