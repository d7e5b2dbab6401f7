"""Every JSON document that a command prints is one document, and as its published schema says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.libraries import library

SCHEMAS = Path(__file__).parents[2] / "schemas"


def valid(name: str, document: Any) -> None:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    jsonschema = library("jsonschema")
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(document)


@pytest.fixture
def acme(gwctl, server, servers):
    """One endpoint that lists, one that lists nothing, one that fails, one without its key."""
    server.lists("gpt-4o", "gpt-4o-mini", "whisper-1", "text-embedding-3-small")
    empty, down = servers(), servers()
    empty.lists()
    gwctl.write(f"""
        version: 1
        name: acme
        endpoints:
          a: {{base_url: '{server.url}', models: [gpt-4o]}}
          b: {{base_url: '{empty.url}', models: [m]}}
          c: {{base_url: '{down.url}', models: [n], headers: {{X-Team: platform}}, protect: true}}
          d: {{base_url: '{server.url}', key: {{env: NOT_SET}}}}
        defaults: {{chat: [a/gpt-4o, b/m]}}
        """)
    return gwctl


def test_validate(acme) -> None:
    valid("validate", acme("validate", "--format", "json").json)
    acme.write("version: 2\n")
    valid("validate", acme("validate", "--format", "json", code=1).json)


def test_plan_and_apply(acme, server) -> None:
    valid("plan", acme("plan", "--format", "json").json)
    valid("plan", acme("plan", "--offline", "--format", "json").json)
    applied = acme("apply", "--auto-approve", "--format", "json", code=1).json
    valid("apply", applied)
    assert applied["applied"] is True
    assert {change["result"] for change in applied["changes"]} == {"done"}
    assert (applied["state"]["serial"], applied["complete"]) == (1, False)
    server.lists("gpt-4o")
    held = acme("plan", "--format", "json").json
    valid("plan", held)
    assert [each["accept_with"] for each in held["held"]] == ["--accept-catalog a"] * 3
    taken = acme("plan", "--format", "json", "--accept-catalog", "a").json
    valid("plan", taken)
    assert taken["summary"]["delete"] > 0


def test_a_bad_file_is_a_document_too(acme) -> None:
    acme.write("version: 1\nname: acme\n")
    valid("plan", acme("plan", "--format", "json", code=1).json)
    valid("apply", acme("apply", "--auto-approve", "--format", "json", code=1).json)
    valid("apply", acme("destroy", "--auto-approve", "--format", "json", code=1).json)
    valid("test", acme("test", "--format", "json", code=1).json)
    valid("models", acme("models", "--format", "json", code=1).json)
    valid("chat", acme("chat", "--format", "json", "a/m", "hello", code=1).json)
    valid("status", acme("status", "--format", "json", code=1).json)


def test_the_resolved_file(acme) -> None:
    acme("apply", "--auto-approve", code=1)
    for key in ("env", "none"):
        valid("resolved", acme("export", "resolved", "--key", key).json)


def test_looks(acme) -> None:
    valid("test", acme("test", "--format", "json", code=1).json)
    valid("test", acme("test", "--chat", "--format", "json", "a", code=1).json)
    models = acme("models", "--format", "json", code=None).json
    valid("models", models)
    assert {model["purpose"] for model in models["models"]} >= {"chat", "voice", "embedding"}
    valid("chat", acme("chat", "--format", "json", "a/gpt-4o", "hello", code=1).json)
    valid("presets", acme("presets", "--format", "json").json)


def test_lock(acme, server) -> None:
    import yaml

    bad = acme("lock", "--check", "--format", "json", code=1).json
    valid("lock-result", bad)
    valid("lock-result", acme("lock", "--format", "json", code=1).json)
    valid("lock", yaml.safe_load((acme.folder / "gateway.lock.yaml").read_text()))
    server.lists("gpt-4o", "gpt-5", "whisper-1", "text-embedding-3-small")
    document = acme("lock", "a", "--format", "json").json
    valid("lock-result", document)
    assert document["endpoints"] == [
        {
            "name": "a",
            "result": "changed",
            "models": 4,
            "added": ["gpt-5"],
            "removed": ["gpt-4o-mini"],
            "changed": [],
            "details": [],
            "why": "",
        }
    ]
    locked = acme("plan", "--locked", "--format", "json", code=1).json
    valid("plan", locked)
    assert locked["endpoints"][0]["pinned"] == 4
    acme.write("version: 1\n")
    valid("lock-result", acme("lock", "--format", "json", code=1).json)


def test_keys(gwctl, keychain, server) -> None:
    server.lists("m", "n")
    gwctl.write(
        f"version: 1\nname: acme\nendpoints: {{a: {{base_url: '{server.url}', key: {{env: K}}, store_key: keyring}}}}\n"
    )
    valid("keys", gwctl("key", "audit", "--format", "json").json)
    applied = gwctl("apply", "--auto-approve", "--format", "json", K="a-key").json
    valid("apply", applied)
    assert {"key.a"} < {change["address"] for change in applied["changes"]}
    valid("keys", gwctl("key", "list", "--format", "json").json)
    rotated = gwctl("plan", "--format", "json", K="another-key").json
    valid("plan", rotated)
    assert [change["cause"] for change in rotated["changes"]] == ["key"]


def test_state(acme) -> None:
    valid("state-list", acme("state", "list", "--format", "json").json)
    acme("apply", "--auto-approve", code=1)
    listed = acme("state", "list", "--format", "json").json
    valid("state-list", listed)
    for resource in listed["resources"]:
        valid("resource", acme("state", "show", resource["address"], "--format", "json").json)
    pulled = acme("state", "pull")
    valid("state", pulled.json)
    assert pulled.out == acme.state_file.read_text()


def test_schema_prints_what_is_published(gwctl) -> None:
    for path in SCHEMAS.glob("*.json"):
        name = path.name.removesuffix(".schema.json")
        assert gwctl("schema", name).json == json.loads(path.read_text()), name
    assert gwctl("schema").json == json.loads((SCHEMAS / "gateway.schema.json").read_text())


def test_the_example_is_as_its_schema_says() -> None:
    import yaml

    example = SCHEMAS.parent / "examples" / "gateway.yaml"
    valid("gateway", yaml.safe_load(example.read_text()))
    assert "schemas/gateway.schema.json" in example.read_text().splitlines()[0]


def test_models_that_filters_leave_out_are_counted_and_named(gwctl, server) -> None:
    server.lists("gpt-4o", "opus", "opus[1m]", "gemma-1")
    gwctl.write(
        f"version: 1\nname: acme\nendpoints: {{it: {{base_url: '{server.url}', "
        "discover: {exclude: ['*[1m]', opus]}}}\n"
    )
    for words in (("plan",), ("test",)):
        brief, full = gwctl(*words), gwctl(*words, "-v")
        assert "4 listed, 2 filtered out" in brief.out + brief.err
        assert "Excluded by `discover`: opus, opus[1m]." in full.out + full.err
    gwctl("apply", "--auto-approve")
    assert gwctl.models() == ["model.it/gemma-1", "model.it/gpt-4o"]
    result = gwctl("chat", "opus[1m]", "hello", code=1)
    assert "is in the list of it, but the filters exclude it" in result.out + result.err


def test_clients(acme) -> None:
    valid("clients", acme("clients", "--format", "json").json)
