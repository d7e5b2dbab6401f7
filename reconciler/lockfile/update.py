"""The decision whether a new model list of an endpoint replaces the pinned list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from reconciler import address, codes
from reconciler.codes import Code
from reconciler.config.gateway import Endpoint
from reconciler.diagnostics import Diagnostic, error
from reconciler.lockfile.document import ListDifference, Pin, difference, misfit, pin_of
from reconciler.plan.resolve.model_list import is_short
from reconciler.resources.observation import Listed, Observation
from reconciler.values import dataclass

_NONE = ListDifference()
Result = Literal["added", "changed", "unchanged", "removed", "kept"]


@dataclass(frozen=True, kw_only=True)
class PinUpdate:
    """The update of one pinned list. `pin` is the new list, or None if the list is removed."""

    name: str
    result: Result
    pin: Pin | None
    difference: ListDifference = _NONE
    why: str = ""  # a reason other than `difference` for the result `changed`; the reason for `kept`
    diagnostic: Diagnostic | None = None  # why the new list is not accepted


def judge(
    endpoint: Endpoint,
    seen: Observation,
    before: Pin | None,
    recorded: Iterable[str],
    accepted: bool,
) -> PinUpdate:
    """Return the update of the pinned list after a request to the endpoint.

    A list that is partial, empty or short is pinned only if `accepted`. The list is compared with the pinned list. If
    there is no pinned list, the list is compared with the recorded models.
    """
    if not isinstance(seen.catalog, Listed):
        return PinUpdate(name=endpoint.name, result="kept", pin=before, why=_words(seen))
    known = [model.id for model in before.models] if before else list(recorded)
    fault = None if accepted else _doubt(endpoint, seen.catalog, known, before is not None)
    if fault:
        return PinUpdate(name=endpoint.name, result="kept", pin=before, why=fault.summary, diagnostic=fault)
    return _pinned(endpoint, pin_of(endpoint, seen.catalog.models), before)


def removed(pin: Pin) -> PinUpdate:
    """Return the update that removes the list of an endpoint that the gateway file does not pin."""
    return PinUpdate(name=pin.name, result="removed", pin=None, difference=difference(pin.models, ()))


def _words(seen: Observation) -> str:
    return f"{seen.summary}: {seen.detail.rstrip('.')}" if seen.detail else seen.summary


def _pinned(endpoint: Endpoint, new: Pin, before: Pin | None) -> PinUpdate:
    if before is None:
        return PinUpdate(name=endpoint.name, result="added", pin=new, difference=difference((), new.models))
    change = difference(before.models, new.models)
    why = misfit(endpoint, before) or ("" if before.intact else "the pinned list was edited by hand or merged")
    why = why or ("the limits and capabilities were not pinned yet" if new.has_details and before.is_unread else "")
    if change or why:
        return PinUpdate(name=endpoint.name, result="changed", pin=new, difference=change, why=why)
    return PinUpdate(name=endpoint.name, result="unchanged", pin=before)


def _doubt(endpoint: Endpoint, catalog: Listed, known: list[str], pinned: bool) -> Diagnostic | None:
    """Return a diagnostic if the list must not be pinned. Return None if the list is good.

    A plan applies the same rules to filtered IDs.
    """
    listed = catalog.models
    if catalog.is_partial:
        summary = f"The list is incomplete: {len(listed)} models received, but the server has more"
        return _not_believed(endpoint, codes.PARTIAL_LIST, summary)
    passing = endpoint.discover.passing(known, {*known, *(model.id for model in listed)})
    missing = len(set(passing) - {model.id for model in listed})
    if not listed and (known or not pinned):
        return _not_believed(endpoint, codes.NO_MODELS_RETURNED, "No models returned")
    if is_short(len(passing), missing):
        what = "pinned models" if pinned else "recorded models"
        return _not_believed(
            endpoint, codes.SHORT_LIST, f"The list no longer has {missing} of the {len(passing)} {what}"
        )
    return None


def _not_believed(endpoint: Endpoint, code: Code, summary: str) -> Diagnostic:
    return error(
        code,
        summary,
        detail="This is often a fault of the server, so the pinned list is kept.",
        hint=f"if the list is correct, run `gwctl lock --accept-catalog {endpoint.name}`",
        address=address.endpoint(endpoint.name),
        source=endpoint.source,
    )
