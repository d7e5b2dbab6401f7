"""The `deepgram` dialect's list (developers.deepgram.com/reference/manage/models/list)."""

from __future__ import annotations

from typing import Any

from reconciler.live.modellist import id_of, listed
from reconciler.resources.catalog import ListedModel

LIST_PATH = "/v1/models"
_GROUPS = ("stt", "tts")


def items(page: Any) -> list[Any] | None:
    """`stt` and `tts`, each item told its group."""
    groups = [name for name in _GROUPS if isinstance(page, dict) and isinstance(page.get(name), list)]
    found = [{**item, "group": name} for name in groups for item in page[name] if isinstance(item, dict)]
    return found if groups else None


def model(item: Any) -> ListedModel | None:
    """The ID is `canonical_name`; its group says the purpose."""
    return listed(id_of(item, ("canonical_name", "name")), {"group": item["group"]})


def next_page(_page: Any) -> dict[str, str] | None:
    """The list has one page."""
    return None
