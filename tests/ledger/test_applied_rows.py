"""The ledger's rows of applied endpoints and of handles."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.errors import Failed
from reconciler.ledger.applied_rows import AppliedEndpoint, AppliedRows
from reconciler.ledger.handle_rows import HandleRows, handle_of
from reconciler.ledger.stack_rows import Stack, Stacks
from reconciler.secrets.binding import Exposure
from reconciler.secrets.lint import KeyUse
from reconciler.secrets.reference import CommandReference, EnvReference, FileReference, KeyringReference

STACK = Stack(id="stack-1", path="/acme/gateway.yaml", store="/acme/.gwctl/state.json", name="acme")
OTHER = Stack(id="stack-2", path="/other/gateway.yaml", store="/other/.gwctl/state.json", name="other")
REFERENCES = [
    None,
    EnvReference("ACME_KEY"),
    FileReference("../key", "/acme/key"),
    CommandReference(("pass", "show", "a b"), "/acme"),
    KeyringReference("service", "ana@acme"),
]


def endpoint(name: str = "litellm", reference=REFERENCES[1]) -> AppliedEndpoint:
    return AppliedEndpoint(
        name=name,
        exposure=Exposure(origin="https://llm.acme.example", path="/tenant"),
        header="Authorization",
        reference=reference,
        timeout=7.5,
        use=KeyUse(vendors_own=True, own=frozenset({"acme-"}), vendors={"gsk_": "Groq"}),
        shares="stack-0",
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.sqlite3"
    for stack in (STACK, OTHER):
        Stacks(path).ensure(stack)
    return path


@pytest.mark.parametrize("reference", REFERENCES, ids=str)
def test_an_endpoint_is_read_as_it_was_written(path, reference) -> None:
    AppliedRows(path).write(STACK.id, "acme", [endpoint(reference=reference)])
    assert AppliedRows(path).read(STACK.id) == {"litellm": endpoint(reference=reference)}


def test_a_write_replaces_the_stacks_own_rows_and_leaves_those_that_are_kept(path) -> None:
    rows = AppliedRows(path)
    rows.write(OTHER.id, "other", [endpoint("theirs")])
    rows.write(STACK.id, "acme", [endpoint("gone"), endpoint("left"), endpoint("new")])
    rows.write(STACK.id, "acme", [endpoint("new", None)], kept=["left", "new", "never-applied"])
    assert rows.read(STACK.id) == {"left": endpoint("left"), "new": endpoint("new", None)}
    assert rows.read(OTHER.id) == {"theirs": endpoint("theirs")}


def test_what_the_ledger_has_already_is_not_written_again(path) -> None:
    rows = AppliedRows(path)
    rows.write(STACK.id, "acme", [endpoint()])
    before = path.read_bytes()
    rows.write(STACK.id, "acme", [endpoint()])
    assert path.read_bytes() == before
    rows.write(STACK.id, "renamed", [endpoint()])
    assert next(stack.name for stack in Stacks(path).read().stacks if stack.id == STACK.id) == "renamed"


def test_a_stack_that_is_deleted_takes_its_rows_along(path) -> None:
    AppliedRows(path).write(STACK.id, "acme", [endpoint()])
    HandleRows(path).make(STACK.id, "claude-code", "litellm")
    with closing(sqlite3.connect(path)) as rows, rows:
        rows.execute("PRAGMA foreign_keys=ON")
        rows.execute("DELETE FROM stack WHERE id=?", (STACK.id,))
    assert AppliedRows(path).read(STACK.id) == {}
    assert HandleRows(path).read() == ()


@pytest.mark.parametrize(
    "change",
    [
        "reference='no'",
        "reference='[]'",
        "reference='{\"word\": 1}'",
        "reference='{\"env\": 1}'",
        'reference=\'{"file": "a"}\'',
        'reference=\'{"command": [], "at": "/"}\'',
        'reference=\'{"keyring": ["a"]}\'',
        'reference=\'{"keyring": ["a", "b", "c"]}\'',
        "form='{}'",
        'form=\'{"vendors_own": 1, "own": [], "vendors": {}}\'',
        'form=\'{"vendors_own": true, "own": [1], "vendors": {}}\'',
        'form=\'{"vendors_own": true, "own": [], "vendors": {"a": 1}}\'',
        "timeout='soon'",
        "timeout='nan'",
        "origin=x'ff'",
    ],
)
def test_a_row_that_gwctl_did_not_write_says_that_the_ledger_is_broken(path, change: str) -> None:
    AppliedRows(path).write(STACK.id, "acme", [endpoint()])
    with closing(sqlite3.connect(path)) as rows, rows:
        rows.execute(f"UPDATE applied SET {change}")
    with pytest.raises(Failed) as caught:
        AppliedRows(path).read(STACK.id)
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == ["LEDGER_BROKEN"]


def test_a_handle_is_the_same_whenever_it_is_made(path) -> None:
    handles = HandleRows(path)
    made = handles.make(STACK.id, "claude-code", "litellm")
    assert made == handles.make(STACK.id, "claude-code", "litellm")
    assert made.handle == handle_of(STACK.id, "claude-code", "litellm")
    assert made.handle.startswith("litellm@")
    assert len(made.handle) == len("litellm@") + 6


def test_each_stack_client_and_endpoint_has_a_handle_of_its_own(path) -> None:
    handles = {
        HandleRows(path).make(stack, client, name).handle
        for stack in (STACK.id, OTHER.id)
        for client in ("claude-code", "codex")
        for name in ("litellm", "laptop")
    }
    assert len(handles) == 8
    assert {each.handle for each in HandleRows(path).read()} == handles
    assert {each.stack for each in HandleRows(path).read(OTHER.id)} == {OTHER.id}


def test_a_revoked_handle_stays_revoked_when_its_client_is_written_again(path) -> None:
    handles = HandleRows(path)
    made = handles.make(STACK.id, "codex", "litellm")
    handles.revoke(made)
    assert handles.make(STACK.id, "codex", "litellm").revoked
    handles.revoke(made, undo=True)
    assert handles.read() == (made,)


def test_the_handles_of_a_client_are_forgotten_with_it(path) -> None:
    handles = HandleRows(path)
    handles.make(STACK.id, "codex", "litellm")
    kept = handles.make(STACK.id, "opencode", "litellm")
    theirs = handles.make(OTHER.id, "codex", "litellm")
    handles.forget(STACK.id, "codex")
    assert set(handles.read()) == {kept, theirs}


def test_a_stack_that_moved_keeps_its_handles(path) -> None:
    made = HandleRows(path).make(STACK.id, "codex", "litellm")
    AppliedRows(path).write(STACK.id, "acme", [endpoint()])
    here = replace(STACK, id="stack-3", path="/moved/gateway.yaml")
    Stacks(path).move(STACK, here)
    assert HandleRows(path).read(STACK.id) == (made,)
    assert AppliedRows(path).read(STACK.id) == {"litellm": endpoint()}
