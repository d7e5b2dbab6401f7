"""`gwctl ui` as a command: what it needs, what it says, what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.local_page import Script

GATEWAY = "version: 1\nname: acme\nendpoints: {own: {base_url: 'http://localhost:9', models: [m]}}\n"


@pytest.mark.parametrize("library", ["uvicorn", "starlette", "jinja2"])
def test_a_library_that_is_missing_is_named_with_the_command_that_installs_it(gwctl, library: str) -> None:
    gwctl.write(GATEWAY)
    planted = gwctl.folder.parent / "planted" / library
    planted.mkdir(parents=True)
    (planted / "__init__.py").write_text(f"raise ModuleNotFoundError('no such module', name={library!r})\n")
    path = f"{planted.parent}:{Path(__file__).parents[2]}"
    said = gwctl("ui", "--no-browser", "-v", code=1, PYTHONPATH=path).err
    assert f"gwctl ui needs {library}, which is not installed [UI_NOT_INSTALLED]" in said
    assert "starlette" in said.partition("hint:")[2] and "uvicorn" in said.partition("hint:")[2]


@pytest.mark.parametrize("value", ["", "0s", "25h", "2d", "10", "-1s", "1.5h", "٣s"])
def test_a_quiet_time_that_is_none_is_refused(gwctl, value: str) -> None:
    gwctl.write(GATEWAY)
    said = gwctl("ui", "--no-browser", "--quiet-time", value, code=1).err
    assert "write a number with s, m, h or d (at most 24h), such as 15m or 12h" in said


def test_without_a_gateway_file_the_error_is_that_of_every_command(gwctl) -> None:
    assert gwctl("ui", "--no-browser", code=1).err == gwctl("validate", code=1).err


def test_the_page_is_about_the_files_and_the_state_of_the_command_line(gwctl, starts) -> None:
    gwctl.write(GATEWAY, "one.yaml")
    gwctl.write("name: other\n", "two.yaml")
    script = Script(starts("-f", "one.yaml", "-f", "two.yaml", "--state", "elsewhere.json"))
    script.enter()
    assert "Status other state: elsewhere.json" in script.send("GET", "/").words
    form = script.form("/plan")
    (gwctl.folder / "two.yaml").write_text("name: third\n")
    assert "two.yaml, line 1: 1 line changed" in script.send("POST", "/apply", form).words


def test_a_ledger_that_others_can_write_to_gets_no_entry_page(gwctl) -> None:
    gwctl.write(GATEWAY)
    folder = gwctl.folder.parent / "open"
    folder.mkdir()
    folder.chmod(0o777)
    said = gwctl("ui", "--no-browser", "-v", code=1, GWCTL_LEDGER=str(folder / "ledger.sqlite3")).err
    assert "LEDGER_MISPLACED" in said
    assert list(folder.iterdir()) == []
