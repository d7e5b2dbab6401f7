"""The lock file as bytes: what is written is read again, whatever the IDs; what was not written so is found out."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.address import PURPOSES
from reconciler.diagnostics import Diagnostic
from reconciler.errors import Failed
from reconciler.lockfile.codec import encode, encode_checked, read_lock
from reconciler.lockfile.document import LockFile, Pin
from reconciler.lockfile.locate import LockBytes, lock_path, read_bytes
from reconciler.resources.attributes import NO_DETAILS, ModelDetails
from reconciler.resources.observation import ListedModel
from tests.support.attributes import model_details
from tests.support.libraries import library

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "lock.schema.json").read_text())
HOSTILE = [
    "x" * 10_000,
    "é😀" * 700,
    "\x00\x07\x1b[31m\r\n\t\x7f\x85",
    "\u202egpt\u2066 \ufeff\u200b",
    "\ufffe \U000e0041 \U0010ffff",
    "a: b # c",
    "# c",
    ": ",
    "? x",
    "- y",
    "*a",
    "&b",
    "!c",
    "<<",
    "{d}",
    "[key]",
    "'\"\\",
    "null",
    "12",
    "true",
    " padded ",
    "models",
    "😀",
    "<<<<<<< HEAD",
    "${X} {env:Y} %TAG",
    "--- ",
    "...",
]


def pin(
    *ids: str,
    name: str = "litellm",
    base_url: str = "http://localhost:4000",
    details: ModelDetails | None = NO_DETAILS,
) -> Pin:
    return Pin(
        name=name,
        base_url=base_url,
        dialect="openai",
        models=tuple(ListedModel(each, "chat", "mode", details) for each in sorted(ids)),
    )


def lock(*pins: Pin) -> LockFile:
    return LockFile("acme", {pin.name: pin for pin in pins})


def read(data: bytes, name: str = "acme") -> LockFile:
    lock_file = read_lock(LockBytes(Path("gateway.lock.yaml"), data), name)
    assert lock_file is not None
    return lock_file


def refused(text: str | bytes) -> list[Diagnostic]:
    with pytest.raises(Failed) as caught:
        read(text if isinstance(text, bytes) else text.encode())
    assert all(diagnostic.hint and diagnostic.severity == "error" for diagnostic in caught.value.diagnostics)
    return list(caught.value.diagnostics)


def same(lock_file: LockFile, wanted: LockFile) -> bool:
    return {name: replace(pin, source=None) for name, pin in lock_file.pins.items()} == wanted.pins


def test_it_reads_as_a_line_a_model() -> None:
    assert encode(lock(pin("gpt-4o", "claude-x"))).decode() == (
        "# Made by `gwctl lock`: what each endpoint listed. Review it and commit it; do not edit it by hand.\n"
        "version: 2\n"
        "name: acme\n"
        "endpoints:\n"
        "  litellm:\n"
        '    base_url: "http://localhost:4000"\n'
        "    dialect: openai\n"
        "    digest: sha256:9d8e4ee7\n"
        "    models:\n"
        '      "claude-x": {purpose: chat, from: mode}\n'
        '      "gpt-4o": {purpose: chat, from: mode}\n'
    ).replace("sha256:9d8e4ee7", pin("gpt-4o", "claude-x").digest)


FULL_DETAILS = ModelDetails(context=128000, output=16000, capabilities=("tools", "vision"), apis=("chat",))


def test_limits_capabilities_and_apis_stand_on_the_line_of_their_model() -> None:
    wanted = lock(pin("gpt-4o", details=FULL_DETAILS))
    details = "context: 128000, output: 16000, capabilities: [tools, vision], apis: [chat]"
    assert f'"gpt-4o": {{purpose: chat, from: mode, {details}}}\n' in encode(wanted).decode()
    assert same(read(encode(wanted)), wanted)


def test_a_file_of_version_1_is_read_and_is_not_out_of_date() -> None:
    older = LockFile("acme", {"litellm": pin("a", "b", details=None)}, version=1)
    data = encode(older)
    assert b"version: 1\n" in data
    assert same(read(data), older)
    assert encode(read(data)) == data


@pytest.mark.process
def test_a_git_diff_of_it_reads_as_the_models_that_came_and_went(tmp_path: Path) -> None:
    before, after = tmp_path / "a", tmp_path / "b"
    others = pin("m", name="other")
    before.write_bytes(encode(lock(pin("a", "b", "c"), others)))
    after.write_bytes(encode(lock(pin("a", "c", "d", "e"), others)))
    command = ["git", "diff", "--no-index", "--unified=0", str(before), str(after)]
    shown = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    changed = [line for line in shown[4:] if line[0] in "+-" and "digest" not in line]
    assert [line.split(":")[0] for line in changed] == ['-      "b"', '+      "d"', '+      "e"']
    assert sum("digest" in line for line in shown) == 2


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_any_id_comes_back_as_it_was(hostile: str) -> None:
    wanted = lock(pin(hostile, "gpt-4o"))
    data = encode(wanted)
    assert data.isascii()
    assert data.decode().replace("\n", "").isprintable()
    assert same(read(data), wanted)
    assert encode(read(data)) == data


ids = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60).filter(str.strip)
models = st.builds(
    ListedModel, ids, st.sampled_from(PURPOSES), st.sampled_from(["id", "assumed", "a.b", "true", "é"]), model_details()
)


@given(st.lists(models, max_size=8, unique_by=lambda model: model.id), st.sampled_from(["a", "null", "12", "y-"]))
def test_whatever_is_pinned_comes_back_the_same(listed: list[ListedModel], name: str) -> None:
    ordered = tuple(sorted(listed, key=lambda model: model.id))
    wanted = lock(Pin(name=name, base_url="http://h/v1:", dialect="openai", models=ordered))
    data = encode(wanted)
    assert same(read(data), wanted)
    library("jsonschema").validate(yaml.safe_load(data), SCHEMA)  # any other reader sees the same


def test_half_of_a_surrogate_pair_is_no_text_and_is_refused() -> None:
    """No list can bring one, and a state with one could not be read again."""
    text = encode(lock(pin("x"))).decode().replace('"x"', '"\\uD800"')
    assert [each.code for each in refused(text)] == ["LOCK_BROKEN"]


@pytest.mark.large
def test_more_models_than_a_gateway_file_may_have_values() -> None:
    wanted = lock(pin(*(f"model-{number}" for number in range(70_000))))
    assert len(read(encode(wanted)).pins["litellm"].models) == 70_000


EDITS = {
    "a model taken out": ('      "b": {purpose: chat, from: mode}\n', ""),
    "a model put in": ("    models:\n", '    models:\n      "z": {purpose: chat, from: mode}\n'),
    "a limit": ("from: mode}", "from: mode, context: 1000000}"),
    "a purpose": ('"b": {purpose: chat', '"b": {purpose: image'),
    "what it was read from": ("from: mode", "from: id"),
    "the base URL": ("localhost:4000", "evil.example"),
    "the dialect": ("dialect: openai", "dialect: ollama"),
    "the name": ("  litellm:", "  laptop:"),
    "the digest": ("sha256:", "sha256:0"),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_an_edit_by_hand_is_found_out_and_costs_only_its_endpoint(edit: tuple[str, str]) -> None:
    text = encode(lock(pin("a", "b"), pin("m", name="other"))).decode()
    changed = text.replace(*edit, 1)
    assert changed != text
    if edit[0] == "sha256:":
        changed = changed.replace("sha256:0", "sha256:", 1).replace(pin("a", "b").digest[-4:], "0000")
    result = read(changed.encode())
    assert [pin.intact for pin in result.pins.values()] == [False, True]


def test_two_branches_merged_line_by_line_are_found_out() -> None:
    """Git merges lines: the digest of the one side does not fit the models of both."""
    mine, theirs = encode(lock(pin("a", "b"))).decode(), encode(lock(pin("a", "c"))).decode()
    lines = mine.splitlines(keepends=True)
    both = "".join([*lines, next(line for line in theirs.splitlines(keepends=True) if '"c"' in line)])
    assert read(both.encode()).pins["litellm"].intact is False


def test_the_marks_of_an_unsettled_merge_are_named_with_what_to_do() -> None:
    lines = encode(lock(pin("a"))).decode().splitlines()
    text = "\n".join([*lines[:7], "<<<<<<< HEAD", lines[7], "=======", lines[7], ">>>>>>> b", *lines[8:]])
    diagnostics = refused(text)[0]
    assert (diagnostics.code, str(diagnostics.source)) == ("LOCK_CONFLICT", "gateway.lock.yaml:8:1")
    assert "git checkout --ours gateway.lock.yaml" in diagnostics.hint
    assert "gwctl lock" in diagnostics.hint


HEAD = "version: 1\nname: acme\n"
ENTRY = HEAD + "endpoints:\n  a:\n"
FULL = ENTRY + f"    base_url: u\n    dialect: d\n    digest: sha256:{'0' * 64}\n    models:\n"
BROKEN = {
    "": ["gateway.lock.yaml:1:1"],
    "[]": ["gateway.lock.yaml:1:1"],
    "version: 1\n": ["gateway.lock.yaml:1:1", "gateway.lock.yaml:1:1"],
    "version: true\nname: acme\nendpoints: {}\n": ["gateway.lock.yaml:1:10"],
    HEAD + "endpoints: {}\nmore: 1\nother: 2\n": ["gateway.lock.yaml:4:1", "gateway.lock.yaml:5:1"],
    HEAD + "endpoints:\n  A: {}\n": ["gateway.lock.yaml:4:3"] * 5,
    ENTRY + "    digest: md5\n    models: []\n": [
        "gateway.lock.yaml:4:3",
        "gateway.lock.yaml:4:3",
        "gateway.lock.yaml:5:13",
        "gateway.lock.yaml:6:13",
    ],
    FULL + "      m: {purpose: nonsense, from: 1}\n": ["gateway.lock.yaml:9:20", "gateway.lock.yaml:9:36"],
    FULL + "      m: {purpose: chat}\n      n: chat\n": ["gateway.lock.yaml:9:7", "gateway.lock.yaml:10:10"],
    FULL + "      m: {purpose: chat, from: id, to: x}\n": ["gateway.lock.yaml:9:36"],
    FULL + '      " ": {purpose: chat, from: id}\n': ["gateway.lock.yaml:9:7"],
    FULL + "      m: {purpose: chat, from: id}\n      m: {purpose: chat, from: id}\n": ["gateway.lock.yaml:10:7"],
    HEAD + "endpoints: {\n": ["gateway.lock.yaml:4:1"],
    HEAD + "endpoints: !x {}\n": ["gateway.lock.yaml:3:12"],
    HEAD + "\x00": ["gateway.lock.yaml:3:1"],
}


@pytest.mark.parametrize(("text", "places"), BROKEN.items(), ids=range(len(BROKEN)))
def test_what_is_wrong_is_said_all_at_once_with_its_place(text: str, places: list[str]) -> None:
    diagnostics = refused(text)
    assert {diagnostic.code for diagnostic in diagnostics} == {"LOCK_BROKEN"}
    assert [str(diagnostic.source) for diagnostic in diagnostics] == places


def test_what_is_no_text_a_newer_format_and_another_gateway_s_are_refused() -> None:
    assert [str(each.source) for each in refused(b"version: 1\n\xff")] == ["gateway.lock.yaml:2:1"]
    newer = refused("version: 3\nname: acme\nshape: unknown\n")
    assert [(each.code, str(each.source)) for each in newer] == [("LOCK_TOO_NEW", "gateway.lock.yaml:1:10")]
    other = refused(encode(LockFile("other")))
    assert [(each.code, str(each.source)) for each in other] == [("LOCK_OF_ANOTHER_NAME", "gateway.lock.yaml:3:1")]


def test_git_s_own_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    wanted = lock(pin("a", "b"))
    assert same(read(b"\xef\xbb\xbf" + encode(wanted).replace(b"\n", b"\r\n")), wanted)


@pytest.mark.parametrize(
    ("file", "beside"),
    [
        ("gateway.yaml", "gateway.lock.yaml"),
        ("prod/eu.west.yml", "prod/eu.west.lock.yml"),
        ("gateway", "gateway.lock.yaml"),
        ("gateway.json", "gateway.json.lock.yaml"),
    ],
)
def test_where_it_is(file: str, beside: str) -> None:
    assert lock_path(Path(file)) == Path(beside)


def test_what_cannot_be_read_is_not_taken_for_absent(tmp_path: Path) -> None:
    assert read_bytes(tmp_path / "gateway.yaml").digest is None
    (tmp_path / "gateway.lock.yaml").mkdir()
    with pytest.raises(Failed) as caught:
        read_bytes(tmp_path / "gateway.yaml")
    assert caught.value.diagnostics[0].code == "LOCK_UNREADABLE"


@given(st.text(st.characters(exclude_categories=()), min_size=1, max_size=6), st.text(st.characters(), max_size=6))
def test_what_cannot_be_read_back_is_not_encoded(model_id: str, source: str) -> None:
    strange = Pin(
        name="litellm", base_url="http://h:1", dialect="openai", models=(ListedModel(model_id, "chat", source),)
    )
    lock_bytes = LockBytes(Path("gateway.lock.yaml"), None)
    try:
        data = encode_checked(lock(strange), lock_bytes)
    except Failed as fault:
        assert {diagnostic.code for diagnostic in fault.diagnostics} == {"NOT_RECORDABLE"}
    else:
        assert read_lock(replace(lock_bytes, data=data), "acme") is not None
