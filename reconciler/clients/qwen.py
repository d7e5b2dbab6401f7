"""Qwen Code: a separate settings file, which wins over the settings of the user and of a project.

An environment variable names the file. Qwen Code takes no key command, so the file names the variable that contains the
key. https://qwenlm.github.io/qwen-code-docs/en/users/configuration/settings
"""

from __future__ import annotations

import re
import shlex
from pathlib import PurePath
from typing import Any

from reconciler.clients.fields import FileUse
from reconciler.clients.offer import Offer, OfferedEndpoint, OfferedModel
from reconciler.clients.tool import Part, Surroundings, Tool, Variable

_TEMPLATE = re.compile(r"\$[A-Za-z_{]")  # $NAME, ${NAME}, in any text of a settings file
_NO_KEY = "GWCTL_NO_KEY"  # an entry without a variable would get the key in OPENAI_API_KEY


def _model(endpoint: OfferedEndpoint, model: OfferedModel) -> dict[str, Any]:
    sizes = {"contextWindowSize": model.context} if model.context is not None else {}
    return {
        "id": model.id,
        "name": f"{model.id} ({endpoint.name})",
        "baseUrl": endpoint.chat_base,
        "envKey": endpoint.variable if endpoint.has_key else _NO_KEY,
        **({"generationConfig": sizes} if sizes else {}),
    }


def _parts(offer: Offer, _: FileUse) -> tuple[Part, ...]:
    """Return one file. Of two models with the same ID, Qwen Code begins with the first one."""
    endpoints = sorted(offer.endpoints, key=lambda endpoint: endpoint.name != offer.chat.endpoint)
    models = [_model(endpoint, model) for endpoint in endpoints for model in endpoint.models]
    keyless = any(not endpoint.has_key for endpoint in endpoints)
    whole = {
        "modelProviders": {"openai": models},
        "security": {"auth": {"selectedType": "openai"}},
        "model": {"name": offer.chat.model},
        **({"env": {_NO_KEY: "none"}} if keyless else {}),
    }
    return (Part(name="", covers=((),), values={(): whole}),)


def _folder(here: Surroundings) -> PurePath:
    return here.folder("QWEN_HOME", ".qwen")


TOOL = Tool(
    name="qwen",
    title="Qwen Code",
    programs=("qwen",),
    package="@qwen-code/qwen-code",
    tried="0.24.4",
    format="json",
    apis=("chat",),
    keys=("env", "none"),
    uses=("own", "none"),
    has_one_endpoint=False,
    folder=_folder,
    own=lambda here, name: _folder(here) / f"{name}.gwctl.json",
    shared=lambda here: _folder(here) / "settings.json",
    parts=_parts,
    hostile=_TEMPLATE,
    start=lambda path: f"QWEN_CODE_SYSTEM_SETTINGS_PATH={shlex.quote(str(path))} qwen",
    prompt=("-p",),
    after="restart Qwen Code",
    variables=(
        Variable(name="QWEN_MODEL", why="chooses another model than the file"),
        Variable(name="OPENAI_MODEL", why="chooses another model than the file"),
    ),
)
