"""The token of a server comes from the environment, a file for nobody else to read, or the system's keyring."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backend
import keyring.errors
import pytest
from keyring.backends import fail, null

from annotate.errors import ServerError
from annotate.studio.client import _stored_token, _tokens, connect

URL = "https://label-studio.example.org"


class OneEntry(keyring.backend.KeyringBackend):
    """A keyring that holds what it is given, or is locked."""

    priority = 1.0
    locked = False

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise keyring.errors.KeyringLocked("it is locked")
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password


@pytest.fixture(autouse=True)
def no_desktop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No keyring of a desktop is asked, and the user's own settings are elsewhere."""
    monkeypatch.setattr("platformdirs.user_config_dir", lambda *_, **__: str(tmp_path / "config"))
    for name in ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    before = keyring.get_keyring()
    keyring.set_keyring(null.Keyring())  # type: ignore[no-untyped-call]
    yield
    keyring.set_keyring(before)


def keep(tokens: object, mode: int = 0o600) -> Path:
    file = _tokens()
    file.parent.mkdir(exist_ok=True)
    file.write_text(tokens if isinstance(tokens, str) else json.dumps(tokens), encoding="utf-8")
    file.chmod(mode)
    return file


def test_a_token_kept_in_the_keyring_is_found_for_its_address_only() -> None:
    kept = OneEntry()
    keyring.set_keyring(kept)
    keyring.set_password("annotate", URL, "from-the-keyring")
    assert _stored_token(URL) == "from-the-keyring"
    assert _stored_token("https://another.example.org") == ""
    keep({URL: "from-the-file"})
    assert _stored_token(URL) == "from-the-file"
    kept.locked = True
    with pytest.raises(
        ServerError, match=r"keyring cannot be read \(it is locked\); unlock it, or set LABEL_"
    ):
        _stored_token("https://another.example.org")


@pytest.mark.parametrize("none", [null.Keyring, fail.Keyring])
def test_without_a_keyring_the_line_says_what_to_set(none: type, monkeypatch: pytest.MonkeyPatch) -> None:
    keyring.set_keyring(none())
    monkeypatch.setenv("LABEL_STUDIO_URL", f"{URL}/?page=1")
    with pytest.raises(
        ServerError, match="LABEL_STUDIO_API_KEY: not set, though LABEL_STUDIO_URL is, and no token for"
    ):
        connect()


def test_the_environment_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    keep({URL: "not this one"})  # with its blanks it would be refused as no token
    monkeypatch.setenv("LABEL_STUDIO_URL", URL.replace("https", "http"))
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "from-the-environment")
    with pytest.raises(ServerError, match="plain http to another machine"):
        connect()
    monkeypatch.delenv("LABEL_STUDIO_API_KEY")
    keep({URL.replace("https", "http"): "not a token"})
    with pytest.raises(ServerError, match="is not a token: it has blanks") as caught:
        connect()
    assert 'not a token"' not in str(caught.value)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such modes there")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
def test_a_file_that_others_may_read_is_refused(mode: int) -> None:
    file = keep({URL: "secret-token"}, mode)
    with pytest.raises(ServerError, match=f"others may read it or write to it; chmod 600 {file}") as caught:
        _stored_token(URL)
    assert "secret-token" not in str(caught.value)


@pytest.mark.parametrize("content", ["{", "[1]", '{"a": 1}', '"x"'])
def test_a_file_of_anything_else_is_named(content: str) -> None:
    keep(content)
    with pytest.raises(ServerError, match=r"tokens\.json: .*; it holds"):
        _stored_token(URL)


def test_without_an_address_nothing_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    keep("{")
    assert _stored_token("") == ""
    assert os.environ.get("LABEL_STUDIO_URL") is None
