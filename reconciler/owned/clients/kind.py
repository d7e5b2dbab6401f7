"""The files of tools as a kind of owned resource. gwctl reads, writes and removes its own values in each file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from itertools import takewhile
from pathlib import Path

from reconciler import address, codes
from reconciler.clients.registry import tool_named
from reconciler.clients.tool import WHOLE, Values, canonical, dotted, place_in, values_in
from reconciler.documents.edit import DocumentFault
from reconciler.files.atomic_file import OwnFile
from reconciler.ledger.handle_rows import HandleRows
from reconciler.owned.clients.backup import Backup
from reconciler.owned.clients.credentials import Credentials, Entry, entry_for, entry_of, fact_of, gone, why_no_keychain
from reconciler.owned.clients.file_part import FilePart, faulty, obstacle_of, put
from reconciler.owned.clients.replaced import added, as_text, backup_of, former, has_secret
from reconciler.owned.clients.rules import ClientRules, client_rules
from reconciler.owned.kind import OwnedFault, OwnedKind, OwnedRun, Preparation
from reconciler.plan.change import Change
from reconciler.resources.presence import (
    RETURNED,
    Absent,
    OwnedRow,
    Owner,
    Presence,
    Present,
    Rows,
    Slot,
    Unknown,
    slot_of,
)
from reconciler.resources.resource import Resource
from reconciler.values import dataclass

_FOLDER = "folder"  # how many directories gwctl makes for a separate file, with the write of the file


@dataclass(frozen=True)
class ClientKind:
    """The files of tools in one run, as a kind of owned resource."""

    run: OwnedRun
    failed_code = codes.CLIENT_FAILED

    @cached_property
    def rules(self) -> ClientRules:
        """The rules for the clients of the gateway file."""
        return client_rules(self.run)

    def observe(self, slots: Iterable[Slot]) -> dict[Slot, Presence]:
        """Return the fingerprints of the values in these slots. The order and layout of a file do not matter."""
        return {slot: self._presence(slot) for slot in slots}

    def prepare(self, change: Change) -> Preparation:
        """Return the facts, the fingerprint and the backup for a write.

        Create the handles for the client's key commands.
        """
        slot, facts = slot_of(_after(change)), _after(change).facts
        part, planned = self._part(slot), values_in(facts["value"])
        values = part.spread(planned)
        rows = self.run.ledger.read()  # the row of an earlier failed write was in the plan, and has been settled since
        facts = {**facts, **_folder_fact(part, rows.get(slot))}
        for endpoint in _endpoints(facts, "helpers"):
            HandleRows(self.run.ledger.path).make(self.run.stack, change.address.whole.name, endpoint)
        wanted = self.run.ledger.digest(canonical(planned))
        if slot in rows:
            entry, amended = entry_of(rows[slot]), self._amended(part, rows[slot])
            facts = {**facts, **(fact_of(entry) if entry else {})}
            return Preparation(fingerprint=wanted, facts=facts, amended=amended)
        data = part.read()
        backup = self._backup(part, data, values, rows)
        if not has_secret(part, data, backup, values):
            return Preparation(fingerprint=wanted, facts=dict(facts), backup=backup.as_text())
        entry = entry_for(self._gateway, self.run.stack, change.address, slot)
        self._check(entry, part)
        return Preparation(
            fingerprint=wanted, facts={**facts, **fact_of(entry)}, backup=backup.without_values.as_text()
        )

    def _amended(self, part: FilePart, row: OwnedRow) -> str:
        """Return the row's backup with the values that the user has added since the last write, or "" for none.

        If the facts are from a write that failed, the values of that write are not in the file, so nothing is added.
        """
        text = row.facts.get("value", "{}")
        if self.run.ledger.digest(text) != row.fingerprint:
            return ""
        try:
            values = added(part, part.read(), part.spread(values_in(text)))
        except DocumentFault as fault:
            raise faulty(part.file.path, fault) from None
        return Backup.read(row.backup).with_values(values).as_text() if values else ""

    def _kept(self, row: OwnedRow) -> Backup | None:
        """Return the backup that the keychain has for the row, with values that the user has added since."""
        entry = entry_of(row)
        kept = self._credentials.read(entry) if entry else None
        return kept.with_values(Backup.read(row.backup).values) if kept else None

    def _check(self, entry: Entry, part: FilePart) -> None:
        """Raise `OwnedFault` if the keychain cannot store the user's credential from this part of the file."""
        try:
            self._credentials.check(entry)
        except OwnedFault as fault:
            reason = f"{part.file.path} may contain a key that gwctl can keep only in the keychain: {fault.reason}"
            raise OwnedFault(reason, f"{fault.hint}; or remove the key from the file") from None

    def _backup(self, part: FilePart, data: bytes | None, values: Values, rows: Rows) -> Backup:
        """Return the backup for a part of the file. The backup leaves out content that gwctl added for another part."""
        beside = [row for row in rows.values() if _is_in(row.slot, part)]
        backup = backup_of(part, data, values)
        for row in beside if part.covers != (WHOLE,) else ():
            backup = backup.beside(Backup.read(row.backup))
        return backup

    def write(self, change: Change) -> None:
        """Write the values of a part to the file. All other bytes of the file stay the same.

        If the part contains a credential of the user, the credential moves into the keychain first.
        """
        slot = slot_of(_after(change))
        part, rows = self._part(slot), self.run.ledger.read()
        values = part.spread(values_in(_after(change).facts["value"]))
        data = part.read()
        try:
            edited = part.change(data, values).data
        except DocumentFault as fault:
            raise faulty(part.file.path, fault) from None
        if not rows[slot].fingerprint:
            self._take_credential(part, data, values, rows[slot])
        put(part, data, edited)

    def _take_credential(self, part: FilePart, data: bytes | None, values: Values, row: OwnedRow) -> None:
        """Store the user's credential in the keychain before gwctl writes this part of the file for the first time."""
        backup, entry = self._backup(part, data, values, self.run.ledger.read()), entry_of(row)
        if not has_secret(part, data, backup, values):
            return
        if entry is None:  # the executor has compared the content: it changed within the last moment
            raise OwnedFault(f"{part.file.path}: another program changed it meanwhile", "make a new plan: gwctl plan")
        self._credentials.keep(entry, backup)

    def remove(self, row: OwnedRow) -> None:
        """Remove gwctl's values from the file and restore the former values.

        If gwctl created the file, and the file has no values left, delete the file.
        """
        part, entry = self._part(row.slot), entry_of(row)
        data = part.read()
        kept = self._kept(row)
        if data is not None or kept is not None:
            try:
                put(part, data, part.give_back(data or b"", kept or Backup.read(row.backup)))
            except DocumentFault as fault:
                raise faulty(part.file.path, fault) from None
        _remove_folder(part, row)
        self._forget_handles(row)
        if entry and kept is None:
            raise gone(str(part.file.path))
        if entry:
            self._credentials.drop(entry)

    def tidy(self, row: OwnedRow) -> None:
        """Delete the temporary file that an interrupted write left beside the tool's file.

        Also delete the directory that gwctl made for the file, if the directory is empty. Also delete the keychain
        entry of the user's credential, if the credential is in the file.
        """
        with suppress(OSError, OwnedFault):  # the directory and the temporary file no longer exist
            part = self._part(row.slot)
            part.file.tidy()
            _remove_folder(part, row)
        entry = entry_of(row)
        if entry and self._is_returned(row):
            self._credentials.drop(entry)

    def _is_returned(self, row: OwnedRow) -> bool:
        """Return whether the file has all values of the keychain entry. Return true if the entry does not exist."""
        kept, part = self._kept(row), self._part(row.slot)
        if kept is None:
            return True
        try:
            return kept.has_the_values_of(former(part, part.read()))
        except DocumentFault:
            return False

    def _forget_handles(self, row: OwnedRow) -> None:
        """Delete the client's handles for key commands if no other part of the client's file uses a key command."""
        client = next((address.parse(owner.address).whole.name for owner in row.owners), "")
        others = (each for slot, each in self.run.ledger.read().items() if slot != row.slot)
        mine = [each for each in others if any(_is_of(owner, self.run.stack, client) for owner in each.owners)]
        if row.facts.get("helpers") and not any(each.facts.get("helpers") for each in mine):
            HandleRows(self.run.ledger.path).forget(self.run.stack, client)

    def _base_of(self, path: Path) -> Path | None:
        """Return the directory of the gateway file if the path is below this directory. Otherwise return None.

        A repository may contain links below this directory, so gwctl follows no link there.
        """
        base = Path(os.path.realpath(self.run.gateway.directory)) if self.run.gateway else None
        return base if base and path.is_relative_to(base) else None

    def _part(self, slot: Slot) -> FilePart:
        name, path, at = slot.path
        tool = tool_named(name)
        if tool is None:
            raise OwnedFault(f"this gwctl does not know the tool {name}", "upgrade gwctl")
        covers = tool.covered(place_in(at)) if at else tool.own_covers
        return FilePart(tool=tool, file=OwnFile(Path(path), self._base_of(Path(path))), covers=covers)

    def _presence(self, slot: Slot) -> Presence:
        try:
            part = self._part(slot)
            if os.path.islink(part.file.path):  # noqa: PTH114 - a path that cannot be looked at is no link
                there = os.path.realpath(part.file.path)
                return Unknown(f"{part.file.path} is a link to {there}", refused=True)
            data = part.read()
            row = self.run.rows.get(slot)
            obstacle = (
                None if data is None else obstacle_of(part)
            )  # so that the plan reports a write that would be refused
            if obstacle and row is None:
                raise obstacle
            seen = self._present(part, data, row)
            if obstacle:
                facts = {"obstacle": obstacle.reason, "obstacle_hint": obstacle.hint}
                seen = replace(seen, facts={**seen.facts, **facts})
            is_returned = row is not None and row.keeps and row.status != "present" and self._is_returned(row)
            return replace(seen, facts={**seen.facts, RETURNED: "yes"}) if is_returned else seen
        except OwnedFault as fault:
            return Unknown(fault.reason, fault.hint)

    def _present(self, part: FilePart, data: bytes | None, row: OwnedRow | None) -> Present | Absent:
        try:
            values = part.values(data)
        except DocumentFault as fault:
            if part.covers == (WHOLE,):  # gwctl writes no such file
                return Present(self.run.ledger.digest(as_text(data)))
            raise faulty(part.file.path, fault) from None
        if not values:
            return Absent()
        seen = self.run.ledger.digest(canonical(part.gathered(values)))
        return Present(seen, self._credential_facts(part, values, row))

    def _credential_facts(self, part: FilePart, values: Values, row: OwnedRow | None) -> dict[str, str]:
        """Return facts about the user's credential in this part of the file.

        The facts say where the credential is and why the credential cannot be moved.
        """
        own = part.tool.credentials_in(values, values_in(row.facts.get("value", "{}")) if row else {})
        if not own:
            return {}
        why = self._why_no_keychain or ("", "")
        return {"credential": ", ".join(sorted(map(dotted, own))), "no_keychain": why[0], "no_keychain_hint": why[1]}

    @cached_property
    def _why_no_keychain(self) -> tuple[str, str] | None:
        return why_no_keychain()

    @cached_property
    def _credentials(self) -> Credentials:
        return Credentials()

    @property
    def _gateway(self) -> str:
        if self.run.gateway is None:
            raise AssertionError("only a run with a gateway file writes")
        return self.run.gateway.name


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


def _folder_fact(part: FilePart, row: OwnedRow | None) -> dict[str, str]:
    """Return the number of directories that gwctl makes for a separate file, as a fact.

    If the directory exists and the row does not have the fact, return no fact.
    """
    if row and _FOLDER in row.facts:
        return {_FOLDER: row.facts[_FOLDER]}
    made = list(takewhile(lambda folder: not os.path.lexists(folder), part.file.path.parents))
    return {_FOLDER: str(len(made))} if made and part.covers == part.tool.own_covers else {}


def _remove_folder(part: FilePart, row: OwnedRow) -> None:
    """Delete the directory that gwctl made for a separate file, if the directory is empty."""
    levels = row.facts.get(_FOLDER, "0")
    part.file.remove_folders(int(levels) if levels.isdecimal() else 1)  # an older gwctl wrote `made`


OPEN: Callable[[OwnedRun], OwnedKind] = ClientKind
