"""The content of the gateway files. gwctl reads each file once, so that a whole run uses the same bytes."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from reconciler.config.checks.local import local_path
from reconciler.config.read_file import LARGEST
from reconciler.engine.options import Options
from reconciler.files.piped import descriptor_of
from reconciler.files.read_file import read_file
from reconciler.values import dataclass


@dataclass(frozen=True)
class FileContent:
    """The bytes of each gateway file, and of the local file beside the first gateway file.

    The value is None for a file that cannot be read.
    """

    files: Mapping[Path, bytes | None]

    def mark(self, secret: bytes) -> str:
        """Return a keyed digest of the content. Without `secret`, nobody can find a header's value by trying values."""
        texts = (f"{path}\0{'' if data is None else data.hex()}\0{data is None}\n" for path, data in self.files.items())
        return hmac.digest(secret, "".join(texts).encode(errors="surrogateescape"), "sha256").hex()

    def pinned(self, options: Options) -> Options:
        """Return the options of a run that uses this content. The run itself reports a file that cannot be read."""
        drafts = {path: data for path, data in self.files.items() if data is not None}
        local = _local(options)
        return replace(options, drafts=drafts, with_local=local is not None and local in drafts)


def read_content(options: Options) -> FileContent:
    """Return the content of the gateway files."""
    local = _local(options)
    return FileContent({path: _data(path) for path in (*options.files, *([local] if local else []))})


def _local(options: Options) -> Path | None:
    return local_path(options.files[0]) if options.with_local and options.scope != "shared" else None


def _data(path: Path) -> bytes | None:
    try:
        return read_file(path, LARGEST) if descriptor_of(path) is None else None
    except OSError:  # the run says why
        return None
