"""The names that a shell completes: the names in the gateway file, and the names in its last apply on this machine.

gwctl uses no network, reads no key and no state, and writes nothing. gwctl does not check the gateway file, because the
file may be unfinished.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from reconciler.config.read_file import read_text
from reconciler.engine.trust.identify import whereabouts
from reconciler.errors import GatewayError
from reconciler.ledger.locate import ledger_path
from reconciler.ledger.snapshot_rows import SnapshotRows
from reconciler.ledger.stack_rows import Stacks
from reconciler.values import dataclass
from reconciler.yaml.parse import parse
from reconciler.yaml.tree import MappingNode, Scalar, SequenceNode, child

_MOST = 1024 * 1024  # characters of a gateway file that is read for a completion


@dataclass(kw_only=True)
class Names:
    """The names of endpoints, clients, presets and roles, and the models as ENDPOINT/ID."""

    endpoints: list[str] = field(default_factory=list)
    clients: list[str] = field(default_factory=list)
    presets: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    models: list[str] = field(default_factory=list)

    @property
    def addresses(self) -> list[str]:
        """The addresses of the endpoints, models and defaults."""
        return [
            *(f"endpoint.{name}" for name in self.endpoints),
            *(f"model.{name}" for name in self.models),
            *(f"default.{name}" for name in self.roles),
        ]

    @property
    def owned_addresses(self) -> list[str]:
        """The addresses of stored keys and of clients."""
        return [*(f"key.{name}" for name in self.endpoints), *(f"client.{name}" for name in self.clients)]


def names_here(files: Sequence[Path], environ: Mapping[str, str]) -> Names:
    """Return the names in these gateway files and in the last apply. A file that cannot be read is left out."""
    names = Names()
    for file in files:
        _add_file(names, file)
    for resolved in _applied(files[0], environ):
        _add_applied(names, resolved)
    for entries in vars(names).values():
        entries[:] = dict.fromkeys(entries)
    return names


def _add_file(names: Names, file: Path) -> None:
    text = read_text(file, str(file))
    root = parse(text, str(file)).root if isinstance(text, str) and len(text) <= _MOST else None
    names.endpoints += _fields(child(root, "endpoints"))
    names.clients += _fields(child(root, "clients"))
    names.presets += _fields(child(root, "presets"))
    names.roles += [*_fields(child(root, "defaults")), *_fields(child(root, "roles"))]
    for name, endpoint in _nodes(child(root, "endpoints")):
        names.models += (f"{name}/{model}" for model in _declared(child(endpoint, "models")))


def _fields(node: Any) -> list[str]:
    return list(node.nodes) if isinstance(node, MappingNode) else []


def _nodes(node: Any) -> Iterator[tuple[str, Any]]:
    yield from node.nodes.items() if isinstance(node, MappingNode) else ()


def _declared(models: Any) -> Iterator[str]:
    for entry in models.nodes if isinstance(models, SequenceNode) else ():
        model_id = entry if isinstance(entry, Scalar) else child(entry, "id")
        if isinstance(model_id, Scalar):
            yield model_id.text


def _applied(file: Path, environ: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    """Yield the resolved files that the last applies of this gateway file recorded on this machine."""
    try:
        ledger = ledger_path(environ, file.parent)
        here = whereabouts(file).path
        stacks = [stack.id for stack in Stacks(ledger).read().stacks if stack.path == here]
        snapshots = [SnapshotRows(ledger).read(stack) for stack in stacks]
    except (GatewayError, OSError, ValueError):
        return  # a ledger that cannot be read has no names; other commands report the fault
    yield from (snapshot.resolved for snapshot in snapshots if snapshot)


def _add_applied(names: Names, resolved: Mapping[str, Any]) -> None:
    for entry in resolved.get("models", ()):
        names.endpoints.append(str(entry["endpoint"]))
        names.models.append(f"{entry['endpoint']}/{entry['model']}")
    names.roles += map(str, resolved.get("roles", ()))
