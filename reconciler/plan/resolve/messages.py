"""The diagnostics about the exchange with an endpoint and about the endpoint's model list."""

from __future__ import annotations

from dataclasses import replace

from reconciler import address, codes
from reconciler.config.filters import is_idle
from reconciler.config.gateway import Endpoint
from reconciler.diagnostics import Diagnostic, Severity, diagnostic, note, warning
from reconciler.plan.change import Change
from reconciler.plan.resolve.model_list import KnownModels
from reconciler.resources.observation import OPEN_CODES, Listed, Observation
from reconciler.resources.resource import held_of, replaced_by
from reconciler.secrets.reference import EnvReference
from reconciler.text import did_you_mean, printable

_NAMED = 50  # filtered models that a message names
_HINTED = 10  # missing declared models for which a similar ID is looked up


def to_be_recorded(change: Change) -> Diagnostic:
    """Return the note for an unchanged resource about which an apply records a new fact."""
    what = "the CA file that is trusted"
    if change.address.is_owned:
        what = "an existing entry that is already correct"
    elif held_of(change.after) != held_of(change.before):
        what = "which models are missing from a short list"
    elif change.before and change.after and replaced_by(change.after) != replaced_by(change.before):
        what = "which endpoint replaces this one"
    summary = f"{change.address}: an apply records {what}, even if nothing else changes"
    return note(codes.TO_BE_RECORDED, summary, address=change.address, source=change.source)


def is_list_refused(endpoint: Endpoint, seen: Observation) -> bool:
    """Return whether the server rejects only the list request, and the gateway file does not use the list."""
    plain = seen.code == codes.ENDPOINT_NOT_FOUND or (seen.http_status == 403 and not seen.auth_marker)
    return not endpoint.discover.enabled and plain


def is_open(endpoint: Endpoint, seen: Observation) -> bool:
    """Return whether the missing key is only a warning in a plan, but an error in an apply."""
    return seen.code in OPEN_CODES and not (seen.code == codes.MISSING_API_KEY and endpoint.when_no_key == "skip")


def about_exchange(
    endpoint: Endpoint, seen: Observation, reading: KnownModels, stays: str = ""
) -> tuple[Diagnostic, ...]:
    """Return the diagnostics about the exchange. If a valid key was sent and models were listed, return nothing.

    `stays` is a sentence that says what happens to a blocked endpoint.
    """
    return (*about_key(endpoint, seen), *_outcome(endpoint, seen, reading, stays))


def about_key(endpoint: Endpoint, seen: Observation) -> tuple[Diagnostic, ...]:
    """Return the diagnostics about the key, with causes before effects."""
    return (*_no_key(endpoint, seen), *seen.diagnostics)


def _no_key(endpoint: Endpoint, seen: Observation) -> tuple[Diagnostic, ...]:
    """Return a note if the key reference is not set and the endpoint can be used without a key."""
    asked_for = endpoint.key is not None and not (isinstance(endpoint.key, EnvReference) and endpoint.key.unasked)
    explained = seen.diagnostics or seen.code == codes.INVALID_API_KEY
    if not asked_for or seen.key_sent or seen.status == "skipped" or explained:
        return ()
    summary = f"No key was sent: {endpoint.key} is not set"
    hint = "set the key if the endpoint needs a key"
    return (note(codes.NO_KEY, summary, hint=hint, address=address.endpoint(endpoint.name), source=endpoint.source),)


def _outcome(endpoint: Endpoint, seen: Observation, reading: KnownModels, stays: str) -> tuple[Diagnostic, ...]:
    if seen.code is None:
        return ()
    if is_list_refused(endpoint, seen):
        return (_said("note", endpoint, seen),)
    if seen.code == codes.NO_MODELS_RETURNED:
        return () if endpoint.models and not endpoint.discover.enabled else (_said("warning", endpoint, seen),)
    if seen.status == "skipped":
        return (_about_skip(endpoint, seen),)
    used = stays or _what_is_used(endpoint, seen, reading)
    if seen.code in (codes.INVALID_API_KEY, codes.ENDPOINT_NOT_FOUND):
        diagnostic = replace(_said("error", endpoint, seen), detail=f"{seen.detail} {stays}".strip())
        return (diagnostic,) if stays else (_said("warning", endpoint, seen), _could_not_fetch(endpoint, used, ""))
    detail = f"{seen.detail.rstrip('.')}. {used}" if seen.detail else used
    return (_could_not_fetch(endpoint, detail, seen.hint),)


def about_list(endpoint: Endpoint, seen: Observation, reading: KnownModels) -> tuple[Diagnostic, ...]:
    """Return the diagnostics about partial lists, short lists, unlisted models, and filters that match nothing."""
    if not isinstance(seen.catalog, Listed):
        return ()
    if reading.is_partial:
        return (partial_list(endpoint, seen.catalog),)
    short = (_short_list(endpoint, reading),) if reading.known else ()
    if not seen.catalog.models:
        return short
    absent = [model for model in endpoint.models if model.id not in reading.raw]
    meant = {model.id: did_you_mean(model.id, reading.raw) for model in absent[:_HINTED]}
    unlisted = tuple(
        warning(
            codes.DECLARED_NOT_LISTED,
            "A declared model is not in the endpoint's list",
            detail="The model is kept because the gateway file declares it. Calls to the model may fail.",
            hint=meant.get(model.id) or "check the spelling, or remove the model from the file",
            address=address.model(endpoint.name, model.id),
            source=model.source,
        )
        for model in absent
    )
    return short + unlisted + filtered(endpoint, seen.catalog) + _idle_filters(endpoint, seen.catalog)


def nothing_known(endpoint: Endpoint, seen: Observation, stays: str) -> Diagnostic:
    """Return the diagnostic for an endpoint without known models.

    The diagnostic is an error, or a warning if the endpoint was skipped.
    """
    asked = seen.status != "skipped"
    cause = f"{seen.detail.rstrip('.')}. " if asked and seen.detail else ""
    declare = f"declare the models that you need under endpoints.{endpoint.name}.models"
    return diagnostic(
        "error" if asked else "warning",
        codes.NO_MODELS_KNOWN,
        f"{seen.summary}; no models are known" if asked else "No models are known",
        detail=f"{cause}No earlier list is recorded, and the gateway file declares no model. {stays}",
        hint=f"{seen.hint}; or {declare}" if asked and seen.hint else declare,
        address=address.endpoint(endpoint.name),
        source=endpoint.source,
    )


def _said(severity: Severity, endpoint: Endpoint, seen: Observation) -> Diagnostic:
    at = address.endpoint(endpoint.name)
    return diagnostic(
        severity,
        seen.code or codes.COULD_NOT_FETCH_MODELS,
        seen.summary,
        detail=seen.detail,
        hint=seen.hint,
        address=at,
        source=endpoint.source,
    )


def _about_skip(endpoint: Endpoint, seen: Observation) -> Diagnostic:
    if seen.code in (codes.KEY_UNREADABLE, codes.KEY_COMMAND_CHANGED, codes.KEY_MALFORMED) or seen.is_left:
        return _said("error", endpoint, seen)
    if is_open(endpoint, seen):
        return replace(_said("warning", endpoint, seen), blocks_apply=True)
    return _said("note", endpoint, seen)


def _could_not_fetch(endpoint: Endpoint, detail: str, hint: str) -> Diagnostic:
    at = address.endpoint(endpoint.name)
    return warning(
        codes.COULD_NOT_FETCH_MODELS,
        "Could not fetch models",
        detail=detail,
        hint=hint,
        address=at,
        source=endpoint.source,
    )


def _what_is_used(endpoint: Endpoint, seen: Observation, reading: KnownModels) -> str:
    if isinstance(seen.catalog, Listed):  # a pinned list, because the endpoint returned none
        number = len(seen.catalog.models)
        return f"gwctl uses the {number} model{'s' if number != 1 else ''} listed {seen.catalog.where} instead."
    declared = len(endpoint.models)
    known = len(reading.known - {model.id for model in endpoint.models})
    parts = [f"{declared} declared"] if declared or not known else []
    parts += [f"{known} last-known"] if known else []
    return f"gwctl uses {' and '.join(parts)} model{'s' if declared + known != 1 else ''} instead."


def _short_list(endpoint: Endpoint, reading: KnownModels) -> Diagnostic:
    return warning(
        codes.SHORT_LIST,
        f"The list no longer has {reading.missing} of the {reading.total} recorded models",
        detail="This is often a fault of the server, so the missing models are kept.",
        hint=f"if the list is correct, add `--accept-catalog {endpoint.name}`",
        address=address.endpoint(endpoint.name),
        source=endpoint.source,
    )


def partial_list(endpoint: Endpoint, catalog: Listed) -> Diagnostic:
    """Return the warning about a list that the server itself calls incomplete."""
    number = len(catalog.models)
    return warning(
        codes.PARTIAL_LIST,
        f"The list is incomplete: {number} model{'s' if number != 1 else ''} received, but the server has more",
        detail="gwctl cannot fetch the rest. New models are added. Models missing from the list are not deleted.",
        hint=f"if this is the whole list, add `--accept-catalog {endpoint.name}`",
        address=address.endpoint(endpoint.name),
        source=endpoint.source,
    )


def filtered(endpoint: Endpoint, catalog: Listed) -> tuple[Diagnostic, ...]:
    """Return a note about the listed models that the filters exclude.

    If the filters exclude no model, return nothing.
    """
    ids = [model.id for model in catalog.models]
    passing = set(endpoint.discover.passing(ids, ids))
    out = [model_id for model_id in ids if model_id not in passing]
    if not out or not endpoint.discover.enabled:
        return ()
    names = ", ".join(printable(model_id, 80) for model_id in out[:_NAMED]) + (", …" if len(out) > _NAMED else "")
    summary, detail = f"{len(ids)} listed, {len(out)} filtered out", f"Excluded by `discover`: {names}."
    hint, at = f"gwctl models {endpoint.name} shows the list", address.endpoint(endpoint.name)
    return (note(codes.MODELS_FILTERED, summary, detail=detail, hint=hint, address=at, source=endpoint.source),)


def _idle_filters(endpoint: Endpoint, catalog: Listed) -> tuple[Diagnostic, ...]:
    ids = [model.id for model in catalog.models]
    idle = {
        kind: [p for p in patterns if is_idle(p, ids)]
        for kind, patterns in (("include", endpoint.discover.include), ("exclude", endpoint.discover.exclude))
    }
    return tuple(
        diagnostic(
            "warning" if kind == "include" else "note",
            codes.FILTER_MATCHES_NOTHING,
            f"{kind} matches none of the {len(ids)} listed IDs: {printable(', '.join(patterns))}",
            hint=f"gwctl models {endpoint.name} shows the list",
            address=address.endpoint(endpoint.name),
            source=endpoint.source,
        )
        for kind, patterns in idle.items()
        if patterns
    )
