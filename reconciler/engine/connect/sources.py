"""What another program's configuration says about endpoints. A key in it is never read out: only its place is named.

The files: LiteLLM's `config.yaml` (https://docs.litellm.ai/docs/proxy/configs), opencode's `opencode.json`
(https://opencode.ai/docs/providers), Codex's `config.toml` (https://developers.openai.com/codex/config-reference), and
dotenv files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler import codes
from reconciler.diagnostics import error
from reconciler.documents.edit import MISSING, DocumentFault
from reconciler.documents.registry import Format, document
from reconciler.errors import Failed
from reconciler.files.read_file import read_file
from reconciler.presets.load import load_all
from reconciler.resources.urls import normalise_base_url
from reconciler.text import printable

_LARGEST = 4 * 1024 * 1024  # bytes
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ENV_LINE = re.compile(r"^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(.*?)[ \t]*\r?$", re.MULTILINE)
_OPENCODE_ENV = re.compile(r"\{env:([A-Za-z_][A-Za-z0-9_]*)\}")
_LITELLM_ENV = "os.environ/"


@dataclass(frozen=True, kw_only=True)
class Described:
    """An endpoint that a configuration describes; "" is what it does not say.

    `literal` is where the configuration has a key itself, in words: that key is not taken over.
    """

    name: str
    preset: str = ""
    base_url: str = ""
    variable: str = ""
    models: tuple[str, ...] = ()
    literal: str = ""


def described_in(source: str) -> list[Described]:
    """Return the endpoints of a file, or of a running LiteLLM at an http(s) URL.

    Raise `Failed` if the file cannot be read, is none of the known configurations, or describes no endpoint.
    """
    if source.startswith(("http://", "https://")):
        return [Described(name="litellm", preset="litellm", base_url=_base_url(source) or source)]
    path = Path(source)
    shown = printable(source)
    try:
        data = read_file(path, _LARGEST)
    except OSError as fault:
        raise Failed(_unusable(f"{shown} cannot be read: {fault.strerror}", "check the path")) from None
    try:
        found = list(_found(path, data))
    except DocumentFault as fault:
        where = f"{shown}:{fault.line}:{fault.column}" if fault.line else shown
        raise Failed(_unusable(f"{where}: {fault.reason}", fault.hint)) from None
    if not found:
        hint = "gwctl reads LiteLLM's config.yaml or URL, opencode.json, Codex's config.toml, and .env files"
        raise Failed(_unusable(f"{shown} describes no endpoint that gwctl can use", hint))
    return found


def _found(path: Path, data: bytes) -> Iterator[Described]:
    forms: Mapping[str, tuple[Format, Callable[[Any], Iterator[Described]]]] = {
        ".yaml": ("yaml", _of_litellm),
        ".yml": ("yaml", _of_litellm),
        ".json": ("json", _of_opencode),
        ".jsonc": ("json", _of_opencode),
        ".toml": ("toml", _of_codex),
    }
    if path.suffix in forms:
        form, reader = forms[path.suffix]
        root = document(form).value_at(data, ())
        yield from reader(root if isinstance(root, dict) else {})
    else:
        yield from _of_dotenv(data)


def _of_litellm(root: Mapping[str, Any]) -> Iterator[Described]:
    """Yield the proxy itself: its clients see the names of its models, and one key."""
    entries = root.get("model_list")
    if root.get("model_list") in (None, MISSING) or not isinstance(entries, list):
        return
    names = (entry.get("model_name") for entry in entries if isinstance(entry, dict))
    models = tuple(dict.fromkeys(name for name in names if isinstance(name, str) and "*" not in name))
    key = _mapping(root, "general_settings").get("master_key")
    variable, literal = "", ""
    if isinstance(key, str) and key.startswith(_LITELLM_ENV):
        variable = _variable(key.removeprefix(_LITELLM_ENV))
    elif key:
        literal = "`general_settings.master_key`"
    yield Described(name="litellm", preset="litellm", variable=variable, models=models, literal=literal)


def _of_opencode(root: Mapping[str, Any]) -> Iterator[Described]:
    for name, entry in _mapping(root, "provider").items():
        fields = entry if isinstance(entry, dict) else {}
        options = _mapping(fields, "options")
        key, variables = options.get("apiKey"), fields.get("env")
        match = _OPENCODE_ENV.fullmatch(key) if isinstance(key, str) else None
        variable = match[1] if match else _variable(variables[0]) if isinstance(variables, list) and variables else ""
        literal = f"`provider.{printable(name, 80)}.options.apiKey`" if key and not match else ""
        yield _named(
            name,
            base_url=_base_url(options.get("baseURL")),
            variable=variable,
            models=tuple(_mapping(fields, "models")),
            literal=literal,
        )


def _of_codex(root: Mapping[str, Any]) -> Iterator[Described]:
    chosen, model = root.get("model_provider"), root.get("model")
    for name, entry in _mapping(root, "model_providers").items():
        fields = entry if isinstance(entry, dict) else {}
        models = (model,) if name == chosen and isinstance(model, str) else ()
        literal = next(
            (f"`model_providers.{printable(name, 80)}.{each}`" for each in _CODEX_KEYS if fields.get(each)), ""
        )
        yield _named(
            name,
            base_url=_base_url(fields.get("base_url")),
            variable=_variable(fields.get("env_key")),
            models=models,
            literal=literal,
        )


_CODEX_KEYS = ("experimental_bearer_token", "api_key")


def _of_dotenv(data: bytes) -> Iterator[Described]:
    """Yield a vendor for each usual variable that the file sets; the base URL is that of NAME_BASE_URL beside it."""
    text = data.decode("utf-8", "replace")
    lines = {match[1]: (text.count("\n", 0, match.start()) + 1, match[2]) for match in _ENV_LINE.finditer(text)}
    seen: set[str] = set()
    for preset in load_all():
        if preset.variable not in lines or preset.variable in seen:
            continue
        seen.add(preset.variable)
        number, value = lines[preset.variable]
        stem = preset.variable.removesuffix("_API_KEY")
        written = next((lines[each][1] for each in (f"{stem}_BASE_URL", f"{stem}_API_BASE") if each in lines), "")
        base_url = _base_url(written.strip("'\""))
        literal = f"line {number}, `{preset.variable}`" if value.strip("'\"") else ""
        own = preset.base_url if "{" not in preset.base_url else ""
        yield Described(
            name=preset.id,
            preset=preset.id,
            base_url=base_url or own,
            variable=preset.variable,
            literal=literal,
        )


def _named(name: str, base_url: str, variable: str, models: tuple[str, ...], literal: str) -> Described:
    """Return the endpoint of a provider; its preset is the one with the same name or the same origin."""
    presets = {preset.id: preset for preset in load_all()}
    same = presets.get(name.lower())
    preset = same if same and (not base_url or base_url.startswith(same.base_url)) else None
    slug = re.sub(r"[^a-z0-9-]+", "-", name.lower()).strip("-") or "endpoint"
    own = preset.base_url if preset and "{" not in preset.base_url else ""
    return Described(
        name=slug,
        preset=preset.id if preset else "",
        base_url=base_url or own,
        variable=variable or (preset.variable if preset else ""),
        models=models,
        literal=literal,
    )


def _mapping(root: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = root.get(name)
    return value if isinstance(value, dict) else {}


def _variable(name: object) -> str:
    return name if isinstance(name, str) and _VARIABLE.fullmatch(name) else ""


def _base_url(text: object) -> str:
    """Return a base URL without credentials; "" for anything else, such as a URL with a password or a `{…}`."""
    if not isinstance(text, str) or "{" in text or "$" in text:
        return ""
    try:
        return normalise_base_url(text)
    except ValueError:
        return ""


def _unusable(summary: str, hint: str) -> Any:
    return error(codes.SOURCE_UNUSABLE, summary, detail="Nothing was written.", hint=hint)
