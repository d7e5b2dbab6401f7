"""Bindings: this secret may go to this exposure. Both are values, and are compared as values.

A `Binding` is what turns a reference into a key: `read_key`, the opener of client certificates, the keychain and the
stores ask for one and look whether it is for the very secret and the very place. Only a book makes one.
"""

from __future__ import annotations

import json
import os.path
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Never, final

from reconciler.errors import GatewayError
from reconciler.secrets.reference import CommandReference, EnvReference, FileReference, KeyReference

SecretKind = Literal["env", "file", "command", "keyring", "kept", "certificate", "store"]
_SEAL = object()  # in the hands of this module alone


@dataclass(frozen=True, order=True)
class Secret:
    """A secret by its reference: as the gateway file writes it, and what that leads to on this machine."""

    kind: SecretKind
    written: str
    resolved: str

    def __str__(self) -> str:
        if self.kind in ("kept", "store"):
            return self.written
        is_quoted = self.kind in ("command", "certificate")
        return f"{_WORDS.get(self.kind, self.kind)} {self.written if is_quoted else _quoted(self.written)}"

    @property
    def whole(self) -> str:
        """The same, and the files that are read for it: a path may be a link that leads on."""
        if self.kind not in ("file", "certificate"):
            return str(self)
        paths = [self.resolved] if self.kind == "file" else json.loads(self.resolved)
        there = " with ".join(_quoted(path) for path in paths)
        return f"{self} ({there})" if not str(self).endswith(f" {there}") else str(self)

    @property
    def identity(self) -> tuple[str, str]:
        """The identity of the secret: the same for every spelling of its reference."""
        return self.kind, self.resolved


_PLAIN = re.compile(r"[\w.,:/@~+=\\-]+")
_SHOWN = len("sha256:") + 16  # characters of a digest
_WORDS = {"certificate": "client certificate"}


@dataclass(frozen=True, order=True, kw_only=True)
class Exposure:
    """The recipients of a secret that is sent: an origin, and what the gateway file puts on the way to it.

    `path` is the part of it that tells one customer of an origin from another, "" where the origin alone counts.
    `proxy` and `ca_file` are those of the gateway file; what the machine's environment says is the machine's word.
    """

    origin: str
    path: str = ""
    proxy: str = ""
    ca_file: str = ""  # absolute
    ca_content: str = ""  # its digest, where a pull may change it; else the path says enough

    def covers(self, other: Exposure) -> bool:
        """Return whether nobody sees it there who does not see it here: to go without the proxy is nobody new."""
        trusted = (self.ca_file, self.ca_content) if other.ca_file else ("", "")
        return replace(self, proxy=other.proxy and self.proxy, ca_file=trusted[0], ca_content=trusted[1]) == other

    def __str__(self) -> str:
        proxy = f" through the proxy {self.proxy}" if self.proxy else ""
        return f"{self.origin}{self.path}{proxy}{trusting(self.ca_file, self.ca_content)}"


@dataclass(frozen=True, order=True)
class Pair:
    """A secret, and where it would go."""

    secret: Secret
    exposure: Exposure


def trusting(ca_file: str, content: str) -> str:
    """Return the CA file that is trusted besides, in words; a digest is shortened for comparison by eye."""
    as_it_is = f" as it is now ({content[:_SHOWN]})" if content else ""
    return f" trusting the CA {ca_file}{as_it_is}" if ca_file else ""


class Unbound(GatewayError):
    """A secret was about to move without a binding of its own: a fault of gwctl's, which stops it."""


@final
class Binding:
    """Somebody on this machine agreed to this pair. `Bindings.of` makes it, and nothing else can."""

    __slots__ = ("pair",)

    def __init__(self, pair: Pair, seal: object) -> None:
        if seal is not _SEAL:
            raise Unbound
        self.pair = pair

    def require(self, secret: Secret) -> Secret:
        """The secret itself, where the binding is for it; `Unbound` where it is for another."""
        if self.pair.secret != secret:
            raise Unbound
        return secret

    def admits(self, url_origin: str) -> bool:
        """Return whether it lets the secret go to that origin."""
        return self.pair.exposure.origin == url_origin

    def __reduce__(self) -> Never:
        raise TypeError("a binding cannot be pickled or copied")


@dataclass(frozen=True)
class Withheld:
    """Nobody has agreed to this pair."""

    pair: Pair


class Bindings:
    """The book of one run: what was agreed to, from which a binding is had for each secret that moves."""

    def __init__(self, agreed: Iterable[Pair] = ()) -> None:
        self._agreed: dict[Secret, list[Exposure]] = {}
        for pair in agreed:
            self._agreed.setdefault(pair.secret, []).append(pair.exposure)

    def of(self, pair: Pair) -> Binding | Withheld:
        """The binding of that pair, or that there is none."""
        agreed = self._agreed.get(pair.secret, ())
        return Binding(pair, _SEAL) if any(exposure.covers(pair.exposure) for exposure in agreed) else Withheld(pair)

    def has(self, pair: Pair) -> bool:
        """Return whether somebody agreed to it."""
        return isinstance(self.of(pair), Binding)


def secret_of(reference: KeyReference) -> Secret:
    """The secret that a reference leads to now; links in a path are followed."""
    if isinstance(reference, EnvReference):
        return env_secret(reference.name)
    if isinstance(reference, FileReference):
        return Secret("file", reference.path, _real(reference.resolved))
    if isinstance(reference, CommandReference):
        directory = _real(reference.directory)
        return Secret("command", _words(reference.argv), json.dumps([directory, *reference.argv]))
    slot = [reference.service, reference.account]
    return Secret("keyring", "/".join(slot), json.dumps(slot))


def command_of(secret: Secret) -> CommandReference | None:
    """The command that a secret comes from; None for one of another kind."""
    if secret.kind != "command":
        return None
    directory, *argv = json.loads(secret.resolved)
    return CommandReference(tuple(argv), directory)


def env_secret(name: str) -> Secret:
    """The value of an environment variable."""
    return Secret("env", name, name)


def kept_secret(endpoint: str) -> Secret:
    """The key that gwctl keeps for that endpoint of one stack; bindings are each stack's own."""
    return Secret("kept", f"key.{endpoint}", f"key.{endpoint}")


def store_secret(names: str) -> Secret:
    """The credential of a store, by the name of its variable or kind."""
    return Secret("store", names, names)


def certificate_secret(written: Sequence[str], paths: Sequence[str]) -> Secret:
    """A client certificate, with its key where that is a file of its own; links in the paths are followed."""
    return Secret("certificate", " with ".join(map(_quoted, written)), json.dumps([_real(path) for path in paths]))


def _real(path: str) -> str:
    """Return the path with links followed; the path itself where it is invalid, which reading it reports."""
    try:
        return os.path.realpath(path)
    except ValueError:  # a NUL, or a character that the file system cannot write
        return path


def _quoted(name: str) -> str:
    """The name; in quotes where it could be read as more than a name: the gateway file chooses it."""
    return name if _PLAIN.fullmatch(name) else _words([name])


def _words(argv: Iterable[str]) -> str:
    import shlex

    return shlex.join(argv)
