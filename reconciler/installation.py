"""The way in which this gwctl was installed, and the commands that upgrade gwctl or install a missing library.

gwctl is not on a package index. No command here installs gwctl by its name, because a stranger could register the name.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

from reconciler import __version__, safe_json
from reconciler.text import printable

_NAME = "gwctl"
# {file in the environment of a tool that installs programs: its upgrade, from where gwctl was installed}
_RECEIPTS = {"uv-receipt.toml": f"uv tool upgrade {_NAME}", "pipx_metadata.json": f"pipx upgrade {_NAME}"}


def pip_install(*words: str) -> str:
    """Return the command that installs packages for this gwctl. `words` are pip's arguments.

    -I ignores a module called pip in the working directory.
    """
    from importlib.util import find_spec

    if find_spec("pip") is None:  # uv makes such environments
        return shlex.join(["uv", "pip", "install", "--python", sys.executable, *words])
    return shlex.join([sys.executable, "-I", "-m", "pip", "install", *words])


def upgrade_hint() -> str:
    """Return a hint with this version of gwctl and the command that upgrades gwctl."""
    return f"upgrade gwctl ({__version__}, in {printable(sys.prefix)}): {_renewal(_origin())}"


def libraries_of(extra: str) -> list[str]:
    """Return the libraries of an extra of gwctl, as pip's requirements."""
    from importlib import metadata

    from packaging.requirements import Requirement

    try:
        wanted = [Requirement(text) for text in metadata.requires(_NAME) or ()]
    except metadata.PackageNotFoundError:  # gwctl runs from its source
        return []
    return [
        f"{requirement.name}{_extras(requirement)}{requirement.specifier}"
        for requirement in wanted
        if _is_of(requirement.marker, extra)
    ]


def _extras(requirement: Any) -> str:
    return f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""


def _is_of(marker: Any, extra: str) -> bool:
    return marker is not None and marker.evaluate({"extra": extra}) and not marker.evaluate({"extra": ""})


def _origin() -> dict[str, Any]:
    """Return pip's record (PEP 610) of the source of this gwctl, or an empty record."""
    from importlib import metadata

    try:
        document = safe_json.loads(metadata.distribution(_NAME).read_text("direct_url.json") or "{}")
    except (metadata.PackageNotFoundError, ValueError, OSError):
        return {}
    return document if isinstance(document, dict) else {}


def _renewal(origin: dict[str, Any]) -> str:
    url = str(origin.get("url", ""))
    if "vcs_info" in origin:
        for receipt, command in _RECEIPTS.items():
            if Path(sys.prefix, receipt).is_file():
                return command
        return pip_install("--upgrade", f"{_NAME} @ git+{_without_user(url)}")
    if url.startswith("file://") and "dir_info" in origin:
        from urllib.parse import unquote, urlsplit

        clone = printable(unquote(urlsplit(url).path), 1000)
        editable = ["-e"] if origin["dir_info"].get("editable") else []
        return f"{shlex.join(['git', '-C', clone, 'pull'])} && {pip_install(*editable, clone)}"
    return "install a newer version in the same way as this version"


def _without_user(url: str) -> str:
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    return printable(parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl(), 1000)
