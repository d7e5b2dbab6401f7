"""How each endpoint is to be asked: with which key, if at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from reconciler import address
from reconciler.config.gateway import Endpoint
from reconciler.diagnostics import Diagnostic, has_errors, note
from reconciler.engine.keycheck import checked, malformed
from reconciler.engine.keys import Keys
from reconciler.engine.options import Options
from reconciler.engine.witness import is_new, recorded_witness, witness_of
from reconciler.resources.catalog import Observation, skipped
from reconciler.resources.resource import Recorded
from reconciler.secrets.header import HeaderLiteral
from reconciler.secrets.key import Key
from reconciler.secrets.reading import Missing, Unreadable
from reconciler.text import printable

if TYPE_CHECKING:
    from reconciler.live.target import HeaderKey, Target

AskHost = Callable[[str, str, str], bool]  # endpoint, who sees its key as recorded, who would → may its key go there?
Checked = tuple[Key | None, tuple[Diagnostic, ...]]  # the key that may be sent, and what there is to say of it
OnDone = Callable[[str, Observation | None], None]  # None: its turn begins


def observe_all(
    endpoints: Iterable[Endpoint],
    recorded: Recorded,
    options: Options,
    keys: Keys,
    ask_host: AskHost | None = None,
    on_done: OnDone | None = None,
) -> dict[str, Observation]:
    """Ask all these endpoints at once; consent is asked for before the first of them."""
    if options.offline:
        return {found.name: not_asked(found, recorded, options, keys) or _offline() for found in endpoints}
    from reconciler.live.observe import observe

    return observe([(found.name, request_of(found, recorded, options, keys, ask_host)) for found in endpoints], on_done)


def request_of(
    endpoint: Endpoint, recorded: Recorded, options: Options, keys: Keys, ask_host: AskHost | None
) -> Callable[[], Target | Observation]:
    """What gives the exchange its target, key included, when its turn has come; or says why there is none."""
    return partial(_target, endpoint, keys, key_of(endpoint, recorded, options, keys, ask_host))


def key_of(
    endpoint: Endpoint, recorded: Recorded, options: Options, keys: Keys, ask_host: AskHost | None = None
) -> Callable[[], Checked | Observation]:
    """What reads the endpoint's key when its turn has come; an Observation says why it may not be had."""
    why_not = not_asked(endpoint, recorded, options, keys, ask_host)
    return partial(_key, endpoint, keys) if why_not is None else lambda: why_not


def not_asked(
    endpoint: Endpoint, recorded: Recorded, options: Options, keys: Keys, ask_host: AskHost | None = None
) -> Observation | None:
    """Why it is not to be asked, as far as that is known without reading a key; None when it may be."""
    before = recorded.get(address.endpoint(endpoint.name))
    old = recorded_witness(before.attributes) if before else None
    if old and _withheld(endpoint, old, options, keys, ask_host):
        return _key_withheld(endpoint, old)
    is_keyed = _has_keys(endpoint) or (endpoint.tls and endpoint.tls.client_cert)  # which may hold its own
    return _no_keys() if options.no_keys and is_keyed else None


def _withheld(endpoint: Endpoint, old: str, options: Options, keys: Keys, ask_host: AskHost | None) -> bool:
    """An apply would make the new origin the recorded one: its key would go there the next time, if not now."""
    new = witness_of(endpoint)
    if not is_new(old, new) or endpoint.name in options.allowed_hosts or not _has_keys(endpoint):
        return False
    if options.keyless:
        return options.applying
    if not options.applying and keys.may_be_blank(endpoint):
        return False  # no key will be sent, whatever the host
    return not (ask_host and ask_host(endpoint.name, old, new))


def _has_keys(endpoint: Endpoint) -> bool:
    """Whether the gateway file says where a key is to be found, there or not."""
    return bool(endpoint.references or endpoint.store_key)


def _key(endpoint: Endpoint, keys: Keys) -> Checked | Observation:
    found = keys.of(endpoint)
    if isinstance(found, Unreadable):
        return _unreadable(found)
    if isinstance(found, Missing) and endpoint.key_required:
        return _missing_key(endpoint, found) if endpoint.key else _no_reference(endpoint)
    if isinstance(found, Missing):
        return None, ()
    key, said = checked(endpoint, found)
    return malformed(said) if has_errors(said) else (key, said)


def _target(endpoint: Endpoint, keys: Keys, read: Callable[[], Checked | Observation]) -> Target | Observation:
    from reconciler.live.route import Route
    from reconciler.live.target import Target

    found = read()
    if isinstance(found, Observation):
        return found
    headers = _headers(endpoint, keys)
    if isinstance(headers, Observation):
        return headers
    key, said = found
    return Target(
        endpoint.name,
        endpoint.base_url,
        endpoint.preset,
        headers,
        endpoint.timeout,
        key,
        endpoint.discover.enabled,
        str(endpoint.key or ""),
        Route(endpoint.tls, endpoint.proxy),
        said,
    )


def _headers(endpoint: Endpoint, keys: Keys) -> tuple[tuple[str, HeaderLiteral] | HeaderKey, ...] | Observation:
    """The headers with their keys; or why there is none for one of them, which no request is made without."""
    from reconciler.live.target import HeaderKey

    made: list[tuple[str, HeaderLiteral] | HeaderKey] = []
    for name, value in endpoint.headers:
        if isinstance(value, HeaderLiteral):
            made.append((name, value))
            continue
        found = keys.follow(value.reference, endpoint)
        if isinstance(found, Unreadable):
            return _unreadable(found, f"the key in the header {name}: ")
        if isinstance(found, Missing):
            return _missing_key(endpoint, found, f"the key in the header {name}: ")
        made.append(HeaderKey(name, found, value.scheme))
    return tuple(made)


def _unreadable(found: Unreadable, whose: str = "") -> Observation:
    seen = skipped("KEY_UNREADABLE", "The key cannot be read", _sentence(whose + found.reason), found.hint)
    if not found.said:
        return seen
    said = note(
        "KEY_COMMAND_SAID", "The key command wrote a message; -v shows its last line", printable(found.said, 200)
    )
    return replace(seen, said=(said,))


def _missing_key(endpoint: Endpoint, found: Missing, whose: str = "") -> Observation:
    about = f" ({endpoint.preset.key_hint})" if endpoint.preset.key_hint and not whose else ""
    hint = f"set it, then run the same command again{about}"
    return skipped("MISSING_API_KEY", "Missing API key", _sentence(whose + found.reason), hint)


def _no_reference(endpoint: Endpoint) -> Observation:
    variable = endpoint.preset.variable or "NAME"
    detail = "This endpoint requires a key, and the gateway file says nowhere where to find it."
    hint = f"write under endpoints.{endpoint.name}: `key: {{env: {variable}}}`"
    if endpoint.store_key:
        detail, hint = "No key is kept for this endpoint yet.", f"gwctl key set {endpoint.name}"
    return skipped("MISSING_API_KEY", "Missing API key", detail, hint)


def _key_withheld(endpoint: Endpoint, old: str) -> Observation:
    return skipped(
        "KEY_WITHHELD",
        f"The key is withheld from {printable(witness_of(endpoint))}",
        f"The endpoint was recorded with {printable(old)}; a changed file alone may not send its key elsewhere.",
        f"if the new host is right: --allow-host {endpoint.name}",
    )


def _offline() -> Observation:
    return skipped("OFFLINE", "Not asked: --offline", "", "")


def _no_keys() -> Observation:
    return skipped("NO_KEYS", "Not asked: --no-keys", "", "")


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."
