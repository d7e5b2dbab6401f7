"""The digest of what a gateway file wants: of that alone, so that an edit which changes nothing does not change it."""

from __future__ import annotations

import hashlib
import json

from reconciler import safe_json
from reconciler.config.gateway import Endpoint, Gateway


def wants_digest(team: Gateway) -> str:
    """Return the digest of endpoints, declared models and candidates, without header values."""
    meaning = {
        "endpoints": [
            [name, _endpoint(endpoint)] for name, endpoint in team.endpoints.items()
        ],  # their order chooses too
        "defaults": {
            purpose: [candidate.model.name for candidate in candidates] for purpose, candidates in team.defaults.items()
        },
    }
    text = json.dumps(meaning, sort_keys=True, ensure_ascii=True)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _endpoint(endpoint: Endpoint) -> object:
    return [safe_json.as_data(endpoint.attributes), [[model.id, model.purpose] for model in endpoint.models]]
