"""The blocks of a document that a test lives through: files, shell, SQL, each marked by a comment before it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^<!-- (file|as|sql)(?:: (\S+))? -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """`file` with its name, `as` with who types it, or `sql`."""

    kind: str
    about: str
    text: str


def blocks(path: Path) -> list[Block]:
    """In the order of the document; no block of shell goes unmarked."""
    text = path.read_text(encoding="utf-8")
    blocks = [Block(kind, about, inside) for kind, about, inside in _BLOCK.findall(text)]
    assert text.count("```sh\n") == sum(block.kind == "as" for block in blocks)
    return blocks
