"""axe-core, which finds what a screen reader or a keyboard cannot use; GWCTL_TEST_AXE names its axe.min.js."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def axe() -> str:
    """The script; skipped by name where there is none."""
    path = os.environ.get("GWCTL_TEST_AXE")
    if not path:
        pytest.skip("axe-core: GWCTL_TEST_AXE does not name its axe.min.js")
    return Path(path).read_text(encoding="utf-8")


def violations(browser: Any, script: str) -> list[str]:
    """Return what axe finds on the page: the rule, and the elements."""
    browser.execute_script(script)
    found = browser.execute_async_script(
        "const [tags, done] = arguments; axe.run(document, {runOnly: tags}).then(done, (fault) => done(String(fault)))",
        _TAGS,
    )
    assert isinstance(found, dict), found
    return [f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in found["violations"]]
