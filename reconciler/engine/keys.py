"""The keys of one run: each reference is followed once, then comes the entry that gwctl keeps in the keychain."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from functools import cached_property

from reconciler.config.gateway import Endpoint
from reconciler.engine.options import Options
from reconciler.engine.workspace import Workspace
from reconciler.resources.keychain_entry import Absent, KeychainEntry, Present, Seen, Slot, Unknown
from reconciler.secrets.key import Key
from reconciler.secrets.keychain import PATIENCE, Keychain, KeychainFault, open_keychain
from reconciler.secrets.marks import SetFor
from reconciler.secrets.reading import Missing, Unreadable, is_blank, read_key
from reconciler.secrets.reference import KeyReference
from reconciler.state.ledger import Ledger
from reconciler.state.ledger_file import default_path

Read = Key | Missing | Unreadable


def open_keys(workspace: Workspace, options: Options) -> Keys:
    """The keys of that gateway; opens nothing yet."""
    endpoints = [move for move in workspace.gateway.moved if move.target.kind == "endpoint"]
    renames = {move.target.name: move.origin.name for move in endpoints}
    return Keys(options, workspace.gateway.name, workspace.state.lineage, renames)


class Keys:
    """What the references give, what the ledger says, what the keychain holds; each only when it is asked for."""

    def __init__(self, options: Options, name: str, lineage: str, renames: Mapping[str, str]) -> None:
        self._options = options
        self._name = name
        self._renames = renames  # {endpoint: what `moved` says it was called}
        self._lock = threading.Lock()
        self._given: dict[str, Read] = {}
        self.lineage = lineage
        self.ledger = Ledger(default_path(options.environ))

    def slot(self, endpoint: str) -> Slot:
        """Where in the keychain the key of that endpoint is kept."""
        return f"gwctl:{self._name}", endpoint

    def of(self, endpoint: Endpoint) -> Read:
        """The key to send: what the reference gives, else the one that is kept."""
        given = self._followed(endpoint)
        if not isinstance(given, Missing) or not endpoint.store_key:
            return given
        return self.kept(endpoint) or given

    def follow(self, reference: KeyReference, endpoint: Endpoint) -> Read:
        """What a reference of that endpoint gives now."""
        given = self._options
        return read_key(reference, given.environ, given.allow_commands, endpoint.timeout, self._reader(endpoint))

    def given(self, endpoint: Endpoint) -> Key | None:
        """What the reference gave in this run; None also when nobody has followed it."""
        found = self._given.get(endpoint.name)
        return found if isinstance(found, Key) else None

    def kept(self, endpoint: Endpoint) -> Key | Unreadable | None:
        """The key that gwctl keeps for that endpoint, else the one of the name that it had before."""
        return self._entry(endpoint.name, endpoint.timeout) or self.inherited(endpoint)

    def inherited(self, endpoint: Endpoint) -> Key | Unreadable | None:
        """The key that gwctl keeps under the name that `moved` says the endpoint had."""
        before = self._renames.get(endpoint.name)
        return self._entry(before, endpoint.timeout) if before else None

    def slot_before(self, endpoint: Endpoint) -> Slot:
        """Where the key of the endpoint was kept under the name that it had before."""
        return self.slot(self._renames[endpoint.name])

    def _entry(self, name: str, timeout: float) -> Key | Unreadable | None:
        slot = self.slot(name)
        if slot not in self._own:
            return None
        try:
            return open_keychain(timeout).get(*slot)
        except KeychainFault as fault:
            return Unreadable(fault.reason, fault.hint)

    def may_be_blank(self, endpoint: Endpoint) -> bool:
        """Whether it is certain, without opening anything, that no key will be sent."""
        blank = all(is_blank(found, self._options.environ, self._reader(endpoint)) for found in endpoint.references)
        return blank and not (endpoint.store_key and self._is_kept(endpoint))

    def look(self, slots: Iterable[Slot]) -> dict[Slot, Seen]:
        """What the keychain says of these; one that does not answer is asked once."""
        seen: dict[Slot, Seen] = {}
        keychain: Keychain | None = None
        for slot in slots:
            try:
                keychain = keychain or open_keychain(PATIENCE)
                key = keychain.get(*slot)
                seen[slot] = Present(self.ledger.fingerprint(key)) if key else Absent()
            except KeychainFault as fault:
                silent = Unknown(fault.reason, fault.hint, fault.refused)
                return dict.fromkeys(slots, silent) | seen
        return seen

    @cached_property
    def entries(self) -> dict[Slot, KeychainEntry]:
        """The rows of the ledger."""
        return self.ledger.entries()

    @property
    def _own(self) -> set[Slot]:
        with self._lock:
            return {slot for slot, entry in self.entries.items() if entry.is_owned_by(self.lineage)}

    def _is_kept(self, endpoint: Endpoint) -> bool:
        return any(self.slot(name) in self._own for name in (endpoint.name, self._renames.get(endpoint.name)) if name)

    def _reader(self, endpoint: Endpoint) -> SetFor:
        return SetFor(self._name, endpoint.name)

    def _followed(self, endpoint: Endpoint) -> Read:
        if endpoint.key is None:
            return Missing("no `key:` is written")
        if endpoint.name not in self._given:
            self._given[endpoint.name] = self.follow(endpoint.key, endpoint)
        return self._given[endpoint.name]
