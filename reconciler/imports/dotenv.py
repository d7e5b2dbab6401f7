"""The import of a `.env` file: the usual variables of presets, and base URLs such as `OPENAI_BASE_URL`."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.diagnostics import Diagnosing, Source
from reconciler.documents.edit import DocumentFault, place_in
from reconciler.documents.env_text import assignments
from reconciler.imports.configuration import FoundKey, FoundModel, FoundServer
from reconciler.imports.nodes import decoded, refused
from reconciler.imports.recognise import recognised
from reconciler.imports.references import key_at
from reconciler.presets.load import load_all
from reconciler.presets.preset import Preset
from reconciler.resources.urls import normalise_base_url
from reconciler.yaml.tree import Scalar

_URLS = ("_BASE_URL", "_API_BASE_URL", "_API_BASE", "_API_URL", "_ENDPOINT", "_HOST")
_KEYS = ("_API_KEY", "_AUTH_TOKEN")
_MODELS = ("_MODEL", "_MODEL_NAME", "_MODEL_ID")
NO_MODELS = "no base URL or key of a known vendor, such as `OPENAI_API_KEY`"


def servers_in(data: bytes, file: str) -> Diagnosing[list[FoundServer]]:
    """Return a server for each base URL and for each usual variable of a preset.

    Raise `Failed` if the file is not valid.
    """
    yield from ()  # no part of a .env file is reported as left out
    text = decoded(data, file)
    try:
        values = {
            each.name: Scalar(
                value=each.value, text=each.value, quoted=True, source=Source(file, **place_in(text, each.value_start))
            )
            for each in assignments(data)
        }
    except DocumentFault as fault:
        raise refused(fault, file) from None
    return list(_servers(values))


def _servers(values: dict[str, Scalar]) -> Iterator[FoundServer]:
    vendors = _vendors()
    stems = {_stem(variable, _KEYS): preset for variable, preset in vendors.items()}
    used: set[str] = set()
    for name, url in values.items():
        stem = _stem(name, _URLS)
        if not stem or not str(url.value).strip():
            continue
        key = next((f"{stem}{ending}" for ending in _KEYS if f"{stem}{ending}" in values), "")
        preset = stems.get(stem)
        usual = preset.variable if preset and preset.variable in values else ""
        if not (key or usual or preset or _is_known(str(url.value))):
            continue
        used |= {key or usual}
        yield _server(stem, url, preset=preset, variable=key or usual, values=values)
    for variable, preset in vendors.items():
        if variable in values and variable not in used:
            yield _server(_stem(variable, _KEYS) or preset.id, None, preset=preset, variable=variable, values=values)


def _server(
    stem: str, url: Scalar | None, *, preset: Preset | None, variable: str, values: dict[str, Scalar]
) -> FoundServer:
    written = values.get(variable)
    models = [values[f"{stem}{ending}"] for ending in _MODELS if f"{stem}{ending}" in values]
    found = tuple(FoundModel(model_id=str(each.value), source=each.source) for each in models if str(each.value))
    return FoundServer(
        name=stem.lower().replace("_", "-"),
        source=(url or written or Scalar(value="", text="", quoted=True, source=Source(""))).source,
        url=_with_scheme(str(url.value)) if url else "",
        vendor=preset.id if preset else "",
        key=_key(variable, written) if variable else None,
        models=found,
        uses_list=True,
        default=found[0].model_id if found else "",
    )


def _key(variable: str, written: Scalar | None) -> FoundKey:
    """Return a reference to the variable. If the file contains the key, also return the key's position."""
    found = key_at(written, variable)
    held = found.held if found else None
    return FoundKey(variable=found.variable if found and found.variable else variable, held=held, name=variable)


def _vendors() -> dict[str, Preset]:
    """Return {usual variable: preset}. If several presets have the same usual variable, the first preset is used."""
    vendors: dict[str, Preset] = {}
    for preset in load_all():
        if preset.variable:
            vendors.setdefault(preset.variable, preset)
    return vendors


def _stem(name: str, endings: tuple[str, ...]) -> str:
    """Return the name without its ending. If several of the `endings` fit, the longest ending is removed.

    If the name has none of the endings, return "".
    """
    ending = max((each for each in endings if name.endswith(each)), key=len, default="")
    return name[: -len(ending)] if ending else ""


def _with_scheme(url: str) -> str:
    """Return the URL with a scheme. `OLLAMA_HOST` is usually written without a scheme."""
    return url if "://" in url or "$" in url else f"http://{url}"


def _is_known(url: str) -> bool:
    try:
        return recognised(normalise_base_url(url.strip()))[0] is not None
    except ValueError:
        return False
