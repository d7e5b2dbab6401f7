"""The commands of docs/using/install.md, typed by somebody with an empty home directory."""

from __future__ import annotations

import re

import pytest

from tests.shipped.conftest import ROOT

PAGE = (ROOT / "docs" / "using" / "install.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def blocks(program: str) -> list[str]:
    return [block for block in BLOCKS if block.startswith(f"{program} ")]


def test_every_command_of_the_page_is_one_of_these() -> None:
    (pip,) = [block for block in BLOCKS if not block.startswith(("uv ", "pipx "))]
    assert pip in (ROOT / "README.md").read_text(encoding="utf-8")  # where tests/docs/test_install.py looks at it
    assert len(blocks("uv")) == len(blocks("pipx")) == 3


@pytest.mark.parametrize("program", ["uv", "pipx"])
def test_gwctl_is_installed_pinned_upgraded_and_removed_as_shown(program: str, shipping, remote: str) -> None:
    shown = "set -e\n" + "\n".join(blocks(program)[:2]).replace("COMMIT", remote)
    said = shipping("bash", "-c", shown)
    assert "gwctl, version " in said
    python = (shipping.home / ".local" / "bin" / "gwctl").resolve().with_name("python")
    code = "import psycopg; from reconciler.installation import upgrade_hint; print(upgrade_hint())"
    wanted = {"uv": "uv tool upgrade gwctl", "pipx": "pipx upgrade gwctl"}[program]
    assert shipping(str(python), "-I", "-c", code).endswith(f": {wanted}\n")
    shipping("bash", "-c", blocks(program)[2])
    assert not (shipping.home / ".local" / "bin" / "gwctl").exists()
