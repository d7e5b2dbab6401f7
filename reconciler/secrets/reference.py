"""Key references, which say where gwctl finds a key. A reference never contains the key."""

from __future__ import annotations

from reconciler.values import dataclass


@dataclass(frozen=True)
class EnvReference:
    """The key is the value of an environment variable."""

    name: str
    unasked: bool = False  # the gateway file has no `key:`, so the preset's usual variable is used

    def __str__(self) -> str:
        return f"env {self.name}"


@dataclass(frozen=True)
class FileReference:
    """The key is the content of a file, without surrounding white space."""

    path: str  # as written in the gateway file, for the state
    resolved: str  # absolute, for reading

    def __str__(self) -> str:
        return f"file {self.path}"


@dataclass(frozen=True)
class CommandReference:
    """The key is the output of a command, without surrounding white space."""

    argv: tuple[str, ...]
    directory: str  # of the gateway file with the reference; the command runs there

    def __str__(self) -> str:
        return f"command {self.argv[0]}"


@dataclass(frozen=True)
class KeyringReference:
    """The key is an entry in the OS keychain. gwctl did not create this entry and only reads it."""

    service: str
    account: str

    def __str__(self) -> str:
        return f"keyring {self.service}/{self.account}"


KeyReference = EnvReference | FileReference | CommandReference | KeyringReference
