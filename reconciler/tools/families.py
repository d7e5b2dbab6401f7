"""The families of environment variables by which tools find an endpoint, as data.

Sources: the `openai`, `anthropic`, `google-genai` and `ollama` SDKs read these names themselves; the settings of Claude
Code and Gemini CLI name the models; `llm` documents LLM_MODEL, GitHub's Copilot CLI prints its own with
`copilot help providers`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from reconciler.config.gateway import Endpoint
from reconciler.live.dialect import dialect_of
from reconciler.presets.preset import Auth
from reconciler.resources.urls import normalise_base_url, origin
from reconciler.tools import base_urls


@dataclass(frozen=True, kw_only=True)
class Family:
    """The variables of one protocol.

    `bearer_key` holds the key where it travels as `Authorization: Bearer`. `refused` are never passed on: further keys,
    and what would steer a tool elsewhere. `companions` (accounts, further models) are passed on only if the caller's
    environment is set for the same origin already; `home` is the origin of tools that are told none. `like_refused` and
    `like_companions` are patterns of such names, for families that grow with each release of a tool. `constants` say
    which protocol the others are for.
    """

    urls: tuple[str, ...]
    key: str
    base: Callable[[Endpoint, str | None], str]
    home: str = ""
    bearer_key: str = ""
    models: tuple[str, ...] = ()
    needs_key: bool = True  # its tools refuse to start without one
    needs_model: bool = False  # nothing is set where no model is named
    refused: tuple[str, ...] = ()
    companions: tuple[str, ...] = ()
    like_refused: str = ""
    like_companions: str = ""
    constants: Mapping[str, str] = field(default_factory=dict)

    def key_name(self, auth: Auth) -> str:
        """The variable for a key that travels so."""
        return self.bearer_key if self.bearer_key and auth.header.lower() == "authorization" else self.key

    def keys_read(self, environ: Mapping[str, str]) -> tuple[str, ...]:
        """The variables with a key in them that its tools would read in that environment."""
        further = (name for name in self.refused if name.endswith("_KEY"))
        return tuple(name for name in (self.key, self.bearer_key, *further) if name and environ.get(name, "").strip())

    @property
    def names(self) -> tuple[str, ...]:
        """Every variable that is set or taken away by its name."""
        own = (*self.urls, self.key, self.bearer_key, *self.models, *self.constants)
        return tuple(name for name in (*own, *self.refused, *self.companions) if name)

    def also(self, environ: Iterable[str]) -> tuple[str, ...]:
        """Return further variables to unset, by their patterns."""
        return _like(self.like_refused, environ) + _like(self.like_companions, environ)

    def companions_in(self, environ: Iterable[str]) -> tuple[str, ...]:
        """Return the variables to pass on where the environment is already set for the same origin."""
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
        "OPENAI_CUSTOM_HEADERS",  # an Authorization in it goes before the key
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
    like_refused="CLAUDE_CODE_USE_[A-Z0-9_]+",  # Bedrock, Vertex, Foundry: another cloud's host and key
    like_companions="ANTHROPIC_DEFAULT_[A-Z0-9]+_MODEL(_[A-Z_]+)?",  # a tier is added with every family of models
)
GEMINI = Family(
    urls=("GOOGLE_GEMINI_BASE_URL",),
    key="GEMINI_API_KEY",
    base=base_urls.gemini,
    home="https://generativelanguage.googleapis.com",
    models=("GEMINI_MODEL",),
    refused=("GOOGLE_API_KEY", "GOOGLE_GENAI_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI"),  # each goes before GEMINI_API_KEY
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
FAMILIES = {  # by the names that dialects and presets call them
    "openai": OPENAI,
    "anthropic": ANTHROPIC,
    "gemini": GEMINI,
    "ollama": OLLAMA,
    "copilot": COPILOT,
    "copilot-anthropic": COPILOT_ANTHROPIC,
}


def families_of(endpoint: Endpoint) -> tuple[Family, ...]:
    """The families that fit the endpoint; none when its tools cannot be told where to find it.

    Where neither preset nor dialect names a family, the tools know the vendor's host only: they get the vendor's usual
    variable, for that host.
    """
    preset = endpoint.preset
    names = preset.families or dialect_of(preset.dialect).families
    if not names and preset.variable and _is_own(endpoint):
        return (Family(urls=(), key=preset.variable, base=base_urls.none, needs_key=False),)
    return tuple(FAMILIES[name] for name in names)


def _is_own(endpoint: Endpoint) -> bool:
    own = endpoint.preset.base_url
    return bool(own) and "{" not in own and origin(endpoint.base_url) == origin(normalise_base_url(own))
