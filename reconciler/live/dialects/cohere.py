"""The `cohere` dialect; it lists only (docs.cohere.com/reference/list-models)."""

from __future__ import annotations

from reconciler.live.dialect import Dialect, Envelope


def next_page(envelope: Envelope, _entries: int) -> dict[str, str] | None:
    """Return the query with `next_page_token`."""
    token = envelope.get("next_page_token")
    return {"page_token": token} if isinstance(token, str) and token else None


DIALECT = Dialect(list_path="/v1/models?page_size=1000", containers=(("models",),), ids=("name",), next_page=next_page)
