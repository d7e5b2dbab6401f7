"""The JSON Schemas of every public format, made from the code.

`python -m reconciler.schemas` writes the schemas to `schemas/`. `--check` only lists the schemas that are out of date.
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

_LARGEST = 16 * 1024 * 1024  # bytes of a schema
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def _gateway() -> dict[str, Any]:
    from reconciler.config.schema import gateway_schema

    return gateway_schema()


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
    "trust": _printed("trust", "TrustDocument"),
    "clients": _printed("clients", "ClientsDocument"),
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


def out_of_date(folder: Path) -> list[str]:
    """Return the names of the schema files in `folder` that are missing, outdated or unknown."""
    wanted = {f"{name}.schema.json": safe_json.dumps(schema_of(name)) for name in SCHEMAS}
    names = (name for name in list_folder(folder) if name.endswith(".json") and is_file(folder / name))
    there = {name: read_file(folder / name, _LARGEST).decode() for name in names}
    return sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))


def write(folder: Path) -> None:
    """Write every schema to `folder`. Other files are not touched."""
    for name in SCHEMAS:
        file = OwnFile(folder / f"{name}.schema.json")
        file.make_folder()
        file.replace(safe_json.dumps(schema_of(name)).encode(), lambda _: True, 0, 0o644)


def _main(arguments: list[str]) -> int:
    folder = Path("schemas")
    if arguments != ["--check"]:
        write(folder)
        return 0
    stale = out_of_date(folder)
    for name in stale:
        sys.stderr.write(f"schemas/{name} is out of date: run python -m reconciler.schemas\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
