"""The `openai` dialect, which most servers speak (platform.openai.com/docs/api-reference)."""

from __future__ import annotations

from reconciler.live.chat_apis.completions import COMPLETIONS
from reconciler.live.dialect import Dialect

# The fields in which servers that are nearly OpenAI-like keep their entries and IDs. The API has one page; the signs
# of more that such servers give are read by `lists.continuation`.
DIALECT = Dialect(
    list_path="/models",
    containers=(("data",), ("models",), ("result",), ("modelSummaries",), ("publisherModels",), ("items",)),
    ids=("id", "identifier", "model", "key", "model_id", "canonical_name", "model_group", "model_name", "name"),
    chat=COMPLETIONS,
    families=("openai", "copilot"),
)
