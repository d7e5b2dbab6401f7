"""The hooks of .pre-commit-hooks.yaml, set up as docs/using/pre-commit.md shows, with a real pre-commit."""

from __future__ import annotations

import re
from pathlib import Path

from tests.shipped.conftest import ROOT, Shipping

PAGE = (ROOT / "docs" / "using" / "pre-commit.md").read_text(encoding="utf-8")
GOOD = "version: 1\nname: acme\nendpoints:\n  a: {preset: litellm, discover: false, models: [m]}\n"
BAD = "version: 1\nname: acme\nendpoints:\n  a: {}\n"
UNLOCKED = "version: 1\nname: acme\nendpoints:\n  a: {preset: litellm}\n"


def block(kind: str) -> str:
    (found,) = re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return str(found)


class Checkout:
    """A person's clone of a repository with both hooks."""

    def __init__(self, shipping: Shipping, folder: Path, commit: str) -> None:
        self._shipping, self._folder = shipping, folder
        shipping.environ |= {"PRE_COMMIT_HOME": str(folder.parent / "environments")}
        for name in ("AUTHOR", "COMMITTER"):
            shipping.environ |= {f"GIT_{name}_NAME": "Ana", f"GIT_{name}_EMAIL": "ana@acme.example"}
        folder.mkdir()
        (folder / ".pre-commit-config.yaml").write_text(block("yaml").replace("COMMIT", commit), encoding="utf-8")
        shipping("git", "init", "-q", folder=folder)
        shipping("git", "add", ".", folder=folder)

    def type(self, commands: str) -> str:
        """Type these commands; return what they print."""
        return self._shipping("bash", "-ec", commands, folder=self._folder)

    def commit(self, text: str, code: int, name: str = "gateway.yaml") -> str:
        """Commit that gateway file; return what is printed."""
        (self._folder / name).parent.mkdir(exist_ok=True)
        (self._folder / name).write_text(text, encoding="utf-8")
        self._shipping("git", "add", ".", folder=self._folder)
        return self._shipping("git", "commit", "-m", "change", code=code, folder=self._folder)


def test_a_bad_gateway_file_stops_the_commit_and_a_good_one_does_not(shipping, remote: str, tmp_path: Path) -> None:
    checkout = Checkout(shipping, tmp_path / "work", remote)
    assert checkout.type(block("sh")).count("Skipped") == 2
    assert block("text").strip() in checkout.commit(BAD, 1)
    assert len(re.findall(r"^gwctl .*Passed$", checkout.commit(GOOD, 0), re.MULTILINE)) == 2
    assert "run `gwctl lock a`, then commit the lock file" in checkout.commit(UNLOCKED, 1)
    assert "models/gateway.yaml:4:3: " in checkout.commit(BAD, 1, "models/gateway.yaml")
