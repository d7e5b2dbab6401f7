"""The OS keychain. Every call has a time limit, and no error message contains a key."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, MutableMapping
from typing import Any, Protocol, TypeVar

from reconciler.errors import GatewayError
from reconciler.secrets.binding import Binding, Secret
from reconciler.secrets.key import Key
from reconciler.values import dataclass

Answer = TypeVar("Answer")
_LOCKABLE = "keyring.backends.SecretService"
_DEFAULT_COLLECTION = "/org/freedesktop/secrets/aliases/default"
_BUS = "DBUS_SESSION_BUS_ADDRESS"
PATIENCE = 10.0  # seconds for one call to the keychain if no endpoint's `timeout` applies

# Backends that store nothing, or store keys unencrypted. They are refused by name; gwctl does not fall back silently.
_REFUSED = {
    "keyring.backends.fail": "there is no usable keychain on this machine",
    "keyring.backends.null": "no usable keychain: the null backend stores nothing",
    "keyrings.alt.file.PlaintextKeyring": "no usable keychain: the plaintext backend stores keys unencrypted in a file",
    "keyrings.alt.Gnome": "no usable keychain: this backend is no longer maintained",
}
_WITHOUT = (
    "either install and unlock a Secret Service (gnome-keyring, KWallet), or use {env: …} or {file: …}, for example in "
    "CI, a container or WSL"
)


class KeychainFault(GatewayError):
    """The keychain cannot be used, either now or at all. `reason` and `hint` contain no key."""

    def __init__(self, reason: str, hint: str, refused: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint
        self.refused = refused  # gwctl does not use this kind of keychain: trying again will not help


class Backend(Protocol):
    """The part of keyring's backend interface that gwctl uses."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return the value of the entry. Return None if there is no entry."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Create the entry, or replace its value."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Delete the entry."""
        ...


@dataclass(frozen=True)
class Keychain:
    """The OS keychain of this user. `timeout` is the limit of each call, in seconds. Calls raise `KeychainFault`."""

    backend: Backend
    name: str
    timeout: float
    may_ask: bool = True  # False: no dialog to unlock it, where the backend lets us see that it is locked

    def get(self, service: str, account: str, binding: Binding, secret: Secret) -> Key | None:
        """Return the key in the entry. Return None if there is no entry.

        Raise `Unbound` if `binding` is not for `secret`.
        """
        binding.require(secret)
        value = self._value(service, account)
        return None if value is None else Key(value)

    def check(self) -> None:
        """Read an entry that does not exist. Raise `KeychainFault` if the keychain is locked or does not respond."""
        self._value("gwctl:doctor", "nobody")

    def fingerprint(self, service: str, account: str, of: Callable[[str], str]) -> str | None:
        """Return `of(value)` for the value of the entry. Return None if there is no entry.

        Only the function `of` gets the value.
        """
        value = self._value(service, account)
        return None if value is None else of(value)

    def take(self, service: str, account: str, text: str) -> None:
        """Create an entry with text that gwctl takes out of a tool's file. `taken` returns this text for the file."""
        self._put(*_of_client(service, account), text)

    def taken(self, service: str, account: str, of: Callable[[str], Answer]) -> Answer | None:
        """Return `of(text)` for text that gwctl took out of a tool's file. Return None if there is no entry.

        No binding is needed, because the text returns to the same file and is not sent to an endpoint. This method
        cannot read the key of an endpoint: the account of such an entry never begins with `client.`.
        """
        text = self._value(*_of_client(service, account))
        return None if text is None else of(text)

    def put(self, service: str, account: str, key: Key) -> None:
        """Create the entry. If the entry exists, replace its value."""
        self._put(service, account, key.reveal())

    def copy(self, origin: tuple[str, str], service: str, account: str) -> None:
        """Create an entry with the value of the existing entry `origin`, which is (service, account)."""
        self._put(service, account, self._value(*origin) or "")

    def remove(self, service: str, account: str) -> None:
        """Delete the entry if it exists."""
        if self._value(service, account) is not None:
            self._bounded(lambda: self.backend.delete_password(service, account))

    def _value(self, service: str, account: str) -> str | None:
        return self._bounded(lambda: self._asked(service, account))

    def _asked(self, service: str, account: str) -> str | None:
        if not self.may_ask and _is_locked(self.backend):
            from keyring.errors import KeyringLocked

            raise KeyringLocked
        return self.backend.get_password(service, account)

    def _put(self, service: str, account: str, value: str) -> None:
        if not value:
            raise KeychainFault("the entry no longer exists", "run `gwctl key set` to set the key again")
        self._bounded(lambda: self.backend.set_password(service, account, value))
        if self._value(service, account) != value:
            raise KeychainFault(f"the keychain ({self.name}) did not store the key", "try another keychain")

    def _bounded(self, work: Callable[[], Answer]) -> Answer:
        """Return the result of `work`, which runs in a thread.

        A keychain that waits to be unlocked must not block gwctl.
        """
        import threading
        from queue import Empty, SimpleQueue

        box: SimpleQueue[tuple[bool, Any]] = SimpleQueue()

        def attempt() -> None:
            try:
                box.put((True, work()))
            except Exception as fault:  # noqa: BLE001 - a backend may raise anything; only the type is passed on
                box.put((False, type(fault).__name__))

        threading.Thread(target=attempt, daemon=True).start()
        try:
            good, result = box.get(timeout=self.timeout)
        except Empty:
            reason = f"the keychain ({self.name}) did not respond within {self.timeout:g} s"
            hint = "unlock the keychain, then try again: the keychain may be waiting for this"
            raise KeychainFault(reason, hint) from None
        if good:
            return result  # type: ignore[no-any-return]
        raise _fault(self.name, result)


def open_keychain(timeout: float, may_ask: bool = True) -> Keychain:
    """Return the keychain that keyring selects.

    Raise `KeychainFault`, with the reason, if gwctl cannot use this keychain. Programs in the background pass
    `may_ask=False`: no dialog opens, and a locked keychain is a fault.
    """
    import logging

    import keyring

    if not may_ask:
        _find_session_bus(os.environ)
        logging.getLogger("keyring").addHandler(logging.NullHandler())  # else a plugin's fault is printed
        logging.getLogger("keyring").propagate = False
    try:
        backend = keyring.get_keyring()
    except Exception as fault:  # noqa: BLE001 - keyring imports the backend in its configuration file, which may raise anything
        reason = f"keyring cannot be initialised ({type(fault).__name__})"
        raise KeychainFault(
            reason, "run `keyring diagnose` to check the configuration of keyring", refused=True
        ) from None
    best = next(iter(getattr(backend, "backends", ())), backend)  # only the first of a chain: no silent fallback
    why = _refusal(best)
    if why:
        raise KeychainFault(f"{why} ({_name(best)})", _WITHOUT, refused=True)
    return Keychain(best, _name(best), timeout, may_ask)


def _of_client(service: str, account: str) -> tuple[str, str]:
    """Return the entry (service, account). Raise AssertionError if the entry is not for text of a tool's file."""
    if not (service.startswith("gwctl:") and account.startswith("client.")):
        raise AssertionError("this entry is not for a tool's file")
    return service, account


def _is_locked(backend: Backend) -> bool:
    """Return whether a Secret Service is locked. Reading from a locked service would open a dialog."""
    if type(backend).__module__ != _LOCKABLE:
        return False
    from contextlib import closing

    import secretstorage

    with closing(secretstorage.dbus_init()) as connection:
        try:
            return bool(secretstorage.Collection(connection, _DEFAULT_COLLECTION).is_locked())
        except secretstorage.exceptions.ItemNotFoundException:  # no collection yet: a dialog would make one
            return True


def _find_session_bus(environ: MutableMapping[str, str], runtime: str = "/run/user") -> None:
    """Set the address of the session bus in `environ`, if the address is not set and the system has a session bus.

    A tool may start its helper with an empty environment. The path is the path that systemd uses:
    https://www.freedesktop.org/software/systemd/man/latest/pam_systemd.html
    """
    if _BUS in environ or not sys.platform.startswith("linux"):
        return
    folder = environ.get("XDG_RUNTIME_DIR") or f"{runtime}/{os.getuid()}"
    path = f"{folder}/bus"
    try:
        status = os.stat(path)  # noqa: PTH116 - pathlib is not loaded for this
    except OSError:
        return
    if stat.S_ISSOCK(status.st_mode) and status.st_uid == os.getuid():
        environ[_BUS] = f"unix:path={path}"


def _refusal(backend: object) -> str:
    whole = f"{type(backend).__module__}.{type(backend).__name__}"
    return next((why for name, why in _REFUSED.items() if whole.startswith(name)), "")


def _name(backend: object) -> str:
    return f"{type(backend).__module__}.{type(backend).__name__}"


def _fault(name: str, kind: str) -> KeychainFault:
    if "Lock" in kind or "Dismiss" in kind or "InitError" in kind:
        return KeychainFault(f"the keychain ({name}) is locked", "unlock the keychain, then try again")
    return KeychainFault(
        f"the keychain ({name}) failed ({kind})", "check the keychain with the keychain tool of your system"
    )
