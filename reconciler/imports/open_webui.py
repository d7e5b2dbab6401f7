"""The import of Open WebUI's variables from a .env file or a Compose file.

https://docs.openwebui.com/reference/env-configuration
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler import safe_json
from reconciler.address import Purpose
from reconciler.diagnostics import Diagnosing, Source
from reconciler.documents.edit import DocumentFault, place_in
from reconciler.documents.env_text import assignments
from reconciler.imports.configuration import FoundKey, FoundModel, FoundServer
from reconciler.imports.group import left_out
from reconciler.imports.nodes import decoded, fields_at, from_yaml, items_at, refused
from reconciler.imports.references import key_at
from reconciler.yaml.tree import MappingNode, Node, Scalar

_URLS, _KEYS, _CONFIGS = "OPENAI_API_BASE_URLS", "OPENAI_API_KEYS", "OPENAI_API_CONFIGS"
_ONE_URL, _ONE_KEY, _DEFAULTS = "OPENAI_API_BASE_URL", "OPENAI_API_KEY", "DEFAULT_MODELS"
_SLOTS: Mapping[Purpose, tuple[str, str, str]] = {  # {purpose: (base URL, key, model)}
    "embedding": ("RAG_OPENAI_API_BASE_URL", "RAG_OPENAI_API_KEY", "RAG_EMBEDDING_MODEL"),
    "image": ("IMAGES_OPENAI_API_BASE_URL", "IMAGES_OPENAI_API_KEY", "IMAGE_GENERATION_MODEL"),
}
NO_MODELS = f"no URL in `{_URLS}`"
Values = Mapping[str, Scalar]


def servers_in(data: bytes, file: str) -> Diagnosing[list[FoundServer]]:
    """Return the servers in the list of base URLs, and the servers for embeddings and images.

    Yield a finding if `OPENAI_API_CONFIGS` is left out. Raise `Failed` if the file is not valid.
    """
    is_compose = file.endswith((".yaml", ".yml"))
    values = _of_compose(from_yaml(data, file)) if is_compose else _of_dotenv(data, file)
    if "OPENAI_API_CONFIGS" in values and _configs(values) is None:
        why = "It is not a JSON object."
        yield left_out(f"`{_CONFIGS}`", why, "list the models in the gateway file", values[_CONFIGS].source)
    return [*_chatting(values), *_slots(values)]


def _of_dotenv(data: bytes, file: str) -> Values:
    text = decoded(data, file)
    try:
        return {
            each.name: _scalar(each.value, Source(file, **place_in(text, each.value_start)))
            for each in assignments(data)
        }
    except DocumentFault as fault:
        raise refused(fault, file) from None


def _of_compose(root: MappingNode) -> Values:
    """Return the variables of the first service with a base URL for Open WebUI. In a value, `$$` becomes `$`."""
    for service in fields_at(root, "services").values():
        values = dict(_environment(service))
        if _URLS in values or _ONE_URL in values:
            return values
    return {}


def _environment(service: Node) -> Iterator[tuple[str, Scalar]]:
    for name, value in fields_at(service, "environment").items():
        if isinstance(value, Scalar) and value.value is not None:
            yield name, _scalar(str(value.value).replace("$$", "$"), value.source)
    for item in items_at(service, "environment"):
        if isinstance(item, Scalar) and isinstance(item.value, str):
            name, _, text = item.value.partition("=")
            yield name.strip(), _scalar(text.replace("$$", "$"), item.source)


def _scalar(value: str, source: Source) -> Scalar:
    return Scalar(value=value, text=value, quoted=True, source=source)


def _chatting(values: Values) -> Iterator[FoundServer]:
    """Yield a server for each base URL. The list of keys has the same order as the list of base URLs."""
    urls, keys = values.get(_URLS) or values.get(_ONE_URL), values.get(_KEYS) or values.get(_ONE_KEY)
    if urls is None:
        return
    written, name = str(keys.value).split(";") if keys else [], _KEYS if _KEYS in values else _ONE_KEY
    configs = _configs(values) or {}
    for number, url in enumerate(str(urls.value).split(";")):
        config = configs.get(str(number), {})
        if url.strip() and config.get("enable", True) is not False:
            key = key_at(_scalar(written[number], keys.source), name) if keys and number < len(written) else None
            yield _server(url.strip(), urls.source, key, config, values)


def _server(url: str, source: Source, key: FoundKey | None, config: Mapping[str, Any], values: Values) -> FoundServer:
    listed = config.get("model_ids")
    ids = [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
    default = str(values[_DEFAULTS].value).split(",")[0] if _DEFAULTS in values else ""
    prefix = str(config.get("prefix_id") or "")
    default = default.removeprefix(f"{prefix}.") if prefix else default
    return FoundServer(
        name=prefix,
        source=source,
        url=url,
        key=key,
        models=tuple(FoundModel(model_id=each, source=source) for each in ids),
        uses_list=not ids,
        default=default if default in ids else "",
    )


def _slots(values: Values) -> Iterator[FoundServer]:
    for purpose, (url_name, key_name, model_name) in _SLOTS.items():
        url, model = values.get(url_name), values.get(model_name)
        if url and model and str(url.value).strip() and str(model.value).strip():
            found = FoundModel(model_id=str(model.value), source=model.source, purpose=purpose)
            key = key_at(values.get(key_name), key_name)
            yield FoundServer(name="", source=url.source, url=str(url.value), key=key, models=(found,))


def _configs(values: Values) -> dict[str, dict[str, Any]] | None:
    """Return {index of a base URL: its settings}. If the variable is missing or is not a JSON object, return None."""
    written = values.get(_CONFIGS)
    if written is None:
        return None
    try:
        document = safe_json.loads(str(written.value))
    except ValueError:
        return None
    return (
        {key: each for key, each in document.items() if isinstance(each, dict)} if isinstance(document, dict) else None
    )
