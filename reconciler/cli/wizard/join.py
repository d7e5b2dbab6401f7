"""The steps of `gwctl join`: the consents, the keys that this machine does not have yet, and the apply."""

from __future__ import annotations

import shlex
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler import codes
from reconciler.cli.console.forms import Forms
from reconciler.cli.console.prompts import nobody_there, secret
from reconciler.cli.wizard.steps import tool_options
from reconciler.diagnostics import error, warning
from reconciler.engine.connect.endpoint_questions import NEXT, key_steps, keychain_fault
from reconciler.errors import Failed
from reconciler.text import printable

if TYPE_CHECKING:
    from reconciler.cli.console.output import Output
    from reconciler.config.gateway import Endpoint
    from reconciler.engine.connect.join import Joining, Keyless
    from reconciler.secrets.key import Key


class JoinSteps:
    """The questions of `gwctl join` up to the plan."""

    def __init__(self, forms: Forms, output: Output) -> None:
        self._forms = forms
        self._output = output

    def joined_unattended(self, joining: Joining, names: Collection[str]) -> Joining:
        """Return the gateway file with the consents of the command line. Keys come from variables or the keychain."""
        from reconciler.engine.connect.join import agree_to_named

        joining = agree_to_named(joining, names)
        return replace(joining, options=replace(joining.options, asker=None))

    def joined(self, joining: Joining, names: Collection[str] = ()) -> Joining:
        """Return the gateway file with the user's consents and the typed keys.

        Raise `Failed` if the user does not agree, or if gwctl cannot ask.
        """
        from reconciler.engine.connect.join import agree_to_all, agree_to_named, endpoints_without_key

        if away := nobody_there():
            known = [*joining.gateway.endpoints, *(str(each.address) for each in joining.gateway.clients.values())]
            summary = f"gwctl join asks questions, but {away}"
            hint = f"gwctl join --yes{''.join(f' --allow-host {shlex.quote(name)}' for name in known)}"
            raise Failed(error(codes.NO_TERMINAL, summary, detail="Nothing was done.", hint=hint))
        joining = agree_to_named(joining, names)
        joining = agree_to_all(joining, self._clients(joining))
        with self._output.progress("text") as awaited:
            missing = endpoints_without_key(joining, awaited.turn)
        if missing and (fault := keychain_fault(is_needed=True)):
            summary = f"No key can be stored: {fault.reason}"
            variables = ", ".join(printable(str(each.endpoint.key)) for each in missing if each.endpoint.key)
            hint = f"set these key references instead: {variables}" if variables else fault.hint
            self._output.report([warning(codes.KEYCHAIN_NOT_AVAILABLE, summary, hint=hint)])
            return joining
        for each in missing:
            joining = self._with_key(joining, each)
        return joining

    def _clients(self, joining: Joining) -> list[str]:
        """Return the addresses of the clients that the user picks. Only clients of installed tools are offered."""
        from reconciler.engine.connect.join import clients_here

        clients = clients_here(joining)
        return self._forms.pick_several("Which tools will use the gateway?", tool_options(clients)) if clients else []

    def _with_key(self, joining: Joining, keyless: Keyless) -> Joining:
        endpoint = keyless.endpoint
        while True:
            key = self._key(endpoint, keyless.why)
            if key is None and keyless.refusal is None:
                return joining
            tried = joining.with_key(endpoint.name, key) if key else joining
            if key is None:
                self._output.report([keyless.refusal] if keyless.refusal else [])
            elif self._is_accepted(tried, endpoint):
                return tried
            step = self._forms.pick(NEXT, key_steps(was_typed=key is not None, is_refused=keyless.is_refused))
            if step == "stop":
                raise KeyboardInterrupt
            if step != "key":
                return tried if step == "keep" else joining

    def _key(self, endpoint: Endpoint, why: str) -> Key | None:
        """Return the typed key, or None if the user types nothing. `why` says why the endpoint needs a key."""
        from reconciler.secrets.key import Key
        from reconciler.secrets.resolve_key import Missing, checked

        about = f" ({why})" if why else ""
        name = printable(endpoint.name)
        self._output.talk(f"{name} has no key on this machine yet{about}. Press Enter to leave {name} without a key.")
        while True:
            typed = secret(f"key for {printable(endpoint.base_url, 300)}")
            result = checked(typed, "the input", "is empty")
            if isinstance(result, Missing):
                return None
            if isinstance(result, Key):
                return result
            self._output.talk(f"Not a key: {result.reason}.")

    def _is_accepted(self, joining: Joining, endpoint: Endpoint) -> bool:
        from reconciler.engine.connect.join import test_key
        from reconciler.engine.connection_test import finding

        with self._output.progress("text") as awaited:
            test = test_key(joining, endpoint.name, awaited.turn)
        seen = test.observations[endpoint.name]
        found = finding(test.endpoints[0], seen)
        self._output.report([*seen.diagnostics, *([replace(found, source=None)] if found else [])])
        if seen.status in ("listed", "empty"):
            self._output.talk(f"{printable(endpoint.name)} accepts the key.")
        return seen.status in ("listed", "empty")
