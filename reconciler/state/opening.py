"""From a state's URL to its store."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reconciler.diagnostics import error
from reconciler.errors import Failed
from reconciler.state.file_store import FileStore
from reconciler.state.store import Store
from reconciler.state.who import who


def open_store(url: str, directory: Path, environ: Mapping[str, str]) -> Store:
    """The store of that URL, `file:PATH` or a bare path; a relative path begins at `directory`."""
    scheme, colon, rest = url.partition(":")
    is_path = not colon or len(scheme) == 1  # one letter is a Windows drive
    if scheme != "file" and not is_path:
        raise Failed(
            error(
                "UNKNOWN_STORE",
                f"This version keeps the state in a file, and not in `{scheme}:`",
                "",
                "write `state: file:PATH`, or --state PATH",
            )
        )
    path = Path(url if is_path else rest.removeprefix("//"))
    if not path.name:
        raise Failed(error("UNKNOWN_STORE", "The state's path is empty", "", "write `state: file:PATH`"))
    return FileStore(directory / path, who(environ))
