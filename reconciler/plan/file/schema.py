"""The document of a saved plan: the plan, and the values that the plan is bound to.

The codec uses these types. `schemas/saved-plan.schema.json` is generated from these types and from `plan.change`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, fields
from functools import cache
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from reconciler import __version__
from reconciler.address import KINDS, Address, Kind, Purpose
from reconciler.codes import Code
from reconciler.diagnostics import Diagnostic
from reconciler.plan.carried_pairs import CarriedPair
from reconciler.plan.change import Change, HeldModel, Plan, Scope
from reconciler.plan.consents import Consents
from reconciler.plan.file.codec import FORMAT, VERSION
from reconciler.resources.observation import Listed, ListedModel, Observation, Status, Unlisted
from reconciler.values import dataclass

_CONFIG = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


def _described(description: str, **more: Any) -> Any:
    return field(metadata={"description": description, **more})


@dataclass(frozen=True, kw_only=True)
class SavedObservation:
    """The observation of an endpoint.

    `listed` is the model list as [ID, purpose, purpose_source], or null without a list.

    `pinned` is the number of models in the lock file's list, or null if that list was not used.
    """

    status: Status
    code: Code | None
    http_status: int | None
    url: str | None
    latency_ms: int | None
    summary: str
    detail: str
    hint: str
    key_sent: bool
    pinned: int | None
    listed: tuple[tuple[str, Purpose, str], ...] | None

    @staticmethod
    def of(seen: Observation) -> SavedObservation:
        """Return the fields of the observation that a saved plan contains."""
        models = seen.answer.models if isinstance(seen.answer, Listed) else None
        listed = None if models is None else tuple((model.id, model.purpose, model.purpose_source) for model in models)
        return SavedObservation(**{name: getattr(seen, name) for name in _COPIED}, listed=listed)

    @property
    def observation(self) -> Observation:
        """The observation with the fields that a saved plan contains. The other fields have their defaults."""
        return Observation(**{name: getattr(self, name) for name in _COPIED}, catalog=self._catalog)

    @property
    def _catalog(self) -> Listed | Unlisted:
        if self.listed is None:
            return Unlisted(self.code or Code(""), self.detail)
        return Listed(tuple(ListedModel(*entry) for entry in self.listed))


_COPIED = tuple(field.name for field in fields(SavedObservation) if field.name != "listed")


@dataclass(frozen=True, kw_only=True)
class SavedConsents:
    """The consents of the user for this plan: addresses of resources, and names of endpoints."""

    catalogs: tuple[str, ...]
    deletes: tuple[str, ...]
    hosts: tuple[str, ...]
    adopts: tuple[Address, ...]
    removed: tuple[Address, ...]

    @staticmethod
    def of(consents: Consents) -> SavedConsents:
        """Return the consents in a fixed order. The consent `everything` of `gwctl destroy` is never saved."""
        return SavedConsents(
            **{field.name: tuple(sorted(getattr(consents, field.name))) for field in fields(SavedConsents)}
        )

    @property
    def consents(self) -> Consents:
        """The consents in the form that the planner uses: as sets."""
        sets: dict[str, Any] = {name: frozenset(names) for name, names in vars(self).items()}
        return Consents(**sets)


@dataclass(frozen=True, kw_only=True)
class PlanFile:
    """A saved plan, which can be applied once. A saved plan contains no secret."""

    __pydantic_config__: ClassVar = _CONFIG  # nested types use it, too

    format: Literal["gwctl plan"]
    version: Literal[3]
    gwctl_version: str
    made_by: str = _described("USER@HOST, or the pipeline run")
    made_at: str = _described("UTC, ISO 8601")
    name: str
    scope: Scope
    lineage: str | None = _described("the lineage of the state; null: there was no state yet")
    serial: int | None = _described("the serial of the state; null: the state was not read")
    config_digest: str = _described("the digest of the merged gateway file after ${…}, without header values")
    lock_digest: str | None = _described("the digest of the lock file; null: there was no lock file")
    complete: bool
    stopped: bool = _described("whether the guard blocked the plan")
    consents: SavedConsents
    pairs: tuple[CarriedPair, ...] = _described("the bindings that the plan was made with")
    changes: tuple[Change, ...]
    held: tuple[HeldModel, ...]
    blocked: tuple[Address, ...]
    observations: Mapping[str, SavedObservation]
    diagnostics: tuple[Diagnostic, ...]
    digest: str = _described(
        "the digest of all other fields; an edited plan is rejected", pattern="^sha256:[0-9a-f]{64}$"
    )

    @staticmethod
    def of(plan: Plan, made_by: str, made_at: str) -> PlanFile:
        """Return the document of the plan. The document's digest is still empty."""
        same = {name: getattr(plan, name) for name in _SAME}
        return PlanFile(
            **same,
            format=FORMAT,
            version=VERSION,
            gwctl_version=__version__,
            made_by=made_by,
            made_at=made_at,
            consents=SavedConsents.of(plan.consents),
            observations={name: SavedObservation.of(seen) for name, seen in plan.observations.items()},
            digest="",
        )

    @property
    def plan(self) -> Plan:
        """The plan in this document."""
        return Plan(
            **{name: getattr(self, name) for name in _SAME},
            consents=self.consents.consents,
            observations={name: seen.observation for name, seen in self.observations.items()},
        )


_SAME = tuple(field.name for field in fields(Plan) if field.name not in ("consents", "observations"))


def plan_file_adapter() -> TypeAdapter[PlanFile]:
    """Return the pydantic adapter for a saved plan. The adapter accepts the kinds in the table of kinds."""
    return _adapter(tuple(KINDS.values()))


@cache
def _adapter(_kinds: tuple[Kind, ...]) -> TypeAdapter[PlanFile]:
    from reconciler.codes import Code  # noqa: F401  (pydantic looks here for what a module imports for types alone)

    return TypeAdapter(PlanFile)


class _EveryField(GenerateJsonSchema):
    """A schema generator that requires all fields. A saved plan also contains the fields that have a default."""

    def field_is_required(self, *_: Any, **__: Any) -> bool:
        return True


def plan_file_schema() -> dict[str, Any]:
    """Return the JSON Schema of a saved plan."""
    return plan_file_adapter().json_schema(schema_generator=_EveryField)
