"""The backup of a part of a tool's file: the content that gwctl's values replaced."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field, replace

from reconciler import safe_json
from reconciler.clients.tool import Place, Values, canonical, place_in
from reconciler.values import dataclass


@dataclass(frozen=True, kw_only=True)
class Backup:
    """The content that gwctl's values replaced in a part of a tool's file.

    A backup in the ledger contains no secret.
    """

    was_there: bool  # the file
    text: str | None = None  # of a whole file that gwctl took over
    values: Values = field(default_factory=dict)
    undo: Mapping[Place, Mapping[int, str | None]] = field(default_factory=dict)

    def as_text(self) -> str:
        """Return this backup as text for the ledger."""
        undo = {
            json.dumps(place): {str(depth): inside for depth, inside in each.items()}
            for place, each in self.undo.items()
        }
        values = {json.dumps(place): value for place, value in self.values.items()}
        return json.dumps({"file": self.was_there, "text": self.text, "values": values, "undo": undo})

    @property
    def without_values(self) -> Backup:
        """A copy without the user's values. The copy still says which text to remove around gwctl's values."""
        return replace(self, text=None, values={})

    def with_values(self, values: Values) -> Backup:
        """Return this backup with more values of the user. A newer value of a place takes the place of an older one."""
        return replace(self, values={**self.values, **values})

    def has_the_values_of(self, other: Backup) -> bool:
        """Return whether both backups restore the same values."""
        return (self.text, canonical(self.values)) == (other.text, canonical(other.values))

    def beside(self, other: Backup) -> Backup:
        """Return this backup plus the containers that gwctl created in the file for the part in `other`.

        If this part is removed last, the removal also removes these containers.
        """
        made = {
            place: {
                depth: inside
                for at, undo in other.undo.items()
                for depth, inside in undo.items()
                if _holds(at, place, depth)
            }
            for place in self.undo
        }
        undo = {place: {**made[place], **own} for place, own in self.undo.items()}
        return replace(self, was_there=self.was_there and other.was_there, undo=undo)

    @classmethod
    def read(cls, text: str) -> Backup:
        """Return the backup from a text that `as_text` made. The text "" means that the file had no value before."""
        if not text:
            return cls(was_there=False)
        document = safe_json.loads(text)
        return cls(
            was_there=document["file"],
            text=document["text"],
            values={place_in(place): value for place, value in document["values"].items()},
            undo={
                place_in(place): {int(depth): inside for depth, inside in each.items()}
                for place, each in document["undo"].items()
            },
        )


def _holds(made_for: Place, place: Place, depth: int) -> bool:
    """Return whether both paths go through the same container at this depth."""
    return depth < 1 or (depth < len(place) and made_for[:depth] == place[:depth])
