"""Keychain entries as a JSON document; never a key, nor its fingerprint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from reconciler.render.json.types import FORMAT_VERSION, ConditionWord, KeysDocument
from reconciler.resources.presence import KeychainEntry


def keys_document(found: Sequence[tuple[KeychainEntry, str]]) -> KeysDocument:
    """`gwctl key list --format json` and `gwctl key audit --format json`."""
    return {
        "format_version": FORMAT_VERSION,
        "entries": [
            {
                "address": f"key.{entry.account}",
                "service": entry.service,
                "account": entry.account,
                "condition": cast("ConditionWord", condition),
                "origin": entry.origin,
                "backend": entry.backend,
                "changed": entry.changed,
                "owners": [
                    {"lineage": owner.lineage, "name": owner.name, "state": owner.place} for owner in entry.owners
                ],
            }
            for entry, condition in found
        ],
    }
