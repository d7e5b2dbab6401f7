"""The files of tools as owned resources: gwctl's part of each file is observed, written and removed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from reconciler import address, codes
from reconciler.clients.registry import tool_named
from reconciler.clients.tool import Values, canonical, dotted, place_in, values_in
from reconciler.documents.edit import DocumentFault
from reconciler.files.atomic_file import OwnFile
from reconciler.ledger.handle_rows import HandleRows
from reconciler.owned.client_files import WHOLE, Backup, FilePart, faulty
from reconciler.owned.client_rules import ClientRules, client_rules
from reconciler.owned.kind import OwnedFault, OwnedKind, OwnedRun, Preparation
from reconciler.plan.change import Change
from reconciler.resources.presence import Absent, OwnedRow, Owner, Presence, Present, Rows, Slot, Unknown, slot_of
from reconciler.resources.resource import Resource
from reconciler.secrets.literal import Known, looks_random, why_credential

_LONGEST = 65536  # bytes; a larger file is not copied to the ledger, so gwctl could not restore it


@dataclass(frozen=True)
class ClientKind:
    """The files of tools in one run."""

    run: OwnedRun
    failed_code = codes.CLIENT_FAILED

    @cached_property
    def rules(self) -> ClientRules:
        """The rules for the clients of the gateway file."""
        return client_rules(self.run)

    def observe(self, slots: Iterable[Slot]) -> dict[Slot, Presence]:
        """Return the values at the places of these slots. The order and layout of a file do not matter."""
        return {slot: self._presence(slot) for slot in slots}

    def prepare(self, change: Change) -> Preparation:
        """Return the wanted part with a backup of the values that it replaces. Make the handles of its key commands."""
        slot, facts = slot_of(_after(change)), _after(change).facts
        part, values = self._part(slot), values_in(facts["value"])
        rows = self.run.ledger.read()  # the row of an earlier failed write was in the plan, and has been settled since
        for endpoint in _endpoints(facts, "helpers"):
            HandleRows(self.run.ledger.path).make(self.run.stack, change.address.whole.name, endpoint)
        return Preparation(
            fingerprint=self.run.ledger.digest(canonical(values)),
            facts=dict(facts),
            backup="" if slot in rows else self._backup(part, values, rows),
        )

    def _backup(self, part: FilePart, values: Values, rows: Rows) -> str:
        """Return the backup of a part, without content that gwctl added to the same file for another part."""
        beside = [row for row in rows.values() if _is_in(row.slot, part)]
        backup = _backup(part, part.read(), values)
        for row in beside if part.covers != (WHOLE,) else ():
            backup = backup.beside(Backup.read(row.backup))
        return backup.as_text()

    def write(self, change: Change) -> None:
        """Write the values of a part to the file. No other byte of the file changes."""
        part = self._part(slot_of(_after(change)))
        data = part.read()
        try:
            edited = part.change(data, values_in(_after(change).facts["value"])).data
        except DocumentFault as fault:
            raise faulty(part.file.path, fault) from None
        _put(part, data, edited)

    def remove(self, row: OwnedRow) -> None:
        """Remove the values of a part and restore the former values. Delete a file of gwctl that has no value left."""
        part = self._part(row.slot)
        data = part.read()
        if data is not None:
            try:
                _put(part, data, part.give_back(data, Backup.read(row.backup)))
            except DocumentFault as fault:
                raise faulty(part.file.path, fault) from None
        self._forget_handles(row)

    def tidy(self, row: OwnedRow) -> None:
        """Delete the temporary file that an interrupted write left beside the tool's file."""
        try:
            self._part(row.slot).file.tidy()
        except (OSError, OwnedFault):  # the directory and the temporary file no longer exist
            return

    def _forget_handles(self, row: OwnedRow) -> None:
        """Delete the handles of a client if no other part of the client has a key command."""
        client = next((address.parse(owner.address).whole.name for owner in row.owners), "")
        others = (each for slot, each in self.run.ledger.read().items() if slot != row.slot)
        mine = [each for each in others if any(_is_of(owner, self.run.stack, client) for owner in each.owners)]
        if row.facts.get("helpers") and not any(each.facts.get("helpers") for each in mine):
            HandleRows(self.run.ledger.path).forget(self.run.stack, client)

    def _base_of(self, path: Path) -> Path | None:
        """Return the directory of the gateway file if the path is below it: a repository may have links there."""
        base = Path(os.path.realpath(self.run.gateway.directory)) if self.run.gateway else None
        return base if base and path.is_relative_to(base) else None

    def _part(self, slot: Slot) -> FilePart:
        name, path, at = slot.path
        tool = tool_named(name)
        if tool is None:
            raise OwnedFault(f"this gwctl does not know the tool {name}", "upgrade gwctl")
        covers = tool.covered(place_in(at)) if at else (WHOLE,)
        return FilePart(tool=tool, file=OwnFile(Path(path), self._base_of(Path(path))), covers=covers)

    def _presence(self, slot: Slot) -> Presence:
        try:
            part = self._part(slot)
            if os.path.islink(part.file.path):  # noqa: PTH114 - a path that cannot be looked at is no link
                there = os.path.realpath(part.file.path)
                return Unknown(f"{part.file.path} is a link to {there}", refused=True)
            data = part.read()
            if data is not None and slot not in self.run.rows:  # so that the plan reports a write that would be refused
                _check_editable(part)
            return self._present(part, data)
        except OwnedFault as fault:
            return Unknown(fault.reason, fault.hint)

    def _present(self, part: FilePart, data: bytes | None) -> Presence:
        try:
            values = part.values(data)
        except DocumentFault as fault:
            if part.covers == (WHOLE,):  # gwctl writes no such file
                return Present(self.run.ledger.digest(_as_text(data)))
            raise faulty(part.file.path, fault) from None
        if not values:
            return Absent()
        own = [place for place in part.tool.credentials if values.get(place)]
        facts = {"credential": ", ".join(map(dotted, sorted(own, key=dotted)))} if own else {}
        return Present(self.run.ledger.digest(canonical(values)), facts)


def _check_editable(part: FilePart) -> None:
    try:
        part.file.check_editable()
    except OSError as fault:
        raise faulty(part.file.path, fault) from None


def _as_text(data: bytes | None) -> str:
    """Return the bytes of a file that is not a document as text, one character for each byte."""
    return (data or b"").decode("latin-1")


def _after(change: Change) -> Resource:
    if change.after is None:
        raise AssertionError(f"the change writes nothing: {change.address}")
    return change.after


def _endpoints(facts: Mapping[str, str], name: str) -> list[str]:
    return [endpoint for endpoint in facts.get(name, "").split(",") if endpoint]


def _is_of(owner: Owner, stack: str, client: str) -> bool:
    return owner.stack == stack and address.parse(owner.address).whole.name == client


def _is_in(slot: Slot, part: FilePart) -> bool:
    return slot.kind is address.CLIENT and slot.path[1] == str(part.file.path)


def _put(part: FilePart, before: bytes | None, after: bytes | None) -> None:
    try:
        if after is None:
            part.file.remove(lambda start: start == before, len(before or b"") + 1)
        elif after != before:
            part.file.make_folder()
            part.file.edit(before, after)
    except OSError as fault:
        raise faulty(part.file.path, fault) from None


def _backup(part: FilePart, data: bytes | None, wanted: Values) -> Backup:
    """Return the backup of a part. Raise `OwnedFault` if it may contain a secret: the ledger keeps no secrets."""
    is_whole = part.covers == (WHOLE,)
    try:
        former = part.values(data)
        undo = part.change(data, wanted).undo
    except DocumentFault as fault:
        if not is_whole:
            raise faulty(part.file.path, fault) from None
        former, undo = {WHOLE: None}, {}
    if canonical(former) != canonical(wanted):  # a value that gwctl would write is not a secret
        _check_for_secrets(part, data, former)
    text = _text(part, data) if is_whole and data is not None else None
    return Backup(was_there=data is not None, text=text, values={} if is_whole else former, undo=undo)


def _check_for_secrets(part: FilePart, data: bytes | None, former: Values) -> None:
    if part.covers == (WHOLE,):
        if _may_be_secret(_as_text(data)):
            raise _own_credential(f"{part.file.path} may hold a key")
        return
    for place, value in former.items():
        if value and (place not in part.tool.plain or _may_be_secret(json.dumps(value))):
            raise _own_credential(f"{part.file.path} has a value at {dotted(place)} that may be a key")


def _text(part: FilePart, data: bytes) -> str:
    try:
        text = data.decode()
    except ValueError:
        text = ""
    if (not text.strip() and data.strip()) or len(data) > _LONGEST:
        raise OwnedFault(
            f"{part.file.path} is too large, or is not text, so gwctl could not restore the file later",
            "move the file to another directory",
        )
    return text


def _may_be_secret(text: str) -> bool:
    return bool(why_credential(text, Known())) or looks_random(text)


def _own_credential(what: str) -> OwnedFault:
    return OwnedFault(f"{what}, and gwctl keeps no copy of a key", "remove the key from the file, or use `file: own`")


OPEN: Callable[[OwnedRun], OwnedKind] = ClientKind
