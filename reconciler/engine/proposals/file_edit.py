"""An edit of one gateway file that is not saved yet. The edit comes from a draft of endpoints or of a client."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from reconciler.diagnostics import Diagnostic
from reconciler.engine.clients.configure import ClientEdit, save_client
from reconciler.engine.connect.draft import Draft, changed, keep_keys, save_draft
from reconciler.engine.options import Options
from reconciler.engine.proposals.content import FileContent
from reconciler.errors import Failed
from reconciler.render.edited_lines import added_and_removed
from reconciler.values import dataclass


@dataclass(frozen=True, kw_only=True)
class FileEdit:
    """The content of the file before and after the edit. `before` is None for a new file.

    `save` writes the file, and raises `Failed` if the file has changed. `keep` stores typed keys without an apply.
    """

    path: Path
    before: bytes | None
    data: bytes
    options: Options
    hidden: frozenset[str] = frozenset()  # texts whose lines are not shown
    save: Callable[[], None]
    keep: Callable[[], list[Diagnostic]] = list

    @property
    def lines(self) -> list[str]:
        """The lines that differ, with + or -. The text of a line with a header's value is not shown."""
        return list(added_and_removed(self.before or b"", self.data, self.hidden))

    def pinned(self, content: FileContent) -> Options:
        """Return the options of a run with the edited file. Raise `Failed` if the file on the disk has changed."""
        if content.files.get(self.path) != self.before:
            raise Failed(changed(self.path))
        return FileContent({**content.files, self.path: self.data}).pinned(self.options)


def edit_of(draft: Draft, how: str) -> FileEdit:
    """Return the edit of a draft. When the edit is saved, `how` is recorded with the consents."""
    return FileEdit(
        path=draft.path,
        before=draft.before,
        data=draft.data,
        options=draft.options,
        hidden=draft.hidden,
        save=partial(save_draft, draft, how),
        keep=partial(_kept, draft),
    )


def _kept(draft: Draft) -> list[Diagnostic]:
    """Store the typed keys. Return the diagnostics of the keys that could not be stored."""
    try:
        return keep_keys(draft)
    except Failed as fault:
        return list(fault.diagnostics)


def edit_of_client(draft: ClientEdit) -> FileEdit:
    """Return the edit that adds a client."""
    return FileEdit(
        path=draft.path,
        before=draft.before,
        data=draft.data,
        options=draft.options,
        hidden=draft.hidden,
        save=partial(save_client, draft),
    )
