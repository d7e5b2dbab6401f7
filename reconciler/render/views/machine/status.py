"""The status of a gateway file on this machine, as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.render.json.types.state import EndpointStatusDocument, KeyCondition, StatusDocument
from reconciler.render.phrases import counted
from reconciler.render.tree import Block, Document, Role, Span, Table, document, line, section

_MOST = 5  # changes
_ROLES: dict[KeyCondition, Role] = {"missing": "error", "not read": "dim", "none": "dim"}
_SOURCES = {"ledger": ", as of the last apply on this machine", "nothing": ""}


def status_view(status: StatusDocument, ages: Mapping[str, str]) -> Document:
    """Return the endpoints, roles and owned resources, the differences from the gateway file, and the next steps."""
    return document(
        section(line(Span(status["name"] or "", "strong"), f"  state: {status['state']}{_source(status, ages)}")),
        section(*_endpoints(status, ages)),
        section(*_roles(status)),
        section(*_owned(status)),
        section(*_differences(status)),
        section(*_next(status)),
    )


def _source(status: StatusDocument, ages: Mapping[str, str]) -> str:
    applied = f", applied here {ages[status['applied']]}" if status["applied"] else ""
    return f"{applied}{_SOURCES.get(status['source'], '')}"


def _endpoints(status: StatusDocument, ages: Mapping[str, str]) -> Iterator[Block]:
    is_live = any(endpoint["live"] for endpoint in status["endpoints"])
    header = ("ENDPOINT", "KEY", "MODELS", "LIST", *(("NOW",) if is_live else ()), "URL")
    rows = tuple(_endpoint(endpoint, ages, is_live) for endpoint in status["endpoints"])
    yield Table(header, rows, spare=(len(header) - 1, 3)) if rows else line("No endpoints.")


def _endpoint(endpoint: EndpointStatusDocument, ages: Mapping[str, str], is_live: bool) -> tuple[Span, ...]:
    condition = endpoint["key_condition"]
    missing = " (not set)" if condition == "missing" and endpoint["key"] else ""
    key = endpoint["key"] if condition != "none" else None
    now = (_now(endpoint),) if is_live else ()
    return (
        Span(endpoint["name"], "strong"),
        Span(f"{key or condition}{missing}", _ROLES.get(condition, "plain")),
        _models(endpoint),
        Span(ages.get(endpoint["listed"] or "", "never here"), "dim"),
        *now,
        Span(endpoint["base_url"], "dim"),
    )


def _models(endpoint: EndpointStatusDocument) -> Span:
    if not endpoint["applied"]:
        return Span("not applied", "warning")
    counts = [f"{number} {purpose}" for purpose, number in endpoint["models"].items()]
    return Span(", ".join(counts) or "0")


def _now(endpoint: EndpointStatusDocument) -> Span:
    live = endpoint["live"]
    if live is None:
        return Span("not asked", "dim")
    if live["models"] is not None:
        return Span(counted(live["models"], "model"), "good")
    return Span(live["code"] or live["status"], "error")


def _roles(status: StatusDocument) -> Iterator[Block]:
    if status["roles"]:
        rows = tuple((Span(role, "strong"), Span(model)) for role, model in status["roles"].items())
        yield Table(("ROLE", "MODEL"), rows)


def _owned(status: StatusDocument) -> Iterator[Block]:
    if status["owned"]:
        rows = tuple((Span(owned["address"], "strong"), Span(owned["since"], "dim")) for owned in status["owned"])
        yield Table(("ON THIS MACHINE", "SINCE"), rows)


def _differences(status: StatusDocument) -> Iterator[Block]:
    changes = status["changes"]
    if status["compared"] == "not applied":
        yield line(Span("The gateway file is not applied on this machine.", "warning"))
    elif status["compared"] == "not known":
        yield line("It is not known whether the gateway file differs from what was applied.")
    elif status["compared"] == "matches":
        yield line(Span("The gateway file matches what was applied.", "good"))
    elif changes is None:
        yield line(Span("The gateway file has changed since the last apply on this machine.", "warning"))
    else:
        more = [line(f"and {len(changes) - _MOST} more")] if len(changes) > _MOST else []
        under = (*(line(change) for change in changes[:_MOST]), *more)
        known = " known here" if status["source"] == "ledger" else ""
        number = counted(len(changes), "resource")
        yield line(Span(f"The gateway file differs in {number}{known}:", "warning"), under=under)


def _next(status: StatusDocument) -> Iterator[Block]:
    steps = [line(Span(step["typed"], "typed"), f"  ({step['why']})") for step in status["next"]]
    yield line(Span("Next:", "strong"), under=steps) if steps else line("Nothing to do.")
