"""The definition of a preset: the properties of a vendor or server."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from reconciler.address import Api
from reconciler.presets.dialects import APIS_OF_DIALECTS
from reconciler.values import dataclass

KeyPolicy = Literal["required", "optional", "none"]


@dataclass(frozen=True)
class Auth:
    """The header that carries a key: `HEADER: SCHEME KEY`, or `HEADER: KEY` if the scheme is empty."""

    header: str = "Authorization"
    scheme: str = "Bearer"


@dataclass(frozen=True)
class Sign:
    """The answer that identifies a local server: the response to GET `path` at the server's origin, without a key.

    `text` is in the body of a successful response, or in the header `Server` of any response.
    """

    path: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Preset:
    """The properties of a vendor or server. The defaults describe a plain `openai` endpoint.

    Paths are joined to the base URL unless they are absolute URLs. If `list_path` or `chat_path` is empty, the path of
    the dialect is used. If `list_path` is None, the server has no model list. If `chat_path` is None, the server has no
    chat API. If the base URL is the preset's own, the key may also be sent to the exact origins in `origins`
    (scheme://host[:port]).
    """

    id: str
    name: str = ""
    description: str = ""
    base_url: str = ""  # may contain {parts} that the user fills in
    dialect: str = "openai"
    auth: Auth = field(default_factory=Auth)
    key: KeyPolicy = "required"
    key_hint: str = ""
    variable: str = ""
    list_path: str | None = ""
    chat_path: str | None = ""
    headers: dict[str, str] = field(default_factory=dict, repr=False)  # a value may be a secret in a user's preset
    plain_headers: tuple[str, ...] = ()  # headers that hold no credentials, whatever their values look like
    origins: tuple[str, ...] = ()
    key_check: str = ""  # for servers with a public list: the path of a GET request that fails with a bad key
    details_path: str = ""  # of a second list, which has details of the models that the list does not have
    list_proves_key: bool = True
    key_prefixes: tuple[str, ...] = ()  # prefixes that only this vendor's keys have; empty for many vendors
    apis: tuple[Api, ...] = ()  # that its server speaks; empty: those of the dialect
    sign: Sign | None = None  # of a server that runs on the user's own machine
    families: tuple[str, ...] = ()  # of environment variables; empty: those of the dialect
    docs_url: str = ""
    verified: bool = False  # the project's tests include a recorded response of this server
    builtin: bool = True

    @property
    def speaks(self) -> tuple[Api, ...]:
        """The APIs of the server: the preset's own APIs if it has any, otherwise the APIs of the dialect."""
        return self.apis or (() if self.chat_path is None else APIS_OF_DIALECTS.get(self.dialect, ()))
