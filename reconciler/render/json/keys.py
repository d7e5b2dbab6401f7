"""The stored keys on this machine as a JSON document, without the keys and their fingerprints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from reconciler.address import CLIENT
from reconciler.ledger.handle_rows import Handle
from reconciler.render.json.types.keys import ConditionWord, HandleDocument, KeysDocument
from reconciler.render.json.types.shared import FORMAT_VERSION
from reconciler.resources.presence import OwnedRow


def keys_document(rows: Sequence[tuple[OwnedRow, str]], handles: Sequence[Handle] | None = None) -> KeysDocument:
    """Return the document of `gwctl key list --format json` and `gwctl key audit --format json`."""
    document: KeysDocument = {
        "format_version": FORMAT_VERSION,
        "entries": [
            {
                "address": _address(row),
                "service": row.slot.path[0],
                "account": row.slot.path[1],
                "condition": cast("ConditionWord", condition),
                "origin": row.facts.get("origin", ""),
                "wanted_by": "machine" if row.is_of_machine else "file",
                "backend": row.facts.get("backend", ""),
                "changed": row.changed,
                "owners": [
                    {"lineage": owner.lineage, "name": owner.name, "state": owner.place} for owner in row.owners
                ],
            }
            for row, condition in rows
        ],
    }
    if handles is not None:
        document["handles"] = [_handle(handle) for handle in handles]
    return document


def _address(row: OwnedRow) -> str:
    """Return the address of a key. If the entry comes from a client's file, return the address of the client."""
    own = next((owner.address for owner in row.owners), "")
    return own if own.startswith(f"{CLIENT}.") else f"{row.slot.kind}.{row.slot.path[1]}"


def _handle(handle: Handle) -> HandleDocument:
    return {
        "handle": handle.handle,
        "client": handle.client,
        "endpoint": handle.endpoint,
        "made": handle.made,
        "last_used": handle.used or None,
        "revoked": handle.revoked or None,
    }
