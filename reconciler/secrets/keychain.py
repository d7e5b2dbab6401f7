"""The door to the OS keychain. Every call has a time limit, and no error message contains a key."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Protocol, TypeVar

from reconciler.errors import GatewayError
from reconciler.secrets.binding import Binding, Secret
from reconciler.secrets.key import Key

Answer = TypeVar("Answer")
PATIENCE = 10.0  # seconds for one call to the keychain if no endpoint's `timeout` applies

# Backends that store nothing, or store keys unencrypted. They are refused by name; gwctl does not fall back silently.
_REFUSED = {
    "keyring.backends.fail": "there is no keychain on this machine",
    "keyring.backends.null": "the null backend stores nothing",
    "keyrings.alt.file.PlaintextKeyring": "the plaintext backend stores keys unencrypted in a file",
    "keyrings.alt.Gnome": "this backend is no longer maintained",
}
_WITHOUT = (
    "on headless Linux, install and unlock a Secret Service (gnome-keyring, KWallet); in CI, a container or WSL, "
    "use {env: …} or {file: …}"
)


class KeychainFault(GatewayError):
    """The keychain cannot be used at all, or cannot be used now. `reason` and `hint` contain no key."""

    def __init__(self, reason: str, hint: str, refused: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint
        self.refused = refused  # gwctl does not use this kind of keychain: trying again will not help


class Backend(Protocol):
    """The part of keyring's backend interface that gwctl uses."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return the value of the entry; None if there is no entry."""
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

    def get(self, service: str, account: str, binding: Binding, secret: Secret) -> Key | None:
        """Return the key in the entry; None if there is no entry. Raise `Unbound` if `binding` is not for `secret`."""
        binding.require(secret)
        value = self._value(service, account)
        return None if value is None else Key(value)

    def fingerprint(self, service: str, account: str, of: Callable[[str], str]) -> str | None:
        """Return `of(value)` of the entry; None if there is no such entry. Only `of` gets the value."""
        value = self._value(service, account)
        return None if value is None else of(value)

    def put(self, service: str, account: str, key: Key) -> None:
        """Create the entry, or replace its value."""
        self._put(service, account, key.reveal())

    def copy(self, origin: tuple[str, str], service: str, account: str) -> None:
        """Create the entry with the value of the existing entry `origin`: (service, account)."""
        self._put(service, account, self._value(*origin) or "")

    def remove(self, service: str, account: str) -> None:
        """Delete the entry if it exists."""
        if self._value(service, account) is not None:
            self._bounded(lambda: self.backend.delete_password(service, account))

    def _value(self, service: str, account: str) -> str | None:
        return self._bounded(lambda: self.backend.get_password(service, account))

    def _put(self, service: str, account: str, value: str) -> None:
        if not value:
            raise KeychainFault("the entry no longer exists", "set the key again: gwctl key set")
        self._bounded(lambda: self.backend.set_password(service, account, value))
        if self._value(service, account) != value:
            raise KeychainFault(f"the keychain ({self.name}) did not store the key", "try another keychain")

    def _bounded(self, work: Callable[[], Answer]) -> Answer:
        """Return the result of `work`, run in a thread: a keychain that waits to be unlocked must not block the run."""
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
            hint = "the keychain may be waiting to be unlocked: unlock the keychain, then try again"
            raise KeychainFault(reason, hint) from None
        if good:
            return result  # type: ignore[no-any-return]
        raise _fault(self.name, result)


def open_keychain(timeout: float) -> Keychain:
    """Return the keychain that keyring selects. Raise `KeychainFault`, with the reason, if the backend is refused."""
    import keyring

    try:
        backend = keyring.get_keyring()
    except Exception as fault:  # noqa: BLE001 - keyring imports the backend in its configuration file, which may raise anything
        reason = f"keyring cannot be initialised ({type(fault).__name__})"
        raise KeychainFault(reason, "check keyring's configuration: keyring diagnose", refused=True) from None
    best = next(iter(getattr(backend, "backends", ())), backend)  # only the first of a chain: no silent fallback
    why = _refusal(best)
    if why:
        raise KeychainFault(f"no usable keychain: {why} ({_name(best)})", _WITHOUT, refused=True)
    return Keychain(best, _name(best), timeout)


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
