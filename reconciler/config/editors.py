"""The JSON Schema of the gateway file for editors, with names to choose from, examples, and `${NAME}` as a value.

Only `gwctl schema` and the published file need this module. gwctl itself checks gateway files without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from reconciler.address import SMALL
from reconciler.clients.registry import all_tools
from reconciler.presets.dialects import DIALECTS
from reconciler.presets.load import load_all

Schema = dict[str, Any]

_MAPS = ("properties", "patternProperties")
_LISTS = ("oneOf", "anyOf")
_ONE = ("items", "additionalProperties")
_NEVER_FILLED_IN = ("KeyFields", "HeaderFields")  # `${NAME}` is an error in a key reference
_VARIABLE = {  # without a description: an editor would show that one in the place of the field's
    "$comment": "a value with ${NAME} or ${NAME:-default}, which gwctl fills in from --var or GWCTL_VAR_NAME",
    "type": "string",
    "pattern": r"\$\{",
}
_MEANINGS = {
    "chat": "text in, text out",
    "voice": "speech to text, or text to speech",
    "image": "text to image",
    "embedding": "text to a vector",
    "other": "other tasks, such as reranking or moderation",
}
_API_PATHS = {"chat": "/chat/completions", "responses": "/responses", "messages": "/v1/messages"}
_CAPABILITIES = {"tools": "calls functions", "vision": "reads images", "reasoning": "thinks before it answers"}
_ONE_OR_MORE = ["litellm/gpt-4o-mini", ["litellm/gpt-4o-mini", "internal/llama"]]

EXAMPLES: dict[str, list[Any]] = {  # {definition.field: values}
    "GatewayFile.name": ["acme-ai"],
    "GatewayFile.requires": [">=0.1"],
    "GatewayFile.state": [
        "file:.gwctl/state.json",
        "postgresql://gwctl@db.acme.example/gwctl?state=acme-ai",
        "s3://acme-states/gwctl/state.json",
    ],
    "GatewayFile.lock": ["gateway.lock.yaml"],
    "EndpointFields.base_url": ["https://llm.acme.example", "http://localhost:8000/v1"],
    "EndpointFields.models": [["gpt-4o-mini", {"id": "whisper-1", "purpose": "voice"}]],
    "EndpointFields.discover": [False, {"include": ["gpt-*"], "exclude": ["*-preview"]}],
    "EndpointFields.headers": [{"X-Team": "platform", "X-Gateway-Token": {"env": "TEAM_TOKEN"}}],
    "EndpointFields.proxy": ["http://proxy.corp.example:3128"],
    "EndpointFields.timeout": ["10s", "500ms", "1m"],
    "KeyFields.env": ["LITELLM_API_KEY"],
    "KeyFields.file": ["~/.keys/litellm"],
    "KeyFields.command": [["op", "read", "op://team/litellm/key"]],
    "KeyFields.keyring": ["litellm/ana"],
    "HeaderFields.scheme": ["Bearer"],
    "TlsFields.ca_file": ["corp-ca.pem"],
    "TlsFields.client_cert": ["me.pem"],
    "TlsFields.client_key": ["me.key"],
    "ModelFields.id": ["gpt-4o-mini"],
    "ModelFields.context": [128000],
    "ModelFields.output": [16000],
    "DiscoverFields.include": [["gpt-*", "claude-*"]],
    "DiscoverFields.exclude": [["*-preview"]],
    "RoleFields.models": _ONE_OR_MORE,
    "AuthFields.header": ["X-Api-Key"],
    "AuthFields.scheme": ["Bearer", ""],
    "PresetFields.name": ["Corporate gateway"],
    "PresetFields.description": ["For all teams"],
    "PresetFields.base_url": ["https://{region}.llm.corp.example/v1"],
    "PresetFields.key_hint": ["Create one in the portal"],
    "PresetFields.variable": ["CORP_LLM_KEY"],
    "PresetFields.list_path": ["/model-list"],
    "PresetFields.chat_path": ["/chat"],
    "PresetFields.headers": [{"X-Team": "platform"}],
    "PresetFields.docs_url": ["https://corp.example/llm"],
    "ClientFields.path": ["tools/litellm.yaml"],
    "ClientFields.endpoints": [["litellm"]],
    "ClientFields.models": [["gpt-*"]],
    "ClientFields.serves": ["litellm"],
    "RemovedFields.address": ["endpoint.old", "model.litellm/gpt-4"],
    "MovedFields.from": ["endpoint.old"],
    "MovedFields.to": ["endpoint.new"],
}
EXAMPLES |= {f"HeaderFields.{name}": EXAMPLES[f"KeyFields.{name}"] for name in ("env", "file", "command", "keyring")}


def for_editors(schema: Schema) -> Schema:
    """Add everything that helps an editor to the schema of the gateway file. Return the same schema."""
    of_file = {key: value for key, value in schema.items() if key != "$defs"}
    for name, definition in {**schema["$defs"], "GatewayFile": of_file}.items():
        for field, of_field in definition["properties"].items():
            _fill(of_field, f"{name}.{field}")
        for part in list(_schemas(definition)):
            _tidy(part)
            if name not in _NEVER_FILLED_IN:
                _allow_variables(part)
    schema["$defs"]["Variable"] = _VARIABLE
    return schema


def _fill(of_field: Schema, at: str) -> None:
    if at in EXAMPLES:
        of_field["examples"] = EXAMPLES[at]
    if at in _CHOICES:
        _CHOICES[at](of_field)


def _schemas(schema: Schema) -> Iterator[Schema]:
    """Yield the schema and every schema below it."""
    yield schema
    below = [part for key in _MAPS for part in schema.get(key, {}).values()]
    below += [part for key in _LISTS for part in schema.get(key, ())] + [schema[key] for key in _ONE if key in schema]
    for part in below:
        if isinstance(part, dict):
            yield from _schemas(part)


def _tidy(part: Schema) -> None:
    """Remove the titles that are made of names, and the defaults that mean "absent".

    An editor would show these titles and type these defaults, but both are useless to the user.
    """
    part.pop("title", None)
    default = part.get("default")
    if not isinstance(default, bool | str) or not str(default):
        part.pop("default", None)


def _allow_variables(part: Schema) -> None:
    """Allow `${NAME}` as the value of a text field, because gwctl replaces `${NAME}` before it checks the value."""
    if part.get("type") != "string":
        return
    if strict := {key: part.pop(key) for key in ("enum", "enumDescriptions", "pattern") if key in part}:
        part.pop("type")
        part["anyOf"] = [{"type": "string", **strict}, {"$ref": "#/$defs/Variable"}]


def _names(meanings: Mapping[str, str]) -> Schema:
    return {"enum": list(meanings), "enumDescriptions": list(meanings.values())}


def _choose(meanings: Callable[[], Mapping[str, str]]) -> Callable[[Schema], None]:
    return lambda of_field: of_field.update(_names(meanings()))


def _choose_each(meanings: Mapping[str, str]) -> Callable[[Schema], None]:
    return lambda of_field: of_field["items"].update(_names(meanings))


def _tools() -> dict[str, str]:
    return {tool.name: tool.title for tool in all_tools()}


def _preset(of_field: Schema) -> None:
    """Offer the built-in presets. Any other name is also valid, because the file may have its own presets."""
    builtin = {preset.id: f"{preset.name}: {preset.description}" for preset in load_all()}
    of_field["anyOf"] = [_names(builtin), {"type": "string"}]
    of_field.pop("type")


def _offer(of_field: Schema, entry: Schema, meanings: Mapping[str, str]) -> None:
    """Offer the names in `meanings` for the entries of a mapping."""
    of_field["properties"] = {name: {**entry, "description": meaning} for name, meaning in meanings.items()}


def _clients(of_field: Schema) -> None:
    _open_names(of_field)
    _offer(of_field, of_field["additionalProperties"], _tools())


def _defaults(of_field: Schema) -> None:
    of_field.pop("propertyNames")
    entry = {**of_field["additionalProperties"], "examples": _ONE_OR_MORE}
    _offer(of_field, entry, {name: f"the default model for {meaning}" for name, meaning in _MEANINGS.items()})
    of_field["additionalProperties"] = False


def _roles(of_field: Schema) -> None:
    _open_names(of_field)
    of_field["additionalProperties"]["examples"] = _ONE_OR_MORE
    meanings = {name: f"the model for {meaning}" for name, meaning in _MEANINGS.items()}
    _offer(of_field, of_field["additionalProperties"], meanings | {SMALL: "a cheaper chat model"})


def _open_names(of_field: Schema) -> None:
    """Separate the pattern of the names from the schema of the entries. A name can then have its own description."""
    ((pattern, entry),) = of_field.pop("patternProperties").items()
    of_field["propertyNames"] = {"pattern": pattern}
    of_field["additionalProperties"] = entry


_CHOICES: dict[str, Callable[[Schema], None]] = {
    "EndpointFields.preset": _preset,
    "EndpointFields.apis": _choose_each(_API_PATHS),
    "ModelFields.purpose": _choose(lambda: _MEANINGS),
    "ModelFields.apis": _choose_each(_API_PATHS),
    "ModelFields.capabilities": _choose_each(_CAPABILITIES),
    "RoleFields.purpose": _choose(lambda: _MEANINGS),
    "PresetFields.apis": _choose_each(_API_PATHS),
    "PresetFields.dialect": lambda of_field: of_field.update(enum=list(DIALECTS)),
    "ClientFields.tool": _choose(_tools),
    "GatewayFile.endpoints": _open_names,
    "GatewayFile.presets": _open_names,
    "GatewayFile.defaults": _defaults,
    "GatewayFile.clients": _clients,
    "GatewayFile.roles": _roles,
}
