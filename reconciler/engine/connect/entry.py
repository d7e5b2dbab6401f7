"""The choices for a new endpoint, and its entry in the gateway file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any

from reconciler import address
from reconciler.address import Purpose
from reconciler.config.gateway import Gateway
from reconciler.documents.edit import MISSING
from reconciler.documents.registry import document
from reconciler.secrets.reference import EnvReference
from reconciler.values import dataclass

_YAML = document("yaml")
_BEGINNING = """\
# yaml-language-server: $schema=gateway.schema.json
# To renew that file after an upgrade: gwctl schema > gateway.schema.json
#
# The model endpoints of this team. Commit this file: it contains no key.
# `key:` names the place where each machine finds its own key.
version: 1
name: NAME

# `gwctl connect` adds endpoints; `gwctl presets` lists the vendors.
endpoints: {}
"""


@dataclass(frozen=True, kw_only=True)
class NewEndpoint:
    """The choices for one endpoint.

    `listed` contains the IDs that were picked from the model list. An empty tuple means the whole list. `declared` is
    {ID: purpose} for typed IDs. If the purpose is None, gwctl derives the purpose from the ID. `limits` is {ID: {field:
    tokens}} for declared models whose limits are known.
    """

    name: str
    preset: str
    base_url: str
    variable: str = ""  # the environment variable that contains the key; "" for an endpoint without a key
    key_file: str = ""  # the file that contains the key, instead of a variable
    is_kept: bool = False  # the key is stored in the OS keychain
    discovers: bool = True
    listed: tuple[str, ...] = ()
    declared: Mapping[str, Purpose | None] = field(default_factory=dict)
    limits: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    defaults: Mapping[Purpose, str] = field(default_factory=dict)  # {purpose: model ID}

    @property
    def entry(self) -> dict[str, Any]:
        """The value of `endpoints.NAME`."""
        fields: dict[str, Any] = {"preset": self.preset} if self.preset else {}
        fields["base_url"] = self.base_url
        if self.variable:
            fields["key"] = {"env": self.variable}
        elif self.key_file:
            fields["key"] = {"file": self.key_file}
        if self.is_kept:
            fields["store_key"] = "if-available"
        if self.declared:
            fields["models"] = [
                _declared(model_id, purpose, self.limits.get(model_id, {}))
                for model_id, purpose in self.declared.items()
            ]
        if not self.discovers:
            fields["discover"] = False
        elif self.listed:
            fields["discover"] = {"include": [in_file(model_id) for model_id in self.listed]}
        return fields


def beginning(name: str) -> bytes:
    """Return a new gateway file with this name, with comments and without endpoints."""
    return _BEGINNING.replace("NAME", name).encode()


def with_clients(data: bytes, names: Iterable[str]) -> bytes:
    """Return the gateway file with these tools under `clients:`.

    Raise `DocumentFault` if a safe edit is not possible.
    """
    for name in names:
        data = _YAML.with_value(data, ("clients", name), {}).data
    return data


def with_kept_keys(data: bytes, gateway: Gateway) -> bytes:
    """Return the gateway file with `store_key` on each endpoint that gets its key from a variable.

    Raise `DocumentFault` if a safe edit is not possible.
    """
    for endpoint in gateway.endpoints.values():
        is_written = isinstance(endpoint.key, EnvReference) and not endpoint.key.unasked
        if is_written and not endpoint.store_key:
            data = _YAML.with_value(data, ("endpoints", endpoint.name, "store_key"), "if-available").data
    return data


def with_endpoint(data: bytes, gateway: Gateway | None, new: NewEndpoint) -> bytes:
    """Return the gateway file with one more endpoint. The endpoint's default models are the first candidates.

    Raise `DocumentFault` if the file cannot be edited safely.
    """
    data = _YAML.with_value(data, ("endpoints", new.name), new.entry).data
    for purpose, model_id in new.defaults.items():
        first = in_file(address.model(new.name, model_id).name)
        candidates = [first, *(name for name in candidates_of(gateway, purpose) if name != first)]
        value = candidates[0] if len(candidates) == 1 else candidates
        data = _YAML.with_value(data, _role_path(data, purpose), value).data
    return data


def _role_path(data: bytes, purpose: Purpose) -> tuple[str, ...]:
    """Return the path of a purpose's candidates in the gateway file.

    If the file has no candidates for the purpose, the path is in the file's section `roles` or `defaults`. A file with
    neither section gets `roles`. `defaults` is the older name of `roles`.
    """
    role = _YAML.value_at(data, ("roles", purpose)) if _has(data, "roles") else MISSING
    if isinstance(role, dict):
        return ("roles", purpose, "models")
    older = _YAML.value_at(data, ("defaults", purpose)) if _has(data, "defaults") else MISSING
    is_older = role is MISSING and (older is not MISSING or (_has(data, "defaults") and not _has(data, "roles")))
    return ("defaults" if is_older else "roles", purpose)


def _has(data: bytes, section: str) -> bool:
    """Return whether the file has the section and the section is not empty."""
    return _YAML.value_at(data, (section,)) not in (MISSING, None)


def candidates_of(gateway: Gateway | None, purpose: Purpose) -> Sequence[str]:
    """Return the candidates for a purpose in the gateway file, each as ENDPOINT/ID."""
    return [candidate.model.name for candidate in gateway.defaults.get(purpose, ())] if gateway else []


def _declared(model_id: str, purpose: Purpose | None, limits: Mapping[str, int]) -> str | dict[str, Any]:
    fields = {"id": in_file(model_id), **({"purpose": purpose} if purpose else {}), **limits}
    return fields if len(fields) > 1 else in_file(model_id)


def in_file(text: str) -> str:
    """Return the text, escaped for a field that replaces `${NAME}` with the value of a variable."""
    return text.replace("${", "$${")
