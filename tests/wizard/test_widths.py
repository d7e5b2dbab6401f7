"""What `gwctl init`, `connect` and `join` say is folded at words, also in a narrow terminal."""

from __future__ import annotations

import pytest

from tests.support.folded import broken_lines
from tests.support.used import used
from tests.wizard.conftest import CLEAR, DOWN, ENTER, Person

WIDTHS = pytest.mark.parametrize("columns", [80, 60])
URL = "http://127.0.0.1:9/a-path-of-the-team/v1"
TYPED = [
    ("Where is the key?", ENTER),
    ("it is not shown", f"typed-by-a-person-0815{ENTER}"),
    ("What next?", f"{DOWN}{ENTER}"),
    ("Model IDs", f"tiny,second{ENTER}"),
    ("Purpose of tiny", ENTER),
    ("Purpose of second", ENTER),
    ("by default for:", ENTER),
]


@WIDTHS
def test_no_word_of_init_is_broken(person: Person, keychain, tmp_path, columns: int) -> None:
    used(tmp_path / "home" / ".config" / "opencode")
    person.runs("init", "litellm", columns=columns)
    person.answers([("Name of the gateway:", f"{CLEAR}acme{ENTER}"), ("Name of the endpoint:", ENTER)])
    person.answers([("Base URL:", f"{CLEAR}{URL}{ENTER}"), *TYPED])
    person.answers([("Default model for chat:", ENTER), ("Which tools", ENTER), ("Save and apply?", ENTER)])
    person.at.ends("n")
    assert "opencode: start it with:" in person.at.screen.text
    assert broken_lines(person.at) == [], person.at.screen.text


@WIDTHS
def test_no_word_of_connect_is_broken(acme: Person, keychain, columns: int) -> None:
    acme.runs("connect", "litellm", columns=columns)
    acme.answers([("Name of the endpoint:", ENTER), ("Base URL:", f"{CLEAR}{URL}{ENTER}"), *TYPED])
    acme.answers([("Save and apply?", ENTER)])
    acme.at.ends("n")
    assert "litellm" in acme.gwctl("status").out
    assert broken_lines(acme.at) == [], acme.at.screen.text


@WIDTHS
def test_no_word_of_join_is_broken(person: Person, keychain, tmp_path, columns: int) -> None:
    used(tmp_path / "home" / ".config" / "opencode")
    endpoint = f"{{base_url: '{URL}', preset: litellm, key: {{env: TEAM_KEY}}, store_key: if-available, models: [m]}}"
    person.gwctl.write(f"version: 1\nname: acme\nendpoints: {{gate: {endpoint}}}\nclients: {{opencode: {{}}}}\n")
    person.runs("join", columns=columns)
    person.answers([("Which tools", ENTER), ("Allow all of these", "y\n"), ("it is not shown", f"a-key-0815-x{ENTER}")])
    person.answers([("What next?", f"{DOWN}{ENTER}"), ("Apply this on this machine?", "y\n")])
    person.at.ends("n")
    assert broken_lines(person.at) == [], person.at.screen.text
