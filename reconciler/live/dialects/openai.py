"""The `openai` dialect, which most servers use (platform.openai.com/docs/api-reference)."""

from __future__ import annotations

from reconciler.live.chat_apis.completions import COMPLETIONS
from reconciler.live.chat_apis.messages import MESSAGES
from reconciler.live.chat_apis.responses import RESPONSES
from reconciler.live.dialect import Dialect

# The fields include those of servers that are almost compatible with OpenAI. OpenAI's list has one page;
# `lists.continuation` detects servers with further pages.
DIALECT = Dialect(
    list_path="/models",
    containers=(("data",), ("models",), ("result",), ("modelSummaries",), ("publisherModels",), ("items",)),
    ids=("id", "identifier", "model", "key", "model_id", "canonical_name", "model_group", "model_name", "name"),
    chat=COMPLETIONS,
    apis={"chat": COMPLETIONS, "responses": RESPONSES, "messages": MESSAGES},
    families=("openai", "copilot"),
)
