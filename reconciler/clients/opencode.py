"""opencode: a separate directory (`OPENCODE_CONFIG_DIR=… opencode`), or gwctl's values in the user's file.

opencode takes no key command. The file therefore names the environment variable that contains the key.
https://opencode.ai/docs/config
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import PurePath
from typing import Any

from reconciler.clients.fields import FileUse
from reconciler.clients.offer import Choice, Offer, OfferedEndpoint, OfferedModel, entry_name
from reconciler.clients.tool import Part, Place, Surroundings, Tool, Variable

SCHEMA = "https://opencode.ai/config.json"  # opencode adds the schema to a file that does not name it
_MODEL: Place = ("model",)
_SMALL: Place = ("small_model",)
_ENTRIES = "provider"
_TEMPLATE = re.compile(r"\{(env|file):", re.IGNORECASE)  # replaced in the text of the file, before it is parsed


def _model(model: OfferedModel) -> dict[str, Any]:
    """Return the settings of a model. opencode refuses a file with only one token limit."""
    entry: dict[str, Any] = {"name": model.id}
    if model.context is not None and model.output is not None:
        entry["limit"] = {"context": model.context, "output": model.output}
    if "vision" in model.capabilities:
        entry |= {"attachment": True, "modalities": {"input": ["text", "image"], "output": ["text"]}}
    return {**entry, "reasoning": True} if "reasoning" in model.capabilities else entry


def _entry(offer: Offer, endpoint: OfferedEndpoint) -> dict[str, Any]:
    return {
        "npm": "@ai-sdk/openai-compatible",
        "name": entry_name(offer.gateway, endpoint.name),
        **({"env": [endpoint.variable]} if endpoint.has_key else {}),
        "options": {"baseURL": endpoint.chat_base},
        "models": {model.id: _model(model) for model in endpoint.models},
    }


def _named(offer: Offer, choice: Choice) -> str:
    return f"{entry_name(offer.gateway, choice.endpoint)}/{choice.model}"


def _place_of(gateway: str, endpoint: str) -> tuple[str, Place]:
    name = entry_name(gateway, endpoint)
    return f"{_ENTRIES}.{name}", (_ENTRIES, name)


def _parts(offer: Offer, use: FileUse) -> tuple[Part, ...]:
    model, small = _named(offer, offer.chat), _named(offer, offer.small)
    if use == "own":
        entries = {entry_name(offer.gateway, endpoint.name): _entry(offer, endpoint) for endpoint in offer.endpoints}
        whole = {"$schema": SCHEMA, _ENTRIES: entries, "model": model, "small_model": small}
        return (Part(name="", covers=((),), values={(): whole}),)
    return (
        *(_entry_part(offer, endpoint) for endpoint in offer.endpoints),
        Part(name="model", covers=(_MODEL,), values={_MODEL: model}, is_default=True),
        Part(name="small_model", covers=(_SMALL,), values={_SMALL: small}, is_default=True),
    )


def _entry_part(offer: Offer, endpoint: OfferedEndpoint) -> Part:
    name, place = _place_of(offer.gateway, endpoint.name)
    return Part(name=name, covers=(place,), values={place: _entry(offer, endpoint)})


def _folder(program: str) -> Callable[[Surroundings], PurePath]:
    return lambda here: here.folder("XDG_CONFIG_HOME", ".config") / program


def tool_like_opencode(
    *, name: str, title: str, package: str, tried: str, variable: str, files: tuple[str, ...]
) -> Tool:
    """Return opencode or a fork of opencode as a tool.

    `files` are the possible names of the user's file. The preferred name is first.
    """
    folder = _folder(name)
    return Tool(
        name=name,
        title=title,
        programs=(name,),
        package=package,
        tried=tried,
        format="json",
        apis=("chat",),
        keys=("env", "none"),
        uses=("own", "shared", "none"),
        has_one_endpoint=False,
        folder=folder,
        own=lambda here, own_name: folder(here) / f"{own_name}.gwctl" / f"{name}.json",
        shared=lambda here: folder(here) / f"{name}.json",
        existing=lambda here: tuple(folder(here) / file for file in files),
        parts=_parts,
        covers={"model": (_MODEL,), "small_model": (_SMALL,)},
        place_of=_place_of,
        plain=frozenset({_MODEL, _SMALL}),
        entry_credentials=(("options", "apiKey"),),
        hostile=_TEMPLATE,
        start=lambda path: f"{variable}={shlex.quote(str(path.parent))} {name}",
        prompt=("run",),
        after=f"restart {title}",
        warning=f"a project's {name}.json can redirect the base URL, and {title} then sends the key to that URL",
        variables=(
            Variable(name=f"{name.upper()}_CONFIG_CONTENT", why="is a configuration that overrides every file"),
        ),
    )


TOOL = tool_like_opencode(
    name="opencode",
    title="opencode",
    package="opencode-ai",
    tried="1.18.33",
    variable="OPENCODE_CONFIG_DIR",
    files=("opencode.jsonc", "opencode.json"),
)
