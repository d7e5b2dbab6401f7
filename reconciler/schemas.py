"""The JSON Schemas of every public format, and the data that gwctl reads often, made from the code.

`python -m reconciler.schemas` writes the schemas to `schemas/`, the shapes of formats to `reconciler/shapes/data/`, and
the index of the presets to `reconciler/presets/`. `--check` only lists the files that are out of date.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from reconciler import safe_json
from reconciler.files.atomic_file import OwnFile
from reconciler.files.read_file import is_file, list_folder, read_file

_SHAPES = Path(__file__).parent / "shapes" / "data"
_PRESETS = Path(__file__).parent / "presets"
_LARGEST = 16 * 1024 * 1024  # bytes of a schema
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def _gateway() -> dict[str, Any]:
    from reconciler.config.schema import gateway_schema

    return gateway_schema()


def _overlay() -> dict[str, Any]:
    from reconciler.config.overlay_schemas import overlay_schema

    return overlay_schema()


def _local() -> dict[str, Any]:
    from reconciler.config.overlay_schemas import local_schema

    return local_schema()


def _state() -> dict[str, Any]:
    from reconciler.state.schema import StateDocument

    return StateDocument.model_json_schema()


def _saved_plan() -> dict[str, Any]:
    from reconciler.plan.file.schema import plan_file_schema

    return plan_file_schema()


def _lock() -> dict[str, Any]:
    from reconciler.lockfile.schema import LockFields

    return LockFields.model_json_schema(by_alias=True)


def _printed(module: str, name: str) -> Callable[[], dict[str, Any]]:
    def schema() -> dict[str, Any]:
        from pydantic import TypeAdapter
        from pydantic.json_schema import GenerateJsonSchema

        class Written(GenerateJsonSchema):
            """The schema of gwctl's output: every field of a dataclass is required, even a field that has a default."""

            def field_is_required(self, field: Any, total: bool) -> bool:
                return field["type"] == "dataclass-field" or super().field_is_required(field, total)

        types = import_module(f"reconciler.render.json.types.{module}")
        return TypeAdapter(getattr(types, name)).json_schema(schema_generator=Written)

    return schema


SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {
    "gateway": _gateway,
    "overlay": _overlay,
    "local": _local,
    "state": _state,
    "lock": _lock,
    "lock-result": _printed("lock", "LockResultDocument"),
    "plan": _printed("plan", "PlanDocument"),
    "saved-plan": _saved_plan,
    "apply": _printed("plan", "ApplyDocument"),
    "validate": _printed("checks", "ValidateDocument"),
    "test": _printed("models", "TestDocument"),
    "models": _printed("models", "ModelsDocument"),
    "chat": _printed("models", "ChatsDocument"),
    "env": _printed("environment", "EnvironmentDocument"),
    "resolved": _printed("resolved", "ResolvedDocument"),
    "presets": _printed("presets", "PresetsDocument"),
    "doctor": _printed("checks", "DoctorDocument"),
    "state-list": _printed("state", "StateListDocument"),
    "resource": _printed("state", "ResourceDocument"),
    "status": _printed("state", "StatusDocument"),
    "keys": _printed("keys", "KeysDocument"),
    "trust": _printed("machine", "TrustDocument"),
    "clients": _printed("clients", "ClientsDocument"),
    "hooks": _printed("machine", "HooksDocument"),
}


def _restore_docstrings() -> None:
    """Restore the docstrings that `python -OO` drops, because docstrings are the descriptions in the schemas."""
    import ast

    for name, module in list(sys.modules.items()):
        if not name.startswith("reconciler.") or not module.__file__:
            continue
        for node in ast.parse(read_file(Path(module.__file__), _LARGEST)).body:
            if isinstance(node, ast.ClassDef):
                getattr(module, node.name).__doc__ = ast.get_docstring(node)


def schema_of(name: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the format called `name`."""
    schema = SCHEMAS[name]()
    if sys.flags.optimize > 1:
        _restore_docstrings()
        schema = SCHEMAS[name]()
    return {"$schema": _DIALECT, "title": f"gwctl: {name}"} | {
        key: value for key, value in schema.items() if key != "title"
    }


def shapes() -> dict[str, dict[str, Any]]:
    """Return {name: shape}. A shape recognises documents without faults, and is made from the pydantic models."""
    from pydantic import TypeAdapter

    from reconciler.config.schema import GatewayFile, PresetFields, whole
    from reconciler.lockfile.schema import LockFields
    from reconciler.shapes.describe import shape
    from reconciler.state.schema import Entry, StateDocument

    for model in (GatewayFile, LockFields, PresetFields):  # are built when they are first used
        model.model_rebuild()
    schemas: dict[str, Any] = {
        "gateway": GatewayFile.__pydantic_core_schema__,
        "lock": LockFields.__pydantic_core_schema__,
        "preset": PresetFields.__pydantic_core_schema__,
        "state": StateDocument.__pydantic_core_schema__,
        "entries": TypeAdapter(list[Entry]).core_schema,
    }
    return {name: shape(schema, exact=[whole]) for name, schema in schemas.items()}


def _wanted(folder: Path) -> dict[Path, str]:
    """Return {file: its text} for every schema, every shape and the index of the presets."""
    from reconciler.presets.load import index

    schemas = {folder / f"{name}.schema.json": safe_json.dumps(schema_of(name)) for name in SCHEMAS}
    made = {_SHAPES / f"{name}.json": safe_json.dumps(shape) for name, shape in shapes().items()}
    return schemas | made | {_PRESETS / "index.json": safe_json.dumps(index())}


def out_of_date(folder: Path) -> list[Path]:
    """Return the files in `folder`, and of the shapes and presets, that are missing, outdated or unknown."""
    wanted = _wanted(folder)
    files = [
        file for place in (folder, _SHAPES, _PRESETS) for name in list_folder(place) if is_file(file := place / name)
    ]
    there = {file: read_file(file, _LARGEST).decode() for file in files if file.suffix == ".json"}
    return sorted(file for file in wanted.keys() | there.keys() if wanted.get(file) != there.get(file))


def write(folder: Path) -> None:
    """Write every schema to `folder`, and all else to its place. Other files are not touched."""
    for path, text in _wanted(folder).items():
        file = OwnFile(path)
        file.make_folder()
        file.replace(text.encode(), lambda _: True, 0, 0o644)


def _main(arguments: list[str]) -> int:
    folder = Path("schemas")
    if arguments != ["--check"]:
        write(folder)
        return 0
    stale = out_of_date(folder)
    for file in stale:
        sys.stderr.write(f"{file} is out of date: run python -m reconciler.schemas\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
