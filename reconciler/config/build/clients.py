"""The field `clients:` of the gateway file: the tools that use the endpoints."""

from __future__ import annotations

import ntpath
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar, get_args

from reconciler import codes
from reconciler.address import ENDPOINT_NAME
from reconciler.clients.fields import FileUse, KeyWay
from reconciler.clients.registry import TOOLS, other_way, tool_named
from reconciler.clients.tool import Surroundings, Tool
from reconciler.config.gateway import Client, SetDefault
from reconciler.diagnostics import Diagnosing, Source, error
from reconciler.files.read_file import from_home
from reconciler.text import did_you_mean, printable
from reconciler.yaml.tree import MappingNode, Node, Scalar, SequenceNode, child, place, value_place

_SHELL = frozenset(
    {
        ".bash_aliases", ".bash_login", ".bash_logout", ".bash_profile", ".bashrc", ".config.fish", ".cshrc", ".kshrc",
        ".login", ".profile", ".tcshrc", ".xprofile", ".xsession", ".zlogin", ".zprofile", ".zshenv", ".zshrc",
        "config.fish", "profile.ps1", "microsoft.powershell_profile.ps1",
    }
)  # fmt: skip
_NOWHERE = Surroundings(home=Path(), environ={})
W = TypeVar("W", bound=str)


def build_clients(root: MappingNode) -> Diagnosing[dict[str, Client]]:
    """Return {name: client} in file order."""
    node = root.nodes.get("clients")
    clients: dict[str, Client] = {}
    for name, fields in (node.nodes if isinstance(node, MappingNode) else {}).items():
        if ENDPOINT_NAME.fullmatch(name) and isinstance(fields, MappingNode):
            client = yield from _client(root, name, fields)
            clients |= {name: client} if client else {}
    return clients


def _client(root: MappingNode, name: str, node: MappingNode) -> Diagnosing[Client | None]:
    tool = yield from _tool(root, name, node)
    endpoints = yield from _endpoints(root, node)
    if tool is None:
        return None
    use = yield from _one_of(root, name, "file", allowed=tool.uses, tool=tool)
    way = yield from _one_of(root, name, "key_from", allowed=tool.keys, tool=tool)
    path = yield from _path(node.nodes.get("path"), use)
    serves = yield from _endpoint(root, node.nodes.get("serves"))
    if tool.needs_path and use != "none" and "path" not in node.nodes:
        summary = f"clients.{name} needs `path`: {tool.title} has no usual place for its file"
        hint = f"add `path: {tool.own(_NOWHERE, name).name}` under clients.{name}"
        yield error(codes.BAD_CLIENT_PATH, summary, hint=hint, source=place(root, ("clients", name)))
    return Client(
        name=name,
        tool=tool.name,
        source=place(root, ("clients", name)),
        file=use,
        path=path,
        endpoints=endpoints,
        models=tuple(_texts(node.nodes.get("models"))),
        serves=serves,
        key_from=way,
        set_default=next((word for word in get_args(SetDefault) if word == _text(node, "set_default")), "if-unset"),
        when_absent="write" if _text(node, "when_absent") == "write" else "skip",
    )


def _tool(root: MappingNode, name: str, node: MappingNode) -> Diagnosing[Tool | None]:
    written = node.nodes.get("tool")
    word = _text(node, "tool") if written else name
    tool = tool_named(word) if word else None
    if tool is None and (word or not written):
        where = value_place(root, ("clients", name, "tool")) if written else place(root, ("clients", name))
        summary = f"`{printable(word or name, 60)}` is not a tool that gwctl can configure"
        yield error(
            codes.UNKNOWN_TOOL, summary, hint=other_way(word or name) or did_you_mean(word or name, TOOLS), source=where
        )
    return tool


def _one_of(root: MappingNode, name: str, field: str, *, allowed: Sequence[W], tool: Tool) -> Diagnosing[W]:
    """Return the value of the field. If the file does not have the field, return the tool's usual value."""
    node = child(child(root.nodes.get("clients"), name), field)
    known = get_args(FileUse if field == "file" else KeyWay)
    written = node.value if isinstance(node, Scalar) else None
    if written in known and written not in allowed:  # of any other value the schema has spoken
        summary = f"{tool.title} cannot be configured with `{field}: {written}`"
        yield error(codes.BAD_VALUE, summary, hint=f"it takes: {', '.join(allowed)}", source=_source(node))
    return next((word for word in allowed if word == written), allowed[0])


def _source(node: Node | None) -> Source | None:
    return node.source if node else None


def _endpoints(root: MappingNode, node: MappingNode) -> Diagnosing[tuple[str, ...]]:
    listed = node.nodes.get("endpoints")
    names: list[str] = []
    for item in listed.nodes if isinstance(listed, SequenceNode) else ():
        name = yield from _endpoint(root, item)
        names += [name] if name else []
    return tuple(names)


def _endpoint(root: MappingNode, node: Node | None) -> Diagnosing[str]:
    """Return the name of an endpoint in the file. If the field is missing or wrong, return ""."""
    endpoints = root.nodes.get("endpoints")
    if not isinstance(node, Scalar) or not isinstance(node.value, str) or endpoints is None:
        return ""
    known = list(endpoints.nodes) if isinstance(endpoints, MappingNode) else []
    if node.value in known:
        return node.value
    summary = f"`{printable(node.value, 60)}` is not an endpoint of this file"
    yield error(codes.UNKNOWN_ENDPOINT, summary, hint=did_you_mean(node.value, known), source=node.source)
    return ""


def _path(node: Node | None, use: FileUse) -> Diagnosing[Path | None]:
    """Return the path of the tool's file.

    A relative path starts at the directory of the gateway file that has the path.
    """
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        return None
    why = _fault(node.value, use)
    if why:
        yield error(
            codes.BAD_CLIENT_PATH,
            f"`path` {why}",
            hint="remove `path`" if use == "none" else "write the path of a file that belongs to the tool",
            source=node.source,
        )
        return None
    return (Path(node.source.file).parent / from_home(node.value)).absolute()


def _fault(value: str, use: FileUse) -> str:
    path = Path(value)
    if use == "none":
        return "has no effect with `file: none`"
    if not path.name or "\0" in value or value.endswith(("/", "\\")):
        return "is not the path of a file"
    if ntpath.basename(value).lower() in _SHELL:
        return "is a file that a shell runs when it starts"
    if any(part in (".git", ".hg", ".jj", ".svn") for part in path.parts):
        return "is in the directory of a version control system"
    return ""


def _text(node: MappingNode, name: str) -> str | None:
    scalar = node.nodes.get(name)
    return scalar.value if isinstance(scalar, Scalar) and isinstance(scalar.value, str) else None


def _texts(node: Node | None) -> list[str]:
    items = node.nodes if isinstance(node, SequenceNode) else []
    return [item.value for item in items if isinstance(item, Scalar) and isinstance(item.value, str)]
