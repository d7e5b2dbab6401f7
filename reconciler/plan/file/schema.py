"""The saved plan's document, as pydantic reads and checks it; `schemas/saved-plan.schema.json` is made from it."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from reconciler.address import Kind
from reconciler.resources.attributes import RECORDED_ATTRIBUTES, Attributes


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class SourcePart(_Part):
    """A place in a file, counted from 1; line 0 is the file as a whole."""

    file: str
    line: int
    column: int


@cache
def attributes_of(kind: Kind) -> TypeAdapter[Attributes]:
    """The check of the attributes of that kind; those of an owned resource are texts that name its slot."""
    return TypeAdapter(RECORDED_ATTRIBUTES.get(kind, dict[str, str]))


class ResourcePart(_Part):
    """One side of a change: `attributes` are compared, `facts` only recorded; as the state has them."""

    address: str
    attributes: dict[str, Any]
    facts: dict[str, Any]


class DifferencePart(_Part):
    """One attribute that differs; `path` is dotted."""

    path: str
    before: Any
    after: Any


class ChangePart(_Part):
    """One change; the unchanged are there too, with action `none`."""

    address: str = Field(pattern=r"^(endpoint|model|default|key)\.")
    action: Literal["create", "update", "delete", "forget", "none"]
    cause: Literal["config", "catalog", "drift", "key"] | None
    reason: str
    before: ResourcePart | None
    after: ResourcePart | None
    diff: list[DifferencePart]
    moved_from: str | None
    source: SourcePart | None
    scope: Literal["shared", "machine"]


class HeldPart(_Part):
    """A model that a short list omits."""

    address: str
    why: str


class ObservationPart(_Part):
    """What asking an endpoint gave; `listed` is its list as [ID, purpose, purpose_source], null without one.

    `pinned` counts the lock file's list, where that was used.
    """

    status: Literal["listed", "empty", "unlisted", "skipped"]
    code: str | None
    http_status: int | None
    url: str | None
    latency_ms: int | None
    summary: str
    detail: str
    hint: str
    key_sent: bool
    pinned: int | None
    listed: list[Annotated[list[str], Field(min_length=3, max_length=3)]] | None


class DiagnosticPart(_Part):
    """One finding."""

    severity: Literal["error", "warning", "note"]
    code: str
    summary: str
    detail: str
    hint: str
    address: str | None
    source: SourcePart | None
    blocks_apply: bool = Field(description="an apply takes it as an error")


class ConsentsPart(_Part):
    """The consents that the plan was made with; addresses, and names of endpoints."""

    catalogs: list[str]
    deletes: list[str]
    hosts: list[str]
    adopts: list[str]
    removed: list[str]


class PairPart(_Part):
    """A secret of an endpoint, by its reference, and where it may go; `what`: key, kept key, header NAME, …"""

    endpoint: str
    what: str
    secret: str
    origin: str
    path: str
    proxy: str
    ca_file: str
    ca_content: str = Field(default="", description="the digest of `ca_file`, where a pull may change it")


class PlanFile(_Part):
    """A saved plan: data for one apply. It holds no secret."""

    format: Literal["gwctl plan"]
    version: Literal[3]
    gwctl_version: str
    digest: str = Field(pattern="^sha256:[0-9a-f]{64}$", description="over all the rest: an edited plan is refused")
    made_by: str = Field(description="USER@HOST, or the run of a pipeline")
    made_at: str = Field(description="UTC, ISO 8601")
    name: str
    scope: Literal["all", "shared", "machine"]
    lineage: str | None = Field(description="of the state; null: there was none yet")
    serial: int | None = Field(description="of the state; null: it was not read")
    config_digest: str = Field(description="of the merged gateway file after ${…}, without the values of headers")
    lock_digest: str | None = Field(description="of the lock file; null: there was none")
    complete: bool
    stopped: bool = Field(description="the guard forbids it")
    consents: ConsentsPart
    pairs: list[PairPart] = Field(description="what somebody had agreed to when the plan was made")
    changes: list[ChangePart]
    held: list[HeldPart]
    blocked: list[str]
    observations: dict[str, ObservationPart]
    diagnostics: list[DiagnosticPart]
