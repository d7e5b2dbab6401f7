"""The `file` store: one file, replaced atomically, with its previous serial kept beside it."""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from reconciler.atomic import replace_file
from reconciler.diagnostics import error
from reconciler.errors import Failed
from reconciler.state import faults
from reconciler.state.store import Stored
from reconciler.state.who import now, who

_PATIENCE = 5.0  # seconds; a write without the lock waits for those who are writing now


def opened(url: str, directory: Path, environ: Mapping[str, str]) -> FileStore:
    """`file:PATH` or a bare path; a relative one begins at `directory`."""
    path = Path(url.removeprefix("file:").removeprefix("//"))
    if not path.name:
        raise Failed(error("UNKNOWN_STORE", "The state's path is empty", "", "write `state: file:PATH`"))
    return FileStore(directory / path, who(environ))


class FileStore:
    """The state in a file, 0600, in a directory that keeps itself out of git."""

    is_shared = False  # a path on a disk that others see as well is still one machine's to gwctl

    def __init__(self, path: Path, who: str = "gwctl") -> None:
        self._path = path
        self._who = who
        self._is_held = False  # its lock, by this client

    @property
    def path(self) -> Path:
        """Where the state is; the directory may hold its lock and its previous serial as well."""
        return self._path

    @property
    def place(self) -> str:
        """The path, as it was given."""
        return str(self._path)

    @property
    def url(self) -> str:
        """The absolute path."""
        return str(self._path.absolute())

    @property
    def undo(self) -> str:
        """The previous one lies beside it."""
        return f"copy {self._beside('backup')} over it, the state before the last change"

    def read(self) -> Stored | None:
        """What the file holds; a path that cannot be read is an error, never an empty state."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as fault:
            hint = "check the path and who may read it; `state:` or --state names another"
            raise faults.unreadable(self.place, str(fault.strerror), hint) from None
        return Stored(data, hashlib.sha256(data).hexdigest())

    def write(self, data: bytes, expected: str | None) -> str:
        """Replace the file in one step; a crash leaves the old one or the new one, whole."""
        self.read()  # what cannot even be read is said before anything is made beside it
        with self._alone(_PATIENCE):
            found = self.read()
            if (found.version if found else None) != expected:
                raise faults.changed(self.place)
            try:
                if found:
                    replace_file(self._beside("backup"), found.data)
                replace_file(self._path, data)
            except OSError as fault:
                raise _unwritable(self.place, fault) from None
        return hashlib.sha256(data).hexdigest()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """The operating system's lock on a file beside the state: it falls with its holder."""
        holder = self._beside("holder")
        with self._alone(0):
            try:
                with suppress(OSError):  # who holds it is only for the message that another one prints
                    holder.write_text(f"{self._who}, process {os.getpid()} since {now()}")
                self._is_held = True
                yield
            finally:
                self._is_held = False
                with suppress(OSError):
                    holder.unlink(missing_ok=True)

    @contextmanager
    def _alone(self, patience: float) -> Iterator[None]:
        """Nobody else is here: neither with the lock, nor between looking at the file and replacing it."""
        from filelock import FileLock, Timeout

        if self._is_held:
            yield
            return
        try:
            self._prepare()
            held = FileLock(self._beside("lock"), timeout=patience, mode=0o600)
            held.acquire(poll_interval=0.01)
            self._tidy()
        except Timeout:
            raise _locked(self.place, _who(self._beside("holder"))) from None
        except OSError as fault:
            raise _unwritable(self.place, fault) from None
        try:
            yield
        finally:
            held.release()

    def holder(self) -> str | None:
        """Who holds the lock now, or None; what a killed one left is nobody. Creates and keeps nothing."""
        from filelock import FileLock, Timeout

        if not self._beside("holder").exists():
            return None  # asking for the lock would make a writer who comes just now believe that it is taken
        try:
            with FileLock(self._beside("lock"), timeout=0, mode=0o600):
                return None
        except Timeout:
            return _who(self._beside("holder"))

    def unlock(self) -> str | None:
        """Nothing is left to break of a lock whose process is gone; a living one's cannot be broken."""
        holder = self.holder()
        if holder is not None:
            raise _locked(self.place, holder)
        return None

    def _beside(self, ending: str) -> Path:
        return self._path.with_name(f"{self._path.name}.{ending}")

    def _prepare(self) -> None:
        folder = self._path.parent
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not any(folder.iterdir()):  # also when whoever made it was killed before this
            (folder / ".gitignore").write_text("# What was applied from here; not for git.\n*\n")

    def _tidy(self) -> None:
        """Take away what a killed writer left half-written; the lock says that nobody is writing now."""
        for left in self._path.parent.glob(f".{glob.escape(self._path.name)}.*"):
            left.unlink(missing_ok=True)


def _unwritable(place: str, fault: OSError) -> Failed:
    hint = "make room or make the directory writable, and run it again; --state names another place"
    return faults.unwritable(place, str(fault.strerror), hint)


def _locked(place: str, who: str) -> Failed:
    hint = "run it again when the other one has ended; the lock falls by itself with its process"
    return faults.locked(place, who, hint)


def _who(holder: Path) -> str:
    try:
        return holder.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "another gwctl"
