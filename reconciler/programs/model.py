"""A model of the team, and the keyword arguments that SDKs need to use the model."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Never, final

from reconciler import codes
from reconciler.diagnostics import error
from reconciler.errors import Failed
from reconciler.programs.document import ResolvedModel
from reconciler.programs.find import FROM_PATH, FROM_RUN, FoundFile, find_resolved
from reconciler.programs.key import KeyText, Keywords, read_key
from reconciler.text import did_you_mean, printable

__all__ = ["FROM_PATH", "FROM_RUN", "Model", "all_models", "one_model"]

_NO_KEY = "none"  # without a key, SDKs do not start, or they send another vendor's key


@final
class Model:
    """A model that was applied. This object does not contain the key: each access to `key` reads the key again."""

    __slots__ = ("_environ", "_found", "_model")

    def __init__(self, model: ResolvedModel, found: FoundFile, environ: Mapping[str, str]) -> None:
        self._model = model
        self._found = found
        self._environ = environ

    @property
    def id(self) -> str:
        """The ID to send to the endpoint."""
        return self._model.id

    @property
    def endpoint(self) -> str:
        """The name of the endpoint in the gateway file."""
        return self._model.endpoint

    @property
    def purpose(self) -> str:
        """The purpose: chat, voice, image, embedding or other."""
        return self._model.purpose

    @property
    def api(self) -> str | None:
        """The API to prefer: chat, responses or messages. None for a model that is not a chat model."""
        return self._model.api

    @property
    def base_url(self) -> str:
        """The base URL of the preferred API, without the path of a call."""
        return self._model.base_url

    @property
    def context(self) -> int | None:
        """The limit of input and output together, in tokens. None if the limit is not known."""
        return self._model.context

    @property
    def output(self) -> int | None:
        """The limit of the output, in tokens. None if the limit is not known."""
        return self._model.output

    @property
    def capabilities(self) -> tuple[str, ...] | None:
        """The model's capabilities: tools, vision and reasoning. None if the capabilities are not known."""
        return self._model.capabilities

    @property
    def key(self) -> str | None:
        """The key of the endpoint, read now. None for an endpoint without a key.

        Raise `GatewayError` if the key is not available.
        """
        return read_key(self._model, self._found.applied, self._environ)

    def openai(self) -> dict[str, object]:
        """Return the keywords for `openai.OpenAI` and `openai.AsyncOpenAI`: base_url, api_key, default_headers.

        Raise `GatewayError` if the endpoint does not speak OpenAI's API, or if the key is not available.
        """
        model, key = self._model, self._key_or_placeholder()
        keywords = Keywords(base_url=self._openai_base_url(), api_key=key)
        if model.header.lower() != "authorization" or model.scheme != "Bearer":
            value = KeyText(f"{model.scheme} {key}".strip())
            keywords["default_headers"] = Keywords({model.header: value})
        return keywords

    def langchain(self) -> dict[str, object]:
        """Return the keywords for `langchain.chat_models.init_chat_model`: model, model_provider, base_url, api_key."""
        vendor, base_url = self._vendor()
        return Keywords(model=self.id, model_provider=vendor, base_url=base_url, api_key=self._key_or_placeholder())

    def litellm(self) -> dict[str, object]:
        """Return the keywords for `litellm.completion` and similar functions: model, api_base, api_key."""
        vendor, base_url = self._vendor()
        return Keywords(model=f"{vendor}/{self.id}", api_base=base_url, api_key=self._key_or_placeholder())

    def __repr__(self) -> str:
        return f"Model({f'{self.endpoint}/{self.id}'!r}, api={self.api!r}, base_url={self.base_url!r})"

    def __reduce__(self) -> Never:
        raise TypeError("a model cannot be pickled or copied: call `model()` again where you need it")

    def _key_or_placeholder(self) -> str:
        return self.key or _NO_KEY

    def _vendor(self) -> tuple[str, str]:
        """Return (vendor, base URL). LangChain and LiteLLM use this name of the vendor to select the API."""
        model = self._model
        if "chat" not in model.base_urls and "messages" in model.base_urls:
            return "anthropic", model.base_urls["messages"]
        return "openai", self._openai_base_url()

    def _openai_base_url(self) -> str:
        model = self._model
        fitting = (model.base_urls[api] for api in ("chat", "responses") if api in model.base_urls)
        base_url = next(fitting, None) or (None if model.purpose == "chat" else model.base_url)
        if base_url is None:
            spoken = ", ".join(model.base_urls) or "no API that gwctl knows"
            summary = f"The endpoint {model.endpoint} does not speak OpenAI's API. It speaks: {spoken}"
            hint = "use m.langchain(), m.litellm(), or m.base_url and m.key with the vendor's SDK"
            raise Failed(error(codes.API_NOT_OFFERED, summary, hint=hint))
        return base_url


def one_model(name: str, resolved: str | os.PathLike[str] | None, environ: Mapping[str, str]) -> Model:
    """Return the model of a role, or the model ENDPOINT/ID. Raise `Failed` if the resolved file has no such model."""
    found = find_resolved(resolved, environ)
    variable = f"GWCTL_USE_{name.upper().replace('-', '_')}"
    is_role = name in found.file.roles or "/" not in name
    asked = environ.get(variable, "").strip() if is_role else ""
    wanted = asked or name
    model = found.file.roles.get(wanted) or next((each for each in found.file.models if _name(each) == wanted), None)
    if model is None:
        known = [*found.file.roles, *map(_name, found.file.models)]
        what = f"{variable} names `{printable(wanted, 100)}`" if asked else f"`{printable(wanted, 100)}`"
        summary = f"{what}{', which' if asked else ''} is neither a role nor a model in {found.where}"
        hint = did_you_mean(wanted, known) or "write a role such as chat, or ENDPOINT/ID"
        raise Failed(error(codes.UNKNOWN_MODEL, summary, hint=hint))
    return Model(model, found, environ)


def all_models(resolved: str | os.PathLike[str] | None, environ: Mapping[str, str]) -> tuple[Model, ...]:
    """Return all models in the resolved file. Raise `Failed` if no resolved file is found."""
    found = find_resolved(resolved, environ)
    return tuple(Model(model, found, environ) for model in found.file.models)


def _name(model: ResolvedModel) -> str:
    return f"{model.endpoint}/{model.id}"
