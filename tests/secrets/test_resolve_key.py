"""A key in memory gives nothing away, and a reference leads to a key, to none, or to a reason."""

from __future__ import annotations

import copy
import json
import pickle
import sys
import traceback
from pathlib import Path

import pytest

from reconciler.secrets.binding import Unbound
from reconciler.secrets.key import Key
from reconciler.secrets.reference import CommandReference, EnvReference, FileReference
from reconciler.secrets.resolve_key import Missing, Unreadable, is_blank, read_key
from tests.support.bindings import agreed

pytestmark = pytest.mark.process  # key commands
MARKER = "quokka-7351-zebra-fjord"


def test_a_key_shows_nothing() -> None:
    key = Key(MARKER)
    shown = [str(key), repr(key), f"{key}", f"{key:>40}", f"{key!r:>30}", repr([key]), repr({"key": key})]
    slots = [repr(getattr(key, name)) for name in dir(key) if not name.startswith("__") and name != "reveal"]
    assert not any("quokka" in each for each in shown + slots)
    assert key.reveal() == MARKER


@pytest.mark.parametrize("take", [pickle.dumps, copy.copy, copy.deepcopy, json.dumps, vars, dict, list, bytes])
def test_a_key_cannot_be_carried_off(take) -> None:
    with pytest.raises(TypeError) as caught:
        take(Key(MARKER))
    assert "quokka" not in str(caught.value)


def test_a_traceback_with_all_its_locals_shows_no_key() -> None:
    def fail(key: Key) -> None:
        raise RuntimeError(f"with {key}")

    try:
        fail(Key(MARKER))
    except RuntimeError as fault:
        text = "".join(traceback.TracebackException.from_exception(fault, capture_locals=True).format())
        assert "Key(…)" in text
        assert "quokka" not in text


def test_two_equal_keys_cannot_be_compared_by_guessing() -> None:
    assert Key("a") != Key("a")


def env(value: str | None):
    return read_key(
        EnvReference("CANARY"),
        {} if value is None else {"CANARY": value},
        may_run=False,
        timeout=1,
        binding=agreed(EnvReference("CANARY")),
    )


@pytest.mark.parametrize("value", [None, "", " ", "\n\t"])
def test_unset_and_blank_are_missing(value: str | None) -> None:
    result = env(value)
    assert isinstance(result, Missing)
    assert "CANARY" in result.reason


@pytest.mark.parametrize("value", [MARKER, f" {MARKER} ", f"{MARKER}\n", f"{MARKER}\r\n", f"\t{MARKER}"])
def test_surrounding_space_is_no_part_of_a_key(value: str) -> None:
    result = env(value)
    assert isinstance(result, Key)
    assert result.reveal() == MARKER


@pytest.mark.parametrize("bad", ["a\nb", "a\rb", "a\x00b", "a\x7fb", "ké", "a\x0bb"])
def test_what_no_header_may_hold_is_unreadable_and_not_shown(bad: str) -> None:
    """The header library's error prints a key that holds a newline: hopsworks-api#184."""
    result = env(bad)
    assert isinstance(result, Unreadable)
    assert bad not in result.reason + result.hint


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "key"
    reference = FileReference("key", str(path))
    assert "does not exist" in _unreadable(read_key(reference, {}, may_run=False, timeout=1, binding=agreed(reference)))
    path.write_text(f"{MARKER}\n")
    key = read_key(reference, {}, may_run=False, timeout=1, binding=agreed(reference))
    assert isinstance(key, Key)
    assert key.reveal() == MARKER
    path.write_text(" \n")
    assert isinstance(read_key(reference, {}, may_run=False, timeout=1, binding=agreed(reference)), Missing)
    path.write_bytes(b"\xff\xfe\x00")
    assert "not text" in _unreadable(read_key(reference, {}, may_run=False, timeout=1, binding=agreed(reference)))
    path.write_bytes(b"k" * 70_000)
    assert "64 KiB" in _unreadable(read_key(reference, {}, may_run=False, timeout=1, binding=agreed(reference)))
    folder = FileReference("d", str(tmp_path))
    assert "is not a file" in _unreadable(read_key(folder, {}, may_run=False, timeout=1, binding=agreed(folder)))


def command(code: str, timeout: float = 20, allow: bool = True, directory: str = "."):
    reference = CommandReference((sys.executable, "-c", code), directory)
    return read_key(reference, {}, may_run=allow, timeout=timeout, binding=agreed(reference))


def test_a_command_runs_only_when_it_may(tmp_path: Path) -> None:
    code = "open('ran', 'w').close(); print('key')"
    with pytest.raises(Unbound):
        command(code, allow=False, directory=str(tmp_path))
    assert not (tmp_path / "ran").exists()
    assert isinstance(command(code, directory=str(tmp_path)), Key)
    assert (tmp_path / "ran").exists()


def test_only_an_environment_variable_is_known_to_be_blank_unasked() -> None:
    assert is_blank(EnvReference("CANARY"), {})
    assert not is_blank(EnvReference("CANARY"), {"CANARY": "x"})
    assert not is_blank(FileReference("key", "/nowhere"), {})
    assert not is_blank(CommandReference(("x",), "."), {})


def _unreadable(result: object) -> str:
    assert isinstance(result, Unreadable)
    return f"{result.reason} {result.hint}"


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfa-key\n",
        "a-key\r\n".encode("utf-16"),
        b"\xfe\xff" + "a-key".encode("utf-16-be"),
    ],
    ids=["a byte order mark", "UTF-16, as PowerShell's > writes it", "UTF-16, the other way round"],
)
def test_a_key_file_of_windows_is_read(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "key").write_bytes(data)
    reference = FileReference("key", str(tmp_path / "key"))
    key = read_key(reference, {}, may_run=False, timeout=5.0, binding=agreed(reference))
    assert isinstance(key, Key)
    assert key.reveal() == "a-key"


def test_a_command_s_first_word_may_begin_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a key file's, a CA file's and a state's path do."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    script = tmp_path / "print-key"
    script.write_text("#!/bin/sh\necho a-key\n")
    script.chmod(0o700)
    reference = CommandReference(("~/print-key",), str(tmp_path))
    key = read_key(reference, {}, may_run=True, timeout=30.0, binding=agreed(reference))
    assert isinstance(key, Key)
