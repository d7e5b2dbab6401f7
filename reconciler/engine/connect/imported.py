"""The endpoints in the configurations of other tools. gwctl also reads included files in the same directory."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from reconciler import codes
from reconciler.config.load import shown_path
from reconciler.diagnostics import Diagnostic, Source, error
from reconciler.engine.connect.entry import NewEndpoint
from reconciler.errors import Failed
from reconciler.files.fault import FileFault
from reconciler.files.read_file import from_home, read_file
from reconciler.imports.configuration import FoundModel, Imported, ImportedEndpoint
from reconciler.imports.registry import configuration_of, imported
from reconciler.presets.load import load
from reconciler.resources.urls import origin
from reconciler.text import printable

MOST = 4 * 1024 * 1024  # bytes of a configuration


def read_configurations(paths: Iterable[str]) -> Imported:
    """Return the endpoints of these files.

    Raise `Failed` with the errors of all files, or if the files contain no endpoint.
    """
    files: dict[str, bytes] = {}  # {path as shown: content}
    places: dict[str, Path] = {}
    faults: list[Diagnostic] = []
    for name in paths:
        path = Path(from_home(name))
        try:
            configuration_of(name)
            files[shown_path(path)] = read_file(path, MOST)
            places[shown_path(path)] = path
        except Failed as fault:
            faults += fault.diagnostics
        except OSError as fault:
            faults.append(_unreadable(name, fault))
    if faults:
        raise Failed(*faults)
    found = imported(files.items(), lambda file, name: _beside(places[file], name))
    if not found.endpoints:
        summary = "The configurations contain no endpoint that gwctl can use"
        hint = "use `gwctl init` without --from, or with another file"
        raise Failed(
            *found.diagnostics, error(codes.NOTHING_IMPORTED, summary, detail="Nothing was written.", hint=hint)
        )
    return found


def new_endpoint(found: ImportedEndpoint) -> NewEndpoint:
    """Return the choices for an imported endpoint."""
    return NewEndpoint(
        name=found.name,
        preset=found.preset,
        base_url=found.base_url,
        variable=found.variable,
        key_file=found.key_file,
        discovers=found.uses_list,
        listed=found.patterns,
        declared={model.model_id: model.purpose for model in found.models},
        limits={model.model_id: _limits(model) for model in found.models},
        defaults=found.defaults,
    )


def to_agree(found: ImportedEndpoint) -> str:
    """Return the secret and the host that a person must agree to, or "" if no consent is needed.

    The usual variable of a built-in preset needs no consent for the preset's host, as in every gateway file.
    """
    preset = load(found.preset) if found.preset else None
    if not (found.variable or found.key_file) or "${" in found.base_url:
        return ""
    is_usual = preset is not None and preset.variable == found.variable and "{" not in preset.base_url
    if is_usual and preset and origin(preset.base_url) == origin(found.base_url):
        return ""
    secret = f"env {found.variable}" if found.variable else f"file {printable(found.key_file)}"
    return f"endpoint.{found.name}: {secret} → {origin(found.base_url)}"


def _beside(file: Path, name: str) -> bytes | None:
    """Return the content of the file with this name in the directory of `file`, or None if it cannot be read.

    A link that leads to another directory is not followed.
    """
    included = file.parent / name
    try:
        is_here = included.resolve().parent == file.resolve().parent
        return read_file(included, MOST) if is_here else None
    except (OSError, ValueError):
        return None


def _limits(model: FoundModel) -> dict[str, int]:
    limits = {"context": model.context, "output": model.output}
    return {name: tokens for name, tokens in limits.items() if tokens is not None}


def _unreadable(name: str, fault: OSError) -> Diagnostic:
    shown = printable(name)
    if isinstance(fault, FileNotFoundError):
        return error(codes.NO_FILE, f"{shown} does not exist", detail="Nothing was written.", hint="check the path")
    code = codes.NOT_A_FILE if isinstance(fault, FileFault) and fault.kind != "large" else codes.FILE_UNREADABLE
    if isinstance(fault, FileFault) and fault.kind == "large":
        code = codes.FILE_TOO_LARGE
    summary = f"{shown} cannot be read: {fault.strerror}"
    hint = "name the configuration file itself"
    return error(code, summary, detail="Nothing was written.", hint=hint, source=Source(name))
