"""A user's machine for the tests of a real tool: a home, a keychain that alone has the key, a gateway file."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.support.coding_tools import CodingTools, Ran, speak

KEY = "quokka-7351-zebra-fjord"
GATEWAY = """\
version: 1
name: acme
endpoints:
  it: {{preset: litellm, base_url: '{url}', key: {{env: CANARY}}, store_key: keyring}}
clients:
  {client}
"""


class Bench:
    """A user's machine: a home, a keychain, a gateway file, and Claude Code."""

    def __init__(self, root: Path, server, installed: Path, tools: CodingTools, client: str) -> None:
        self.client = client
        self.root, self.server, self.tools, self._python = root, server, tools, installed
        self.home, self.work = root / "home", root / "work"
        for folder in (self.home, self.work):
            folder.mkdir(parents=True)
        self.keychain = {
            "PYTHON_KEYRING_BACKEND": "file_keychain.FileKeychain",
            "TEST_KEYCHAIN": str(root / "keychain.json"),
        }
        speak(server, "gpt-x", "gpt-y")
        (self.work / "gateway.yaml").write_text(GATEWAY.format(url=server.url, client=client))

    def gwctl(self, *words: str, **environ: str) -> str:
        """Run one command line of the installed gwctl."""
        base = {"PATH": f"{self.tools.bin}:/usr/bin:/bin", "HOME": str(self.home), **self.keychain}
        done = subprocess.run(
            [str(self._python), "-m", "reconciler", *words],
            cwd=self.work, env=base | environ, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def set_up(self, key: str = KEY) -> None:
        """Apply the gateway file, with the key in the environment once."""
        self.gwctl("trust", "it", CANARY=key)
        self.gwctl("trust", f"client.{self.client.partition(':')[0]}", CANARY=key)
        self.gwctl("apply", "--auto-approve", CANARY=key)

    def prompt(self, *words: str, folder: Path | None = None, **environ: str) -> Ran:
        """Run a tool, whose environment is empty but for the place of the keychain."""
        command = (str(self.tools.has(words[0])), *words[1:])
        return self.tools.run(*command, folder=folder or self.root, home=self.home, **self.keychain, **environ)

    def asked(self, path: str) -> list[tuple[str, str, str]]:
        """Return (model, key as bearer, key as header) of each prompt that arrived there."""
        requests = self.server.asked(path)
        return [
            (
                json.loads(request.body)["model"],
                request.headers.get("authorization", "").removeprefix("Bearer "),
                request.headers.get("x-api-key", ""),
            )
            for request in requests
        ]

    def files_with_the_key(self) -> list[Path]:
        """Return the files of the machine that have the key, but for the keychain."""
        files = (path for path in self.root.rglob("*") if path.is_file() and path.name != "keychain.json")
        return [path for path in files if KEY.encode() in path.read_bytes()]
