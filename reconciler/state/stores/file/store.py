"""The store that keeps a state in a file.

The file is replaced atomically. A backup of the previous state is beside the file.
"""

from __future__ import annotations

import os.path
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import Failed
from reconciler.files.atomic_file import OwnFile
from reconciler.files.fault import FileFault
from reconciler.files.read_file import from_home
from reconciler.state.kinship import LARGEST, is_kin
from reconciler.state.stores import errors
from reconciler.state.stores.store import Stored
from reconciler.store_url import path_of

if TYPE_CHECKING:
    from reconciler.secrets.binding import Binding


_WAIT = "run the command again when the other run has ended; the lock ends when that run ends"
_PATIENCE = 5.0  # seconds; a write without the lock waits for other writes
_GITIGNORE = b"# What was applied from here; not for git.\n*\n"


def credential_of(_url: str, _environ: Mapping[str, str]) -> None:
    """Return None, because a file needs no credential."""


def canonical(place: str) -> str:
    """Return a recorded absolute path with its links followed. Any other text is returned unchanged."""
    is_path = os.path.isabs(place) and "\0" not in place  # noqa: PTH117 - the text may not be a path
    return os.path.realpath(place) if is_path else place


def opened(url: str, directory: Path, environ: Mapping[str, str], _binding: Binding | None = None) -> FileStore:
    """Return the store for `file:PATH` or a plain path. A relative path starts at `directory`."""
    # The user's name is looked up only for a lock, because the look-up may contact LDAP.
    path = from_home(path_of(url))
    if path == "~" or path.startswith("~/"):
        raise errors.misunderstood("file", "there is no home directory for `~`")
    return FileStore(directory / path, partial(_who, environ), directory)


def _who(environ: Mapping[str, str]) -> str:
    from reconciler.identity import who

    return who(environ)


class FileStore:
    """A state in a file with mode 0600, in a directory with a `.gitignore`."""

    is_shared = False  # gwctl treats a file as one machine's, even on a network disk
    is_closed = False

    def __init__(self, path: Path, who: str | Callable[[], str] = "gwctl", base: Path | None = None) -> None:
        self.file = OwnFile(path, base)
        self._who = who
        self._is_held = False  # whether this object holds the lock

    @property
    def path(self) -> Path:
        """The path of the state file. The lock, the note and the backup are beside it."""
        return self.file.path

    @property
    def place(self) -> str:
        """The path of the state file, as the user wrote the path."""
        return str(self.path)

    @property
    def url(self) -> str:
        """The absolute path of the state file."""
        return str(self.path.absolute())

    @property
    def undo(self) -> str:
        """The hint that says how to restore the backup beside the file."""
        copy = f"copy {self.beside('backup').path} over {self.path} to restore the state before the last change"
        return f"{copy}; if there is no backup, move the state away and apply again"

    def read(self, soon: bool = False, known: Stored | None = None) -> Stored | None:
        """Return the bytes of the state file. Return None if there is no file.

        Raise `Failed` if the file cannot be read.
        """
        try:
            data = self.file.read(LARGEST)
        except FileNotFoundError:
            return None
        except OSError as fault:
            hint = "either check the path and its permissions, or use another path with `state:` or --state"
            raise errors.unreadable(self.place, str(fault.strerror), hint) from None
        return Stored(data, sha256(data).hexdigest())

    def write(self, data: bytes, expected: str | None, previous: bytes | None = None) -> str:
        """Replace the file in one step. After a crash, either the old or the new file is complete."""
        self.read()  # an unreadable file is reported before other files are created beside it
        with self._alone(_PATIENCE):
            stored = self.read()
            if (stored.version if stored else None) != expected:
                raise errors.changed(self.place)
            try:
                if stored:
                    kin = partial(is_kin, stored.data)
                    self.beside("backup").replace(stored.data if previous is None else previous, kin, LARGEST)
                self.file.replace(data, lambda _: True, 0)  # its content was checked above
            except OSError as fault:
                raise _unwritable(self.place, fault) from None
        return sha256(data).hexdigest()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the operating system's lock during the context.

        The lock file and a note with the holder's name are beside the state.
        """
        with self._alone(0), self._named():
            self._is_held = True
            try:
                yield
            finally:
                self._is_held = False

    def holder(self) -> str | None:
        """Return the holder in the note beside the state. Return None if no process holds the lock."""

        from reconciler.state.stores.file import lock

        try:
            return lock.holder(self.beside("lock"), self.beside("holder"))
        except OSError as fault:
            raise _unwritable(self.place, fault) from None

    def unlock(self) -> str | None:
        """Return None if the lock is free. Raise `Failed` if a process holds the lock.

        A lock ends with its process, so gwctl never has to break an old lock.
        """
        holder = self.holder()
        if holder is not None:
            raise errors.locked(self.place, holder, _WAIT)
        return None

    def beside(self, ending: str) -> OwnFile:
        """Return the file beside the state whose name has the extension `ending`, such as `state.json.backup`."""
        return self.named(f"{self.path.name}.{ending}")

    def named(self, name: str) -> OwnFile:
        """Return the file beside the state with the name `name`."""
        return OwnFile(self.path.with_name(name), self.file.base)

    @contextmanager
    def _alone(self, patience: float) -> Iterator[None]:
        """Hold the lock of the state file during the context, unless this object already holds the lock.

        Raise `Failed` if another run holds the lock.
        """

        from reconciler.state.stores.file import lock

        with ExitStack() as held:
            if not self._is_held:
                try:
                    self._prepare()
                    held.enter_context(lock.taken(self.beside("lock"), self.beside("holder"), patience))
                except errors.LockHeld as fault:
                    raise errors.locked(self.place, fault.who, _WAIT) from None
                except OSError as fault:
                    raise _unwritable(self.place, fault) from None
            yield

    @contextmanager
    def _named(self) -> Iterator[None]:
        from reconciler.state.stores.file import lock

        note = self.beside("holder")
        try:
            lock.name(note, self._who if isinstance(self._who, str) else self._who())
        except OSError as fault:
            raise _unwritable(self.place, fault) from None
        try:
            yield
        finally:
            lock.unname(note)

    def _prepare(self) -> None:
        if self.file.make_folder():  # true also if an earlier run was killed before it wrote .gitignore
            self.named(".gitignore").replace(_GITIGNORE, _GITIGNORE.__eq__, len(_GITIGNORE) + 1, 0o644)


def _unwritable(place: str, fault: OSError) -> Failed:
    why = str(fault.strerror)
    if isinstance(fault, FileFault):
        hint = f"either move {fault.filename} away, or use another path with `state:` or --state"
        return errors.unwritable(place, why if fault.filename == place else f"{fault.filename}: {why}", hint)
    hint = "either free disk space or make the directory writable, or use another path with --state"
    return errors.unwritable(place, why, hint)
