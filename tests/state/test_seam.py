"""The seam of the stores: what a caller has to know of one, every store says of itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import reconciler
from reconciler.engine.stack.open_store import open_store
from reconciler.state.stores.registry import canonical
from tests.state.places.place import Place

ROOT = Path(reconciler.__file__).parent


def classes_asked_for(source: str) -> Iterator[str]:
    """The classes of stores by which that source decides."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("isinstance", "issubclass", "type"):
            names = [name.id for name in ast.walk(node) if isinstance(name, ast.Name)]
            yield from (name for name in names if name.endswith("Store") or name == "store")


def test_no_caller_asks_a_store_for_its_class() -> None:
    texts = {str(path.relative_to(ROOT)): path.read_text() for path in ROOT.rglob("*.py")}
    callers = {name: list(classes_asked_for(text)) for name, text in texts.items() if "store" in text.lower()}
    assert {name: classes for name, classes in callers.items() if classes} == {}


@pytest.mark.parametrize("source", ["isinstance(a.store, FileStore)", "type(store) is X"])
def test_a_caller_that_does_is_seen(source: str) -> None:
    assert list(classes_asked_for(source))


def test_a_store_says_whether_it_is_open_and_a_file(place: Place) -> None:
    store = place.client()
    assert store.is_closed is False
    assert (store.file is None) == store.is_shared
    store.write(b"1", None)
    assert store.file is None or store.file.path.read_bytes() == b"1"


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = open_store("postgresql://db.example/x", tmp_path, {}, offline=True)
    assert (store.is_closed, store.file, store.read()) == (True, None, None)


@pytest.mark.parametrize(
    ("place", "form"),
    [
        ("https://state.example/acme#x", "https://state.example/acme"),
        ("https://u:p@state.example/", "https://u:p@state.example/"),
        (
            "https://gitlab.example/api/v4/projects/1/terraform/state/acme/",
            "https://gitlab.example/api/v4/projects/1/terraform/state/acme",
        ),
        ("postgresql://db.example/x", "postgresql://db.example/x"),
        ("s3://bucket/state.json", "s3://bucket/state.json"),
        ("of-another-gwctl://x", "of-another-gwctl://x"),
        ("", ""),
        ("relative", "relative"),
        ("/with\0nothing", "/with\0nothing"),
    ],
)
def test_a_recorded_place_has_one_form(place: str, form: str) -> None:
    assert canonical(place) == form


def test_a_recorded_path_is_compared_without_links(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to("there")
    assert canonical(str(tmp_path / "link" / "s.json")) == str(tmp_path.resolve() / "there" / "s.json")
