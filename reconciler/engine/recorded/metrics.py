"""The file of metrics that `gwctl plan --metrics FILE` writes."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from reconciler import codes
from reconciler.address import KEY
from reconciler.diagnostics import error
from reconciler.engine.connection_test import finding
from reconciler.engine.options import Options
from reconciler.engine.plan import Run
from reconciler.engine.stack.gateway_file import load_gateway
from reconciler.errors import Failed
from reconciler.files.atomic_file import OwnFile
from reconciler.files.fault import FileFault
from reconciler.identity import now
from reconciler.plan.change import Plan
from reconciler.render.metrics.plan import BEGINNING, MetricFacts, metrics_text
from reconciler.text import printable

_MODE = 0o644  # another user runs the collector; the file has no secret


def save_metrics(plan: Plan, run: Run | None, options: Options, path: Path) -> None:
    """Write the metrics of the plan. An existing file is replaced only if it is empty or contains metrics of gwctl.

    Without a run, the plan has only errors. Raise `Failed` if the file cannot be written.
    """
    facts = _facts(plan, run) if run else MetricFacts(gateway=_name(options), now=_seconds(now()) or 0.0)
    try:
        OwnFile(path).replace(metrics_text(plan, facts).encode(), _is_ours, len(BEGINNING), _MODE)
    except FileFault as fault:
        why = "the file exists and has no metrics of gwctl" if fault.kind == "foreign" else fault.why
    except OSError as fault:
        why = str(fault.strerror)
    else:
        return
    summary = f"Cannot write the metrics: {printable(str(path))}: {why}"
    hint = "name another file: --metrics FILE"
    raise Failed(error(codes.METRICS_UNWRITABLE, summary, detail="No metrics were written.", hint=hint))


def _is_ours(beginning: bytes) -> bool:
    """Return true if the bytes are the beginning of a file of metrics, or are empty. `mktemp` makes an empty file."""
    return beginning in (b"", BEGINNING)


def _facts(plan: Plan, run: Run) -> MetricFacts:
    session = run.session
    written = session.state.written
    return MetricFacts(
        gateway=plan.name,
        now=_seconds(now()) or 0.0,
        applied=_seconds(written.at) if written else None,
        is_up=_up(plan, run),
        keys=_keys(run),
    )


def _up(plan: Plan, run: Run) -> dict[str, bool]:
    """Return {endpoint: whether its connection test passed} for the endpoints that were contacted."""
    endpoints = run.session.gateway.endpoints
    tested = {
        name: finding(endpoints[name], seen) for name, seen in plan.observations.items() if seen.status != "skipped"
    }
    return {name: said is None or said.severity != "error" for name, said in tested.items()}


def _keys(run: Run) -> Mapping[str, float]:
    """Return {endpoint: time when its key was stored, in seconds since 1970}.

    A run that reads no ledger has no stored keys.
    """
    if run.owned is None:
        return {}
    stack, times = run.owned.run.stack, {}
    for row in run.owned.run.rows.values():
        names = [owner.address.partition(".")[2] for owner in row.owners if owner.stack == stack]
        if row.slot.kind is KEY and names and names[0] in run.session.gateway.endpoints:
            times[names[0]] = _seconds(row.changed)
    return {name: time for name, time in times.items() if time is not None}


def _name(options: Options) -> str:
    """Return the name of the gateway, or "" if the gateway file has an error."""
    with suppress(Failed):
        return load_gateway(options)[0].name
    return ""


def _seconds(time: str) -> float | None:
    """Return a time (UTC, ISO 8601) in seconds since 1970, or None if the text is not a time."""
    try:
        return datetime.fromisoformat(time).timestamp()
    except ValueError:
        return None
