"""The families of environment variables, as data. The variables of a family tell a tool where an endpoint is.

Sources: the code of the `openai`, `anthropic`, `google-genai` and `ollama` SDKs; for models, the settings of Claude
Code and Gemini CLI; for LLM_MODEL, the documentation of `llm`; for Copilot CLI, the output of `copilot help providers`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace

from reconciler.config import base_urls
from reconciler.config.gateway import Endpoint
from reconciler.live.dialect import dialect_of
from reconciler.presets.preset import Auth
from reconciler.resources.urls import normalise_base_url, origin
from reconciler.values import dataclass


@dataclass(frozen=True, kw_only=True)
class Family:
    """The variables of one protocol.

    `bearer_key` holds the key if the key is sent as `Authorization: Bearer`. `refused` variables are never passed on:
    they hold further keys, or send the tool to another host. `companions` (accounts, further models) are passed on only
    if the caller's environment is already set for the same origin. `like_refused` and `like_companions` are patterns
    for further refused variables and companions, because releases of a tool add variables. `home` is the origin that
    tools use without a base URL. `constants` tell the tool which protocol to use.
    """

    urls: tuple[str, ...]
    key: str
    base: Callable[[Endpoint, str | None], str]
    home: str = ""
    bearer_key: str = ""
    models: tuple[str, ...] = ()
    needs_key: bool = True  # its tools refuse to start without one
    needs_model: bool = False  # without a model, no variable of the family is set
    refused: tuple[str, ...] = ()
    companions: tuple[str, ...] = ()
    like_refused: str = ""
    like_companions: str = ""
    constants: Mapping[str, str] = field(default_factory=dict)

    def key_name(self, auth: Auth) -> str:
        """Return the variable for a key. `auth` says how the key is sent."""
        return self.bearer_key if self.bearer_key and auth.header.lower() == "authorization" else self.key

    def keys_read(self, environ: Mapping[str, str]) -> tuple[str, ...]:
        """Return the variables in `environ` from which tools of the family would read a key."""
        further = (name for name in self.refused if name.endswith("_KEY"))
        return tuple(name for name in (self.key, self.bearer_key, *further) if name and environ.get(name, "").strip())

    @property
    def names(self) -> tuple[str, ...]:
        """Every variable that gwctl sets or unsets by its name."""
        own = (*self.urls, self.key, self.bearer_key, *self.models, *self.constants)
        return tuple(name for name in (*own, *self.refused, *self.companions) if name)

    def also(self, environ: Iterable[str]) -> tuple[str, ...]:
        """Return the variables in `environ` that must be unset because a pattern of the family matches their names."""
        return _like(self.like_refused, environ) + _like(self.like_companions, environ)

    def companions_in(self, environ: Iterable[str]) -> tuple[str, ...]:
        """Return the variables to pass on if the environment is already set for the same origin."""
        return self.companions + _like(self.like_companions, environ)


def _like(pattern: str, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in names if pattern and re.fullmatch(pattern, name))


OPENAI = Family(
    urls=("OPENAI_BASE_URL", "OPENAI_API_BASE"),
    key="OPENAI_API_KEY",
    base=base_urls.openai,
    home="https://api.openai.com",
    models=("OPENAI_MODEL", "LLM_MODEL"),
    refused=(
        "OPENAI_ADMIN_KEY",
        "OPENAI_CUSTOM_HEADERS",  # an Authorization header in it overrides the key
        "OPENAI_API_BASE_URL",
        "OPENAI_API_HOST",
        "OPENAI_HOST",
        "OPENAI_BASE_PATH",
        "OPENAI_API_TYPE",
        "OPENAI_API_VERSION",
    ),
    companions=("OPENAI_ORG_ID", "OPENAI_ORGANIZATION", "OPENAI_PROJECT_ID"),
)
ANTHROPIC = Family(
    urls=("ANTHROPIC_BASE_URL",),
    key="ANTHROPIC_API_KEY",
    bearer_key="ANTHROPIC_AUTH_TOKEN",
    base=base_urls.native,
    home="https://api.anthropic.com",
    models=("ANTHROPIC_MODEL",),
    refused=("ANTHROPIC_CUSTOM_HEADERS",),
    companions=("ANTHROPIC_SMALL_FAST_MODEL",),
    like_refused="CLAUDE_CODE_USE_[A-Z0-9_]+",  # Bedrock, Vertex, Foundry: the host and the key of another cloud
    like_companions="ANTHROPIC_DEFAULT_[A-Z0-9]+_MODEL(_[A-Z_]+)?",  # each new family of models adds a name
)
GEMINI = Family(
    urls=("GOOGLE_GEMINI_BASE_URL",),
    key="GEMINI_API_KEY",
    base=base_urls.gemini,
    home="https://generativelanguage.googleapis.com",
    models=("GEMINI_MODEL",),
    refused=("GOOGLE_API_KEY", "GOOGLE_GENAI_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI"),  # each overrides GEMINI_API_KEY
)
OLLAMA = Family(
    urls=("OLLAMA_HOST",),
    key="OLLAMA_API_KEY",
    base=base_urls.native,
    needs_key=False,
    refused=("OLLAMA_BASE_URL",),
)
COPILOT = Family(
    urls=("COPILOT_PROVIDER_BASE_URL",),
    key="COPILOT_PROVIDER_API_KEY",
    base=base_urls.openai,
    models=("COPILOT_MODEL",),
    needs_model=True,
    like_refused="COPILOT_PROVIDER_[A-Z_]+",
    constants={"COPILOT_PROVIDER_TYPE": "openai"},
)
COPILOT_ANTHROPIC = replace(
    COPILOT,
    bearer_key="COPILOT_PROVIDER_BEARER_TOKEN",
    base=base_urls.native,
    constants={"COPILOT_PROVIDER_TYPE": "anthropic"},
)
FAMILIES = {  # the names that dialects and presets use
    "openai": OPENAI,
    "anthropic": ANTHROPIC,
    "gemini": GEMINI,
    "ollama": OLLAMA,
    "copilot": COPILOT,
    "copilot-anthropic": COPILOT_ANTHROPIC,
}


def families_of(endpoint: Endpoint) -> tuple[Family, ...]:
    """Return the families for the endpoint, or no family if no variable can tell tools where the endpoint is.

    If neither the preset nor the dialect names a family, tools know only the vendor's own host. For that host, the
    family has only the vendor's usual variable for the key.
    """
    preset = endpoint.preset
    names = preset.families or dialect_of(preset.dialect).families
    if not names and preset.variable and _is_own(endpoint):
        return (Family(urls=(), key=preset.variable, base=base_urls.none, needs_key=False),)
    return tuple(FAMILIES[name] for name in names)


def _is_own(endpoint: Endpoint) -> bool:
    own = endpoint.preset.base_url
    return bool(own) and "{" not in own and origin(endpoint.base_url) == origin(normalise_base_url(own))
