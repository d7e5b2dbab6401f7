"""`gwctl explain`: every code that a message can have, and help for one that is misspelt."""

from __future__ import annotations

import pytest

from reconciler.cli.main import run
from reconciler.codes import EXPLANATIONS, Code


@pytest.mark.parametrize("code", EXPLANATIONS)
def test_every_code_is_explained_in_two_sentences(capsys: pytest.CaptureFixture[str], code: Code) -> None:
    assert run(["explain", code]) == 0
    out, err = capsys.readouterr()
    first, *rest = out.splitlines()
    assert (first, err) == (code, "")
    assert " ".join(map(str.strip, rest)) == " ".join(EXPLANATIONS[code])


@pytest.mark.parametrize("typed", ["BAD_URL", "bad_url", "bad-url", "Bad-Url"])
def test_a_code_may_be_typed_as_it_comes(capsys: pytest.CaptureFixture[str], typed: str) -> None:
    assert run(["explain", typed]) == 0
    assert capsys.readouterr().out.startswith("BAD_URL\n")


def test_without_a_code_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["CODE", "MEANING"]
    assert [row.split()[0] for row in rows if row[:1].strip()] == list(EXPLANATIONS)


@pytest.mark.parametrize(
    ("typed", "hint"), [("BAD_ULR", "did you mean `BAD_URL`"), ("sk-0001", "`gwctl explain` lists all codes")]
)
def test_an_unknown_code_is_refused_with_the_nearest_ones_and_not_repeated(
    capsys: pytest.CaptureFixture[str], typed: str, hint: str
) -> None:
    assert run(["explain", typed]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert hint in err
    assert typed not in err
