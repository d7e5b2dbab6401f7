"""The path of the lock file, and the bytes of the lock file."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from reconciler import codes
from reconciler.config.load import shown_path
from reconciler.diagnostics import Diagnostic, Source, error
from reconciler.errors import Failed
from reconciler.files.piped import descriptor_of
from reconciler.files.read_file import read_file
from reconciler.text import printable
from reconciler.values import dataclass

LARGEST = 128 * 1024 * 1024  # bytes


@dataclass(frozen=True)
class LockBytes:
    """The bytes of the lock file, which a run reads once. A saved plan can therefore be bound to these bytes."""

    path: Path
    data: bytes | None  # None: there is no lock file
    base: Path | None = None  # the gateway file's directory; for a write, no part of the path below it may be a link

    @property
    def place(self) -> str:
        """The path of the lock file as a user would type it."""
        return printable(shown_path(self.path))

    @property
    def digest(self) -> str | None:
        """The SHA-256 of the bytes. The value is None if there is no file."""
        return None if self.data is None else "sha256:" + sha256(self.data).hexdigest()


def lock_path(gateway_file: Path, named: Path | None = None) -> Path:
    """Return the path of the lock file.

    The path is `named` if the gateway file has the field `lock`. Otherwise the path is `NAME.lock.yaml` beside
    `NAME.yaml`.
    """
    if named is not None:
        return named
    if descriptor_of(gateway_file) is not None:
        return Path("gateway.lock.yaml")
    if gateway_file.suffix in (".yaml", ".yml"):
        return gateway_file.with_name(f"{gateway_file.stem}.lock{gateway_file.suffix}")
    return gateway_file.with_name(f"{gateway_file.name}.lock.yaml")


def read_bytes(gateway_file: Path, named: Path | None = None) -> LockBytes:
    """Return the bytes of the lock file. Raise `Failed` if the file cannot be read."""
    path = lock_path(gateway_file, named)
    try:
        return LockBytes(path, read_file(path, LARGEST), gateway_file.parent)
    except FileNotFoundError:
        return LockBytes(path, None, gateway_file.parent)
    except OSError as fault:
        raise Failed(_unreadable(path, fault.strerror or "it cannot be opened")) from None


def _unreadable(path: Path, why: str) -> Diagnostic:
    place = shown_path(path)
    summary = f"Cannot read the lock file: {printable(place)}: {why}"
    detail = "The pinned model lists are in this file. Nothing was done."
    return error(
        codes.LOCK_UNREADABLE, summary, detail=detail, hint="check the path and its permissions", source=Source(place)
    )
