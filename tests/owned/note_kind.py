"""A kind of owned resource that only tests have: a text file that lists an endpoint's models, in TEST_NOTES.

It is what the keychain is not: a file that can be given back, made from what the endpoints have. An endpoint that
declares the model `note` has one. Nobody knows the kind before it is registered.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from reconciler import address
from reconciler.address import KINDS, Address, Kind
from reconciler.codes import Code
from reconciler.diagnostics import Source
from reconciler.files.atomic_file import OwnFile
from reconciler.owned.kind import OwnedFault, OwnedKind, OwnedRun, Preparation
from reconciler.plan.change import Change, Difference
from reconciler.plan.desired import Desired
from reconciler.plan.owned.values import OwnedCase, OwnedPlan, WantedThing
from reconciler.resources.presence import Absent, OwnedRow, Presence, Present, Slot, Unknown, slot_of

NOTE = Kind(
    name="note",
    noun="note",
    form="note.ENDPOINT",
    order=5,
    attributes=("path",),
    of_endpoint=True,
    scopes=("machine",),
    left="left as it is",
    place="folder of notes",
    module="tests.owned.note_kind",
)
MOST = 1 << 16  # bytes


@dataclass(frozen=True)
class NoteRules:
    """The endpoints that are to have a note, with the place of each in the gateway file."""

    sources: Mapping[str, Source]
    digest: Callable[[str], str]
    kind: Kind = NOTE
    unknown_code: Code = Code("NOTE_UNKNOWN")  # noqa: RUF009 - a name for a string
    is_off: bool = False

    @property
    def slots(self) -> frozenset[Slot]:
        """The file of each of them."""
        return frozenset(map(_slot, self.sources))

    def wanted(self, desired: Desired) -> Sequence[WantedThing]:
        """The models that each of them is to have."""
        return [self._want(name, desired) for name in self.sources if address.endpoint(name) in desired.wanted]

    def judge(self, case: OwnedCase) -> OwnedPlan | None:
        """The table decides everything."""
        return None

    def left_out(self, desired: Desired | None) -> OwnedPlan:
        """Every endpoint that has a note gets it."""
        return OwnedPlan()

    def differences(self, row: OwnedRow | None, want: WantedThing | None) -> tuple[Difference, ...]:
        """A note is not shown."""
        return ()

    def unwanted(self, address: Address) -> str:
        """Return why a note is removed."""
        return f"{address.name} has no note any more"

    def _want(self, name: str, desired: Desired) -> WantedThing:
        text = "".join(f"{at.model_id}\n" for at in desired.wanted if at.is_model and at.endpoint == name)
        return WantedThing(
            address=Address(NOTE, name),
            slot=_slot(name),
            fingerprint=self.digest(text),
            origin="the models",
            reason="declares the model `note`",
            changed=("catalog", "other models"),
            source=self.sources[name],
            facts={"text": text},
        )


@dataclass(frozen=True)
class NoteKind:
    """Notes in one run."""

    run: OwnedRun
    failed_code = Code("NOTE_FAILED")

    @cached_property
    def rules(self) -> NoteRules:
        endpoints = self.run.gateway.endpoints.values() if self.run.gateway and "TEST_NOTES" in os.environ else ()
        noted = [endpoint for endpoint in endpoints if any(model.id == "note" for model in endpoint.models)]
        return NoteRules({each.name: each.source for each in noted}, self.run.ledger.digest)

    def observe(self, slots: Iterable[Slot]) -> dict[Slot, Presence]:
        return {slot: self._presence(slot) for slot in slots}

    def prepare(self, change: Change) -> Preparation:
        there = self._text(slot_of(_after(change)))
        return Preparation(fingerprint=self.run.ledger.digest(_after(change).facts["text"]), backup=json.dumps(there))

    def write(self, change: Change) -> None:
        _replace(slot_of(_after(change)), _after(change).facts["text"])

    def remove(self, row: OwnedRow) -> None:
        before = json.loads(row.backup)
        if before is not None:
            _replace(row.slot, before)
        else:
            _file(row.slot).remove(lambda _: True, 0)

    def tidy(self, row: OwnedRow) -> None:
        _file(row.slot).tidy()

    def _presence(self, slot: Slot) -> Presence:
        try:
            text = self._text(slot)
        except OwnedFault as fault:
            return Unknown(fault.reason, fault.hint)
        return Absent() if text is None else Present(self.run.ledger.digest(text))

    def _text(self, slot: Slot) -> str | None:
        try:
            return _file(slot).read(MOST).decode()
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            raise OwnedFault("the note cannot be read", "look at it") from None


def _after(change: Change):
    assert change.after
    return change.after


def _slot(name: str) -> Slot:
    return Slot(NOTE, (str(Path(os.environ["TEST_NOTES"]) / f"{name}.txt"),))


def _file(slot: Slot) -> OwnFile:
    return OwnFile(Path(slot.path[0]))


def _replace(slot: Slot, text: str) -> None:
    try:
        _file(slot).replace(text.encode(), lambda _: True, 0)
    except OSError:
        raise OwnedFault("the note cannot be written", "look at it") from None


OPEN: Callable[[OwnedRun], OwnedKind] = NoteKind


def register() -> None:
    """Put the kind into the table, in this process."""
    KINDS[NOTE.name] = NOTE
