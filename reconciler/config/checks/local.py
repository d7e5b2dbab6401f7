"""The checks of `gateway.local.yaml`. This file adds to the team's gateway file for one person on one machine."""

from __future__ import annotations

from pathlib import Path

from reconciler import codes
from reconciler.config.gateway import Gateway
from reconciler.diagnostics import Diagnosing, error
from reconciler.files.piped import descriptor_of
from reconciler.text import printable
from reconciler.yaml.tree import MappingNode

_ALLOWED = ("clients", "endpoints")


def local_path(first: Path) -> Path | None:
    """Return the path of the local file for a gateway file, such as `gateway.local.yaml`. For a pipe, return None."""
    return first.with_name(f"{first.stem}.local{first.suffix}") if descriptor_of(first) is None else None


def about_local(local: MappingNode, below: MappingNode) -> Diagnosing[None]:
    """Yield an error for everything in the local file that is allowed only in the team's gateway file."""
    for name, place in local.places.items():
        if name not in _ALLOWED and not name.startswith("x-"):
            summary = f"`{printable(name, 60)}` cannot be in a local file"
            hint = "move the field to the gateway file; a local file has only `clients` and `endpoints`"
            yield error(codes.LOCAL_FIELD, summary, hint=hint, source=place)
    own, theirs = (node.nodes.get("endpoints") for node in (local, below))
    if isinstance(own, MappingNode) and isinstance(theirs, MappingNode):
        for name in own.nodes.keys() & theirs.nodes.keys():
            summary = f"endpoints.{name} is in the gateway file, which a local file cannot change"
            yield error(codes.LOCAL_FIELD, summary, hint="give the endpoint another name", source=own.places[name])


def about_scopes(local: MappingNode, gateway: Gateway) -> Diagnosing[None]:
    """Yield an error for each endpoint in the local file whose scope is not `machine`."""
    own = local.nodes.get("endpoints")
    for name in own.nodes if isinstance(own, MappingNode) else ():
        endpoint = gateway.endpoints.get(name)
        if endpoint and endpoint.scope != "machine":
            summary = f"endpoints.{name} is in a local file, so it belongs to this machine"
            hint = f"add `scope: machine` under endpoints.{name}"
            yield error(codes.LOCAL_FIELD, summary, hint=hint, source=endpoint.source)
