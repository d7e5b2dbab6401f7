"""The table of configurations that `gwctl init --from` reads. The name of a file decides its format."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import PurePath
from typing import Any, Protocol, cast

from reconciler import codes
from reconciler.diagnostics import Diagnosing, Diagnostic, Source, collect, error
from reconciler.errors import Failed
from reconciler.imports.configuration import FoundServer, Imported
from reconciler.imports.group import endpoints_of
from reconciler.text import printable


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """A kind of configuration: the module that reads it, its title, and a pattern for its file name."""

    module: str
    title: str
    files: re.Pattern[str]
    has_includes: bool = False  # it can name further files, whose content belongs to it


CONFIGURATIONS: tuple[Configuration, ...] = (
    Configuration(module="litellm", title="LiteLLM's config.yaml", files=re.compile(r".*\.ya?ml"), has_includes=True),
    Configuration(module="opencode", title="opencode.json of opencode or Kilo", files=re.compile(r".*\.jsonc?")),
    Configuration(module="codex", title="Codex' config.toml", files=re.compile(r".*\.toml")),
    Configuration(module="dotenv", title="a .env file", files=re.compile(r"\.env(rc)?(\..*)?|.*\.env")),
)


_Beside = Callable[[str], bytes | None]
BesideFile = Callable[[str, str], bytes | None]  # (file, name) → the content of the file of that name beside it


class _Module(Protocol):
    NO_MODELS: str

    def servers_in(self, data: bytes, file: str, *beside: _Beside) -> Diagnosing[list[FoundServer]]: ...


def configuration_of(file: str) -> Configuration:
    """Return the kind of configuration that fits the file name. Raise `Failed` if no kind fits."""
    name = PurePath(file).name
    found = next((each for each in CONFIGURATIONS if each.files.fullmatch(name)), None)
    if found is None:
        known = ", ".join(each.title for each in CONFIGURATIONS)
        summary = f"gwctl does not recognise the format of {printable(file)}"
        detail = f"gwctl reads {known}. Nothing was written."
        hint = "give the file a name that ends in .yaml, .json, .toml or .env"
        raise Failed(error(codes.UNKNOWN_CONFIGURATION, summary, detail=detail, hint=hint, source=Source(file)))
    return found


def imported(files: Iterable[tuple[str, bytes]], beside: BesideFile = lambda _file, _name: None) -> Imported:
    """Return the endpoints from these files. Each file is (name, content). Raise `Failed` with the errors of all files.

    `beside` reads a file that another file includes. If the included file cannot be read, `beside` returns None.
    """
    servers: list[FoundServer] = []
    findings: list[Diagnostic] = []
    faults: list[Diagnostic] = []
    for file, data in files:
        try:
            found, said = _servers(file, data, partial(beside, file))
        except Failed as fault:
            faults += fault.diagnostics
            continue
        servers += found
        findings += said
    if faults:
        raise Failed(*faults)
    endpoints, said = collect(endpoints_of(servers))
    return Imported(endpoints=tuple(endpoints), diagnostics=(*findings, *said))


def _servers(file: str, data: bytes, beside: _Beside) -> tuple[list[FoundServer], tuple[Diagnostic, ...]]:
    configuration = configuration_of(file)
    module = cast("_Module", cast("Any", import_module(f"{__package__}.{configuration.module}")))
    further = (beside,) if configuration.has_includes else ()
    servers, said = collect(module.servers_in(data, file, *further))
    if not servers and not said:
        summary = f"{printable(file)} contains no model server"
        detail = f"gwctl read the file as {configuration.title} and found {module.NO_MODELS}. Nothing was written."
        raise Failed(
            error(codes.NOTHING_IMPORTED, summary, detail=detail, hint="use another file", source=Source(file))
        )
    return servers, said
