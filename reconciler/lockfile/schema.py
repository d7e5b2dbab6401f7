"""The schema of the lock file. pydantic checks files with this schema.

`schemas/lock.schema.json` is generated from this schema.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

from pydantic import BeforeValidator, Field

from reconciler.address import Api, Capability, Purpose
from reconciler.config.schema import NAME, StrictModel, whole
from reconciler.resources.attributes import Tokens

DIGEST = r"^sha256:[0-9a-f]{64}$"


class PinnedModel(StrictModel):
    """A model in a pinned list."""

    purpose: Purpose
    from_: str = Field(
        alias="from", description="the source of the purpose: `id`, `assumed`, or the name of a field in the list"
    )
    context: Tokens = Field(cast("Any", None), description="the context window, in tokens (since version 2)")
    output: Tokens = Field(cast("Any", None), description="the longest output, in tokens (since version 2)")
    capabilities: list[Capability] = Field(cast("Any", None), description="the known capabilities (since version 2)")
    apis: list[Api] = Field(cast("Any", None), description="the APIs of this model (since version 2)")


class PinnedEndpoint(StrictModel):
    """The model list of one endpoint, before any filter."""

    base_url: str = Field(description="the base URL of the server that returned the list")
    dialect: str
    digest: str = Field(
        description="the SHA-256 over all other fields, which reveals manual edits and bad merges", pattern=DIGEST
    )
    models: dict[Annotated[str, Field(pattern=r"\S")], PinnedModel] = Field(description="{ID: its properties}")


class LockFields(StrictModel):
    """The lock file of gwctl: the model list of each endpoint. `gwctl lock` writes this file. Keep this file in git."""

    version: Annotated[Literal[1, 2], BeforeValidator(whole)] = Field(description="the version of this format")
    name: str = Field(description="the `name` of the gateway file that the lock file belongs to", pattern=NAME)
    endpoints: dict[Annotated[str, Field(pattern=NAME)], PinnedEndpoint]
