"""How each endpoint is to be asked: with which key, if at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from reconciler import address
from reconciler.config.gateway import Endpoint
from reconciler.diagnostics import Diagnostic, has_errors
from reconciler.engine.keycheck import checked, malformed
from reconciler.engine.options import Options
from reconciler.resources.catalog import Observation, skipped
from reconciler.resources.resource import Recorded
from reconciler.resources.urls import origin
from reconciler.secrets.key import Key
from reconciler.secrets.reading import Missing, Unreadable, is_blank, read_key

if TYPE_CHECKING:
    from reconciler.live.target import Target

AskHost = Callable[[str, str, str], bool]  # endpoint, recorded origin, new origin → may its key go there?
OnDone = Callable[[str, Observation], None]


def observe_all(
    endpoints: Iterable[Endpoint],
    recorded: Recorded,
    options: Options,
    ask_host: AskHost | None = None,
    on_done: OnDone | None = None,
) -> dict[str, Observation]:
    """Ask all these endpoints at once; consent is asked for before the first of them."""
    requests = [(found.name, request_of(found, recorded, options, ask_host)) for found in endpoints]
    if options.offline:
        return {name: _offline() for name, _ in requests}
    from reconciler.live.observe import observe

    return observe(requests, on_done)


def request_of(
    endpoint: Endpoint, recorded: Recorded, options: Options, ask_host: AskHost | None
) -> Callable[[], Target | Observation]:
    """What gives the exchange its target, key included, when its turn has come; or says why there is none."""
    before = recorded.get(address.endpoint(endpoint.name))
    old = origin(before.attributes["base_url"]) if before else None
    if old and _withheld(endpoint, old, options, ask_host):
        return partial(_key_withheld, endpoint, old)
    return partial(_target, endpoint, options)


def _withheld(endpoint: Endpoint, old: str, options: Options, ask_host: AskHost | None) -> bool:
    new = origin(endpoint.base_url)
    if new == old or endpoint.key is None or endpoint.name in options.allowed_hosts:
        return False
    if options.offline or is_blank(endpoint.key, options.environ):
        return False  # no key will be sent, whatever the host
    return not (ask_host and ask_host(endpoint.name, old, new))


def _target(endpoint: Endpoint, options: Options) -> Target | Observation:
    from reconciler.live.target import Target

    key: Key | None = None
    said: tuple[Diagnostic, ...] = ()
    if endpoint.key is not None:
        found = read_key(endpoint.key, options.environ, options.allow_commands, endpoint.timeout)
        if isinstance(found, Unreadable):
            return skipped("KEY_UNREADABLE", "The key cannot be read", _sentence(found.reason), found.hint)
        if isinstance(found, Missing) and endpoint.key_required:
            return _missing_key(endpoint, found)
        key, said = checked(endpoint, found) if isinstance(found, Key) else (None, ())
        if has_errors(said):
            return malformed(said)
    elif endpoint.key_required:
        return _no_reference(endpoint)
    return Target(
        endpoint.name,
        endpoint.base_url,
        endpoint.preset,
        endpoint.headers,
        endpoint.timeout,
        key,
        endpoint.discover.enabled,
        str(endpoint.key or ""),
        said,
    )


def _missing_key(endpoint: Endpoint, found: Missing) -> Observation:
    about = f" ({endpoint.preset.key_hint})" if endpoint.preset.key_hint else ""
    hint = f"set it, then run the same command again{about}"
    return skipped("MISSING_API_KEY", "Missing API key", _sentence(found.reason), hint)


def _no_reference(endpoint: Endpoint) -> Observation:
    variable = endpoint.preset.variable or "NAME"
    detail = "This endpoint requires a key, and the gateway file says nowhere where to find it."
    hint = f"write under endpoints.{endpoint.name}: `key: {{env: {variable}}}`"
    return skipped("MISSING_API_KEY", "Missing API key", detail, hint)


def _key_withheld(endpoint: Endpoint, old: str) -> Observation:
    return skipped(
        "KEY_WITHHELD",
        f"The key is withheld from {origin(endpoint.base_url)}",
        f"The endpoint was recorded with {old}; a changed file alone may not send its key elsewhere.",
        f"if the new host is right: --allow-host {endpoint.name}",
    )


def _offline() -> Observation:
    return skipped("OFFLINE", "Not asked: --offline", "", "")


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."
