"""The doors of the live side, held by the syntax tree: whoever goes around one is named."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import reconciler

SOURCES = sorted(Path(reconciler.__file__).parent.rglob("*.py"))
ROOT = Path(reconciler.__file__).parent


def names_of(place: Path) -> Iterator[tuple[str, int]]:
    """Every name that a module uses or imports, and where."""
    for node in ast.walk(ast.parse(place.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Name):
            yield node.id, node.lineno
        if isinstance(node, ast.Attribute):
            yield node.attr, node.lineno
        if isinstance(node, ast.alias):
            yield from ((each, node.lineno) for each in node.name.split("."))


def spelling(*names: str) -> Iterator[Path]:
    """Yield the modules whose text has one of the names: to parse all of them takes seconds."""
    yield from (place for place in SOURCES if any(name in place.read_text(encoding="utf-8") for name in names))


def users(*names: str) -> set[str]:
    sources = (place for place in spelling(*names) if any(each in names for each, _ in names_of(place)))
    return {place.relative_to(ROOT).as_posix() for place in sources}


@pytest.mark.parametrize(
    ("names", "allowed"),
    [
        (("httpx",), {"live/http/client.py"}),
        (("AsyncClient", "HTTPTransport", "AsyncHTTPTransport"), {"live/http/client.py"}),
        (("HTTPConnection", "HTTPSConnection", "urlopen", "urlretrieve", "build_opener"), set()),
        (("open_connection", "create_connection", "socket"), {
            "live/probe/host.py", "live/http/errors.py", "testing.py",  # the last is a server, for the tests of users
            "live/probe/local.py",  # whether a port of this machine listens: it sends nothing
        }),
        # The bytes of an answer: `body.read` alone undoes compression and looks at their number.
        (("aiter_raw", "aiter_bytes", "aiter_text", "aiter_lines", "aread", "iter_raw"), {"live/http/client.py"}),
        (("decompressobj", "decompress", "GzipFile"), {"live/http/body.py"}),
        # Entries of a server's list: the gate alone makes models of them; the rest reads back what gwctl wrote.
        (("ListedModel",), {
            "live/lists/admit.py", "live/lists/pages.py", "lockfile/match.py",
            "lockfile/update.py", "lockfile/document.py", "lockfile/codec.py",
            "plan/file/schema.py", "resources/observation.py", "resources/resource.py",
            "plan/resolve/model_list.py", "plan/resolve/models.py", "live/lists/ask_details.py",
        }),
    ],
)  # fmt: skip
def test_nobody_goes_around_a_door(names: tuple[str, ...], allowed: set[str]) -> None:
    assert users(*names) - allowed == set()


def test_the_gate_alone_makes_a_model_of_what_a_server_says() -> None:
    document = {
        place.relative_to(ROOT).as_posix()
        for place in spelling("ListedModel")
        for node in ast.walk(ast.parse(place.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "ListedModel"
    }
    assert document == {"live/lists/admit.py", "lockfile/codec.py", "plan/file/schema.py", "resources/resource.py"}
