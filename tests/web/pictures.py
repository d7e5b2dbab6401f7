"""The pictures of the page in the documents, made again: python -m tests.web.pictures docs/using."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.chromium import Page, opened
from tests.support.command import Gwctl
from tests.support.local_page import Local, Reader
from tests.support.scripted import ScriptedServer
from tests.web import tour

KEY = "a-key-of-the-team-1"
PICTURES = {
    "plan-with-a-question": ("plan", 1280, False),
    "review": ("connect", 768, False),
    "status": ("status", 360, True),
}


def main() -> None:
    """One picture at each of three widths, two in light and one in dark."""
    target = Path(sys.argv[1]).absolute()
    servers = [ScriptedServer() for _ in range(3)]
    with TemporaryDirectory() as folder:
        work, home = Path(folder, "acme"), Path(folder, "home")
        work.mkdir()
        home.mkdir()
        gwctl = Gwctl(work, home)
        tour.prepare(gwctl, servers[0], servers[1])
        fake = {"PYTHON_KEYRING_BACKEND": "tests.support.file_keychain.FileKeychain", "PYTHONPATH": str(Path.cwd())}
        local = Local(gwctl, (), {"TEAM_KEY": KEY, "TEST_KEYCHAIN": str(home / "keychain.json"), **fake})
        with opened(Path(folder, "profile")) as browser:
            reader = Reader(Page(browser), local).enter(script=True)
            for name in tour.walk(reader, servers[2], gwctl):
                if name in PICTURES:
                    page, width, dark = PICTURES[name]
                    reader.looks(width, dark, script=True)
                    (target / f"ui-{page}.png").write_bytes(reader.page.picture())
                    reader.looks(script=True)
        local.stop()
    for server in servers:
        server.close()


if __name__ == "__main__":
    main()
