"""LiteLLM's proxy: a separate file with a `model_list`. The proxy's own configuration names this file in `include`.

An included file may contain only lists. Any other value would replace the value in the main file.
https://docs.litellm.ai/docs/proxy/config_management
"""

from __future__ import annotations

import re
from typing import Any

from reconciler.clients.fields import FileUse
from reconciler.clients.offer import Offer, OfferedEndpoint, OfferedModel
from reconciler.clients.tool import Part, Tool

_TEMPLATE = re.compile(r"os\.environ/|\*")  # a reference to a variable, or a wildcard for all models
# {purpose: `model_info.mode`}. Not for voice: LiteLLM has two modes, one for speech and one for transcription.
_MODES = {"chat": "chat", "embedding": "embedding", "image": "image_generation", "voice": None}


def _model(endpoint: OfferedEndpoint, model: OfferedModel) -> dict[str, Any]:
    """Return an entry of the model list. The entry always has `api_key`.

    Without `api_key`, LiteLLM would send the key in OPENAI_API_KEY.
    """
    facts = {"mode": _MODES[model.purpose], "max_input_tokens": model.context, "max_output_tokens": model.output}
    return {
        "model_name": model.id,
        "litellm_params": {
            "model": f"openai/{model.id}",
            "api_base": endpoint.chat_base,
            "api_key": f"os.environ/{endpoint.variable}" if endpoint.has_key else "none",
        },
        "model_info": {name: value for name, value in facts.items() if value is not None},
    }


def _parts(offer: Offer, _: FileUse) -> tuple[Part, ...]:
    models = [_model(endpoint, model) for endpoint in offer.endpoints for model in endpoint.models]
    return (Part(name="", covers=((),), values={(): {"model_list": models}}),)


TOOL = Tool(
    name="litellm",
    title="LiteLLM's proxy",
    programs=("litellm",),
    package="litellm",
    tried="1.106.2",
    format="yaml",
    apis=("chat",),
    keys=("env", "none"),
    uses=("own", "none"),
    has_one_endpoint=False,
    needs_path=True,
    purposes=tuple(_MODES),
    folder=lambda here: here.home,
    own=lambda here, name: here.home / f"{name}.gwctl.yaml",
    shared=lambda here: here.home / "config.yaml",
    parts=_parts,
    empty={"model_list": []},  # a proxy whose included file is missing or empty does not start
    hostile=_TEMPLATE,
    start_words="add this line to the proxy's config.yaml",
    start=lambda path: f"include: [{path}]",
    after="restart the proxy",
)
