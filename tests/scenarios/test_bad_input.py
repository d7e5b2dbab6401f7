"""Bad input, by the command: exit 1, words, a way on, no traceback, and nothing lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

GATEWAY = "version: 1\nname: acme\nendpoints: {a: {base_url: 'http://127.0.0.1:9', models: [m, n], timeout: 1s}}\n"
READERS = (("validate",), ("plan",), ("apply", "--auto-approve"), ("destroy", "--auto-approve"), ("test",), ("models",))


def write_nothing(path: Path) -> None:
    """No file at all."""


FILES = {
    "no file": (write_nothing, "does not exist"),
    "an empty file": (lambda path: path.write_text(""), "is empty"),
    "a directory": (lambda path: path.mkdir(), "is a directory"),
    "binary": (lambda path: path.write_bytes(bytes(range(128, 256)) * 9), "is not UTF-8 text"),
    "70 MB": (lambda path: path.write_bytes(b"a" * 73_400_320), "is too large"),
    "a tab": (lambda path: path.write_text("version: 1\n\tname: acme\n"), "there is a tab, but YAML needs spaces"),
    "no YAML": (lambda path: path.write_text("version: [1"), "not YAML"),
    "a list": (lambda path: path.write_text("- version: 1\n"), "mapping"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_gateway_file_that_is_none(gwctl, name: str) -> None:
    gwctl.write(GATEWAY)
    gwctl("apply", "--auto-approve")
    before = gwctl.state_file.read_bytes()
    path = gwctl.folder / "gateway.yaml"
    path.unlink()
    make, words = FILES[name]
    make(path)
    for command in READERS:
        result = gwctl(*command, code=1)
        assert words in result.err + result.out, command
        assert "hint:" in result.err + result.out
    assert gwctl.state_file.read_bytes() == before


def test_everything_wrong_in_a_file_is_told_at_once_with_its_place(gwctl) -> None:
    gwctl.write("""
        version: 1
        name: acme
        name: again
        endpoints:
          a: {preset: ollama, base_ulr: x}
          b: {preset: olama}
          c: {preset: openai, key: sk-quokka}
          d: {preset: ollama, models: [m, m]}
        """)
    err = gwctl("validate", code=1).err
    for line in (
        "gateway.yaml:4:1: `name` is written twice, first at 3:1",
        "gateway.yaml:6:23: unknown field `endpoints.a.base_ulr`",
        "did you mean `base_url`?",
        "gateway.yaml:7:15: there is no preset `olama`",
        "did you mean `ollama`?",
        "gateway.yaml:8:28: a key must be a reference",
        "gateway.yaml:9:35: `m` is declared twice, first at 9:32",
    ):
        assert line in err, line
    assert "quokka" not in err


def test_a_default_that_names_nothing(gwctl, server) -> None:
    server.lists("llama3", "qwen")
    gwctl.write(
        f"version: 1\nname: acme\nendpoints: {{a: {{base_url: '{server.url}'}}}}\ndefaults: {{chat: a/lama3}}\n"
    )
    result = gwctl("plan", code=1)
    assert "did you mean `a/llama3`?" in result.out
    gwctl.write(
        f"version: 1\nname: acme\nendpoints: {{a: {{base_url: '{server.url}'}}}}\ndefaults: {{chat: b/llama3}}\n"
    )
    assert "gateway.yaml:4:" in gwctl("validate", code=1).err


STATES = {
    "cut in half": (lambda data: data[: len(data) // 2], "perhaps it was truncated or edited by hand"),
    "empty": (lambda data: b"", "the data is empty"),
    "of another name": (lambda data: data.replace(b'"acme"', b'"other"'), "belongs to `other`"),
    "of a newer version": (lambda data: data.replace(b'"version": ', b'"version": 99'), "upgrade gwctl"),
    "binary": (lambda data: bytes(range(256)), "is not valid"),
    "another document": (lambda data: b'{"version": 1}', "is not valid"),
    "a broken serial": (lambda data: data.replace(b'"serial": 1', b'"serial": "x"'), "serial"),
}


@pytest.mark.parametrize("name", STATES)
def test_a_state_that_is_none_of_ours_is_left_as_it_is(gwctl, name: str) -> None:
    gwctl.write(GATEWAY)
    gwctl("apply", "--auto-approve")
    change, words = STATES[name]
    broken = change(gwctl.state_file.read_bytes())
    assert broken != gwctl.state_file.read_bytes()
    gwctl.state_file.write_bytes(broken)
    commands = (("plan",), ("plan", "--offline"), ("apply", "--auto-approve"), ("destroy", "--auto-approve"))
    for command in (*commands, ("state", "list"), ("state", "rm", "model.a/m")):
        result = gwctl(*command, code=1)
        assert words in result.err + result.out, command
    document = gwctl("plan", "--format", "json", code=1).json
    assert (document["state"], document["changes"], document["complete"]) == (None, [], False)
    assert gwctl.state_file.read_bytes() == broken


def test_a_directory_that_cannot_be_written(gwctl) -> None:
    gwctl.write(GATEWAY)
    gwctl("apply", "--auto-approve")
    before = gwctl.state_file.read_bytes()
    gwctl.write(GATEWAY.replace("[m, n]", "[m]"))
    with Unwritable(gwctl.state_file.parent):
        result = gwctl("apply", "--auto-approve", code=1)
    assert "Cannot write the state" in result.out
    assert "Nothing was done" in result.out
    assert gwctl.state_file.read_bytes() == before
    gwctl("apply", "--auto-approve")
    assert gwctl.models() == ["model.a/m"]


class Unwritable:
    """A directory in which nothing can be made, also by root: where chattr works, or by its mode."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            done = subprocess.run(["chattr", "+i", str(self._folder)], capture_output=True, check=False)
            if done.returncode:
                pytest.skip("a directory that root cannot write: chattr does not work here")
        elif os.name == "posix":
            self._folder.chmod(0o500)
        else:
            pytest.skip("a directory that cannot be written: POSIX only")

    def __exit__(self, *_: object) -> None:
        if os.geteuid() == 0:
            subprocess.run(["chattr", "-i", str(self._folder)], check=True)
        else:
            self._folder.chmod(0o700)


@pytest.mark.skipif(sys.platform != "linux", reason="a full disk: Linux only, through a file size limit")
def test_a_disk_that_is_full(gwctl) -> None:
    gwctl.write(GATEWAY)
    gwctl("apply", "--auto-approve")
    before = gwctl.state_file.read_bytes()
    models = ", ".join(f"m-{number}" for number in range(200))
    gwctl.write(GATEWAY.replace("[m, n]", f"[{models}]"))
    done = subprocess.run(
        ["bash", "-c", 'ulimit -f 8; exec "$@"', "-", *gwctl.command("apply", "--auto-approve")],
        cwd=gwctl.folder,
        env=gwctl.environ | {"PYTHONDONTWRITEBYTECODE": "1"},  # what Python would cut off, it would stumble over
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Cannot write the state" in done.stdout
    assert "Traceback" not in done.stderr
    assert gwctl.state_file.read_bytes() == before
    assert sorted(path.name for path in gwctl.state_file.parent.iterdir() if path.name.startswith(".gwctl-")) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", "--var", "novalue"),
        ("plan", "--var", "1BAD=x"),
        ("plan", "--accept-catalog", "nobody"),
        ("plan", "--allow-host", "nobody"),
        ("plan", "--allow-delete", "nonsense"),
        ("plan", "--allow-delete", "model.a/m"),
        ("plan", "--state", "ftp://x/y"),
        ("plan", "-C", "/nowhere/at/all"),
        ("test", "nobody"),
        ("models", "nobody"),
        ("chat", "nobody/m", "hello"),
        ("chat", "a/m", ""),
        ("state", "show", "model.a/none"),
        ("state", "rm", "nonsense"),
        ("state", "mv", "endpoint.a", "model.a/b"),
        ("plan", "--format", "yaml"),
        ("schema", "nothing"),
    ],
)
def test_a_command_line_that_makes_no_sense(gwctl, arguments: tuple[str, ...]) -> None:
    gwctl.write(GATEWAY)
    gwctl("apply", "--auto-approve")
    before = gwctl.state_file.read_bytes()
    result = gwctl(*arguments, code=1)
    assert result.err + result.out
    assert gwctl.state_file.read_bytes() == before


def test_json_of_bad_input_is_a_document_with_the_place(gwctl) -> None:
    gwctl.write("version: 1\nname: acme\nendpoints: {a: {preset: olama}}\n")
    document = json.loads(gwctl("validate", "--format", "json", code=1).out)
    assert document["valid"] is False
    assert document["diagnostics"][0]["source"] == {"file": "gateway.yaml", "line": 3, "column": 25}
    assert "ollama" in document["diagnostics"][0]["hint"]
