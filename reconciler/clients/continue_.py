"""Continue: a separate configuration (`cn --config FILE`).

Continue takes no key command, so the file names the variable that contains the key. The file was also tried with
Continue's reader, `@continuedev/config-yaml` 1.42.0. https://docs.continue.dev/reference
"""

from __future__ import annotations

import re
import shlex
from pathlib import PurePath
from typing import Any

from reconciler.clients.fields import FileUse
from reconciler.clients.offer import Offer, OfferedEndpoint, OfferedModel, entry_name
from reconciler.clients.tool import Part, Surroundings, Tool

_TEMPLATE = re.compile(r"\$\{\{")  # ${{ secrets.NAME }}, in any text of the file
_ROLES = {"chat": ["chat", "edit", "apply"], "embedding": ["embed"]}  # {purpose: roles}
_ABILITIES = {"tools": "tool_use", "vision": "image_input"}


def _model(offer: Offer, endpoint: OfferedEndpoint, model: OfferedModel) -> dict[str, Any]:
    limits = {"contextLength": model.context, "maxTokens": model.output}
    options = {name: value for name, value in limits.items() if value is not None}
    abilities = [name for ability, name in _ABILITIES.items() if ability in model.capabilities]
    return {
        "name": f"{entry_name(offer.gateway, endpoint.name)}/{model.id}",
        "provider": "openai",
        "model": model.id,
        "apiBase": endpoint.chat_base,
        "apiKey": f"${{{{ secrets.{endpoint.variable} }}}}" if endpoint.has_key else "none",
        "useResponsesApi": False,
        "roles": _ROLES[model.purpose],
        **({"defaultCompletionOptions": options} if options and model.purpose == "chat" else {}),
        **({"capabilities": abilities} if abilities else {}),
    }


def _parts(offer: Offer, _: FileUse) -> tuple[Part, ...]:
    """Return one file. Continue begins with the first model of each role."""
    pairs = [(endpoint, model) for endpoint in offer.endpoints for model in endpoint.models]
    pairs.sort(key=lambda pair: (pair[0].name, pair[1].id) != (offer.chat.endpoint, offer.chat.model))
    models = [_model(offer, endpoint, model) for endpoint, model in pairs]
    whole = {"name": offer.gateway, "version": "0.0.1", "schema": "v1", "models": models}
    return (Part(name="", covers=((),), values={(): whole}),)


def _folder(here: Surroundings) -> PurePath:
    return here.folder("CONTINUE_GLOBAL_DIR", ".continue")


TOOL = Tool(
    name="continue",
    title="Continue",
    programs=("cn",),
    package="@continuedev/cli",
    tried="1.5.47",
    format="yaml",
    apis=("chat",),
    keys=("env", "none"),
    uses=("own", "none"),
    has_one_endpoint=False,
    folder=_folder,
    own=lambda here, name: _folder(here) / "assistants" / f"{name}.gwctl.yaml",
    shared=lambda here: _folder(here) / "config.yaml",
    parts=_parts,
    purposes=tuple(_ROLES),
    hostile=_TEMPLATE,
    start=lambda path: shlex.join(["cn", "--config", str(path)]),
    prompt=("-p",),
    after="restart cn; in an editor, choose the configuration again",
)
