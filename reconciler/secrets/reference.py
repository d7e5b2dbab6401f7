"""Key references: where a key is to be found, never the key."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EnvReference:
    """The key is the value of an environment variable."""

    name: str
    unasked: bool = False  # the preset's usual variable, which the user did not write

    def __str__(self) -> str:
        return f"env {self.name}"


@dataclass(frozen=True)
class FileReference:
    """The key is the content of a file, less surrounding white space."""

    path: str  # as written: it is what the state records
    resolved: str  # absolute, for reading

    def __str__(self) -> str:
        return f"file {self.path}"


@dataclass(frozen=True)
class CommandReference:
    """The key is what a command prints, less surrounding white space."""

    argv: tuple[str, ...]
    directory: str  # of the file that says it: where the command runs

    def __str__(self) -> str:
        return f"command {self.argv[0]}"


@dataclass(frozen=True)
class KeyringReference:
    """The key is somebody's entry in the OS keychain: read, never written or deleted."""

    service: str
    account: str

    def __str__(self) -> str:
        return f"keyring {self.service}/{self.account}"


KeyReference = EnvReference | FileReference | CommandReference | KeyringReference
