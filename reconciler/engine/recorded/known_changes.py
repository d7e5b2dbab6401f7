"""The changes of the gateway file since the last apply on this machine, from the ledger alone."""

from __future__ import annotations

from collections.abc import Collection

from reconciler import address
from reconciler.config.gateway import Endpoint, Gateway
from reconciler.ledger.snapshot_rows import Snapshot
from reconciler.resources.presence import OwnedRow
from reconciler.resources.urls import origin


def known_changes(gateway: Gateway, snapshot: Snapshot, rows: Collection[OwnedRow], stack: str) -> list[str]:
    """Return the changes that the records of this machine show, such as `create endpoint.team`.

    The snapshot contains the models and the roles. The rows contain the stored keys and the tools' files.
    """
    facts = snapshot.resolved
    models = {(entry["endpoint"], entry["model"]) for entry in facts.get("models", ())}
    urls = {entry["endpoint"]: entry["base_url"] for entry in facts.get("models", ())}
    wanted = {(name, each.id) for name, endpoint in gateway.endpoints.items() for each in endpoint.models}
    closed = {name for name, endpoint in gateway.endpoints.items() if not endpoint.discover.enabled}
    gone = {at for at in models if at[0] in closed} - wanted
    owned = {owner.address for row in rows for owner in row.owners if owner.stack == stack}
    clients = {str(client.address) for client in gateway.clients.values() if client.file != "none"}
    lost = {at for at in owned if at.startswith("client.") and not _is_under(at, clients)}
    new = {at for at in clients if not any(_is_under(own, {at}) for own in owned)}
    return [
        *(f"create {address.endpoint(name)}" for name in gateway.endpoints if name not in urls),
        *(f"update {address.endpoint(name)}" for name in urls if _is_moved(gateway.endpoints.get(name), urls[name])),
        *(f"delete {address.endpoint(name)}" for name in urls if name not in gateway.endpoints),
        *(f"create {address.model(*at)}" for at in sorted(wanted - models) if at[0] in urls),
        *(f"delete {address.model(*at)}" for at in sorted(gone) if at[0] in gateway.endpoints),
        *(f"create {at}" for at in sorted(new)),
        *(f"delete {at}" for at in sorted(lost)),
    ]


def _is_under(at: str, clients: Collection[str]) -> bool:
    """Return whether the address belongs to one of these clients, or to a part of a client's file."""
    return any(at == client or at.startswith((f"{client}/", f"{client}.")) for client in clients)


def _is_moved(endpoint: Endpoint | None, url: str) -> bool:
    """Return whether the endpoint's host differs from the applied host. Paths can differ between APIs."""
    return endpoint is not None and origin(endpoint.base_url) != origin(url)
