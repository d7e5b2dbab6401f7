"""The plan of every case reads as its files say; GWCTL_WRITE_CASES=1 writes them anew, to be reviewed."""

from __future__ import annotations

import os

import pytest

from tests.cases.case import FOLDER, NAMES, rendered


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER / name)
    for file, text in rendered(name).items():
        path = FOLDER / name / file
        if os.environ.get("GWCTL_WRITE_CASES") == "1":
            path.write_text(text, encoding="utf-8", newline="\n")
        assert text == path.read_text(encoding="utf-8"), f"{name}/{file}"


def test_there_are_cases() -> None:
    assert len(NAMES) >= 8
