"""The `cloudflare` dialect (developers.cloudflare.com/api/resources/ai). Its chat API is OpenAI's."""

from __future__ import annotations

from typing import Any

from reconciler.live.chat_apis.completions import COMPLETIONS
from reconciler.live.dialect import Dialect, Envelope
from reconciler.live.lists.continuation import number

# A malformed token (HTTP 400), a wrong account (404), a wrong token (401, 403).
_REFUSED = frozenset({6003, 7003, 10000})


def next_page(envelope: Envelope, entries: int) -> dict[str, str] | None:
    """Return the query for the next page, or None on the last page.

    The numbers of the page and of all entries are in `result_info`.
    """
    info = envelope.get("result_info")
    if not isinstance(info, dict) or not entries:
        return None
    page, size, total = (number(info.get(name)) for name in ("page", "per_page", "total_count"))
    if page is None or size is None or total is None:
        return None
    return {"page": str(page + 1)} if page * size < total else None


def refuses_key(body: Any) -> bool:
    """Return whether an item of `errors` has a code for a bad token or account."""
    errors = body.get("errors") if isinstance(body, dict) else None
    entries = errors if isinstance(errors, list) else []
    codes = [entry.get("code") for entry in entries if isinstance(entry, dict)]
    return any(isinstance(code, int) and code in _REFUSED for code in codes)


DIALECT = Dialect(
    list_path="../models/search?per_page=100",
    containers=(("result",),),
    ids=("name",),  # @cf/…, the ID that calls need; `id` is internal
    next_page=next_page,
    refuses_key=refuses_key,
    chat=COMPLETIONS,
    apis={"chat": COMPLETIONS},
    families=("openai", "copilot"),
)
