"""The check of an endpoint's key: its source, its presence and its form. No finding contains the key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from reconciler import codes
from reconciler.config.gateway import Endpoint
from reconciler.diagnostics import Severity
from reconciler.engine.doctor.case import DoctorRun, group_of
from reconciler.engine.doctor.file_modes import mode_of, shared
from reconciler.engine.keys.request import request_of
from reconciler.resources.finding import Finding, of, ok
from reconciler.resources.observation import Observation
from reconciler.secrets.reference import CommandReference, EnvReference, FileReference


def key(case: DoctorRun, endpoint: Endpoint) -> Iterator[Finding]:
    """Yield the findings about the endpoint's key. A plan makes the same checks. The key is not sent."""
    reference = endpoint.key
    why_not = _not_run(case, reference) if isinstance(reference, CommandReference) else ""
    if why_not:
        what = f"key: {reference}; not run: {why_not}"
        yield Finding(
            group=group_of(endpoint),
            grade="note",
            code=codes.KEY_NOT_READ,
            summary=what,
            detail="",
            hint="run `gwctl trust`; for one run, add --allow-commands",
        )
        return
    if case.keys is None:
        return
    request = request_of(endpoint, case.keys)()
    if isinstance(request, Observation):
        yield _unasked(endpoint, request)
    elif request.key is not None and case.keys.followed_key(endpoint) is None:
        yield ok(group_of(endpoint), "key: stored in the keychain by gwctl")
    elif request.key is not None:
        usual = " (the preset's usual variable)" if isinstance(reference, EnvReference) and reference.unasked else ""
        yield ok(group_of(endpoint), f"key: {reference}{usual} is set")
    elif not request.diagnostics:
        yield _none(case, endpoint)
    for diagnostic in request.diagnostics:
        yield replace(of(group_of(endpoint), diagnostic), summary=f"key: {diagnostic.summary}", source=None)


def _none(case: DoctorRun, endpoint: Endpoint) -> Finding:
    """Return the finding about an endpoint to which no key is sent."""
    seen, reference = case.keyless.get(endpoint.name), endpoint.key
    is_refused = seen is not None and seen.is_refused_keyless
    if reference is None and not is_refused:
        return ok(group_of(endpoint), "key: not needed and not sent")
    is_stored = bool(endpoint.store_key)  # the gateway file says that each machine stores the key
    what = f"{reference} is not set; no key is sent" if reference else "the gateway file has no key"
    hint = "gwctl join" if is_stored else "set the key if the endpoint needs a key"
    if seen and is_refused:
        what = f"{what}, and the server rejects a request without a key (HTTP {seen.http_status})"
        hint = "gwctl join" if reference else f"add `key: {{env: NAME}}` under endpoints.{endpoint.name}"
    return Finding(
        group=group_of(endpoint),
        grade="warning" if is_stored or is_refused else "note",
        code=codes.NO_KEY,
        summary=f"key: {what}",
        detail="",
        hint=hint,
    )


def _not_run(case: DoctorRun, reference: CommandReference) -> str:
    if case.options.offline or case.keys is None:
        return "--offline"
    return "the command has not been allowed in its current form" if case.keys.refusal(reference) else ""


def _unasked(endpoint: Endpoint, seen: Observation) -> Finding:
    grade: Severity = "warning" if seen.code == codes.KEY_WITHHELD else "error"
    return Finding(
        group=group_of(endpoint),
        grade=grade,
        code=seen.code or codes.MISSING_API_KEY,
        summary=f"key: {seen.summary}",
        detail=seen.detail,
        hint=seen.hint,
    )


def key_file(_case: DoctorRun, endpoint: Endpoint) -> Iterator[Finding]:
    """Yield a warning if other users can read or change the key file."""
    if not isinstance(endpoint.key, FileReference):
        return
    path = Path(endpoint.key.resolved)
    who = shared(path)
    if who:
        summary = f"key: {endpoint.key} can be {who} by other users (mode {mode_of(path)})"
        detail = "Other users can read the key." if who == "read" else "Other users can replace the key."
        yield Finding(
            group=group_of(endpoint),
            grade="warning",
            code=codes.FILE_MODE,
            summary=summary,
            detail=detail,
            hint=f"chmod 600 {endpoint.key.path}",
        )
