"""The conversion of a key reference into a key. The key is read late, and checked before it is put in a header."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler import codes
from reconciler.codes import Code
from reconciler.files.fault import FileFault
from reconciler.files.read_file import read_file
from reconciler.secrets.binding import Binding, Secret, Unbound, secret_of
from reconciler.secrets.key import LARGEST, Key
from reconciler.secrets.reference import (
    CommandReference,
    EnvReference,
    FileReference,
    KeyReference,
    KeyringReference,
)
from reconciler.text import printable
from reconciler.values import dataclass

if TYPE_CHECKING:
    from reconciler.secrets.marks import SetFor


@dataclass(frozen=True)
class Missing:
    """The source of the key is not set or is blank."""

    reason: str


@dataclass(frozen=True)
class Unreadable:
    """The source of the key cannot be read, so gwctl does not know whether there is a key."""

    reason: str
    hint: str
    last_line: str = ""  # the last line that a command wrote to stderr
    code: Code = codes.KEY_UNREADABLE


def read_key(
    reference: KeyReference,
    environ: Mapping[str, str],
    may_run: bool,
    timeout: float,
    binding: Binding | None,
    reader: SetFor | None = None,
    program: str = "",
) -> Key | Missing | Unreadable:
    """Return the key that `reference` leads to. `timeout` is the limit for a command or the keychain, in seconds.

    `binding` is the permission to use this secret. A binding is required unless the reference certainly gives no key.
    `reader` is the endpoint of the key. A variable that gwctl set for another endpoint counts as missing. Reasons and
    hints contain no key and no output of a command. Raise `Unbound` if the binding is missing, or if the reference is a
    command and `may_run` is false.
    """
    nothing = _nothing(reference, environ, reader)
    if nothing is not None:
        return nothing
    if binding is None:
        raise Unbound
    secret = binding.require(secret_of(reference))
    if isinstance(reference, EnvReference):
        return checked(environ.get(reference.name, ""), f"the environment variable {reference.name}", "is not set")
    if isinstance(reference, FileReference):
        return _from_file(reference, Path(secret.resolved))
    if isinstance(reference, KeyringReference):
        return _from_keychain(reference, timeout, binding, secret)
    if not may_run:
        raise Unbound
    return _from_command(reference, timeout, program)


def is_blank(reference: KeyReference, environ: Mapping[str, str], reader: SetFor | None = None) -> bool:
    """Return whether the reference certainly gives no key. The check runs no command and opens no file."""
    return _nothing(reference, environ, reader) is not None


def checked(value: str, what: str, absent: str) -> Key | Missing | Unreadable:
    """Return the value as a key, without surrounding white space.

    `what` names the source of the key in the reason of a fault. For a blank value, the reason is `what` and `absent`,
    such as "the input is empty".
    """
    padded = value.strip() != value.removesuffix("\n").removesuffix("\r")  # a newline at the end of a file is usual
    value = value.strip()
    if not value:
        return Missing(f"{what} {absent}")
    # RFC 9110, 5.5: a field value is visible ASCII and spaces. Other values must not reach the HTTP library: its
    # error message would contain the key.
    if not (value.isascii() and value.isprintable()):
        reason = f"{what} contains a line break or another character that is not allowed in an HTTP header"
        return Unreadable(reason, "check the key's source for two keys pasted together or a control character")
    return Key(value, padded)


def _nothing(reference: KeyReference, environ: Mapping[str, str], reader: SetFor | None) -> Missing | None:
    """Return the reason why a variable has no key: the variable is not set, blank, or set for another endpoint.

    Return None if the variable may have a key.
    """
    if not isinstance(reference, EnvReference):
        return None
    from reconciler.secrets.marks import set_for

    what = f"the environment variable {reference.name}"
    other = set_for(environ, reference.name)
    if other and other != reader:
        whose = printable(f"endpoint.{other.endpoint} of {other.gateway}", 120)
        return Missing(f"{what} was set by gwctl for {whose}")
    return None if environ.get(reference.name, "").strip() else Missing(f"{what} is not set")


def _from_file(reference: FileReference, path: Path) -> Key | Missing | Unreadable:
    what = f"the key file {reference.path}"
    try:
        return _from_bytes(read_file(path, LARGEST), what)
    except FileNotFoundError:
        return Unreadable(f"{what} does not exist", "check the path under `key:`")
    except FileFault as fault:
        if fault.kind == "large":
            return _too_large(what)
        return Unreadable(f"{what} is not a file: {fault.strerror}", "check the path under `key:`")
    except OSError as fault:
        return Unreadable(
            f"{what} cannot be read: {fault.strerror}", "run `ls -l` to check the permissions of the file"
        )


def _from_bytes(data: bytes, what: str) -> Key | Missing | Unreadable:
    if len(data) > LARGEST:
        return _too_large(what)
    try:
        return checked(data.decode(_encoding(data)), what, "is empty")
    except UnicodeDecodeError:
        return Unreadable(f"{what} is not text", "store the key as plain text")


def _encoding(data: bytes) -> str:
    """Return the encoding that the byte order mark shows.

    Editors and shells on Windows write this mark for UTF-8 and UTF-16. Text without a mark is UTF-8.
    """
    return "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"


def _too_large(what: str) -> Unreadable:
    return Unreadable(
        f"{what} is larger than {LARGEST // 1024} KiB, too large for a key", "check that the source contains only a key"
    )


def _from_keychain(
    reference: KeyringReference, timeout: float, binding: Binding, secret: Secret
) -> Key | Missing | Unreadable:
    from reconciler.secrets.keychain import KeychainFault, open_keychain

    try:
        value = open_keychain(timeout).get(reference.service, reference.account, binding, secret)
    except KeychainFault as fault:
        return Unreadable(fault.reason, fault.hint)
    what = f"the keychain's entry {reference.service}/{reference.account}"
    return checked(value.reveal() if value else "", what, "does not exist")


def _from_command(reference: CommandReference, timeout: float, program: str) -> Key | Missing | Unreadable:
    from reconciler.secrets.commands.command import CommandOutput, run_command

    what = f"the command `{reference.argv[0]}`"
    ran = run_command(reference.argv, reference.directory, timeout, program)
    if isinstance(ran, CommandOutput):
        return _from_bytes(ran.data, what)
    return Unreadable(f"{what} {ran.reason}", ran.hint, ran.last_line)
