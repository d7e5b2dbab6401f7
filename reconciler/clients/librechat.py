"""LibreChat: entries of `endpoints.custom` in the user's `librechat.yaml`, or a separate file.

The file was tried with the schema in `librechat-data-provider` 0.8.524.
https://www.librechat.ai/docs/configuration/librechat_yaml
"""

from __future__ import annotations

import re
from typing import Any

from reconciler.clients.fields import FileUse
from reconciler.clients.offer import Offer, OfferedEndpoint, entry_name
from reconciler.clients.tool import Part, Place, Tool

_SCHEMA_VERSION = "1.3.17"  # LibreChat warns at its start if this is not the version of its own schema
_VERSION: Place = ("version",)
_TEMPLATE = re.compile(r"\$\{")


def _place_of(gateway: str, endpoint: str) -> tuple[str, Place]:
    name = entry_name(gateway, endpoint)
    return f"endpoints.custom.{name}", ("endpoints", "custom", (("name", name),))


def _entry(offer: Offer, endpoint: OfferedEndpoint) -> dict[str, Any]:
    """Return an entry. The entry always has `apiKey`, because LibreChat refuses an entry without this field."""
    is_first = endpoint.name == offer.chat.endpoint
    ids = [model.id for model in endpoint.models]
    return {
        "name": entry_name(offer.gateway, endpoint.name),
        "apiKey": f"${{{endpoint.variable}}}" if endpoint.has_key else "none",
        "baseURL": endpoint.chat_base,
        "models": {"default": sorted(ids, key=lambda at: not (is_first and at == offer.chat.model)), "fetch": False},
        "titleConvo": True,
        "titleModel": offer.small.model if endpoint.name == offer.small.endpoint else "current_model",
    }


def _parts(offer: Offer, use: FileUse) -> tuple[Part, ...]:
    if use == "own":
        entries = [_entry(offer, endpoint) for endpoint in offer.endpoints]
        whole = {"version": _SCHEMA_VERSION, "endpoints": {"custom": entries}}
        return (Part(name="", covers=((),), values={(): whole}),)
    version = Part(name="version", covers=(_VERSION,), values={_VERSION: _SCHEMA_VERSION}, is_default=True)
    return (*(_entry_part(offer, endpoint) for endpoint in offer.endpoints), version)


def _entry_part(offer: Offer, endpoint: OfferedEndpoint) -> Part:
    name, place = _place_of(offer.gateway, endpoint.name)
    return Part(name=name, covers=(place,), values={place: _entry(offer, endpoint)})


TOOL = Tool(
    name="librechat",
    title="LibreChat",
    programs=(),
    package="",
    format="yaml",
    apis=("chat",),
    keys=("env", "none"),
    uses=("own", "shared", "none"),
    has_one_endpoint=False,
    needs_path=True,
    folder=lambda here: here.home,
    own=lambda here, name: here.home / f"{name}.librechat.yaml",
    shared=lambda here: here.home / "librechat.yaml",
    parts=_parts,
    covers={"version": (_VERSION,)},
    place_of=_place_of,
    plain=frozenset({_VERSION}),
    hostile=_TEMPLATE,
    start_words="start LibreChat with this variable",
    start=lambda path: f"CONFIG_PATH={path}",
    after="restart LibreChat",
)
