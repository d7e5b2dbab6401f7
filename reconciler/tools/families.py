"""The families of environment variables by which tools find an endpoint, as data.

Sources: the `openai`, `anthropic`, `google-genai` and `ollama` SDKs read these names themselves; Claude Code's and
Gemini CLI's settings name the models.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reconciler.config.gateway import Endpoint
from reconciler.presets.preset import Auth
from reconciler.resources.urls import normalise_base_url, origin
from reconciler.tools import bases


@dataclass(frozen=True)
class Family:
    """The variables of one protocol.

    `bearer_key` holds the key where it travels as `Authorization: Bearer`. `refused` are never passed on: further keys,
    and what would steer a tool elsewhere. `companions` (accounts, further models) are passed on only if the caller's
    environment is set for the same origin already; `home` is the origin of tools that are told none.
    """

    urls: tuple[str, ...]
    key: str
    base: Callable[[Endpoint, str | None], str]
    home: str = ""
    bearer_key: str = ""
    model: str = ""
    needs_key: bool = True  # its tools refuse to start without one
    refused: tuple[str, ...] = ()
    companions: tuple[str, ...] = ()

    def key_name(self, auth: Auth) -> str:
        """The variable for a key that travels so."""
        return self.bearer_key if self.bearer_key and auth.header.lower() == "authorization" else self.key

    @property
    def names(self) -> tuple[str, ...]:
        """Every variable that is set or taken away."""
        found = (*self.urls, self.key, self.bearer_key, self.model, *self.refused, *self.companions)
        return tuple(name for name in found if name)


OPENAI = Family(
    urls=("OPENAI_BASE_URL", "OPENAI_API_BASE"),
    key="OPENAI_API_KEY",
    base=bases.openai,
    home="https://api.openai.com",
    model="OPENAI_MODEL",
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
    base=bases.native,
    home="https://api.anthropic.com",
    model="ANTHROPIC_MODEL",
    refused=("ANTHROPIC_CUSTOM_HEADERS", "CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX"),
    companions=(
        "ANTHROPIC_SMALL_FAST_MODEL",
        "ANTHROPIC_DEFAULT_HAIKU_MODEL",
        "ANTHROPIC_DEFAULT_SONNET_MODEL",
        "ANTHROPIC_DEFAULT_OPUS_MODEL",
    ),
)
GEMINI = Family(
    urls=("GOOGLE_GEMINI_BASE_URL",),
    key="GEMINI_API_KEY",
    base=bases.gemini,
    home="https://generativelanguage.googleapis.com",
    model="GEMINI_MODEL",
    refused=("GOOGLE_API_KEY", "GOOGLE_GENAI_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI"),  # each goes before GEMINI_API_KEY
)
OLLAMA = Family(
    urls=("OLLAMA_HOST",),
    key="OLLAMA_API_KEY",
    base=bases.native,
    needs_key=False,
    refused=("OLLAMA_BASE_URL",),
)
OF_DIALECTS = {
    "openai": (OPENAI,),
    "cloudflare": (OPENAI,),
    "anthropic": (ANTHROPIC,),
    "gemini": (GEMINI,),
    "ollama": (OLLAMA, OPENAI),
}
OF_PRESETS = {"litellm": (OPENAI, ANTHROPIC)}  # servers of more than one protocol


def families_of(endpoint: Endpoint) -> tuple[Family, ...]:
    """The families that fit the endpoint; none when its tools cannot be told where to find it.

    Of other dialects the tools know the vendor's host only: they get the vendor's usual variable, for that host.
    """
    preset = endpoint.preset
    found = OF_PRESETS.get(preset.id) or OF_DIALECTS.get(preset.dialect)
    if found is None and preset.variable and _is_own(endpoint):
        return (Family((), preset.variable, bases.none, needs_key=False),)
    return found or ()


def _is_own(endpoint: Endpoint) -> bool:
    own = endpoint.preset.base_url
    return bool(own) and "{" not in own and origin(endpoint.base_url) == origin(normalise_base_url(own))
