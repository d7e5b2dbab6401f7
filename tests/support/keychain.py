"""Keychains: one in a file, and the real Secret Service of gnome-keyring on a bus of its own."""

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
    """The name of an entry, or what is said of it, without the ID of its stack."""
    return re.sub(r"(gwctl:[a-z0-9-]+)/[0-9a-f]{8}(?=[ /]|$)", r"\1", name)


class FakeKeychain:
    """The keychain in a file, as a test looks into it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def environ(self) -> dict[str, str]:
        """The variables that make gwctl use it."""
        return {
            "PYTHON_KEYRING_BACKEND": "tests.support.file_keychain.FileKeychain",
            "PYTHONPATH": ROOT,
            "TEST_KEYCHAIN": str(self._path),
        }

    @property
    def entries(self) -> dict[str, str]:
        """{`SERVICE ACCOUNT`: value}, without the part of a service that tells one stack from another."""
        return {without_stack(name): value for name, value in self.whole.items()}

    @property
    def whole(self) -> dict[str, str]:
        """The same, as it is."""
        return json.loads(self._path.read_text()) if self._path.exists() else {}

    def put(self, name: str, value: str) -> None:
        """Somebody makes an entry, or changes the one that a stack has under that name."""
        there = next((each for each in self.whole if without_stack(each) == name), name)
        self._path.write_text(json.dumps(self.whole | {there: value}))

    def drop(self, name: str) -> None:
        """Somebody deletes an entry."""
        self._path.write_text(json.dumps({key: each for key, each in self.whole.items() if without_stack(key) != name}))


@pytest.fixture
def keychain(gwctl: Gwctl, tmp_path: Path) -> FakeKeychain:
    """The command uses a keychain in a file."""
    fake_keychain = FakeKeychain(tmp_path / "keychain.json")
    gwctl.environ |= fake_keychain.environ
    return fake_keychain


class SecretService:
    """gnome-keyring, unlocked, on a session bus of its own."""

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
        """Stop both."""
        for process in (self._daemon, self._bus):
            process.terminate()
            process.wait(timeout=20)
        if self._bus.stdout:
            self._bus.stdout.close()


@pytest.fixture
def secret_service(gwctl: Gwctl, tmp_path: Path) -> Iterator[SecretService]:
    """The command uses a real Secret Service; skipped by name where there is none."""
    for name in ("dbus-daemon", "gnome-keyring-daemon", "gdbus"):
        if shutil.which(name) is None:
            pytest.skip(f"a Secret Service keychain: {name} is not installed")
    home = tmp_path / "keyring-home"
    home.mkdir()
    secret_service = SecretService(home)
    gwctl.environ["DBUS_SESSION_BUS_ADDRESS"] = secret_service.environ["DBUS_SESSION_BUS_ADDRESS"]
    yield secret_service
    secret_service.close()
