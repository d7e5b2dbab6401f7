"""`-f` twice: what is laid over what."""

from __future__ import annotations

from pathlib import Path

from reconciler.config.load import LoadedGateway, load
from reconciler.secrets.header import HeaderLiteral
from reconciler.secrets.reference import CommandReference, FileReference
from tests.config.gateway_files import HEAD, places

BASE = HEAD + (
    "endpoints:\n"
    "  x: {base_url: 'https://x', models: [a, b], headers: {X-A: a}, timeout: 5s}\n"
    "  y: {preset: ollama}\n"
    "removed: [{address: endpoint.old}]\n"
)


def _over(above: str, base: str = BASE, environ: dict[str, str] | None = None) -> LoadedGateway:
    Path("gateway.yaml").write_text(base)
    Path("over").mkdir(exist_ok=True)
    Path("over/more.yaml").write_text(above)
    return load([Path("gateway.yaml"), Path("over/more.yaml")], {}, environ or {})


def test_mappings_merge_lists_and_values_replace() -> None:
    loaded = _over("endpoints: {x: {models: [c], headers: {X-B: b}, timeout: 1m}}\nremoved: []\n")
    assert loaded.diagnostics == ()
    assert loaded.gateway is not None
    x = loaded.gateway.endpoints["x"]
    assert (x.base_url, [model.id for model in x.models], x.timeout) == ("https://x", ["c"], 60.0)
    assert x.headers == (("X-A", HeaderLiteral("a")), ("X-B", HeaderLiteral("b")))
    assert (list(loaded.gateway.endpoints), loaded.gateway.removed) == (["x", "y"], ())


def test_null_removes() -> None:
    loaded = _over("endpoints: {y: ~, x: {timeout: ~}}\n")
    assert loaded.diagnostics == ()
    assert loaded.gateway is not None
    assert (list(loaded.gateway.endpoints), loaded.gateway.endpoints["x"].timeout) == (["x"], 10.0)


def test_null_that_removes_nothing_is_said() -> None:
    loaded = _over("endpoints: {z: ~, new: {preset: ollama, key: ~}}\n")
    assert [(each.severity, *place) for each, place in zip(loaded.diagnostics, places(loaded), strict=True)] == [
        ("warning", "NOTHING_TO_REMOVE", "over/more.yaml:1:13"),
        ("warning", "NOTHING_TO_REMOVE", "over/more.yaml:1:41"),
    ]
    assert loaded.gateway is not None


def test_removing_what_is_required_is_an_error() -> None:
    assert places(_over("endpoints: ~\n")) == [("MISSING_FIELD", "gateway.yaml:1:1")]


def test_a_mistake_is_placed_in_the_file_that_makes_it() -> None:
    loaded = _over("endpoints: {x: {timeout: 1}}\n", BASE + "bogus: 1\n")
    assert places(loaded) == [("UNKNOWN_FIELD", "gateway.yaml:7:1"), ("BAD_VALUE", "over/more.yaml:1:26")]


def test_what_is_replaced_is_not_asked_for() -> None:
    base = HEAD + "endpoints: {x: {base_url: 'https://${UNSET}'}}\n"
    assert _over("endpoints: {x: {base_url: 'https://h'}}\n", base).gateway is not None


def test_paths_begin_at_the_file_that_says_them(directory: Path) -> None:
    loaded = _over(
        "endpoints: {x: {key: {file: k.txt}}, y: {key: {command: [./get, k]}}}\nstate: file:s.json\n",
        BASE.replace("'https://x'", "'https://x', key: {file: base.txt}"),
    )
    assert loaded.gateway is not None
    keys = [endpoint.key for endpoint in loaded.gateway.endpoints.values()]
    assert keys[1] == CommandReference(("./get", "k"), str(directory / "over"))
    assert keys[0] == FileReference("k.txt", str(directory / "over" / "k.txt"))
    assert loaded.gateway.state == f"file:{directory / 'over' / 's.json'}"
    assert loaded.gateway.directory.absolute() == directory


def test_two_references_in_two_files_are_one_too_many() -> None:
    base = BASE.replace("'https://x'", "'https://x', key: {env: A}")
    assert places(_over("endpoints: {x: {key: {file: k}}}\n", base)) == [("BAD_KEY", "over/more.yaml:1:17")]


def test_the_errors_of_all_files_are_told_in_the_order_of_the_files() -> None:
    Path("b.yaml").write_text("a: 'x\n")
    Path("a.yaml").write_text("a: [x\n")
    document = load([Path("b.yaml"), Path("gone.yaml"), Path("a.yaml")], {}, {})
    assert places(document) == [("YAML_SYNTAX", "b.yaml:2:1"), ("NO_FILE", "gone.yaml"), ("YAML_SYNTAX", "a.yaml:2:1")]
    assert document.gateway is None
