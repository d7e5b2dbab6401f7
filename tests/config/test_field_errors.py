"""Every mistake in an endpoint: its code, its place, and what to type instead."""

from __future__ import annotations

import pytest

from tests.config.gateway_files import check_mistake, endpoint, loaded, places

URL = "base_url: https://h/v1\n"

# (fields from line 5 column 5 on, code, line:column, a part of the summary, a part of the hint)
WRONG = [
    ("base_url: ftp://h", "BAD_URL", "5:15", "http:// or https://", "https://llm.example/v1"),
    ("base_url: https://u:pw@h", "BAD_URL", "5:15", "must not contain a user or password: use `key:`", ""),
    ("base_url: https://h?api_key=zz", "BAD_URL", "5:15", "must not contain a key", ""),
    ("base_url: https://{region}.h", "BAD_URL", "5:15", "contains a placeholder", ""),
    ("base_url: ''", "NO_BASE_URL", "5:15", "neither a preset nor a `base_url`", "gwctl presets"),
    ("protect: true", "NO_BASE_URL", "4:3", "neither a preset nor a `base_url`", "gwctl presets"),
    ("base_url: 12", "WRONG_KIND", "5:15", "must be text", "quote the value"),
    ("base_url:", "NO_VALUE", "5:14", "`endpoints.x.base_url` has no value", "remove the line"),
    ("preset: olama", "UNKNOWN_PRESET", "5:13", "`olama`", "did you mean `ollama`? `gwctl presets`"),
    ("preset: azure-openai", "NO_BASE_URL", "4:3", "has placeholders", "https://{resource}.openai.azure.com/openai/v1"),
    (URL + "key: zz-literal", "LITERAL_KEY", "6:10", "a key must be a reference", "{env: NAME}"),
    (URL + "key: {env: zz-literal}", "LITERAL_KEY", "6:16", "a key must be a reference", "{env: NAME}"),
    (URL + "key: {zz-literal: 1}", "UNKNOWN_FIELD", "6:11", "in a key reference", "{env: NAME}"),
    (URL + "key: {keyring: nothing}", "BAD_KEY", "6:20", "`key.keyring` is not SERVICE/USER", "the last / separates"),
    (URL + "key: {keyring: /me}", "BAD_KEY", "6:20", "`key.keyring` is not SERVICE/USER", "the last / separates"),
    (
        URL + "key: {keyring: a/b}\nstore_key: keyring",
        "BAD_KEY",
        "7:5",
        "already in the keychain",
        "remove `store_key`",
    ),
    (URL + "key: {env: A, file: b}", "BAD_KEY", "6:5", "exactly one", "{command: […]}"),
    (URL + "key: {}", "BAD_KEY", "6:5", "exactly one", "{command: […]}"),
    (URL + "key: {file: ' '}", "BAD_KEY", "6:17", "`key.file` is empty", ""),
    (URL + "key: {command: []}", "BAD_KEY", "6:20", "`key.command` is empty", ""),
    (URL + "key: {command: [op, 7]}", "WRONG_KIND", "6:25", "must be text", "quote the value"),
    (
        URL + "key: {file: '${A:-b}'}",
        "VARIABLE_IN_KEY",
        "6:17",
        "cannot contain ${…}",
        "write the reference without ${…}",
    ),
    ("base_url: http://h/v1\nkey: {env: A}", "INSECURE_KEY", "5:15", "plain http", "insecure_http: true"),
    (URL + "timeout: 10", "BAD_VALUE", "6:14", "500ms, 10s or 1m", "10s"),
    (URL + "timeout: 1h", "BAD_VALUE", "6:14", "500ms, 10s or 1m", "10s"),
    (URL + "timeout: 0s", "BAD_VALUE", "6:14", "more than 0 and at most 10m", ""),
    (URL + "timeout: 601s", "BAD_VALUE", "6:14", "more than 0 and at most 10m", ""),
    (URL + "protect: no", "WRONG_KIND", "6:14", "must be true or false", ""),
    (URL + "models: m", "WRONG_KIND", "6:13", "must be a list", ""),
    (URL + "models: [m, 12]", "WRONG_KIND", "6:17", "`endpoints.x.models[1]` must be an ID", "quote the value"),
    (URL + "models: [{id: 1e3}]", "WRONG_KIND", "6:19", "must be text", "quote the value"),
    (URL + "models: [{purpose: chat}]", "MISSING_FIELD", "6:14", "`id` of `endpoints.x.models[0]`", ""),
    (URL + "models: [' ']", "BAD_VALUE", "6:14", "without an ID", "exact model ID"),
    (URL + "models: [m, {id: m}]", "DUPLICATE_MODEL", "6:17", "first at 6:14", "keep one"),
    (URL + "models: [{id: m, purpose: chatt}]", "BAD_VALUE", "6:31", "must be one of chat", "did you mean `chat`?"),
    (
        URL + "models: [{id: m, context: 128k}]",
        "WRONG_KIND",
        "6:31",
        "must be a whole number",
        "without a unit: 128000",
    ),
    (URL + "models: [{id: m, context: 0}]", "BAD_VALUE", "6:31", "must be more than 0", "correct the value"),
    (URL + "models: [{id: m, output: -1}]", "BAD_VALUE", "6:30", "must be more than 0", "correct the value"),
    (URL + "models: [{id: m, output: 9007199254740993}]", "BAD_VALUE", "6:30", "is too large", "correct the value"),
    (URL + "models: [{id: m, output: 1.5}]", "WRONG_KIND", "6:30", "must be a whole number", "128000"),
    (URL + "models: [{id: m, output: true}]", "WRONG_KIND", "6:30", "must be a whole number", "128000"),
    (
        URL + "models: [{id: m, capabilities: [tool]}]",
        "BAD_VALUE",
        "6:37",
        "one of tools, vision",
        "did you mean `tools`?",
    ),
    (URL + "models: [{id: m, apis: []}]", "BAD_VALUE", "6:28", "is empty", "remove the line"),
    (URL + "apis: [response]", "BAD_VALUE", "6:12", "one of chat, responses, messages", "did you mean `responses`?"),
    (URL + "apis: chat", "WRONG_KIND", "6:11", "must be a list", ""),
    (URL + "models: [{id: m, purpose: ~}]", "NO_VALUE", "6:31", "has no value", ""),
    (URL + "discover: maybe", "WRONG_KIND", "6:15", "true, false, or {include", ""),
    (URL + "discover: {includes: [a]}", "UNKNOWN_FIELD", "6:16", "`endpoints.x.discover.includes`", "`include`"),
    (URL + "discover: {exclude: ['']}", "BAD_VALUE", "6:26", "an empty pattern", "gpt-*"),
    (URL + "discover: {include: []}", "BAD_VALUE", "6:25", "includes nothing", "discover: false"),
    (URL + "headers: {Authorization: zz}", "LITERAL_KEY", "6:15", "contains a credential", "use `key:`"),
    (URL + "headers: {X-Api-Key: zz}", "LITERAL_KEY", "6:15", "contains a credential", "use `key:`"),
    (URL + "headers: {X-My-Token: zz}", "LITERAL_KEY", "6:15", "contains a credential", "use `key:`"),
    (URL + "headers: {Host: zz}", "BAD_HEADER", "6:15", "gwctl sets `", "remove the header"),
    (URL + "headers: {'a b': zz}", "BAD_HEADER", "6:15", "is not a header name", ""),
    (URL + 'headers: {X-A: "z\\nz"}', "BAD_HEADER", "6:15", "cannot be sent", "visible ASCII"),
    (URL + "headers: {X-A: ' zz'}", "BAD_HEADER", "6:15", "cannot be sent", "visible ASCII"),
    (URL + "headers: {X-A: zz, x-a: zy}", "BAD_HEADER", "6:24", "are the same header", "keep one"),
    (URL + "headers: {X-A: 12}", "WRONG_KIND", "6:20", "must be text", "quote the value"),
    (URL + "store_key: file", "BAD_VALUE", "6:16", "`endpoints.x.store_key`", ""),
    (URL + "when_no_key: ignore", "BAD_VALUE", "6:18", "`endpoints.x.when_no_key`", ""),
    (URL + "headers: {X-A: [zz]}", "WRONG_KIND", "6:20", "must be text, or a key reference", ""),
    (URL + "headers: {X-A: {env: zz-literal}}", "LITERAL_KEY", "6:26", "a key must be a reference", "{env: NAME}"),
    (URL + "headers: {X-A: {zz-literal: 1}}", "UNKNOWN_FIELD", "6:21", "in a key reference", "{env: NAME}"),
    (URL + "headers: {X-A: {env: A, file: b}}", "BAD_KEY", "6:15", "exactly one", "{command: […]}"),
    (URL + "headers: {X-A: {}}", "BAD_KEY", "6:15", "exactly one", "{command: […]}"),
    (URL + "headers: {X-A: {file: ''}}", "BAD_KEY", "6:27", "`value.file` is empty", ""),
    (
        URL + "headers: {X-A: {file: '${A:-b}'}}",
        "VARIABLE_IN_KEY",
        "6:27",
        "cannot contain ${…}",
        "write the reference without ${…}",
    ),
    (URL + "headers: {Host: {env: A}}", "BAD_HEADER", "6:15", "gwctl sets `", "remove the header"),
    (URL + "headers: {'a b': {env: A}}", "BAD_HEADER", "6:15", "is not a header name", ""),
    (URL + "headers: {X-A: zz, x-a: {env: A}}", "BAD_HEADER", "6:24", "are the same header", "keep one"),
    (URL + "headers: {Proxy-Authorization: {env: A}}", "BAD_HEADER", "6:15", "for a proxy", "HTTPS_PROXY"),
    (URL + "key: {env: A}\nheaders: {authorization: {env: B}}", "BAD_HEADER", "7:15", "same header", "keep one"),
    ("base_url: http://h\nheaders: {X-A: {env: A}}", "INSECURE_KEY", "5:15", "plain http", "insecure_http: true"),
    (URL + "tls: {}", "BAD_TLS", "6:5", "`tls` has no file", "ca_file, client_cert"),
    (URL + "tls: ca.pem", "WRONG_KIND", "6:10", "mapping of fields", ""),
    (URL + "tls: {ca: ca.pem}", "UNKNOWN_FIELD", "6:11", "`endpoints.x.tls.ca`", "known: ca_file"),
    (URL + "tls: {verify: false}", "UNKNOWN_FIELD", "6:11", "`endpoints.x.tls.verify`", "known: ca_file"),
    (URL + "tls: {client_key: k}", "BAD_TLS", "6:11", "needs `client_cert`", "add the certificate"),
    (URL + "tls: {ca_file: ' '}", "BAD_TLS", "6:20", "`tls.ca_file` is empty", ""),
    (URL + "tls: {ca_file: 12}", "WRONG_KIND", "6:20", "must be text", "quote the value"),
    (
        URL + "proxy: socks5://p",
        "BAD_PROXY",
        "6:12",
        "a proxy must start with http:// or https://",
        "http://proxy.example",
    ),
    (URL + "proxy: p:3128", "BAD_PROXY", "6:12", "http:// or https://", ""),
    (URL + "proxy: http://u:pw@p", "BAD_PROXY", "6:12", "must not contain a user or password", ""),
    (URL + "proxy: http://p/path", "BAD_PROXY", "6:12", "cannot have a path", ""),
    (URL + "proxy: ''", "BAD_PROXY", "6:12", "http:// or https://", ""),
    (URL + "colour: machine", "UNKNOWN_FIELD", "6:5", "`endpoints.x.colour`", ""),
    (URL + "protekt: true", "UNKNOWN_FIELD", "6:5", "`endpoints.x.protekt`", "did you mean `protect`"),
    (URL + "api_key: zz-literal", "UNKNOWN_FIELD", "6:5", "`endpoints.x.api_key`", "did you mean `key`?"),
    (URL + "url: https://h", "UNKNOWN_FIELD", "6:5", "`endpoints.x.url`", "did you mean `base_url`?"),
    (URL + "'as:x': 1", "UNKNOWN_FIELD", "6:5", "`endpoints.x.as:x`", ""),
    (URL + "'[key]': 1", "UNKNOWN_FIELD", "6:5", "`endpoints.x.[key]`", ""),
]


@pytest.mark.parametrize(("fields", "code", "place", "summary", "hint"), WRONG, ids=[each[0] for each in WRONG])
def test_a_mistake_in_an_endpoint(fields: str, code: str, place: str, summary: str, hint: str) -> None:
    check_mistake(loaded(endpoint(fields)), code, place=place, summary=summary, hint=hint)


@pytest.mark.parametrize("fields", [each[0] for each in WRONG if "zz" in each[0] or ":pw@" in each[0]])
def test_no_value_of_a_credential_is_shown(fields: str) -> None:
    assert not [each for each in map(str, loaded(endpoint(fields)).diagnostics) if "zz" in each or ":pw@" in each]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    text = endpoint("url: http://x\nkey: zz-literal\nmodels: [1]\ntimeout: 0s") + "defaults: {chat: y/m}\nbogus: 1\n"
    assert places(loaded(text)) == [
        ("NO_BASE_URL", "gateway.yaml:4:3"),
        ("UNKNOWN_FIELD", "gateway.yaml:5:5"),
        ("LITERAL_KEY", "gateway.yaml:6:10"),
        ("WRONG_KIND", "gateway.yaml:7:14"),
        ("BAD_VALUE", "gateway.yaml:8:14"),
        ("UNKNOWN_ENDPOINT", "gateway.yaml:9:18"),
        ("UNKNOWN_FIELD", "gateway.yaml:10:1"),
    ]
