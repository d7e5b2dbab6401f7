"""The world of each kind for the contract: its wanted things, what is outside, and how others change it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Protocol

from tests.support.keychain import FakeKeychain


class World(Protocol):
    """The outside of one kind, below one directory."""

    kind: str
    gives_back: bool  # what was there before is restored on removal

    def environ(self, root: Path) -> dict[str, str]:
        """Return the environment of every command."""
        ...

    def endpoint(self, url: str, version: int) -> str:
        """Return an endpoint of the gateway file that wants something; 0: that wants nothing."""
        ...

    def given(self, version: int) -> dict[str, str]:
        """Return the environment that makes this version wanted."""
        ...

    def content(self, version: int) -> str:
        """Return what is outside for that version."""
        ...

    def outside(self, root: Path) -> dict[str, str]:
        """Return {endpoint: what is there}."""
        ...

    def put(self, root: Path, text: str) -> None:
        """Somebody else writes that where the endpoint `it` has its own, or is to have it."""
        ...

    def drop(self, root: Path) -> None:
        """Somebody else takes it away."""
        ...

    def break_it(self, root: Path) -> dict[str, str]:
        """Make it unreadable; return what the environment of the next commands must have for that."""
        ...

    def mend(self, root: Path) -> None:
        """Make it readable again."""
        ...


class Keys:
    """Kept keys, in a keychain that is a file."""

    kind, gives_back = "key", False

    def environ(self, root: Path) -> dict[str, str]:
        return self._keychain(root).environ

    def endpoint(self, url: str, version: int) -> str:
        kept = ", store_key: keyring" if version else ""
        return f"{{base_url: '{url}', key: {{env: CANARY}}{kept}}}"

    def given(self, version: int) -> dict[str, str]:
        return {"CANARY": self.content(version or 1)}

    def content(self, version: int) -> str:
        return ("quokka-7351-zebra-fjord", "walrus-9920-tapir-glade")[version - 1]

    def outside(self, root: Path) -> dict[str, str]:
        return {name.partition(" ")[2]: value for name, value in self._keychain(root).whole.items()}

    def put(self, root: Path, text: str) -> None:
        service = next((name for name in self._keychain(root).whole if name.endswith(" it")), "")
        self._keychain(root).put(service or self.first_name(root), text)

    def drop(self, root: Path) -> None:
        (root / "keychain.json").unlink(missing_ok=True)

    def break_it(self, root: Path) -> dict[str, str]:
        return {"TEST_KEYCHAIN_IS": "locked"}

    def mend(self, root: Path) -> None:
        """The environment alone had broken it."""

    def first_name(self, root: Path) -> str:
        """Return the name that the entry will have: it carries the ID of the stack, which `gwctl trust` draws."""
        with closing(sqlite3.connect(root / "home" / "state" / "gwctl" / "ledger.sqlite3")) as rows:
            (stack,) = rows.execute("SELECT id FROM stack").fetchone()
        return f"gwctl:acme/{stack[:8]} it"

    def _keychain(self, root: Path) -> FakeKeychain:
        return FakeKeychain(root / "keychain.json")


class Notes:
    """The kind that only tests have: real files, of the models that an endpoint has."""

    kind, gives_back = "note", True

    def environ(self, root: Path) -> dict[str, str]:
        return {"TEST_NOTES": str(root / "notes"), "TEST_KINDS": "tests.owned.note_kind"}

    def endpoint(self, url: str, version: int) -> str:
        models = f"note, v{version}" if version else "v1"
        return f"{{base_url: '{url}', discover: false, models: [{models}]}}"

    def given(self, version: int) -> dict[str, str]:
        return {}

    def content(self, version: int) -> str:
        return f"note\nv{version}\n"

    def outside(self, root: Path) -> dict[str, str]:
        return {path.name.removesuffix(".txt"): path.read_text() for path in self._folder(root).iterdir()}

    def put(self, root: Path, text: str) -> None:
        (self._folder(root) / "it.txt").write_text(text)

    def drop(self, root: Path) -> None:
        (self._folder(root) / "it.txt").unlink(missing_ok=True)

    def break_it(self, root: Path) -> dict[str, str]:
        place = self._folder(root) / "it.txt"
        place.exists() and place.rename(root / "it.kept")
        place.mkdir()
        return {}

    def mend(self, root: Path) -> None:
        shutil.rmtree(self._folder(root) / "it.txt")
        (root / "it.kept").exists() and (root / "it.kept").rename(self._folder(root) / "it.txt")

    def _folder(self, root: Path) -> Path:
        folder = root / "notes"
        folder.mkdir(exist_ok=True)
        return folder


WORLDS: tuple[World, ...] = (Keys(), Notes())


def rows_of(root: Path) -> list[tuple[str, str, str]]:
    """Return (kind, status, the address that owns it) of every row of the ledger."""
    path = root / "home" / "state" / "gwctl" / "ledger.sqlite3"
    if not path.exists():
        return []
    with closing(sqlite3.connect(path)) as rows:
        return rows.execute(
            "SELECT kind, status, address FROM owned JOIN owner USING (kind, slot) ORDER BY kind, address"
        ).fetchall()


def share(root: Path) -> None:
    """Let another stack have a share in every row of the ledger, as older versions did."""
    path = root / "home" / "state" / "gwctl" / "ledger.sqlite3"
    with closing(sqlite3.connect(path)) as rows, rows:
        rows.execute(
            "INSERT INTO owner SELECT kind, slot, 'another', lineage, address, name, '/elsewhere/state.json' FROM owner"
        )
