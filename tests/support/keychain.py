"""Keychains: one in a file, and the real Secret Service of gnome-keyring on a separate bus."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import Gwctl

ROOT = str(Path(__file__).parents[2])


def without_stack(name: str) -> str:
    """Return a text with the name of an entry, without the ID of the entry's stack."""
    return re.sub(r"(gwctl:[a-z0-9-]+)/[0-9a-f]{8}(?=[ /]|$)", r"\1", name)


class FakeKeychain:
    """The keychain in a file, with functions for a test to read and change it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def environ(self) -> dict[str, str]:
        """The variables that make gwctl use this keychain."""
        return {
            "PYTHON_KEYRING_BACKEND": "tests.support.file_keychain.FileKeychain",
            "PYTHONPATH": ROOT,
            "TEST_KEYCHAIN": str(self._path),
        }

    @property
    def entries(self) -> dict[str, str]:
        """Return {`SERVICE ACCOUNT`: value}, without the part of a service that identifies the stack."""
        return {without_stack(name): value for name, value in self.whole.items()}

    @property
    def whole(self) -> dict[str, str]:
        """Return {`SERVICE ACCOUNT`: value}, unchanged."""
        return json.loads(self._path.read_text()) if self._path.exists() else {}

    def put(self, name: str, value: str) -> None:
        """Create an entry as another program would, or change a stack's entry with that name."""
        there = next((each for each in self.whole if without_stack(each) == name), name)
        self._path.write_text(json.dumps(self.whole | {there: value}))

    def drop(self, name: str) -> None:
        """Delete an entry as another program would."""
        self._path.write_text(json.dumps({key: each for key, each in self.whole.items() if without_stack(key) != name}))


@pytest.fixture
def keychain(gwctl: Gwctl, tmp_path: Path) -> FakeKeychain:
    """Return a keychain in a file, which the command then uses."""
    fake_keychain = FakeKeychain(tmp_path / "keychain.json")
    gwctl.environ |= fake_keychain.environ
    return fake_keychain


class SecretService:
    """An unlocked gnome-keyring on a separate session bus."""

    def __init__(self, home: Path) -> None:
        (home / ".cache").mkdir(exist_ok=True)
        self.environ = {"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "PATH": os.environ["PATH"]}
        command = ["dbus-daemon", "--session", "--nofork", "--print-address"]
        self._bus = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=self.environ)
        assert self._bus.stdout is not None
        self.environ["DBUS_SESSION_BUS_ADDRESS"] = self._bus.stdout.readline().strip()
        command = ["gnome-keyring-daemon", "--unlock", "--components=secrets", "--foreground"]
        self._daemon = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=self.environ)
        assert self._daemon.stdin is not None
        self._daemon.stdin.write(b"unlocked\n")
        self._daemon.stdin.close()
        subprocess.run(
            ["gdbus", "wait", "--session", "--timeout", "30", "org.freedesktop.secrets"], env=self.environ, check=True
        )

    def close(self) -> None:
        """Stop gnome-keyring and the bus."""
        for process in (self._daemon, self._bus):
            process.terminate()
            process.wait(timeout=20)
        if self._bus.stdout:
            self._bus.stdout.close()


@pytest.fixture
def secret_service(gwctl: Gwctl, tmp_path: Path) -> Iterator[SecretService]:
    """Yield a real Secret Service, which the command then uses. Skip the test if there is none."""
    for name in ("dbus-daemon", "gnome-keyring-daemon", "gdbus"):
        if shutil.which(name) is None:
            pytest.skip(f"a Secret Service keychain: {name} is not installed")
    home = tmp_path / "keyring-home"
    home.mkdir()
    secret_service = SecretService(home)
    gwctl.environ["DBUS_SESSION_BUS_ADDRESS"] = secret_service.environ["DBUS_SESSION_BUS_ADDRESS"]
    yield secret_service
    secret_service.close()
