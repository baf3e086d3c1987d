"""From a name in the register to the secret, and never further than the connector."""

from pathlib import Path

import pytest

from connectors.errors import CredentialMissing
from monitor.register.credentials import resolve
from monitor.register.models import Channel


def channel(**credential: str) -> Channel:
    return Channel(
        id="c",
        platform="facebook",
        name="c",
        address="https://example.org",
        unit_id="u",
        responsible_id="r",
        credential=credential,
    )


def test_a_secret_comes_from_its_environment_variable() -> None:
    found = resolve(channel(token_env="TOKEN", username="tibro"), {"TOKEN": " abc\n"})
    assert (found.get("token"), found.get("username")) == ("abc", "tibro")
    assert "abc" not in repr(found)


def test_a_secret_comes_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("abc\n")
    assert resolve(channel(token_file=str(tmp_path / "token")), {}).get("token") == "abc"
    assert resolve(channel(token_file="token"), {"CREDENTIALS_DIRECTORY": str(tmp_path)}).get("token") == "abc"


@pytest.mark.parametrize("environ", [{}, {"TOKEN": ""}, {"TOKEN": "  "}])
def test_a_variable_that_is_not_set_is_named(environ: dict[str, str]) -> None:
    with pytest.raises(CredentialMissing, match="TOKEN"):
        resolve(channel(token_env="TOKEN"), environ)


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe"], ids=["missing", "empty", "not text"])
def test_a_file_that_gives_no_secret_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CredentialMissing, match=str(path)):
        resolve(channel(token_file=str(path)), {})


def test_a_channel_without_a_credential_has_no_secrets() -> None:
    assert resolve(channel(), {}).names == frozenset()
