"""The bindings on this machine as a JSON document."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.render.json.types.machine import TrustDocument
from reconciler.render.json.types.shared import FORMAT_VERSION
from reconciler.resources.agreement import Agreements


def trust_document(agreements: Sequence[Agreements]) -> TrustDocument:
    """Return the document of `gwctl trust list --format json`."""
    return {
        "format_version": FORMAT_VERSION,
        "stacks": [
            {
                "path": stack.path,
                "state": stack.store,
                "name": stack.name,
                "lineage": stack.lineage,
                "pairs": list(stack.pairs),
            }
            for stack in agreements
        ],
    }
