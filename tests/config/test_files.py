"""Whatever `-f` points at: a gateway, or words; never "delete everything", never a wait without end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.config.load import load
from reconciler.config.read_file import LARGEST
from tests.config.gateway_files import HEAD, loaded, places, the_one

GOOD = HEAD + "endpoints: {}\n"


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n", "~\n", "\ufeff"])
def test_an_empty_file_is_an_error(text: str) -> None:
    diagnostic = the_one(loaded(text))
    assert diagnostic.code == "EMPTY_FILE"
    assert "Nothing was changed" in diagnostic.detail


@pytest.mark.parametrize("text", ["[]\n", "text\n", "12\n"])
def test_what_is_no_mapping_is_an_error(text: str) -> None:
    assert places(loaded(text)) == [("WRONG_KIND", "gateway.yaml:1:1")]


@pytest.mark.parametrize(
    ("data", "place"),
    [(b"a: \xff\n", "1:1"), (b"a\nb: \xc3(", "2:1"), (b"a: \0", "1:4"), (b"a\n  \x1b[31m", "2:3"), (b"a: \x7f", "1:4")],
)
def test_what_is_no_text_is_an_error(data: bytes, place: str) -> None:
    assert places(loaded(data)) == [("NOT_TEXT", f"gateway.yaml:{place}")]


def test_a_byte_order_mark_is_no_part_of_the_file() -> None:
    assert loaded("\ufeff" + GOOD).gateway is not None


def test_a_missing_file_and_a_directory() -> None:
    Path("folder").mkdir()
    assert places(load([Path("gone.yaml"), Path("folder")], {}, {})) == [
        ("NO_FILE", "gone.yaml"),
        ("NOT_A_FILE", "folder"),
    ]


def test_a_name_that_no_file_can_have() -> None:
    assert [diagnostic.code for diagnostic in load([Path("a\0b")], {}, {}).diagnostics] == ["FILE_UNREADABLE"]


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    with Path("gateway.yaml").open("wb") as file:
        file.truncate(LARGEST + 1)
    diagnostic = the_one(load([Path("gateway.yaml")], {}, {}))
    assert (diagnostic.code, f"{LARGEST // 1024**2} MiB" in diagnostic.hint) == ("FILE_TOO_LARGE", True)


@pytest.mark.large
def test_a_large_file_that_is_allowed_is_read() -> None:
    text = GOOD + "# " + "x" * (LARGEST - len(GOOD) - 3) + "\n"
    assert len(text) == LARGEST
    assert loaded(text).gateway is not None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe_is_refused_without_waiting() -> None:
    os.mkfifo("pipe")
    assert the_one(load([Path("pipe")], {}, {})).code == "NOT_A_FILE"


def test_a_file_that_may_not_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    Path("gateway.yaml").write_text(GOOD)
    monkeypatch.setattr(os, "open", refuse)
    diagnostic = the_one(load([Path("gateway.yaml")], {}, {}))
    assert (diagnostic.code, "Permission denied" in diagnostic.summary) == ("FILE_UNREADABLE", True)


def test_a_file_is_named_as_it_is_typed(directory: Path) -> None:
    assert places(load([directory / "a" / "gone.yaml"], {}, {})) == [("NO_FILE", "a/gone.yaml")]
    assert places(load([Path("../gone.yaml")], {}, {})) == [("NO_FILE", "../gone.yaml")]


def test_a_name_that_would_drive_the_terminal_does_not() -> None:
    assert "\x1b" not in the_one(load([Path("\x1b[31m.yaml")], {}, {})).summary


def test_a_broken_yaml_opens_nothing() -> None:
    loaded_file = loaded(GOOD + "removed: [\n")
    assert (loaded_file.gateway, [diagnostic.code for diagnostic in loaded_file.diagnostics]) == (None, ["YAML_SYNTAX"])


@pytest.mark.process
def test_loading_imports_no_library_of_the_outside_world() -> None:
    Path("gateway.yaml").write_text(GOOD)
    code = (
        "import sys; from pathlib import Path; from reconciler.config.load import load;"
        "assert load([Path('gateway.yaml')], {}, {}).gateway;"
        "print([each for each in ('httpx', 'keyring', 'deepdiff', 'rich', 'click') if each in sys.modules])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert done.stdout == "[]\n"
