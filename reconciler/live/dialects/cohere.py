"""The `cohere` dialect, which has no chat (docs.cohere.com/reference/list-models)."""

from __future__ import annotations

from reconciler.live.dialect import Dialect, next_by_token

DIALECT = Dialect(
    list_path="/v1/models?page_size=1000",
    containers=(("models",),),
    ids=("name",),
    next_page=next_by_token("next_page_token", "page_token"),
)
