"""The key for one handle. The key comes only from the ledger and from the source that the ledger names.

No gateway file, working directory, option of a run or `GWCTL_…` setting changes the result. A file from a `git pull`
must not decide whose key a tool gets. `GWCTL_SET` is not a setting. The names in this variable can only prevent the use
of a variable.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler import codes
from reconciler.errors import Failed
from reconciler.ledger.applied_rows import AppliedEndpoint
from reconciler.ledger.database import NOWHERE
from reconciler.ledger.key_lookup import KeyCandidate, KeyLookup
from reconciler.ledger.locate import checked_path, usual_path
from reconciler.secrets.binding import Binding, Bindings, Pair, Secret, kept_secret, secret_of
from reconciler.secrets.key import Key
from reconciler.secrets.key_request import KeyRequest
from reconciler.secrets.lint import faults_of
from reconciler.secrets.reference import CommandReference, KeyReference, KeyringReference
from reconciler.secrets.resolve_key import Missing, Unreadable, checked, is_blank, read_key
from reconciler.text import printable
from reconciler.values import dataclass

if TYPE_CHECKING:
    from reconciler.codes import Code
    from reconciler.diagnostics import Diagnostic
    from reconciler.secrets.marks import SetFor

_HANDLE = re.compile(r"(?P<endpoint>[a-z0-9][a-z0-9-]*)@[a-z2-7]{6}")
_NAME = re.compile(r"(?P<name>[^/@\s]{1,100})/(?P<endpoint>[a-z0-9][a-z0-9-]*)")
_LIST = "`gwctl key list` lists the handles of a gateway file"


@dataclass(frozen=True, kw_only=True)
class PrintableKey:
    """A key that may be printed, the source of the key, and the endpoint for the key."""

    key: Key
    origin: str  # where it may be sent
    source: str  # in words, as `env ACME_KEY`
    candidate: KeyCandidate
    ledger: Path


def printable_key(request: KeyRequest, environ: Mapping[str, str]) -> PrintableKey:
    """Return the requested key. Raise `Failed` with one reason if no key can be printed."""
    ledger = _ledger(request, environ)
    candidate = _candidate(request, KeyLookup(ledger), ledger)
    applied = _checked_candidate(candidate, request)
    key, source = _KeySource(candidate, applied, environ).read()
    return PrintableKey(key=key, origin=applied.exposure.origin, source=source, candidate=candidate, ledger=ledger)


def key_of_applied(ledger: Path, stack: str, endpoint: str, environ: Mapping[str, str]) -> Key:
    """Return the key of an applied endpoint in the stack with this ID. Raise `Failed` if no key can be returned."""
    found = KeyLookup(ledger).of_stack(stack, endpoint)
    if found is None or found.applied is None:
        raise _failed(codes.NOT_APPLIED_YET, f"The endpoint {endpoint} is not applied on this machine", "gwctl apply")
    return _KeySource(found, found.applied, environ).read()[0]


def _ledger(request: KeyRequest, environ: Mapping[str, str]) -> Path:
    path = Path(request.ledger) if request.ledger else usual_path(environ)
    if path == NOWHERE or not path.is_absolute():
        summary = "The path of the ledger is not absolute" if request.ledger else "There is no home directory"
        raise _failed(codes.LEDGER_NOWHERE, summary, "add `--ledger` with the absolute path of the ledger")
    return checked_path(path)


def _candidate(request: KeyRequest, lookup: KeyLookup, ledger: Path) -> KeyCandidate:
    """Return the only candidate for the request.

    An error does not repeat an argument that is not a handle, because the argument may be a key.
    """
    by_handle, by_name = _HANDLE.fullmatch(request.handle), _NAME.fullmatch(request.handle)
    if not by_handle and not by_name:
        raise _failed(codes.HANDLE_UNKNOWN, "The argument is neither a handle nor NAME/ENDPOINT", _LIST)
    if not lookup.is_there():
        summary = f"Nothing has been applied on this machine: there is no ledger at {printable(str(ledger))}"
        raise _failed(codes.NOT_APPLIED_YET, summary, "run `gwctl apply` in the directory of the gateway file")
    found = lookup.of_name(by_name["name"], by_name["endpoint"]) if by_name else lookup.of_handle(request.handle)
    if not found:
        summary = f"{request.handle} is unknown on this machine"
        raise _failed(
            codes.HANDLE_UNKNOWN,
            summary,
            "run `gwctl apply` in the directory of the gateway file, then `gwctl key list`",
        )
    if len(found) > 1:
        files = ", ".join(printable(candidate.path, 400) for candidate in found)
        summary = f"{request.handle} is ambiguous: it is in {files}"
        raise _failed(codes.HANDLE_AMBIGUOUS, summary, f"use a handle: {_LIST}")
    return found[0]


def _checked_candidate(candidate: KeyCandidate, request: KeyRequest) -> AppliedEndpoint:
    """Return the applied endpoint. Raise `Failed` if the handle was revoked, or if the tool names another origin."""
    handle, applied = candidate.handle, candidate.applied
    if handle and handle.revoked:
        summary = f"{handle.handle} was revoked at {handle.revoked}"
        raise _failed(codes.HANDLE_REVOKED, summary, f"to allow it again: gwctl key revoke --undo {handle.handle}")
    if applied is None:
        summary = f"The endpoint {candidate.endpoint} of {printable(candidate.name)} is not applied on this machine"
        raise _failed(codes.NOT_APPLIED_YET, summary, f"gwctl apply{_typed(candidate)}")
    if request.origin and not _is_origin(request.origin, applied.exposure.origin):
        summary = f"{request.handle} is for {applied.exposure.origin}, and --for names another host"
        raise _failed(codes.OTHER_ORIGIN, summary, f"write the tool's file again: gwctl apply{_typed(candidate)}")
    return applied


def _is_origin(written: str, applied: str) -> bool:
    if written == applied:
        return True
    from reconciler.resources.urls import origin

    try:
        return origin(written) == applied
    except ValueError:
        return False


class _KeySource:
    """The sources of an applied endpoint's key. The stored key comes first, then the reference."""

    def __init__(self, candidate: KeyCandidate, applied: AppliedEndpoint, environ: Mapping[str, str]) -> None:
        self._candidate = candidate
        self._applied = applied
        self._environ = environ
        self._bindings = Bindings(candidate.pairs)

    def read(self) -> tuple[Key, str]:
        """Return the key and a description of its source.

        Raise `Failed` if no key is found, or if the key may not be printed.
        """
        kept = self._kept()
        if isinstance(kept, Key):
            return self._valid(kept, "the stored key"), "the stored key"
        reference = self._applied.reference
        if reference is None:
            raise kept or self._without_reference()
        key = self._followed(reference, kept)
        return self._valid(key, f"the key from {reference}"), str(reference)

    def _kept(self) -> Key | Failed | None:
        """Return the stored key, or the reason why the key is not available, or None if no key is stored."""
        slot, secret = self._candidate.kept, kept_secret(self._candidate.endpoint)
        if slot is None:
            return None
        binding = self._binding(secret)
        if binding is None:
            return self._withheld(secret)
        result = _in_keychain(slot, "the stored key", binding, secret)
        if isinstance(result, Missing):
            return _failed(codes.MISSING_API_KEY, _capital(result.reason), self._store_again())
        return result

    def _followed(self, reference: KeyReference, kept: Failed | None) -> Key:
        from reconciler.secrets.marks import SetFor

        reader = SetFor(self._candidate.name, self._candidate.endpoint)
        binding = None
        if not is_blank(reference, self._environ, reader):
            binding = self._binding(secret_of(reference))
            if binding is None:
                raise self._withheld(secret_of(reference))
        if isinstance(reference, KeyringReference) and binding:
            slot = (reference.service, reference.account)
            result = _in_keychain(slot, f"the keychain's entry {'/'.join(slot)}", binding, secret_of(reference))
        else:
            result = self._read(reference, binding, reader)
        if isinstance(result, Missing):
            raise kept or _failed(codes.MISSING_API_KEY, _capital(result.reason), self._store())
        return result

    def _read(self, reference: KeyReference, binding: Binding | None, reader: SetFor) -> Key | Missing:
        program = self._program(reference) if isinstance(reference, CommandReference) else ""
        result = read_key(
            reference,
            self._environ,
            may_run=bool(program),
            timeout=self._applied.timeout,
            binding=binding,
            reader=reader,
            program=program,
        )
        if isinstance(result, Unreadable):
            raise _failed(result.code, _capital(result.reason), result.hint)
        return result

    def _program(self, reference: CommandReference) -> str:
        """Return the program of a key command that somebody agreed to run.

        Raise `Failed` if the program or one of its files has changed.
        """
        from reconciler.engine.trust.commands import KeyCommands
        from reconciler.secrets.commands.command_facts import agreed_program, command_digest

        agreed = self._candidate.commands
        program = agreed_program(agreed.get(command_digest(reference), ""), reference.directory)
        folders = (os.path.dirname(program), self._environ.get("PATH", os.defpath))  # noqa: PTH120
        environ = {**self._environ, "PATH": os.pathsep.join(folder for folder in folders if folder)}
        refusal = KeyCommands(False, agreed, environ).refusal(reference)
        if refusal:
            raise _failed(refusal.code, _capital(refusal.reason), f"review the command, then: {self._trust()}")
        return program

    def _valid(self, key: Key, whose: str) -> Key:
        """Return the key. Raise `Failed` if the key is certainly malformed."""
        for fault in faults_of(key.reveal(), key.padded, self._applied.use):
            if fault.is_unsendable or fault.severity == "error":
                raise _failed(codes.KEY_MALFORMED, _capital(f"{whose} {fault.what}"), fault.hint)
        return key

    def _binding(self, secret: Secret) -> Binding | None:
        binding = self._bindings.of(Pair(secret, self._applied.exposure))
        return binding if isinstance(binding, Binding) else None

    def _withheld(self, secret: Secret) -> Failed:
        summary = f"{_capital(str(secret))} may not be sent to {self._applied.exposure} from this machine yet"
        return _failed(codes.KEY_WITHHELD, summary, f"check the host, then: {self._trust()}")

    def _without_reference(self) -> Failed:
        summary = f"The endpoint {self._candidate.endpoint} has no key"
        return _failed(codes.MISSING_API_KEY, summary, "add `key:` to the endpoint in the gateway file")

    def _store(self) -> str:
        name = self._candidate.endpoint
        return (
            f"set the variable where the tool starts, or store the key: gwctl key set {name}{_typed(self._candidate)}"
        )

    def _store_again(self) -> str:
        return f"store the key again: gwctl key set {self._candidate.endpoint}{_typed(self._candidate)}"

    def _trust(self) -> str:
        return f"gwctl trust {self._candidate.endpoint}{_typed(self._candidate)}"


def _in_keychain(slot: tuple[str, str], what: str, binding: Binding, secret: Secret) -> Key | Missing:
    """Return the key in a keychain entry. Raise `Failed` if the entry cannot be read without a dialog."""
    from reconciler.secrets.keychain import PATIENCE, KeychainFault, open_keychain

    try:
        value = open_keychain(PATIENCE, may_ask=False).get(*slot, binding, secret)
    except KeychainFault as fault:
        raise _failed(codes.KEYCHAIN_FAILED, _capital(fault.reason), fault.hint) from None
    result = checked(value.reveal() if value else "", what, "no longer exists in the keychain")
    if isinstance(result, Unreadable):
        raise _failed(result.code, _capital(result.reason), result.hint)
    return result


def _typed(candidate: KeyCandidate) -> str:
    """Return the option that selects the same gateway file in another command."""
    import shlex

    return printable(f" -f {shlex.quote(candidate.path)}", 600) if candidate.path else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _failed(code: Code, summary: str, hint: str) -> Failed:
    from reconciler.diagnostics import error

    return Failed(error(code, summary, hint=hint))


def one_sentence(diagnostic: Diagnostic) -> str:
    """Return the diagnostic as one line that a tool can show: the problem, and the text to type."""
    return f"error: {diagnostic.summary}; {diagnostic.hint}" if diagnostic.hint else f"error: {diagnostic.summary}"
