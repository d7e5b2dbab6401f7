"""The schema of the gateway file: its fields, and the kind of value in each field.

pydantic checks gateway files with this schema. `schemas/gateway.schema.json` is generated from this schema. The package
`build` checks the meaning of the values.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from types import NoneType
from typing import Annotated, Any, Literal, TypeVar, cast, get_args, get_type_hints

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, create_model

from reconciler.address import ENDPOINT_NAME, Api, Capability, Purpose
from reconciler.resources.attributes import EndpointAttributes, PlainField, Tokens, plain_fields

NAME = f"^{ENDPOINT_NAME.pattern}$"
DURATION = r"^[0-9]+(\.[0-9]+)?(ms|s|m)$"
VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]*$"
SCHEME = r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"
TAG = "as:"  # starts the name of a union member in pydantic's error path, which is not a key of the file
KIND_ERROR = "wrong_kind"


def _kind(value: Any) -> str | None:
    kinds: dict[type, str] = {str: "text", bool: "flag", list: "list", dict: "fields"}
    kind = kinds.get(type(value))
    return f"{TAG}{kind}" if kind else None


def _either(what: str) -> Discriminator:
    return Discriminator(_kind, custom_error_type=KIND_ERROR, custom_error_message=what)


def whole(value: Any) -> Any:
    """Return the value. Raise ValueError for `true` and `1.0`, because Python treats them as equal to 1."""
    if type(value) is not int:
        raise ValueError("not a whole number")
    return value


class StrictModel(BaseModel):
    """A mapping that accepts only the declared fields."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True, defer_build=True)


class KeyFields(StrictModel):
    """The place of the key: exactly one of these fields, and never the key itself."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    env: str = Field("", description="the environment variable that contains the key", pattern=VARIABLE)
    file: str = Field("", description="the file that contains the key; relative to this gateway file")
    command: list[str] = Field(
        [],
        description="the command that prints the key; `gwctl trust` allows the command on this machine",
    )
    keyring: str = Field("", description="SERVICE/USER: an entry of the OS keychain; gwctl only reads it")


class HeaderFields(KeyFields):
    """A key reference, and the word before the key in this header."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 2})

    scheme: str = Field("", description="one word before the key, such as `Bearer`; a space follows it", pattern=SCHEME)


class TlsFields(StrictModel):
    """PEM files for TLS; verification cannot be turned off."""

    model_config = ConfigDict(
        json_schema_extra={"minProperties": 1, "dependentRequired": {"client_key": ["client_cert"]}}
    )

    ca_file: str = Field(
        "", description="the CA certificates to trust in addition to the system's; relative to this gateway file"
    )
    client_cert: str = Field("", description="the certificate for servers that require a client certificate")
    client_key: str = Field(
        "", description="the key of the client certificate, if the key is in another file; must not be encrypted"
    )


class ModelFields(StrictModel):
    """A declared model, and its purpose."""

    id: str = Field(description="the exact ID, as the server writes it")
    purpose: Purpose = Field(
        cast("Any", None),
        description="the model's purpose; if absent, taken from the model list or from the model's ID",
    )
    context: Tokens = Field(
        cast("Any", None), description="the context window, in tokens; if absent, taken from the model list"
    )
    output: Tokens = Field(
        cast("Any", None), description="the longest output, in tokens; if absent, taken from the model list"
    )
    capabilities: list[Capability] = Field(
        cast("Any", None), description="what the model can do; if absent, taken from the model list"
    )
    apis: list[Api] = Field(
        cast("Any", None),
        description="the APIs that serve the model; if absent, taken from the model list or from the endpoint's APIs",
        min_length=1,
    )


class DiscoverFields(StrictModel):
    """Filters on the fetched IDs (shell patterns). Declared models are never filtered."""

    include: list[str] = Field(
        [],
        description="include only IDs that match one of these patterns; in a pattern, `[1m]` is plain text, `[45]` is "
        "a set of characters",
    )
    exclude: list[str] = Field([], description="exclude IDs that match one of these patterns")


HeaderValue = Annotated[
    Annotated[str, Tag(f"{TAG}text")] | Annotated[HeaderFields, Tag(f"{TAG}fields")],
    _either("must be text, or a key reference such as {env: NAME}"),
]
ModelEntry = Annotated[
    Annotated[str, Tag(f"{TAG}text")] | Annotated[ModelFields, Tag(f"{TAG}fields")],
    _either("must be an ID, or {id: …, purpose: …, context: …}"),
]
DiscoverEntry = Annotated[
    Annotated[bool, Tag(f"{TAG}flag")] | Annotated[DiscoverFields, Tag(f"{TAG}fields")],
    _either("must be true, false, or {include: […], exclude: […]}"),
]
Candidates = Annotated[
    Annotated[str, Tag(f"{TAG}text")] | Annotated[list[str], Tag(f"{TAG}list")],
    _either("must be ENDPOINT/ID, or a list of them"),
]


class RoleFields(StrictModel):
    """The candidates for a role, and their purpose."""

    purpose: Purpose = Field(cast("Any", None), description="required for a role of your own")
    models: Candidates = Field(description="the first candidate that is available")


RoleEntry = Annotated[
    Annotated[str, Tag(f"{TAG}text")]
    | Annotated[list[str], Tag(f"{TAG}list")]
    | Annotated[RoleFields, Tag(f"{TAG}fields")],
    _either("must be ENDPOINT/ID, a list of them, or {purpose: …, models: …}"),
]


M = TypeVar("M", bound=BaseModel)


def _with_plain_fields(model: type[M]) -> type[M]:
    """Return the model with the fields that are recorded as written. Their value must not be null."""
    types = get_type_hints(EndpointAttributes)
    built: Any = {
        name: (types[name] if plain.default is not None else _but_for_null(types[name]), _field(plain))
        for name, plain in plain_fields().items()
    }
    return create_model(
        model.__name__, __base__=model, __doc__=model.__doc__, __module__=str(model.__module__), **built
    )


def _but_for_null(either: Any) -> Any:
    return reduce(or_, (alternative for alternative in get_args(either) if alternative is not NoneType))


def _field(plain: PlainField) -> Any:
    return Field(cast("Any", plain.default), description=plain.description)


@_with_plain_fields
class EndpointFields(StrictModel):
    """One base URL with an optional key."""

    preset: str = Field("", description="the name of a preset; `gwctl presets` lists all presets")
    base_url: str = Field("", description="the http:// or https:// URL of the endpoint; required if there is no preset")
    key: KeyFields = Field(KeyFields.model_construct(), description="where to find the key; never the key itself")
    models: list[ModelEntry] = Field(
        [], description="declared models: always in the plan, even if no list can be fetched"
    )
    apis: list[Api] = Field(
        cast("Any", None), description="the APIs of the endpoint; if absent, the APIs of the preset", min_length=1
    )
    discover: DiscoverEntry = Field(
        True, description="whether to use the endpoint's model list; or the patterns that filter the list"
    )
    headers: dict[str, HeaderValue] = Field(
        {}, description="sent with every request; a credential must be a key reference"
    )
    tls: TlsFields = Field(TlsFields.model_construct(), description="the private CA and the client certificate")
    proxy: str = Field(
        "", description="the http:// or https:// URL of the proxy; overrides HTTPS_PROXY, HTTP_PROXY and NO_PROXY"
    )
    timeout: str = Field(
        "10s", description="the time limit of the whole exchange, such as 500ms, 10s or 1m", pattern=DURATION
    )
    store_key: Literal["keyring", "if-available"] = Field(
        cast("Any", None),
        description="store the key in the OS keychain until the endpoint is removed; if-available: only if there "
        "is a keychain",
    )
    when_no_key: Literal["error", "skip"] = Field(
        "error", description="skip: not everyone has access to this endpoint, so a missing key is only a note"
    )
    scope: Literal["shared", "machine"] = Field(
        cast("Any", None),
        description="shared: for everyone who uses the state; machine: for each machine (default for a loopback URL)",
    )
    insecure_http: bool = Field(False, description="allow the key to be sent over plain http to another machine")


class AuthFields(StrictModel):
    """The header that carries the key: `HEADER: SCHEME KEY`."""

    header: str = Field("Authorization", description="the name of the header")
    scheme: str = Field("Bearer", description='the word before the key; "" if the header has the key alone')


class PresetFields(StrictModel):
    """A custom preset: the properties of a vendor or server without a built-in preset."""

    name: str = Field("", description="the name that `gwctl presets` shows")
    description: str = Field("", description="one line about the vendor or server, for `gwctl presets`")
    base_url: str = Field("", description="the base URL; can contain {placeholders} that each endpoint replaces")
    dialect: str = Field("openai", description="the protocol of the endpoint")
    apis: list[Api] = Field([], description="the APIs of the server; if absent, the APIs of the dialect")
    auth: AuthFields = Field(AuthFields.model_construct(), description="the header that carries the key")
    key: Literal["required", "optional", "none"] = Field("required", description="whether the server needs a key")
    key_hint: str = Field("", description="where to get a key; shown if the key is missing")
    variable: str = Field(
        "",
        description="the variable that contains the key if there is no key reference; used only for the preset's own "
        "host",
    )
    list_path: str = Field("", description="the path of the model list, below the base URL")
    chat_path: str = Field("", description="the path of the chat API, below the base URL")
    headers: dict[str, str] = Field({}, description="sent with every request; no credentials")
    docs_url: str = Field("", description="the page about the API, for `gwctl presets` and hints")


class ClientFields(StrictModel):
    """A tool that gwctl configures on each machine that has it. The first use on a machine needs consent."""

    tool: str = Field("", description="the tool, if the name of the client is not the name of the tool")
    file: Literal["own", "shared", "none"] = Field(
        cast("Any", None),
        description="own: a separate file for gwctl; shared: only gwctl's fields in the user's file; none: write no "
        "file, show what to do",
    )
    path: str = Field("", description="the file, relative to this gateway file; if absent, the usual file of the tool")
    endpoints: list[str] = Field([], description="only these endpoints")
    models: list[str] = Field([], description="only models whose ID matches one of these patterns")
    serves: str = Field(
        "",
        description="the endpoint whose server reads the file; gwctl leaves this endpoint out of the file",
    )
    key_from: Literal["helper", "env", "none"] = Field(
        cast("Any", None), description="how the tool gets the key; if absent, the safest way that the tool supports"
    )
    set_default: Literal["if-unset", "always", "never"] = Field(
        "if-unset", description="when to set the tool's default model in a shared file"
    )
    when_absent: Literal["skip", "write"] = Field("skip", description="what to do if the tool is not found")


class RemovedFields(StrictModel):
    """The permission to delete an endpoint or model, reviewed with the file. With `keep`, gwctl only forgets it."""

    address: str = Field(description="endpoint.NAME or model.ENDPOINT/ID")
    keep: bool = Field(False, description="only remove the resource from the state; delete nothing else")


class MovedFields(StrictModel):
    """A rename of a recorded resource."""

    from_: str = Field(alias="from", description="the old address")
    to: str = Field(description="the new address")


class GatewayFile(StrictModel):
    """The gateway file of gwctl: the language-model endpoints that a team uses."""

    model_config = ConfigDict(json_schema_extra={"patternProperties": {"^x-": True}})

    version: Annotated[Literal[1], BeforeValidator(whole)] = Field(description="the version of this format")
    name: str = Field(description="the name of the gateway; a state belongs to this name", pattern=NAME)
    requires: str = Field("", description='the versions of gwctl that can read this file, such as ">=0.1"')
    state: str = Field(
        "file:.gwctl/state.json",
        description="where the state is stored: a URL, or a path relative to the first gateway file",
    )
    lock: str = Field(
        "", description="the lock file, relative to this file; if absent, NAME.lock.yaml for a gateway file NAME.yaml"
    )
    endpoints: dict[Annotated[str, Field(pattern=NAME)], EndpointFields] = Field(
        description="the endpoints by name; each has a name of your choice"
    )
    presets: dict[Annotated[str, Field(pattern=NAME)], PresetFields] = Field(
        {}, description="your own presets by name, for vendors and servers without a built-in preset"
    )
    defaults: dict[Purpose, Candidates] = Field(
        {}, description="the default model of each purpose: the first candidate that is available"
    )
    clients: dict[Annotated[str, Field(pattern=NAME)], ClientFields] = Field(
        {},
        description="the tools that use these endpoints; each has a name of your choice, usually the name of the tool",
    )
    roles: dict[Annotated[str, Field(pattern=NAME)], RoleEntry] = Field(
        {}, description="a model for each purpose, for `small` (a cheaper chat model) and for names of your own"
    )
    removed: list[RemovedFields] = Field([], description="deletes that this file allows")
    moved: list[MovedFields] = Field([], description="renames of endpoints")


def gateway_schema() -> dict[str, Any]:
    """Return the JSON Schema of the gateway file."""
    from reconciler.config.editors import for_editors

    return for_editors(GatewayFile.model_json_schema(by_alias=True))
