"""Every command, option, code and gateway file that a page shows is there; lines are short enough for a review."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reconciler.config.load import load
from tests.docs.commands import commands, fault

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
IDS = [str(page.relative_to(ROOT)) for page in PAGES]
LONGEST = 140  # prose is wrapped at 120; a link at the end of a line may stand out
# variables whose names the code puts together
COMPOSED = {"GWCTL_HTTP_UNLOCK_METHOD", "GWCTL_KEY_ENDPOINT", "GWCTL_VAR_URL"}
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_command_that_a_page_shows_exists_with_its_options(page: Path) -> None:
    assert [f"gwctl {' '.join(words)}: {fault(words)}" for words in commands(read(page)) if fault(words)] == []


def test_commands_are_found_in_all_pages_that_use_gwctl() -> None:
    result = {name: len(list(commands(read(page)))) for name, page in zip(IDS, PAGES, strict=True)}
    assert all(
        result[f"docs/{name}.md"] >= 5 for name in ("using/gitops", "using/gitlab", "using/tools", "using/state")
    )
    assert result["README.md"] >= 20


@pytest.mark.parametrize(
    ("text", "is_faulty"),
    [
        ("`gwctl plan --locked --out F`", False),
        ("`gwctl state rm ADDRESS…`", False),
        ("`gwctl trust litellm --state URL`", False),
        ("`gwctl run --model x -- tool --any`", False),
        ("```sh\nx=1 && .venv/bin/gwctl apply -f a.yaml   # --nothing\n```\n", False),
        ("`gwctl plant`", True),
        ("`gwctl state drop x`", True),
        ("`gwctl validate --locked`", True),
        ("```sh\ngwctl show F --offline\n```\n", True),
    ],
)
def test_a_command_that_does_not_exist_is_seen(text: str, is_faulty: bool) -> None:
    (words,) = commands(text)
    assert bool(fault(words)) is is_faulty


def test_every_code_and_variable_that_a_page_names_is_in_the_code() -> None:
    sources = [
        *(ROOT / "reconciler").rglob("*.py"),
        *(ROOT / "reconciler").rglob("*.yaml"),
        *(ROOT / "tests").rglob("*.py"),
    ]
    known = set(
        re.findall(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+", "\n".join(map(read, [*sources, *ROOT.glob(".github/*/*.yml")])))
    )
    for page in PAGES:
        named = set(re.findall(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`", read(page)))
        assert named - known - COMPOSED == set(), page


def gateway_files() -> list[str]:
    """Return every block of YAML that is a whole gateway file, of all pages."""
    blocks = [
        block for page in PAGES for block in re.findall(r"^```yaml\n(.*?)^```$", read(page), re.MULTILINE | re.DOTALL)
    ]
    return [block for block in blocks if re.search(r"^version: 1$", block, re.MULTILINE) and "digest:" not in block]


@pytest.mark.parametrize("text", gateway_files())
def test_every_gateway_file_that_a_page_shows_is_valid(text: str, tmp_path: Path) -> None:
    path = tmp_path / "gateway.yaml"
    path.write_text(text, encoding="utf-8")
    loaded = load([path], {}, {})
    assert loaded.gateway is not None, loaded.diagnostics


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "CHANGELOG.md"], ids=lambda page: page.name)
def test_prose_is_wrapped(page: Path) -> None:
    """A table row is one line; prose is one sentence a line, or wrapped."""
    prose = _FENCED.sub("", read(page)).splitlines()
    assert [line for line in prose if len(line) > LONGEST and not line.startswith("|") and " " in line[4:]] == []
