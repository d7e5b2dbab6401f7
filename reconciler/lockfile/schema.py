"""The lock file's schema: pydantic checks it, and `schemas/lock.schema.json` is made from it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from reconciler.address import Purpose
from reconciler.config.schema import NAME, StrictModel, whole

DIGEST = r"^sha256:[0-9a-f]{64}$"


class PinnedModel(StrictModel):
    """A model of a list."""

    purpose: Purpose
    from_: str = Field(alias="from", description="the source of the purpose: a field of the list, `id`, `assumed`")


class PinnedEndpoint(StrictModel):
    """One endpoint's list, before any filter."""

    base_url: str = Field(description="from which the list was fetched")
    dialect: str
    digest: str = Field(description="sha256 over the rest: detects manual edits and bad merges", pattern=DIGEST)
    models: dict[Annotated[str, Field(pattern=r"\S")], PinnedModel] = Field(description="{ID: its properties}")


class LockFields(StrictModel):
    """gwctl's lock file: what each endpoint listed when `gwctl lock` was run. Made by it, kept in git."""

    version: Annotated[Literal[1], BeforeValidator(whole)] = Field(description="of this format")
    name: str = Field(description="the `name` of the gateway file that it belongs to", pattern=NAME)
    endpoints: dict[Annotated[str, Field(pattern=NAME)], PinnedEndpoint]
