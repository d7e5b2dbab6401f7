"""Reading the field `lock:` of the gateway file, the path of the lock file. Each stage has its own lock file."""

from __future__ import annotations

from pathlib import Path

from reconciler import codes
from reconciler.diagnostics import Diagnosing, error
from reconciler.yaml.tree import MappingNode, Scalar

_EXAMPLE = "use a name such as gateway.lock.prod.yaml, in the same directory as this file"


def build_lock(root: MappingNode) -> Diagnosing[Path | None]:
    """Return the path of the lock file. If the gateway file has no `lock:`, return None.

    The lock file must be in the directory of the gateway file that has `lock:`, or below that directory.
    """
    node = root.nodes.get("lock")
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        return None
    said_in = Path(node.source.file)
    why = _fault(node.value, said_in)
    if why:
        yield error(codes.BAD_LOCK_PATH, f"`lock` {why}", hint=_EXAMPLE, source=node.source)
        return None
    return said_in.parent / node.value


def _fault(value: str, said_in: Path) -> str:
    path = Path(value)
    if path.suffix not in (".yaml", ".yml") or "\0" in value:
        return "is not a name for a lock file: it must end in .yaml"
    if path.is_absolute() or path.drive or ".." in path.parts or value.startswith("~"):
        return "is outside the directory of the gateway file"
    if path.name == said_in.name and len(path.parts) == 1:
        return "is the gateway file itself"
    return ""
