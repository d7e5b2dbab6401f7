"""The resolved file, made from the endpoints and the records.

The file contains the base URL, API and key variable of each role and model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from reconciler import address
from reconciler.address import Api
from reconciler.config import base_urls
from reconciler.config.gateway import Endpoint
from reconciler.render.json.types.resolved import (
    VERSION,
    KeyCommandDocument,
    KeyVariableDocument,
    ResolvedDocument,
    ResolvedModelDocument,
)
from reconciler.resources.resource import Recorded, Resource, by_endpoint, models_of

KeyDocument: TypeAlias = KeyVariableDocument | KeyCommandDocument | None
VARIABLE = "GWCTL_RESOLVED_JSON"
LARGEST_VARIABLE = 96 * 1024  # bytes; Linux allows 128 KiB for one variable with its name


def resolved_document(
    name: str, endpoints: Iterable[Endpoint], recorded: Recorded, keys: Mapping[str, KeyDocument]
) -> ResolvedDocument:
    """Return the resolved file of these endpoints. `keys` says where a program finds each endpoint's key.

    Roles and models of other endpoints are left out.
    """
    groups = by_endpoint(recorded)
    models = {
        model.address: _model(endpoint, model, recorded, keys.get(endpoint.name))
        for endpoint in endpoints
        for model in models_of(groups.get(endpoint.name, {}), endpoint.name)
    }
    defaults = {at.name: resource.default_model for at, resource in recorded.items() if at.is_default}
    roles = {role: models[at] for role, at in defaults.items() if at in models}
    return {"version": VERSION, "name": name, "roles": roles, "models": list(models.values())}


def for_one_tool(document: ResolvedDocument, model: str | None) -> ResolvedDocument:
    """Return the resolved file for a tool that was started with a model. The model takes the role of its purpose.

    If the file is too large for one variable, only the models with a role are kept.
    """
    chosen = next((entry for entry in document["models"] if entry["model"] == model), None)
    roles = document["roles"] | ({chosen["purpose"]: chosen} if chosen else {})
    whole: ResolvedDocument = {**document, "roles": roles}
    return whole if _bytes(whole) <= LARGEST_VARIABLE else {**whole, "models": []}


def _bytes(document: ResolvedDocument) -> int:
    from reconciler import safe_json

    return len(safe_json.dumps(document, indent=None).encode(errors="surrogatepass"))


def _model(endpoint: Endpoint, model: Resource, recorded: Recorded, key: KeyDocument) -> ResolvedModelDocument:
    details = model.as_model.details
    urls = _base_urls(endpoint, details.apis, recorded)
    base_url = next(iter(urls.values()), endpoint.base_url)
    urls = urls if model.purpose == "chat" else {}
    auth = endpoint.preset.auth
    return {
        "endpoint": endpoint.name,
        "model": model.address.model_id,
        "purpose": model.purpose,
        "api": next(iter(urls), None),
        "base_url": base_url,
        "base_urls": urls,
        "context": details.context,
        "output": details.output,
        "capabilities": None if details.capabilities is None else list(details.capabilities),
        "key": key,
        "key_required": endpoint.key_required,
        "auth": {"header": auth.header, "scheme": auth.scheme},
    }


def _base_urls(endpoint: Endpoint, apis: Sequence[Api] | None, recorded: Recorded) -> dict[Api, str]:
    """Return the base URL of each API of the model. The preferred API comes first."""
    reach = reach_of(endpoint, recorded)
    bases: dict[Api, Callable[[Endpoint, str | None], str]] = {
        "chat": base_urls.openai,
        "responses": base_urls.openai,
        "messages": base_urls.native,
    }
    return {api: bases[api](endpoint, reach) for api in (endpoint.apis if apis is None else apis)}


def reach_of(endpoint: Endpoint, recorded: Recorded) -> str | None:
    """Return the path prefix of the recorded list, or None if no list is recorded for the present base URL."""
    before = recorded.get(address.endpoint(endpoint.name))
    if before is None or before.as_endpoint.base_url != endpoint.base_url or not before.facts.get("listed"):
        return None
    return str(before.facts.get("reach", ""))
