"""Bindings: the permission to send one secret to one exposure. Secrets and exposures are compared by value.

A reference becomes a key only with a `Binding`. `read_key`, the opener of client certificates, the keychain and the
stores require a binding and check that the binding names exactly this secret. Only `Bindings.of` makes bindings.
"""

from __future__ import annotations

import json
import os.path
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal, Never, final, get_args

from reconciler.errors import GatewayError
from reconciler.secrets.reference import CommandReference, EnvReference, FileReference, KeyReference
from reconciler.values import dataclass

SecretKind = Literal["env", "file", "command", "keyring", "kept", "certificate", "store", "tool"]
_SEAL = object()  # only this module has it, so only this module can make a Binding


@dataclass(frozen=True)
class Secret:
    """A secret, named by its reference.

    `written` is the reference as the gateway file spells it. `resolved` is the reference as it applies on this machine,
    with the links in paths followed.
    """

    kind: SecretKind
    written: str
    resolved: str

    def __str__(self) -> str:
        if self.kind in ("kept", "store", "tool"):
            return self.written
        is_quoted = self.kind in ("command", "certificate")
        return f"{_WORDS.get(self.kind, self.kind)} {self.written if is_quoted else _quoted(self.written)}"

    @property
    def whole(self) -> str:
        """The secret in words, with the paths of the files that are really read.

        A written path may be a link to another file.
        """
        if self.kind not in ("file", "certificate", "tool"):
            return str(self)
        paths = [self.resolved] if self.kind != "certificate" else json.loads(self.resolved)
        there = " with ".join(_quoted(path) for path in paths)
        return f"{self} ({there})" if not str(self).endswith(f" {there}") else str(self)

    @property
    def identity(self) -> tuple[str, str]:
        """The pair (kind, resolved), which is the same for every spelling of the reference."""
        return self.kind, self.resolved


_PLAIN = re.compile(r"[\w.,:/@~+=\\-]+")
_SHOWN = len("sha256:") + 16  # characters of a digest
_WORDS = {"certificate": "client certificate"}


@dataclass(frozen=True, kw_only=True)
class Exposure:
    """The parties that can see a sent secret: an origin, and the proxy and the CA that the gateway file sets.

    `path` is the part of the URL's path that distinguishes the customers of an origin. `path` is "" if only the origin
    counts. `proxy` and `ca_file` come from the gateway file only. The environment of the machine is trusted.
    """

    origin: str
    path: str = ""
    proxy: str = ""
    ca_file: str = ""  # absolute
    ca_content: str = ""  # digest of the CA file if a pull may change it; "" if the path is enough

    def covers(self, other: Exposure) -> bool:
        """Return whether a consent to this exposure includes `other`.

        `other` may lack the proxy or the CA file. Then fewer parties see the secret than the consent allows.
        """
        trusted = (self.ca_file, self.ca_content) if other.ca_file else ("", "")
        return replace(self, proxy=other.proxy and self.proxy, ca_file=trusted[0], ca_content=trusted[1]) == other

    def __str__(self) -> str:
        proxy = f" through the proxy {self.proxy}" if self.proxy else ""
        return f"{self.origin}{self.path}{proxy}{trusting(self.ca_file, self.ca_content)}"


@dataclass(frozen=True)
class Pair:
    """A secret, and the exposure to which the secret would be sent."""

    secret: Secret
    exposure: Exposure


def pair_of(
    kind: SecretKind, written: str, resolved: str, origin: str, path: str, proxy: str, ca_file: str, ca_content: str
) -> Pair:
    """Return the pair that a record has, from its columns. Raise ValueError if the record is not valid."""
    if kind not in get_args(SecretKind):
        raise ValueError("the kind of a secret is unknown")
    return Pair(
        Secret(kind, written, resolved),
        Exposure(origin=origin, path=path, proxy=proxy, ca_file=ca_file, ca_content=ca_content),
    )


def trusting(ca_file: str, content: str) -> str:
    """Return " trusting the CA FILE", with a shortened digest if there is a digest. Return "" without a CA file."""
    as_it_is = f" as it is now ({content[:_SHOWN]})" if content else ""
    return f" trusting the CA {ca_file}{as_it_is}" if ca_file else ""


class Unbound(GatewayError):
    """A secret was about to be used without a binding. The secret is not used. This is a bug in gwctl."""


@final
class Binding:
    """The proof that a user of this machine agreed to this pair of a secret and an exposure.

    Only `Bindings.of` can make a binding.
    """

    __slots__ = ("pair",)

    def __init__(self, pair: Pair, seal: object) -> None:
        if seal is not _SEAL:
            raise Unbound
        self.pair = pair

    def require(self, secret: Secret) -> Secret:
        """Return the secret if this binding is for the secret. Raise `Unbound` if the binding is for another secret."""
        if self.pair.secret != secret:
            raise Unbound
        return secret

    def admits(self, url_origin: str) -> bool:
        """Return whether the secret may be sent to the origin."""
        return self.pair.exposure.origin == url_origin

    def __reduce__(self) -> Never:
        raise TypeError("a binding cannot be pickled or copied")


@dataclass(frozen=True)
class Withheld:
    """The answer that no user has agreed to this pair of a secret and an exposure."""

    pair: Pair


class Bindings:
    """The consents that apply to one run. Each secret that is used gets its binding from this object."""

    def __init__(self, agreed: Iterable[Pair] = ()) -> None:
        # Only an exposure with the same origin and path covers another one.
        self._agreed: dict[tuple[Secret, str, str], list[Exposure]] = {}
        for pair in dict.fromkeys(agreed):
            place = pair.exposure
            self._agreed.setdefault((pair.secret, place.origin, place.path), []).append(place)

    def of(self, pair: Pair) -> Binding | Withheld:
        """Return the binding for the pair of a secret and an exposure.

        Return `Withheld` if no user has agreed to the pair.
        """
        agreed = self._agreed.get((pair.secret, pair.exposure.origin, pair.exposure.path), ())
        return Binding(pair, _SEAL) if any(exposure.covers(pair.exposure) for exposure in agreed) else Withheld(pair)

    def has(self, pair: Pair) -> bool:
        """Return whether a user has agreed to the pair of a secret and an exposure."""
        return isinstance(self.of(pair), Binding)


def secret_of(reference: KeyReference) -> Secret:
    """Return the secret that a reference now leads to. Links in a path are followed."""
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
    """Return the command that prints the secret. Return None if the secret does not come from a command."""
    if secret.kind != "command":
        return None
    directory, *argv = json.loads(secret.resolved)
    return CommandReference(tuple(argv), directory)


def env_secret(name: str) -> Secret:
    """Return the secret that is the value of an environment variable."""
    return Secret("env", name, name)


def kept_secret(endpoint: str) -> Secret:
    """Return the secret that is the stored key of an endpoint. Each stack has separate bindings for the stored key."""
    return Secret("kept", f"key.{endpoint}", f"key.{endpoint}")


def store_secret(names: str) -> Secret:
    """Return the secret for the credential of a store. `names` is the credential's variables, or its kind."""
    return Secret("store", names, names)


def client_secret(address: str, path: str) -> Secret:
    """Return the secret that stands for a client's file.

    The file decides where keys are sent, so gwctl needs a consent to write the file.
    """
    return Secret("tool", address, path)


def certificate_secret(written: Sequence[str], paths: Sequence[str]) -> Secret:
    """Return the secret for a client certificate. Links are followed.

    If the certificate has a key file, the secret includes the key file.
    """
    return Secret("certificate", " with ".join(map(_quoted, written)), json.dumps([_real(path) for path in paths]))


def _real(path: str) -> str:
    """Return the path with all links followed.

    A path that is not valid is returned unchanged. The fault is reported when the path is read.
    """
    try:
        return os.path.realpath(path)
    except ValueError:  # a NUL, or a character that the file system cannot write
        return path


def _quoted(name: str) -> str:
    """Return the name, in quotes if it contains unusual characters.

    Without quotes, a name in a gateway file could mislead the reader.
    """
    return name if _PLAIN.fullmatch(name) else _words([name])


def _words(argv: Iterable[str]) -> str:
    import shlex

    return shlex.join(argv)
