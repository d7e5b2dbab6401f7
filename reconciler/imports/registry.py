"""The table of configurations that `gwctl init --from` reads. The name of a file decides its format."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module
from pathlib import PurePath
from typing import Any, Protocol, cast

from reconciler import codes
from reconciler.diagnostics import Diagnosing, Diagnostic, Source, collect, error
from reconciler.errors import Failed
from reconciler.imports.configuration import FoundServer, Imported
from reconciler.imports.group import endpoints_of
from reconciler.imports.nodes import root_of_yaml
from reconciler.text import printable
from reconciler.values import dataclass
from reconciler.yaml.tree import SequenceNode, at


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """A kind of configuration: the module that reads it, its title, and a pattern for its file name."""

    module: str
    title: str
    files: re.Pattern[str]
    has_includes: bool = False  # it can name further files, whose content belongs to it
    has: tuple[str, ...] | None = None  # a path that only this configuration has; () is a list at the root
    text: str = ""  # a name that only this configuration contains


_YAML = re.compile(r".*\.ya?ml")
_ENV = re.compile(r"\.env(rc)?(\..*)?|.*\.env")
CONFIGURATIONS: tuple[Configuration, ...] = (  # of several with the same name of a file, the last is the usual one
    Configuration(module="librechat", title="librechat.yaml", files=_YAML, has=("endpoints", "custom")),
    Configuration(module="continue_", title="Continue's config.yaml", files=_YAML, has=("models",)),
    Configuration(module="llm", title="extra-openai-models.yaml of `llm`", files=_YAML, has=()),
    Configuration(module="open_webui", title="a Compose file with Open WebUI", files=_YAML, has=("services",)),
    Configuration(module="litellm", title="LiteLLM's config.yaml", files=_YAML, has_includes=True),
    Configuration(module="opencode", title="opencode.json of opencode or Kilo", files=re.compile(r".*\.jsonc?")),
    Configuration(module="codex", title="Codex' config.toml", files=re.compile(r".*\.toml")),
    Configuration(module="open_webui", title="a .env file of Open WebUI", files=_ENV, text="OPENAI_API_BASE_URLS"),
    Configuration(module="dotenv", title="a .env file", files=_ENV),
)


_Beside = Callable[[str], bytes | None]
BesideFile = Callable[[str, str], bytes | None]  # (file, name) → the content of the file of that name beside it


class _Module(Protocol):
    NO_MODELS: str

    def servers_in(self, data: bytes, file: str, *beside: _Beside) -> Diagnosing[list[FoundServer]]: ...


def configuration_of(file: str, data: bytes = b"") -> Configuration:
    """Return the kind of configuration that fits the file name and the content. Raise `Failed` if no kind fits."""
    name = PurePath(file).name
    named = [each for each in CONFIGURATIONS if each.files.fullmatch(name)]
    found = next((each for each in named if _is_in(each, data, file)), None)
    if found is None:
        known = ", ".join(each.title for each in CONFIGURATIONS)
        summary = f"gwctl does not recognise the format of {printable(file)}"
        detail = f"gwctl reads {known}. Nothing was written."
        hint = "give the file a name that ends in .yaml, .json, .toml or .env"
        raise Failed(error(codes.UNKNOWN_CONFIGURATION, summary, detail=detail, hint=hint, source=Source(file)))
    return found


def _is_in(configuration: Configuration, data: bytes, file: str) -> bool:
    if configuration.text:
        return configuration.text.encode() in data
    if configuration.has is None:
        return True
    root = root_of_yaml(data, file)
    return (
        isinstance(root, SequenceNode)
        if configuration.has == ()
        else root is not None and at(root, configuration.has) is not None
    )


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
    configuration = configuration_of(file, data)
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
