"""The door to the OS keychain: every call bounded in time, every fault in words that hold no value."""

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
PATIENCE = 10.0  # seconds that the keychain has for one answer, where no endpoint's time-out bounds it

# Backends that keep nothing, or keep it for everybody to read: refused by name, never a silent fallback.
_REFUSED = {
    "keyring.backends.fail": "there is no keychain on this machine",
    "keyring.backends.null": "the null backend stores nothing",
    "keyrings.alt.file.PlaintextKeyring": "the plaintext backend stores keys unencrypted in a file",
    "keyrings.alt.Gnome": "this backend is no longer maintained",
}
_WITHOUT = (
    "on a headless Linux install and unlock a Secret Service (gnome-keyring, KWallet); in CI, a container or WSL "
    "use {env: …} or {file: …}"
)


class KeychainFault(GatewayError):
    """The keychain cannot be used, or not now; `reason` and `hint` hold no value."""

    def __init__(self, reason: str, hint: str, refused: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint
        self.refused = refused  # by its kind: trying again will not help


class Backend(Protocol):
    """The used part of keyring's backend interface."""

    def get_password(self, service: str, username: str) -> str | None:
        """The value, or None."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store it."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Remove it."""
        ...


@dataclass(frozen=True)
class Keychain:
    """The OS keychain of this user; `timeout` in seconds bounds each call. Every call raises `KeychainFault`."""

    backend: Backend
    name: str
    timeout: float

    def get(self, service: str, account: str, binding: Binding, secret: Secret) -> Key | None:
        """The key of that entry, to be sent where its binding lets it go; None when there is no such entry."""
        binding.require(secret)
        value = self._value(service, account)
        return None if value is None else Key(value)

    def fingerprint(self, service: str, account: str, of: Callable[[str], str]) -> str | None:
        """Return `of` of the entry's value, which goes nowhere else; None when there is no such entry."""
        value = self._value(service, account)
        return None if value is None else of(value)

    def put(self, service: str, account: str, key: Key) -> None:
        """Make the entry, or replace its value."""
        self._put(service, account, key.reveal())

    def copy(self, origin: tuple[str, str], service: str, account: str) -> None:
        """Make the entry with the value of another one, which is there."""
        self._put(service, account, self._value(*origin) or "")

    def remove(self, service: str, account: str) -> None:
        """Delete the entry; one that is gone already is fine."""
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
        """Do it in a thread: a keychain that waits for somebody to unlock it must not hold the run."""
        box: SimpleQueue[tuple[bool, Any]] = SimpleQueue()

        def attempt() -> None:
            try:
                box.put((True, work()))
            except Exception as fault:  # noqa: BLE001 - a backend is foreign code; of a fault only its kind is told
                box.put((False, type(fault).__name__))

        threading.Thread(target=attempt, daemon=True).start()
        try:
            good, result = box.get(timeout=self.timeout)
        except Empty:
            reason = f"the keychain ({self.name}) did not respond within {self.timeout:g} s"
            raise KeychainFault(reason, "it may be waiting for you to unlock it: unlock it, then try again") from None
        if good:
            return result  # type: ignore[no-any-return]
        raise _fault(self.name, result)


def open_keychain(timeout: float) -> Keychain:
    """The keychain that keyring chooses here; `KeychainFault` names a backend that is refused, and why."""
    import keyring

    try:
        backend = keyring.get_keyring()
    except Exception as fault:  # noqa: BLE001 - what its configuration file names is imported, and may fail in any way
        reason = f"keyring cannot be initialised ({type(fault).__name__})"
        raise KeychainFault(reason, "check its configuration: keyring diagnose", refused=True) from None
    best = next(iter(getattr(backend, "backends", ())), backend)  # of a chain the first alone: no silent fallback
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
        return KeychainFault(f"the keychain ({name}) is locked", "unlock it, then try again")
    return KeychainFault(f"the keychain ({name}) failed ({kind})", "check it with the keychain tool of your system")
