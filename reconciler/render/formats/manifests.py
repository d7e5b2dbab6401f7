"""Manifests for Kubernetes: a ConfigMap with the resolved file, and an ExternalSecret for the keys that the file names.

https://kubernetes.io/docs/reference/kubernetes-api https://external-secrets.io/latest/api/externalsecret
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reconciler.render.json.types.resolved import ResolvedDocument
from reconciler.values import dataclass
from reconciler.yaml.spans import block

FILE = "resolved.json"
LARGEST = 1024 * 1024  # bytes of the data of a ConfigMap
_LABELS = {"app.kubernetes.io/managed-by": "gwctl"}


@dataclass(frozen=True, kw_only=True)
class SecretStore:
    """The store from which the External Secrets Operator gets the keys.

    `key` is the name of one secret that has every variable as a property. If `key` is "", each variable has its own
    secret with the variable's name.
    """

    name: str
    is_cluster: bool = False
    key: str = ""


def as_yaml(document: ResolvedDocument, namespace: str, store: SecretStore | None) -> str:
    """Return the ConfigMap. If there is a store, also return the ExternalSecret.

    The ExternalSecret makes a Secret with one value per variable.
    """
    variables = _variables(document)
    manifests = [_config_map(document, namespace)]
    if store and variables:
        manifests.append(block(_external_secret(_name(document), namespace, variables, store)))
    return "---\n".join("\n".join(lines) + "\n" for lines in manifests)


def resolved_text(document: ResolvedDocument) -> str:
    """Return the content of the file in the ConfigMap: JSON in ASCII."""
    return json.dumps(document, indent=2) + "\n"


def _config_map(document: ResolvedDocument, namespace: str) -> list[str]:
    head = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": _metadata(_name(document), namespace)}
    text = (f"    {line}" for line in resolved_text(document).splitlines())
    return [*block(head), "data:", f"  {FILE}: |", *text]


def _name(document: ResolvedDocument) -> str:
    return f"{document['name']}-gwctl"


def _variables(document: ResolvedDocument) -> list[str]:
    return list(dict.fromkeys(_named(document)))


def _named(document: ResolvedDocument) -> Iterator[str]:
    for model in document["models"]:
        key = model["key"]
        if key and "env" in key:
            yield str(key.get("env"))


def _metadata(name: str, namespace: str) -> dict[str, Any]:
    place = {"namespace": namespace} if namespace else {}
    return {"name": name, **place, "labels": dict(_LABELS)}


def _external_secret(name: str, namespace: str, variables: Sequence[str], store: SecretStore) -> dict[str, Any]:
    return {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": _metadata(name, namespace),
        "spec": {
            "refreshInterval": "1h0m0s",
            "secretStoreRef": {
                "name": store.name,
                "kind": "ClusterSecretStore" if store.is_cluster else "SecretStore",
            },
            "target": {"name": name, "creationPolicy": "Owner"},
            "data": [{"secretKey": variable, "remoteRef": _remote(variable, store)} for variable in variables],
        },
    }


def _remote(variable: str, store: SecretStore) -> Mapping[str, str]:
    return {"key": store.key, "property": variable} if store.key else {"key": variable}
