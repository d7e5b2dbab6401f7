"""The request to each endpoint, with the endpoint's key if the key may be sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from reconciler import codes
from reconciler.config.gateway import Endpoint
from reconciler.diagnostics import Diagnostic, has_errors, note
from reconciler.engine.keys.check import checked, checked_header, malformed
from reconciler.engine.keys.keyring import Keyring
from reconciler.engine.keys.not_asked import left_out, not_asked
from reconciler.engine.trust.pairs import certificate_of
from reconciler.resources.observation import Observation, skipped
from reconciler.secrets.binding import Binding
from reconciler.secrets.header import HeaderLiteral
from reconciler.secrets.key import Key
from reconciler.secrets.reference import EnvReference
from reconciler.secrets.resolve_key import Missing, Unreadable
from reconciler.text import printable

if TYPE_CHECKING:
    from reconciler.live.target import HeaderKey, Target

Said = tuple[Diagnostic, ...]
Checked = tuple[Key | None, Said]  # the key that may be sent, and the diagnostics about the key
Headers = tuple["tuple[str, HeaderLiteral] | HeaderKey", ...]
OnDone = Callable[[str, Observation | None], None]  # None: the request begins


def observe_all(endpoints: Iterable[Endpoint], keys: Keyring, on_done: OnDone | None = None) -> dict[str, Observation]:
    """Contact all these endpoints at once and return {name: observation}. The consents were settled before."""
    if keys.options.offline:
        return left_out(endpoints, keys.trust, keys.options)
    from reconciler.live.observe import observe

    asked = list(endpoints)
    requests = [(endpoint.name, request_of(endpoint, keys)) for endpoint in asked]
    return observe(requests, on_done, {endpoint.name for endpoint in asked if _is_at_hand(endpoint, keys)})


def _is_at_hand(endpoint: Endpoint, keys: Keyring) -> bool:
    """Return true if nothing is read for the endpoint's keys: it has none, or all are values of set variables.

    A stored key is then not looked for.
    """
    is_set = (isinstance(key, EnvReference) and not keys.is_unset(endpoint, key) for key in endpoint.references)
    return not endpoint.store_key and endpoint.tls is None and all(is_set)


def request_of(endpoint: Endpoint, keys: Keyring) -> Callable[[], Target | Observation]:
    """Return a function that returns the target with its key.

    If no request can be made, the function returns an observation with the reason.
    """
    return partial(_target, endpoint, keys, key_of(endpoint, keys))


def key_of(endpoint: Endpoint, keys: Keyring) -> Callable[[], Checked | Observation]:
    """Return a function that reads the endpoint's key.

    If no key can be read, the function returns an observation with the reason.
    """
    why_not = not_asked(endpoint, keys.trust, keys.options)
    return partial(_key, endpoint, keys) if why_not is None else lambda: why_not


def _key(endpoint: Endpoint, keys: Keyring) -> Checked | Observation:
    result = keys.of(endpoint)
    if isinstance(result, Unreadable):
        return _unreadable(result)
    if isinstance(result, Missing) and endpoint.key_required:
        return _missing_key(endpoint, result) if endpoint.key else _no_reference(endpoint)
    if isinstance(result, Missing):
        return None, ()
    key, diagnostics = checked(endpoint, result)
    return malformed(diagnostics) if has_errors(diagnostics) else (key, diagnostics)


def _target(endpoint: Endpoint, keys: Keyring, read: Callable[[], Checked | Observation]) -> Target | Observation:
    from reconciler.live.http.proxy import Route
    from reconciler.live.target import Target

    checked = read()
    if isinstance(checked, Observation):
        return checked
    headers = _headers(endpoint, keys)
    if isinstance(headers, Observation):
        return headers
    key, diagnostics = checked
    values, also = headers
    return Target(
        name=endpoint.name,
        base_url=endpoint.base_url,
        preset=endpoint.preset,
        headers=values,
        timeout=endpoint.timeout,
        key=key,
        discover=endpoint.discover.enabled,
        key_from=_source(endpoint, keys, key),
        route=Route(endpoint.tls, endpoint.proxy, _shown(endpoint, keys), keys.options.environ),
        diagnostics=(*diagnostics, *also),
    )


def _source(endpoint: Endpoint, keys: Keyring, key: Key | None) -> str:
    """Return the source of the key in words. Without a key, return the reference of the gateway file."""
    if endpoint.name in keys.options.typed_keys:
        return "the input"
    is_stored = key is not None and keys.followed_key(endpoint) is None
    return "the keychain" if is_stored else str(endpoint.key or "")


def _shown(endpoint: Endpoint, keys: Keyring) -> Binding | None:
    """Return the binding that lets the endpoint's client certificate be sent."""
    certificate = certificate_of(endpoint)
    return keys.binding(endpoint, certificate) if certificate else None


def _headers(endpoint: Endpoint, keys: Keyring) -> tuple[Headers, Said] | Observation:
    """Return the headers with their keys, and the diagnostics. Return an observation if a key cannot be sent."""
    from reconciler.live.target import HeaderKey

    values: list[tuple[str, HeaderLiteral] | HeaderKey] = []
    diagnostics: list[Diagnostic] = []
    for name, value in endpoint.headers:
        if isinstance(value, HeaderLiteral):
            values.append((name, value))
            continue
        result = keys.follow(value.reference, endpoint)
        if isinstance(result, Unreadable):
            return _unreadable(result, f"the key in the header {name}: ")
        if isinstance(result, Missing):
            return _missing_key(endpoint, result, f"the key in the header {name}: ")
        diagnostics += checked_header(endpoint, name, value, result)
        values.append(HeaderKey(name, result, value.scheme))
    return malformed(tuple(diagnostics)) if has_errors(diagnostics) else (tuple(values), tuple(diagnostics))


def _unreadable(unreadable: Unreadable, whose: str = "") -> Observation:
    seen = skipped(unreadable.code, "Cannot read the key", _sentence(whose + unreadable.reason), unreadable.hint)
    if not unreadable.last_line:
        return seen
    diagnostic = note(
        codes.KEY_COMMAND_SAID,
        "The key command wrote a message; -v shows its last line",
        detail=printable(unreadable.last_line, 200),
    )
    return replace(seen, diagnostics=(diagnostic,))


def _missing_key(endpoint: Endpoint, missing: Missing, whose: str = "") -> Observation:
    about = f" ({endpoint.preset.key_hint})" if endpoint.preset.key_hint and not whose else ""
    hint = f"set the key, then run the same command again{about}"
    return skipped(codes.MISSING_API_KEY, "Missing API key", _sentence(whose + missing.reason), hint)


def _no_reference(endpoint: Endpoint) -> Observation:
    variable = endpoint.preset.variable or "NAME"
    detail = "This endpoint requires a key, but the gateway file has no key reference for it."
    hint = f"write under endpoints.{endpoint.name}: `key: {{env: {variable}}}`"
    if endpoint.store_key:
        detail, hint = "No key is stored for this endpoint yet.", f"gwctl key set {endpoint.name}"
    return skipped(codes.MISSING_API_KEY, "Missing API key", detail, hint)


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."
