"""Whether an answer is about the key, whatever its status; see `servers.md` of each vendor."""

from __future__ import annotations

import json
import re
from typing import Any

# What servers say of a key, where the status alone does not tell: LiteLLM without a database (400), Gemini (400),
# xAI (400), Cloudflare (400 code 6003, 404 code 7003, 403 code 10000).
_MARKERS = re.compile(
    r"no_db_connection|api[_ ]?key[_ ]?invalid|invalid[_ ](api[_ ]?key|x-api-key|subscription key)|"
    r"incorrect api key|api key not valid|authentication[_ ]?error|authentication fails|missing authentication|"
    r"no api key passed|unauthorized|token_not_found_in_db",
    re.IGNORECASE,
)
_CLOUDFLARE_CODES = frozenset({6003, 7003, 10000})
_LOOKED_AT = 64 * 1024  # bytes


def has_auth_marker(body: bytes) -> bool:
    """Whether the body of a failed answer says that it is about the key."""
    head = body[:_LOOKED_AT].decode(errors="replace")
    if _MARKERS.search(head):
        return True
    return '"errors"' in head and _has_cloudflare_code(head)


def _has_cloudflare_code(head: str) -> bool:
    try:
        found: Any = json.loads(head)
    except (ValueError, RecursionError):
        return False
    errors = found.get("errors") if isinstance(found, dict) else None
    if not isinstance(errors, list):
        return False
    return any(isinstance(each, dict) and each.get("code") in _CLOUDFLARE_CODES for each in errors)
