"""A preset: what is known of a vendor or server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

KeyPolicy = Literal["required", "optional", "none"]


@dataclass(frozen=True)
class Auth:
    """The header that carries a key: `HEADER: SCHEME KEY`, or `HEADER: KEY` when the scheme is empty."""

    header: str = "Authorization"
    scheme: str = "Bearer"


@dataclass(frozen=True, kw_only=True)
class Preset:
    """The facts of a vendor or server; without them an endpoint is a plain `openai` one.

    Paths are joined to the base URL unless they are absolute URLs. An empty `list_path` or `chat_path` is the dialect's
    own; with None the server has no list, or no chat. `origins` are further exact origins (scheme://host[:port]) that
    may be sent the key, only while the base URL is the preset's own.
    """

    id: str
    name: str = ""
    description: str = ""
    base_url: str = ""  # may hold {parts} to fill in
    dialect: str = "openai"
    auth: Auth = field(default_factory=Auth)
    key: KeyPolicy = "required"
    key_hint: str = ""
    variable: str = ""
    list_path: str | None = ""
    chat_path: str | None = ""
    headers: dict[str, str] = field(default_factory=dict, repr=False)  # of the file's own, any value may be a secret
    plain_headers: tuple[str, ...] = ()  # well known, and no credentials, whatever their values look like
    origins: tuple[str, ...] = ()
    key_check: str = ""  # a GET that a bad key fails, for servers whose list is public
    list_proves_key: bool = True
    key_prefixes: tuple[str, ...] = ()  # well known, and this vendor's alone; many keys have none
    families: tuple[str, ...] = ()  # of environment variables, for servers of several protocols; else the dialect's
    docs_url: str = ""
    verified: bool = False  # a recorded body of this server is among the project's tests
    builtin: bool = True
