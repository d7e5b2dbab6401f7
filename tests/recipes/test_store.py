"""The recipe for a store, carried out on a copy of the program: one room and one row."""

from __future__ import annotations

from pathlib import Path

from tests.recipes.program import Program

GATEWAY = """\
version: 1
name: acme
state: shelf://top/acme
endpoints:
  a: {base_url: 'http://127.0.0.1:9', scope: shared, timeout: 1s, models: [m]}
"""
STORE = '''\
"""The `shelf` store: a folder of the home directory, for this test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from reconciler.secrets.binding import Binding
from reconciler.state.stores import errors
from reconciler.state.stores.credential import Credential
from reconciler.state.stores.store import Store, Stored


def credential_of(_url: str, _environ: Mapping[str, str]) -> Credential | None:
    """None: a shelf wants no password."""
    return None


def canonical(place: str) -> str:
    """Return the URL: there is one form of it."""
    return place


def opened(url: str, _directory: Path, environ: Mapping[str, str], _binding: Binding | None = None) -> Store:
    """Return the store of that URL."""
    return ShelfStore(url, Path(environ["HOME"]) / "shelf" / url.partition("://")[2])


class ShelfStore:
    """The state in a file on the shelf."""

    is_shared = True
    is_closed = False
    file = None
    undo = "look at the shelf"

    def __init__(self, url: str, path: Path) -> None:
        self.url = self.place = url
        self._path = path

    def read(self, soon: bool = False, known: Stored | None = None) -> Stored | None:
        """Return the bytes, and their digest as the version."""
        if not self._path.exists():
            return None
        data = self._path.read_bytes()
        return Stored(data, sha256(data).hexdigest())

    def write(self, data: bytes, expected: str | None, previous: bytes | None = None) -> str:
        """Replace that version."""
        stored = self.read()
        if (stored.version if stored else None) != expected:
            raise errors.changed(self.place)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_bytes(data)
        return sha256(data).hexdigest()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold nobody off."""
        yield

    def holder(self) -> str | None:
        """None: there is no lock."""
        return None

    def unlock(self) -> str | None:
        """None: there is no lock."""
        return None
'''


def test_a_store_costs_one_room_and_one_row(tmp_path: Path) -> None:
    program = Program(tmp_path, GATEWAY)
    assert "UNKNOWN_STORE" in program("validate", "--format", "json").stdout
    program.add("state/stores/shelf/__init__.py", '"""The `shelf` store."""\n')
    program.add("state/stores/shelf/store.py", STORE)
    row = '    "shelf": StoreScheme(room="shelf", needs="SHELF/NAME"),\n'
    program.change("store_url.py", '    "http": _HTTP,\n', f'{row}    "http": _HTTP,\n')
    assert program("validate").returncode == 0
    applied = program("apply", "--scope", "shared", "--auto-approve")
    assert applied.returncode == 0, applied.stdout + applied.stderr
    assert (tmp_path / "home" / "shelf" / "top" / "acme").exists()
    assert "endpoint.a" in program("state", "list").stdout
    assert {name.partition("/")[0] for name in program.touched} == {"state", "store_url.py"}
