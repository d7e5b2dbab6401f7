"""A keychain in a JSON file, for faults that no real keychain makes on demand: it hangs, is locked or is killed.

keyring loads it by its name: PYTHON_KEYRING_BACKEND=tests.support.file_keychain.FileKeychain.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked


class FileKeychain(KeyringBackend):
    """A keychain with entries by `SERVICE ACCOUNT`. TEST_KEYCHAIN names its file, TEST_KEYCHAIN_IS its fault."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        self._behave()
        return self._entries().get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._behave("set")
        self._write(self._entries() | {f"{service} {username}": password})

    def delete_password(self, service: str, username: str) -> None:
        self._behave("delete")
        self._write({name: value for name, value in self._entries().items() if name != f"{service} {username}"})

    def _behave(self, what: str = "get") -> None:
        mood = os.environ.get("TEST_KEYCHAIN_IS", "")
        if mood == "hanging":
            time.sleep(3600)
        if mood == "locked":
            raise KeyringLocked("somebody must unlock it")
        if mood == f"failing to {what}":
            raise RuntimeError("the keychain is out of order")

    @property
    def _file(self) -> Path:
        return Path(os.environ["TEST_KEYCHAIN"])

    def _entries(self) -> dict[str, str]:
        return json.loads(self._file.read_text()) if self._file.exists() else {}

    def _write(self, entries: dict[str, str]) -> None:
        beside = self._file.with_suffix(f".{os.getpid()}")
        beside.write_text(json.dumps(entries))
        beside.replace(self._file)
