"""Every mistake outside the endpoints: its code, its place, and what to type instead."""

from __future__ import annotations

import pytest

from tests.config.gateway_files import HEAD, check_mistake, loaded, the_one

ONE = HEAD + "endpoints: {x: {base_url: 'https://h', models: [m]}}\n"  # what follows is line 4
NONE = HEAD + "endpoints: {}\n"

# (the file, code, line:column, a part of the summary, a part of the hint)
WRONG = [
    ("name: a\nendpoints: {}\n", "MISSING_FIELD", "1:1", "`version` is missing", "version: 1"),
    ("version: 1\nendpoints: {}\n", "MISSING_FIELD", "1:1", "`name` is missing", "name: my-team"),
    (HEAD, "MISSING_FIELD", "1:1", "`endpoints` is missing", "preset: litellm"),
    (HEAD + "endpoints:\n", "NO_VALUE", "3:11", "`endpoints` has no value", ""),
    (HEAD + "endpoints: []\n", "WRONG_KIND", "3:12", "must be a mapping", ""),
    (HEAD + "endpoints:\n  x:\n", "NO_VALUE", "4:5", "`endpoints.x` has no value", ""),
    (HEAD + "endpoints: {X_1: {preset: ollama}}\n", "BAD_NAME", "3:13", "`endpoints.X_1`", "lower-case"),
    ("version: 2\nname: a\nendpoints: {}\n", "UNKNOWN_VERSION", "1:10", "reads version 1", "upgrade gwctl"),
    ("version: true\nname: a\nendpoints: {}\n", "UNKNOWN_VERSION", "1:10", "reads version 1", "version: 1"),
    ("version: 1.0\nname: a\nendpoints: {}\n", "UNKNOWN_VERSION", "1:10", "reads version 1", "version: 1"),
    ("version: '1'\nname: a\nendpoints: {}\n", "UNKNOWN_VERSION", "1:10", "reads version 1", "version: 1"),
    ("version: 1\nname: 123\nendpoints: {}\n", "WRONG_KIND", "2:7", "`name` must be text", "quote the value"),
    ("version: 1\nname: A b\nendpoints: {}\n", "BAD_VALUE", "2:7", "lower-case letters", ""),
    (NONE + "requires: '>=99'\n", "GWCTL_NOT_SUITABLE", "4:11", "requires gwctl >=99", "upgrade gwctl"),
    (NONE + "requires: newest\n", "BAD_VALUE", "4:11", "not a version specifier", ">=0.1"),
    (NONE + "state: postgresql://u:zz@h/d\n", "LITERAL_PASSWORD", "4:8", "contains a password", "PGPASSWORD"),
    (NONE + "state: postgresql://u:zz/1@h/d\n", "LITERAL_PASSWORD", "4:8", "contains a password", "PGPASSWORD"),
    (NONE + "state: 's3://b/k?secret=zz'\n", "LITERAL_PASSWORD", "4:8", "contains a password", "AWS_SECRET"),
    (NONE + "state: postgersql://h/d\n", "UNKNOWN_STORE", "4:8", "no store `postgersql:`", "`postgresql`"),
    (NONE + "state: s3:zz\n", "UNKNOWN_STORE", "4:8", "the URL of the state is not valid", "s3://"),
    (NONE + "state: state.json\n", "UNKNOWN_STORE", "4:8", "`state` is not a URL", "`file:` before the path"),
    (NONE + "state: 'file:'\n", "UNKNOWN_STORE", "4:8", "path of the state is empty", "file:PATH"),
    (NONE + "tools: {}\n", "UNKNOWN_FIELD", "4:1", "unknown field `tools`", ""),
    (NONE + "default: {}\n", "UNKNOWN_FIELD", "4:1", "unknown field `default`", "did you mean `defaults`?"),
    (NONE + "key: zz-literal\n", "UNKNOWN_FIELD", "4:1", "unknown field `key`", ""),
    (ONE + "defaults: {chat: z/m}\n", "UNKNOWN_ENDPOINT", "4:18", "`z` is not an endpoint", "known: x"),
    (ONE + "defaults: {chat: [x/m, y/m]}\n", "UNKNOWN_ENDPOINT", "4:24", "`y` is not an endpoint", ""),
    (ONE + "defaults: {chat: m}\n", "BAD_DEFAULT", "4:18", "ENDPOINT/ID", "`x/m`"),
    (ONE + "defaults: {chat: x/}\n", "BAD_DEFAULT", "4:18", "ENDPOINT/ID", ""),
    (ONE + "defaults: {chat: []}\n", "BAD_VALUE", "4:18", "has no candidate", "let gwctl select"),
    (ONE + "defaults: {chat: 1}\n", "WRONG_KIND", "4:18", "must be ENDPOINT/ID", "quote the value"),
    (ONE + "defaults: {chatt: x/m}\n", "UNKNOWN_PURPOSE", "4:12", "`defaults.chatt`", "did you mean `chat`?"),
    (ONE + "defaults:\n", "NO_VALUE", "4:10", "`defaults` has no value", ""),
    (
        ONE + "removed: [{address: endpoint.x}]\n",
        "STILL_IN_FILE",
        "4:11",
        "endpoint.x is in `removed`, but still",
        "one",
    ),
    (ONE + "removed: [{address: model.x/m}]\n", "STILL_IN_FILE", "4:11", "model.x/m is in `removed`, but still", "one"),
    (ONE + "removed: [{address: default.chat}]\n", "BAD_ADDRESS", "4:21", "a default cannot be", "defaults:"),
    (ONE + "removed: [{address: x}]\n", "BAD_ADDRESS", "4:21", "starts with `endpoint.`", ""),
    (ONE + "removed: [{addres: endpoint.y, address: endpoint.y}]\n", "UNKNOWN_FIELD", "4:12", "addres`", "`address`"),
    (
        ONE + "removed: [{address: endpoint.y}, {address: endpoint.y}]\n",
        "DUPLICATE_REMOVED",
        "4:34",
        "endpoint.y is in `removed` twice",
        "keep one",
    ),
    (ONE + "moved: [{from: endpoint.x, to: endpoint.x}]\n", "BAD_MOVE", "4:9", "moved to the same address", ""),
    (ONE + "moved: [{from: endpoint.y, to: model.x/m}]\n", "BAD_MOVE", "4:9", "cannot be moved to", "of the same kind"),
    (ONE + "moved: [{from: model.x/m, to: model.x/n}]\n", "BAD_MOVE", "4:9", "still in the file", "rename"),
    (ONE + "moved: [{from: endpoint.y, to: endpoint.z}]\n", "BAD_MOVE", "4:9", "not in the file", "rename"),
    (ONE + "moved: [{from: model.y/m, to: model.z/m}]\n", "BAD_MOVE", "4:9", "not in the file", "rename"),
    (
        ONE + "moved: [{from: endpoint.a, to: endpoint.x}, {from: endpoint.b, to: endpoint.x}]\n",
        "BAD_MOVE",
        "4:45",
        "another entry under `moved`",
        "oldest name to the newest",
    ),
    (
        ONE + "moved: [{from: model.a/m, to: model.x/n}, {from: model.x/n, to: model.x/o}]\n",
        "BAD_MOVE",
        "4:43",
        "another entry under `moved`",
        "oldest name to the newest",
    ),
    (
        ONE + "removed: [{address: endpoint.a}]\nmoved: [{from: endpoint.a, to: endpoint.x}]\n",
        "BAD_MOVE",
        "5:9",
        "both moved and removed",
        "remove one of the two",
    ),
    (NONE + "moved: [{to: endpoint.x}]\n", "MISSING_FIELD", "4:9", "`from` of `moved[0]`", ""),
    (NONE + "presets: {openai: {base_url: 'https://h'}}\n", "PRESET_TAKEN", "4:11", "is built in", "another name"),
    (NONE + "presets: {p: {base_url: 'ftp://h'}}\n", "BAD_URL", "4:25", "http:// or https://", ""),
    (
        NONE + "presets: {p: {base_url: 'https://u:zz@h'}}\n",
        "BAD_URL",
        "4:25",
        "must not contain a user or password",
        "",
    ),
    (NONE + "presets: {p: {dialect: opneai}}\n", "UNKNOWN_DIALECT", "4:24", "there is no such dialect", "`openai`"),
    (NONE + "presets: {p: {variable: zz-literal}}\n", "LITERAL_KEY", "4:25", "not a variable name", "not the key"),
    (NONE + "presets: {p: {key: maybe}}\n", "BAD_VALUE", "4:20", "must be one of required", "known: "),
    (NONE + "presets: {p: {headers: {Authorization: zz}}}\n", "LITERAL_KEY", "4:25", "contains a credential", "`key:`"),
    (NONE + "presets: {p: {auth: {header: 'a b'}}}\n", "BAD_HEADER", "4:30", "`auth.header`", ""),
    (NONE + "presets: {p: {autth: {}}}\n", "UNKNOWN_FIELD", "4:15", "`presets.p.autth`", "did you mean `auth`?"),
    (
        HEAD + "presets: {p: {base_url: 'https://h', auth: {header: X-K}}}\n"
        "endpoints: {x: {preset: p, headers: {x-k: zz}}}\n",
        "LITERAL_KEY",
        "4:38",
        "`x-k` contains a credential",
        "use `key:`",
    ),
]


@pytest.mark.parametrize(("text", "code", "place", "summary", "hint"), WRONG, ids=[each[0] for each in WRONG])
def test_a_mistake_in_the_file(text: str, code: str, place: str, summary: str, hint: str) -> None:
    diagnostic = check_mistake(loaded(text), code, place=place, summary=summary, hint=hint)
    assert "zz" not in str(diagnostic)


def test_a_preset_that_is_wrong_is_not_unknown_as_well() -> None:
    text = HEAD + "presets: {p: {base_url: 'ftp://h'}}\nendpoints: {x: {preset: p}}\n"
    assert the_one(loaded(text)).code == "BAD_URL"
