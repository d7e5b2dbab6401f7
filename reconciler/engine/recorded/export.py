"""The resolved file that `gwctl export resolved` prints. No endpoint is contacted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Literal

from reconciler import address, codes
from reconciler.config.gateway import Endpoint
from reconciler.diagnostics import Diagnostic, error, note
from reconciler.engine.keys.applied import is_as_recorded
from reconciler.engine.options import Options
from reconciler.engine.stack.session import Session, open_session
from reconciler.engine.trust.pairs import Holdings, WantedPair, exposure_of, wants_of
from reconciler.engine.trust.recorded import is_recorded
from reconciler.engine.trust.withheld_messages import about_endpoint
from reconciler.errors import Failed
from reconciler.ledger.applied_rows import AppliedRows
from reconciler.ledger.handle_rows import HandleRows
from reconciler.render.json.types.resolved import ResolvedDocument
from reconciler.secrets.commands.helper_command import HelperRefused, helper_command
from reconciler.store_url import is_remote
from reconciler.tools.resolved import KeyDocument, resolved_document
from reconciler.values import dataclass

KeySource = Literal["env", "helper", "none"]
_CLIENT = "programs"  # the name of the client in the handles of this file


@dataclass(frozen=True)
class Exported:
    """The resolved file, and the diagnostics of the export."""

    document: ResolvedDocument
    diagnostics: tuple[Diagnostic, ...]


def export_resolved(options: Options, key: KeySource) -> Exported:
    """Return the resolved file of everything applied in this scope.

    An endpoint that differs from the gateway file is left out, with a note. Raise `Failed` if nothing is applied, or if
    nobody agreed to send a key to the host in the resolved file.
    """
    return resolved_of(open_session(options, ()), key)


def resolved_of(session: Session, key: KeySource) -> Exported:
    """Return the resolved file of an opened session. Raise `Failed` in the same cases as `export_resolved`."""
    applied = exported_endpoints(session, key)
    keys = {endpoint.name: _key(endpoint, session, key) for endpoint in applied}
    document = resolved_document(session.gateway.name, applied, session.recorded, keys)
    return Exported(document, (*session.diagnostics, *left_out(session, applied)))


def exported_endpoints(session: Session, key: KeySource) -> list[Endpoint]:
    """Return the endpoints that an exported file can contain.

    Raise `Failed` if no endpoint is applied, or if nobody agreed to send a key to the host in the exported file.
    """
    applied = applied_endpoints(session)
    if not applied:
        raise Failed(_nothing_applied(session))
    if key != "none":
        _refuse_unbound(session, applied)
    return applied


def applied_endpoints(session: Session) -> list[Endpoint]:
    """Return the endpoints of the gateway file that are recorded with the same base URL and the same key."""
    recorded = session.recorded
    found = ((endpoint, recorded.get(address.endpoint(name))) for name, endpoint in session.gateway.endpoints.items())
    return [endpoint for endpoint, before in found if before and is_as_recorded(endpoint, before.as_endpoint)]


def _refuse_unbound(session: Session, endpoints: Sequence[Endpoint]) -> None:
    """Raise `Failed` with every endpoint whose key has no consent.

    Programs send the key to the host in the resolved file.
    """
    trust = session.trust
    wants = [want for endpoint in endpoints for want in _wants(endpoint, session)]
    trust.agree(wants)
    shared = session.state.resources if is_remote(session.store.url) else {}
    trust.consents.believe(partial(is_recorded, session.gateway, shared))
    trust.write_down()
    withheld = [want for want in trust.withheld if want in wants]
    if withheld:
        raise Failed(*(_withheld(endpoint, session, withheld) for endpoint in endpoints if _has(withheld, endpoint)))


def _wants(endpoint: Endpoint, session: Session) -> Iterator[WantedPair]:
    """Yield the pair of the endpoint's key and host, even if the key's variable is not set in this shell.

    The program that reads the resolved file may have the variable.
    """
    wants = wants_of(endpoint, Holdings(None, session.gateway.name, names_before=session.gateway.names_before))
    is_kept_only = endpoint.key is None
    yield from (want for want in wants if want.what == ("kept key" if is_kept_only else "key"))


def _has(wants: Sequence[WantedPair], endpoint: Endpoint) -> bool:
    return any(want.endpoint == endpoint.name for want in wants)


def _withheld(endpoint: Endpoint, session: Session, wants: Sequence[WantedPair]) -> Diagnostic:
    pairs = [want.pair for want in wants if want.endpoint == endpoint.name]
    summary, detail, hint = about_endpoint(endpoint.name, pairs, session.trust.elsewhere, session.options.typed)
    at = address.endpoint(endpoint.name)
    return error(codes.KEY_WITHHELD, summary, detail=detail, hint=hint, address=at, source=endpoint.source)


def _key(endpoint: Endpoint, session: Session, source: KeySource) -> KeyDocument:
    variable = endpoint.key_variable
    if source == "none" or variable is None:
        return None
    return {"env": variable} if source == "env" else {"command": key_command(endpoint, session, _CLIENT)}


def key_command(endpoint: Endpoint, session: Session, client: str) -> list[str]:
    """Return the command that prints the key for a client, and record its handle.

    Raise `Failed` if the key cannot be printed.
    """
    ledger, stack = session.trust.ledger(), session.trust.stack.id
    if endpoint.name not in AppliedRows(ledger).read(stack):
        raise Failed(_not_applied_here(endpoint, session))
    handle = HandleRows(ledger).make(stack, client, endpoint.name).handle
    command = helper_command(handle, exposure_of(endpoint).origin, ledger)
    if isinstance(command, HelperRefused):
        raise Failed(error(codes.HELPER_REFUSED, command.reason, detail="Nothing was printed.", hint=command.hint))
    return list(command)


def left_out(session: Session, applied: Sequence[Endpoint]) -> Iterator[Diagnostic]:
    """Yield a note for each endpoint of the gateway file that is not in `applied`.

    The endpoint was never applied, or the applied endpoint differs.
    """
    names = {endpoint.name for endpoint in applied}
    for name, endpoint in session.gateway.endpoints.items():
        if name not in names:
            at = address.endpoint(name)
            summary = f"{at} is left out: the endpoint in the gateway file differs from the applied endpoint"
            yield note(codes.NOT_APPLIED_YET, summary, hint="gwctl apply", address=at, source=endpoint.source)


def _nothing_applied(session: Session) -> Diagnostic:
    return error(
        codes.NOT_APPLIED_YET,
        "No endpoint of the gateway file has been applied yet",
        detail="A resolved file contains only what was applied. Nothing was printed.",
        hint=f"gwctl apply{session.options.typed}",
    )


def _not_applied_here(endpoint: Endpoint, session: Session) -> Diagnostic:
    return error(
        codes.NOT_APPLIED_YET,
        f"The endpoint {endpoint.name} has not been applied on this machine",
        detail="`gwctl key print` prints only keys of endpoints that were applied here. Nothing was printed.",
        hint=f"gwctl apply{session.options.typed}",
        address=address.endpoint(endpoint.name),
        source=endpoint.source,
    )
