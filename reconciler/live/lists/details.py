"""The details of a listed model: its limits, capabilities and APIs, from the fields of OpenAI-compatible servers.

The fields are documented at docs.litellm.ai/docs/proxy/model_management (LiteLLM),
openrouter.ai/docs/api-reference/list-available-models, docs.vllm.ai (vLLM, SGLang: `max_model_len`),
lmstudio.ai/docs/developer/rest, docs.mistral.ai/api, console.groq.com/docs/api-reference, docs.cohere.com.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from reconciler.address import APIS, CAPABILITIES, Api, Capability
from reconciler.resources.attributes import MOST_TOKENS, NO_DETAILS, ModelDetails

Entry = Mapping[str, Any]


class ReadDetails(NamedTuple):
    """The details of a list's entry. `is_odd` is true if a limit was ignored because it is not a number of tokens."""

    details: ModelDetails
    is_odd: bool = False


_HOLDERS = ("model_info", "top_provider", "meta")  # fields that hold fields: LiteLLM, OpenRouter, llama.cpp
_CONTEXT = ("max_input_tokens", "context_length", "context_window", "max_context_length", "max_model_len", "n_ctx")
_OUTPUT = ("max_output_tokens", "max_completion_tokens")
_LISTS = ("capabilities", "supported_parameters", "features")
# Words as servers spell them, in lower case with `_` for `-`.
_WORDS: dict[str, Capability] = {
    "tools": "tools",
    "tool_use": "tools",
    "function_calling": "tools",
    "trained_for_tool_use": "tools",
    "vision": "vision",
    "image_input": "vision",
    "reasoning": "reasoning",
    "thinking": "reasoning",
}
# LiteLLM sends `false` for a model that it does not know, so only `true` counts.
_FLAGS: dict[str, Capability] = {
    "supports_function_calling": "tools",
    "supports_vision": "vision",
    "supports_reasoning": "reasoning",
}
_PATHS: dict[str, Api] = {"chat/completions": "chat", "responses": "responses", "messages": "messages"}
_MOST_WORDS = 200
_NO_DETAILS = frozenset({"id", "object", "created", "owned_by", "root", "parent", "permission"})  # OpenAI, vLLM


def details_of(entry: Entry) -> ReadDetails:
    """Return the details in an entry of an OpenAI-compatible server."""
    if entry.keys() <= _NO_DETAILS:
        return ReadDetails(NO_DETAILS)
    holders = [entry, *(entry[name] for name in _HOLDERS if isinstance(entry.get(name), dict))]
    return read_details(
        holders, context=_CONTEXT, output=_OUTPUT, capabilities=_capabilities(holders), apis=_apis(entry)
    )


def read_details(
    holders: Iterable[Entry],
    *,
    context: Sequence[str],
    output: Sequence[str],
    capabilities: Iterable[Capability] | None,
    apis: tuple[Api, ...] | None = None,
) -> ReadDetails:
    """Return the details of a model. Each limit is the first usable value of its fields.

    If `capabilities` is None, the capabilities are not known.
    """
    places = list(holders)
    longest, is_odd_context = _first(places, context)
    answer, is_odd_output = _first(places, output)
    details = ModelDetails(context=longest, output=answer, capabilities=in_order(capabilities), apis=apis)
    return ReadDetails(details, is_odd_context or is_odd_output)


def in_order(capabilities: Iterable[Capability] | None) -> tuple[Capability, ...] | None:
    """Return each capability once, in the order of `CAPABILITIES`. Return None if the capabilities are not known."""
    if capabilities is None:
        return None
    there = set(capabilities)
    return tuple(capability for capability in CAPABILITIES if capability in there)


def _first(holders: Iterable[Entry], names: Sequence[str]) -> tuple[int | None, bool]:
    """Return the first number of tokens in these fields, and whether an unusable value was ignored.

    The number is None if no field has a number of tokens. If a number was found, no value counts as ignored.
    """
    is_odd = False
    for value in (holder[name] for holder in holders for name in names if name in holder):
        number = _tokens(value)
        if number is not None:
            return number, False
        is_odd = is_odd or not _is_unset(value)
    return None, is_odd


def _tokens(value: Any) -> int | None:
    """Return the value if it is a whole number from 1 to 2^53. Return None for any other value.

    LiteLLM sends whole numbers in the form 128000.0.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    is_tokens = 1 <= value <= MOST_TOKENS and value == int(value)
    return int(value) if is_tokens else None


def _is_unset(value: Any) -> bool:
    """Return whether a value means that the limit is not known."""
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool) and value == 0)


def _capabilities(holders: Sequence[Entry]) -> set[Capability] | None:
    said = [capability for holder in holders for capability in _flagged(holder)]
    lists = [words for name in _LISTS if (words := _said(holders[0].get(name))) is not None]
    lists += [{"vision"} for modalities in _modalities(holders[0]) if "image" in modalities]
    if holders[0].get("type") == "vlm":  # LM Studio
        said.append("vision")
    return {*said, *(word for words in lists for word in words)} if said or lists else None


def _flagged(holder: Entry) -> Iterator[Capability]:
    return (capability for name, capability in _FLAGS.items() if holder.get(name) is True)


def _said(value: Any) -> set[Capability] | None:
    """Return the capabilities in a list of words, or in a mapping of flags.

    Return None if the list is empty, or if the mapping has no known flag.
    """
    if isinstance(value, list):
        words = [_word(item) for item in value[:_MOST_WORDS] if isinstance(item, str)]
        return {_WORDS[word] for word in words if word in _WORDS} if words else None
    if isinstance(value, dict):
        flags = {_word(name): flag for name, flag in list(value.items())[:_MOST_WORDS] if isinstance(flag, bool)}
        known = flags.keys() & _WORDS.keys()
        return {_WORDS[word] for word in known if flags[word]} if known else None
    return None


def _modalities(entry: Entry) -> Iterator[Sequence[Any]]:
    """Yield the input types of a model from each field that lists them."""
    for holder in (entry, entry.get("architecture")):
        inputs = holder.get("input_modalities") if isinstance(holder, dict) else None
        if isinstance(inputs, list):
            yield inputs[:_MOST_WORDS]


def _apis(entry: Entry) -> tuple[Api, ...] | None:
    """Return the APIs in `supported_endpoints`, a list of paths. Return None if the list contains no known path."""
    paths = entry.get("supported_endpoints")
    words = [item for item in paths[:_MOST_WORDS] if isinstance(item, str)] if isinstance(paths, list) else []
    named = {_PATHS.get(word.lower().strip("/").removeprefix("v1/")) for word in words}
    return tuple(api for api in APIS if api in named) or None


def _word(word: str) -> str:
    return word[:40].lower().replace("-", "_")
