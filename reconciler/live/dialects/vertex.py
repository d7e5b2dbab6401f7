"""The `vertex` dialect (cloud.google.com/vertex-ai/docs/reference/rest/v1beta1/publishers.models/list)."""

from __future__ import annotations

from reconciler.live.dialect import Dialect, Envelope


def next_page(envelope: Envelope, _entries: int) -> dict[str, str] | None:
    """Return the query with `nextPageToken`."""
    token = envelope.get("nextPageToken")
    return {"pageToken": token} if isinstance(token, str) and token else None


DIALECT = Dialect(
    list_path="/v1beta1/publishers/google/models",
    containers=(("publisherModels",),),
    ids=("name",),
    may_be_bare=True,
    next_page=next_page,
)
