"""The keys of one run. Each reference is resolved once.

If a reference has no value, gwctl uses the stored key of the endpoint.
"""

from __future__ import annotations

import threading

from reconciler.config.gateway import Endpoint, Gateway
from reconciler.engine.keys.kept import KeptRows, kept_names
from reconciler.engine.options import Options
from reconciler.engine.trust.decide import Trust
from reconciler.engine.trust.pairs import exposure_of
from reconciler.ledger.stack_rows import Stack
from reconciler.owned.key_rules import kept_slot, slot_for
from reconciler.resources.presence import Slot
from reconciler.secrets.binding import Binding, Pair, Secret, kept_secret, secret_of
from reconciler.secrets.key import Key
from reconciler.secrets.keychain import KeychainFault, open_keychain
from reconciler.secrets.marks import SetFor
from reconciler.secrets.reference import CommandReference, KeyReference
from reconciler.secrets.resolve_key import Missing, Unreadable, is_blank, read_key

Read = Key | Missing | Unreadable


class Keyring(KeptRows):
    """The keys from references and from the keychain. A key without a binding is not available."""

    def __init__(self, gateway: Gateway, trust: Trust, options: Options) -> None:
        super().__init__(trust.ledger)
        self.options = options
        self._gateway = gateway
        self._bindings = trust.consents.bindings
        self._lock = threading.Lock()
        self._given: dict[str, Read] = {}
        self.trust = trust
        self._kept_names: dict[str, dict[str, str]] = {}  # by the stack's ID

    @property
    def stack(self) -> Stack:
        """The stack that the keys belong to."""
        return self.trust.stack

    @property
    def elsewhere(self) -> tuple[Stack, ...]:
        """The other stacks with the same state.

        One of these stacks may be this stack, recorded before the gateway file was moved.
        """
        return self.trust.elsewhere

    @property
    def typed(self) -> str:
        """The options that select this stack in a `gwctl trust` command."""
        return self.trust.typed

    @property
    def older(self) -> tuple[Stack, ...]:
        """The stacks that an older gwctl recorded for the same state."""
        return self.trust.older

    def slot(self, endpoint: str) -> Slot:
        """Return the keychain slot of the endpoint's key. Two stacks never share a slot."""
        older = frozenset(stack.id for stack in self.older)
        return slot_for(endpoint, self._gateway, rows=self.rows, stack=self.stack.id, older=older)

    def of(self, endpoint: Endpoint) -> Read:
        """Return the key to send to the endpoint: the key from the reference, else the stored key."""
        result = self._followed(endpoint)
        if not isinstance(result, Missing) or not (endpoint.store_key or self.is_kept(endpoint)):
            return result
        return self._kept_key(endpoint) or result

    def is_kept(self, endpoint: Endpoint) -> bool:
        """Return true if the ledger has a stored key of this stack for the endpoint.

        A run for the shared state alone does not use this machine's own keys. In a run without keys, the gateway file
        decides, and gwctl does not open the ledger.
        """
        if self.options.keyless or (self.options.scope == "shared" and endpoint.store_key is None):
            return endpoint.store_key is not None
        if endpoint.store_key is None and endpoint.key is None:  # then nothing is stored for it
            return False
        with self._lock:
            stack = self.stack.id
            if stack not in self._kept_names:
                self._kept_names[stack] = kept_names(self._gateway, self.rows, {stack})
            return endpoint.name in self._kept_names[stack]

    def follow(self, reference: KeyReference, endpoint: Endpoint) -> Read:
        """Return the present value of a reference of the endpoint."""
        options = self.options
        binding = self.binding(endpoint, secret_of(reference))
        if binding is None and not self.is_unset(endpoint, reference):
            hint = f"gwctl trust {endpoint.name}{self.typed}"
            return Unreadable(f"sending {reference} to {endpoint.name} has not been allowed on this machine", hint)
        refusal = self.refusal(reference)
        if refusal:
            return refusal
        return read_key(
            reference,
            options.environ,
            may_run=True,
            timeout=endpoint.timeout,
            binding=binding,
            reader=self._reader(endpoint),
        )

    def refusal(self, reference: KeyReference) -> Unreadable | None:
        """Return the reason why the reference's command may not run.

        Return None if the command may run, or if the reference has no command.
        """
        return self.trust.consents.commands.refusal(reference) if isinstance(reference, CommandReference) else None

    def binding(self, endpoint: Endpoint, secret: Secret) -> Binding | None:
        """Return the binding that lets the secret be sent to the endpoint, or None without consent."""
        binding = self._bindings.of(Pair(secret, exposure_of(endpoint)))
        return binding if isinstance(binding, Binding) else None

    def withheld(self, endpoint: Endpoint) -> list[Pair]:
        """Return the endpoint's pairs of a secret and a host that nobody agreed to."""
        return self.trust.withheld_of(endpoint.name)

    def followed_key(self, endpoint: Endpoint) -> Key | None:
        """Return the typed key, or the key from the reference, or None.

        The key from the reference is returned only if this run has already resolved the reference.
        """
        result = self.options.typed_keys.get(endpoint.name) or self._given.get(endpoint.name)
        return result if isinstance(result, Key) else None

    def may_be_blank(self, endpoint: Endpoint) -> bool:
        """Return true if gwctl will certainly send no key. This check opens no source of a key."""
        blank = all(self.is_unset(endpoint, reference) for reference in endpoint.references)
        return blank and not self.is_kept(endpoint)

    def is_unset(self, endpoint: Endpoint, reference: KeyReference) -> bool:
        """Return true if a reference of the endpoint certainly gives no key. This check opens no source of a key."""
        return is_blank(reference, self.options.environ, self._reader(endpoint))

    def _kept_key(self, endpoint: Endpoint) -> Key | Unreadable | None:
        """Return the endpoint's stored key, under its present or former name, or None if no key is stored."""
        for name in (endpoint.name, self._gateway.names_before.get(endpoint.name)):
            slot = self._slot_of(name) if name else None
            secret = kept_secret(name or "")
            binding = self.binding(endpoint, secret)
            if slot is None or binding is None:
                continue
            service, account = slot.path
            try:
                value = open_keychain(endpoint.timeout).get(service, account, binding, secret)
            except KeychainFault as fault:
                return Unreadable(fault.reason, fault.hint)
            if value is not None:
                return value
        return None

    def _slot_of(self, endpoint: str) -> Slot | None:
        with self._lock:
            return kept_slot(self.rows, self.stack.id, endpoint)

    def _reader(self, endpoint: Endpoint) -> SetFor:
        return SetFor(self._gateway.name, endpoint.name)

    def _followed(self, endpoint: Endpoint) -> Read:
        typed = self.options.typed_keys.get(endpoint.name)
        if typed:
            return typed
        if endpoint.key is None:
            return Missing("there is no `key:`")
        if endpoint.name not in self._given:
            self._given[endpoint.name] = self.follow(endpoint.key, endpoint)
        return self._given[endpoint.name]
