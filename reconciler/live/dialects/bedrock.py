"""The `bedrock` dialect: ListFoundationModels on one host, and Converse on another host.

Sources: docs.aws.amazon.com/bedrock/latest/APIReference/API_ListFoundationModels.html, …/API_runtime_Converse.html and,
for the members of a content block, …/API_runtime_ContentBlock.html.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reconciler.live.chat_apis.parts import calls_of, inside, objects, word
from reconciler.live.dialect import ChatApi, ChatReply, Dialect
from reconciler.live.urls import path_segment

_BLOCKED = ("content_filtered", "guardrail_intervened")  # the content is then the message of the guardrail


def path(_base_url: str, model_id: str) -> str:
    """Return the path of the chat. Colons and slashes of an ARN are percent-encoded, as AWS's SDKs do."""
    return f"/model/{path_segment(model_id)}/converse"


def body(_model_id: str, prompt: str) -> dict[str, Any]:
    """Return the request with one user message."""
    return {"messages": [{"role": "user", "content": [{"text": prompt}]}]}


def reply(answer: Any) -> ChatReply | None:
    """Return the answer in the content blocks. A block has only one member, and the member's name is the kind of block.

    Return None if there is no output.
    """
    output = inside(answer, "output")
    if not output:
        return None
    blocks = objects(inside(output, "message").get("content"))
    text = "".join(word(block.get("text")) for block in blocks)
    stopped = word(answer.get("stopReason"))
    is_blocked = stopped in _BLOCKED
    return ChatReply(
        text="" if is_blocked else text,
        thinking="".join(map(_reasoning, blocks)),
        refusal=text.strip() or f"The answer was blocked ({stopped})." if is_blocked else "",
        calls=calls_of([block["toolUse"] for block in blocks if "toolUse" in block]),
        stopped=stopped,
    )


def _reasoning(block: dict[str, Any]) -> str:
    return word(inside(inside(block, "reasoningContent"), "reasoningText").get("text"))


def join_events(_events: Sequence[Any]) -> Any:
    """Return None, because Converse does not stream. ConverseStream is another operation, with binary events."""
    return None


DIALECT = Dialect(
    list_path="/foundation-models",
    containers=(("modelSummaries",),),
    ids=("modelId",),
    chat=ChatApi(path=path, body=body, reply=reply, join_events=join_events),
)
