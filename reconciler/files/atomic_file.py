"""The files that gwctl creates. A file is written completely or not at all, and a user's file is never replaced.

gwctl writes the data to a temporary file in the same directory, flushes it to the disk, and renames it to the final
name. A file that already has this name must be a regular file of this user (or root), and the caller must recognise its
content as gwctl's. Links are not followed. The directory is opened once, and every step uses the opened directory.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from reconciler.files.fault import FileFault, check_regular, in_words
from reconciler.files.opened_folder import NEW, NOFOLLOW, POSIX, flush, names_in, opened
from reconciler.files.read_file import READING, content
from reconciler.values import dataclass

Known = Callable[[bytes], bool]  # returns whether a file that begins with these bytes is gwctl's
# Files with the same name and a further ending: (ending; who recognises the beginning; how many bytes it looks at).
Beside = Sequence[tuple[str, Known | None, int]]


@dataclass(frozen=True)
class OwnFile:
    """A file that gwctl creates.

    Methods raise `FileFault` if the path does not lead to such a file, and `OSError` for any other failure.
    """

    path: Path
    base: Path | None = None  # a repository may contain links in the part of the path below this directory

    def read(self, most: int) -> bytes:
        """Return the content of the file. Raise `FileFault` if the file is larger than `most` bytes."""
        with self._entered() as (folder, name):
            return content(self._open(folder, name), self.path, most)

    def read_private(self, most: int) -> bytes:
        """Return the content of the file. Raise `FileFault` if anybody else could have written or read it."""
        with self._entered() as (folder, name):
            handle = self._open(folder, name)
            status = os.fstat(handle)
            if POSIX and (status.st_uid, status.st_mode & 0o7777, status.st_nlink) != (os.geteuid(), 0o600, 1):
                os.close(handle)
                raise FileFault("owner", "the file is not for this user alone", self.path)
            return content(handle, self.path, most)

    def replace(self, data: bytes, known: Known, head: int, mode: int = 0o600) -> None:
        """Write the file in one step.

        An existing file is replaced only if `known` accepts its first `head` bytes.
        """
        with self._entered() as (folder, name):
            self._judged(folder, name, known, head)
            self._put(folder, name, data, mode)

    def edit(self, before: bytes | None, after: bytes) -> None:
        """Replace the content `before` with `after` in one step. If `before` is None, create the file with mode 0600.

        Mode and owner are kept. Raise `FileFault` of the kind "changed" if the file has other content.
        """
        with self._entered() as (folder, name):
            status = _stat(folder, name)
            if status is not None:
                self._check_editable(status)
            there = None if status is None else self._start(folder, name, len(before or b"") + 1)
            if there != before:
                raise FileFault("changed", "another program changed the file in the meantime", self.path)
            mode = 0o600 if status is None else stat.S_IMODE(status.st_mode)
            self._put(folder, name, after, mode, owner=status)

    def check_editable(self) -> None:
        """Raise `FileFault` if `edit` cannot replace the file, regardless of its content.

        A missing file is not refused.
        """
        with self._entered() as (folder, name):
            status = _stat(folder, name)
            if status is not None:
                self._check_editable(status)

    def inspect(self, known: Known | None = None, head: int = 0) -> None:
        """Raise `FileFault` if the path is taken by another file.

        A path is usable if it is free, or if it leads to a regular file of this user that `known` accepts.
        """
        with self._entered() as (folder, name):
            if known:
                with suppress(FileNotFoundError):  # another process may delete the file meanwhile
                    self._judged(folder, name, known, head)
                return
            status = _stat(folder, name)
            if status is not None:
                self._check(status)

    def prepare(self, is_empty: bool, beside: Beside = ()) -> os.stat_result:
        """Create the file with mode 0600, so that a library can open the file by its name. Return its status.

        With `is_empty`, an existing file with content raises `FileFault`. An existing file is not opened, because
        closing it would release the fcntl locks that this process holds on the file. `beside` are the other files that
        the library opens: they are inspected first.
        """
        with self._entered() as (folder, name):
            for ending, known, head in beside:
                if _stat(folder, name + ending) is not None:
                    OwnFile(self.path.with_name(self.path.name + ending), self.base).inspect(known, head)
            with suppress(FileExistsError):
                handle = os.open(name, NEW, 0o600, dir_fd=folder)
                try:
                    return os.fstat(handle)
                finally:
                    os.close(handle)
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
            self._check(status)
            if status.st_nlink > 1:
                raise FileFault("link", "the file has a second name (a hard link)", self.path)
            if status.st_size and is_empty:
                raise _foreign(self.path)
            return status

    def remove(self, known: Known, head: int) -> None:
        """Delete the file if it exists. Raise `FileFault` if `known` does not accept its first `head` bytes."""
        with self._entered() as (folder, name):
            if self._judged(folder, name, known, head):
                os.unlink(name, dir_fd=folder)

    def tidy(self) -> None:
        """Delete the temporary files for this file that a killed gwctl left behind."""
        from reconciler.files.temporary_file import tidy

        with self._entered() as (folder, _):
            tidy(folder, self.path)

    def is_free(self) -> bool:
        """Return whether the path is free. A broken link also takes the path. The check opens nothing."""
        with in_words(self.path):
            return _stat(None, str(self.path)) is None

    def make_folder(self) -> bool:
        """Create the directory of the file and the parents of the directory, with mode 0700.

        Return whether the directory is empty, apart from temporary files of gwctl.
        """
        from reconciler.files.temporary_file import is_temporary

        with in_words(self.path), opened(self.path.parent, self.base, make=True) as folder:
            names = names_in(folder, self.path.parent)
            return names is not None and all(map(is_temporary, names))

    def remove_folders(self, levels: int) -> None:
        """Delete the directory of the file and its parents, `levels` in all. A directory that is not empty stays."""
        with suppress(OSError):  # a directory is not empty, or no longer exists
            for folder in list(self.path.parents)[:levels]:
                with opened(folder.parent, self.base) as above:
                    os.rmdir(folder.name if above is not None else str(folder), dir_fd=above)

    @contextmanager
    def _entered(self) -> Iterator[tuple[int | None, str]]:
        """Yield the opened directory, and the name of the file in the directory.

        On a system that cannot open directories, yield None and the whole path.
        """
        with in_words(self.path), opened(self.path.parent, self.base) as folder:
            yield folder, self.path.name if folder is not None else str(self.path)

    def _put(self, folder: int | None, name: str, data: bytes, mode: int, owner: os.stat_result | None = None) -> None:
        """Delete what a killed gwctl left behind, write the file in one step, and flush the directory."""
        from reconciler.files.temporary_file import tidy, write

        tidy(folder, self.path)
        write(folder, name, path=self.path, data=data, mode=mode, owner=owner)
        flush(folder)

    def _judged(self, folder: int | None, name: str, known: Known, head: int) -> os.stat_result | None:
        status = _stat(folder, name)
        if status is not None:
            self._check(status)
            if not known(self._start(folder, name, head)):
                raise _foreign(self.path)
        return status

    def _check(self, status: os.stat_result) -> None:
        check_regular(status.st_mode, self.path)
        if POSIX and os.geteuid() not in (0, status.st_uid) and status.st_uid != 0:
            raise FileFault("owner", "the file belongs to another user", self.path)

    def _check_editable(self, status: os.stat_result) -> None:
        """Raise `FileFault` if a replacement of the file would lose its owner, mode or other names."""
        self._check(status)
        if POSIX and os.geteuid() not in (0, status.st_uid):  # root's, which this user cannot give back to root
            raise FileFault("owner", "the file belongs to another user", self.path)
        if status.st_nlink > 1:
            raise FileFault("link", "the file has a second name (a hard link)", self.path)
        if not status.st_mode & stat.S_IWUSR:
            raise FileFault("read-only", "the file is read-only", self.path)

    def _start(self, folder: int | None, name: str, length: int) -> bytes:
        with os.fdopen(self._open(folder, name), "rb") as file:
            return file.read(length)

    def _open(self, folder: int | None, name: str) -> int:
        status = _stat(folder, name)
        if status is not None:
            check_regular(status.st_mode, self.path)
        return os.open(name, READING | NOFOLLOW, dir_fd=folder)


def _stat(folder: int | None, name: str) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None


def _foreign(path: Path) -> FileFault:
    return FileFault("foreign", "gwctl did not create the file", path)
