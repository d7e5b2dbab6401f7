"""The examples of the page about the Python API run as they stand, and are typed."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from tests.support.scripted import ScriptedServer

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "api.md"
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(gwctl, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with a gateway file, in which the examples run."""
    server.lists("gpt-4o-mini")
    gwctl.write(f"version: 1\nname: acme\nendpoints:\n  litellm: {{base_url: '{server.url}', models: [whisper-1]}}\n")
    monkeypatch.chdir(gwctl.folder)
    for name in ("HOME", "USERPROFILE", "XDG_STATE_HOME"):
        monkeypatch.setitem(os.environ, name, gwctl.environ[name])
    return gwctl.folder


def run(example: str) -> None:
    exec(compile(example, str(PAGE), "exec"), {"__name__": "example"})  # a name of its own for each


def test_the_first_example_applies_what_it_prints(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(EXAMPLES[0])
    printed = capsys.readouterr().out
    assert "create model.litellm/gpt-4o-mini listed by the endpoint" in printed
    assert printed.endswith("applied serial 1\n")
    assert (folder / ".gwctl" / "state.json").exists()


def test_the_second_example_decides(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(EXAMPLES[1])
    assert "done model.litellm/gpt-4o-mini" in capsys.readouterr().out
    (folder / "gateway.yaml").write_text(
        "version: 1\nname: acme\nendpoints: {}\nremoved: [{address: endpoint.litellm}]\n"
    )
    run(EXAMPLES[1])
    assert "skipped endpoint.litellm" in capsys.readouterr().out


BOUND_TO_NOTHING = """
version: 1
name: acme
endpoints:
  litellm:
    {base_url: 'http://llm.acme.example', key: {env: ACME_KEY}, insecure_http: true, models: [gpt-4o-mini]}
"""


@pytest.fixture
def stranger(folder: Path, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> ScriptedServer:
    """A host that nobody agreed to, which is asked through a proxy on this machine."""
    (folder / "gateway.yaml").write_text(BOUND_TO_NOTHING)
    ours = {"ACME_KEY": "quokka-7351-zebra-fjord", "HTTP_PROXY": server.url, "http_proxy": server.url}
    for name, value in ours.items():
        monkeypatch.setitem(os.environ, name, value)
    return server


def test_the_third_example_allows_a_host(stranger: ScriptedServer, capsys: pytest.CaptureFixture[str]) -> None:
    run(EXAMPLES[2])
    assert capsys.readouterr().out == "KEY_WITHHELD endpoint.litellm\napplied\n"
    assert "quokka-7351-zebra-fjord" in str([request.headers for request in stranger.requests])


def test_the_fourth_example_allows_all_hosts_of_a_plan_that_was_shown(
    stranger: ScriptedServer, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(EXAMPLES[3])
    assert "KEY_WITHHELD" not in capsys.readouterr().err
    assert (folder / ".gwctl" / "state.json").exists()


def test_the_fifth_example_says_what_is_wrong(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(EXAMPLES[4])
    assert capsys.readouterr().out.startswith("NO_FILE missing.yaml does not exist")


def test_every_example_is_run() -> None:
    assert len(EXAMPLES) == 5


def test_the_examples_are_typed(tmp_path: Path) -> None:
    api = pytest.importorskip("mypy.api", reason="mypy is not installed (the extra `lint`)")
    files = [tmp_path / f"example_{number}.py" for number in range(len(EXAMPLES))]
    for file, example in zip(files, EXAMPLES, strict=True):
        file.write_text(example, encoding="utf-8")
    options = ["--strict", "--config-file", "", "--cache-dir", str(tmp_path / "cache"), "--python-executable"]
    result, fault, code = api.run([*options, sys.executable, *map(str, files)])
    assert (result.splitlines()[-1:], fault, code) == (["Success: no issues found in 5 source files"], "", 0), result
