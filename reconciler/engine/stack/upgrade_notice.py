"""The notes about records of an older gwctl. The next apply upgrades these records."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler import codes
from reconciler.diagnostics import Diagnostic, note, warning
from reconciler.engine.stack.session import Session
from reconciler.resources.attributes import HeaderLiteralAttributes
from reconciler.resources.resource import Recorded, Resource
from reconciler.text import printable

_SHOWN = 10  # headers by name
_ELSEWHERE = "Other copies still contain these values: git, old versions in a bucket or in GitLab, database backups."
_ROTATE = "if one of these values is a secret, rotate it, then apply"


def about_older(session: Session) -> Iterator[Diagnostic]:
    """Yield a diagnostic about the state and one diagnostic about this machine's records, if their format is older."""
    state, mine = session.state, session.records
    if state.older and session.scope == "machine":
        summary = f"The state has the older format {state.older}"
        yield note(codes.STATE_OLDER_FORMAT, summary, hint="the pipeline's next apply upgrades the state")
    elif state.older:
        yield _about(f"The state ({session.store.place})", f"format {state.older}", state.resources)
    if mine.older:
        yield _about("The ledger", "an older format", mine.resources)


def _about(what: str, version: str, resources: Recorded) -> Diagnostic:
    names = [f"{printable(name, 60)} of {at}" for at, resource in resources.items() for name in _literals(resource)]
    if not names:
        summary = f"{what} has {version}: the next apply upgrades the format, even if nothing else changes"
        return note(codes.STATE_OLDER_FORMAT, summary)
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    summary = f"{what} contains header values that an older gwctl recorded: {', '.join(names[:_SHOWN])}{more}"
    detail = f"The next apply removes these values, also from the backup. {_ELSEWHERE}"
    return warning(codes.HEADER_VALUES_RECORDED, summary, detail=detail, hint=_ROTATE)


def _literals(resource: Resource) -> list[str]:
    """Return the headers whose values were written in the gateway file and were recorded by an older gwctl."""
    headers = resource.as_endpoint.headers if resource.address.is_endpoint else {}
    return [name for name, value in headers.items() if isinstance(value, HeaderLiteralAttributes)]
