"""The canary: one marker key per way in, through every command, with servers that echo it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.clients.registry import PRINTED, TOOLS
from tests.state.places.http_place import knows
from tests.support.local_page import Reply as Shown
from tests.support.local_page import Script, hidden
from tests.support.scripted import Reply, Request, ScriptedServer
from tests.support.state_rules import TerraformRules

MARKER = "quokka-7351-zebra-fjord"
PARTS = [MARKER[at : at + 6] for at in range(len(MARKER) - 5)]
PROGRAM = "from reconciler.api import model; m = model('chat'); print(m, m.openai(), m.litellm(), [m.key])"
COMMANDS = [
    ("validate",),
    ("plan", "-v"),
    ("plan", "--format", "json"),
    ("plan", "--offline"),
    ("plan", "--metrics", "gwctl.prom"),
    ("test", "-v"),
    ("test", "--chat", "--format", "json"),
    ("models", "-v"),
    ("models", "--format", "json"),
    ("models", "--search", "gpt", "--purpose", "chat", "--plain", "-v"),
    ("plan", "--plain", "-v"),
    ("chat", "-v", "it/gpt-4o", "hello"),
    ("apply", "--auto-approve", "-v"),
    ("apply", "--auto-approve", "--format", "json"),
    ("env", "-v", "--model", "it/gpt-4o"),
    ("env", "--model", "it/gpt-4o", "--format", "dotenv"),
    ("env", "--model", "it/gpt-4o", "--format", "json"),
    ("status", "-v"),
    ("status", "--line"),
    ("hook", "install", "-v"),
    ("hook", "status"),
    ("hook", "remove"),
    ("status", "--live", "--format", "json"),
    ("export", "resolved", "-v"),
    ("export", "resolved", "--key", "helper", "-v"),
    ("export", "resolved", "--key", "none"),
    ("export", "kubernetes", "--secret-store", "vault", "-v"),
    *(("export", name, "-v") for name in (*TOOLS, *PRINTED)),
    ("export", "opencode", "--merge", "-", "-v"),
    (
        "run",
        "-v",
        "--model",
        "it/gpt-4o",
        "--",
        sys.executable,
        "-c",
        "import os; print(os.environ['GWCTL_RESOLVED_JSON'])",
    ),
    ("run", "-v", "--model", "it/gpt-4o", "--", sys.executable, "-c", PROGRAM),
    ("run", "-v", "--model", "it/gpt-4o", "--", "no-such-command"),
    ("run", "-v", "--endpoint", "it", "--", sys.executable, "-c", "print('ran')"),
    ("state", "list"),
    ("state", "show", "endpoint.it", "-v"),
    ("state", "pull"),
    ("presets",),
    ("key", "list", "-v"),
    ("key", "list", "--format", "json"),
    ("key", "audit", "--format", "json"),
    ("key", "check", "acme/it"),
    ("key", "check", "acme/it", "--for", "https://llm.stranger.example"),
    ("key", "print", "acme/it", "--for", "https://llm.stranger.example"),
    ("key", "print", "acme/no-such-endpoint"),
    ("key", "revoke", "it@aaaaaa"),
    ("doctor", "-v"),
    ("doctor", "--format", "json"),
    ("doctor", "--offline", "-v"),
    ("clients",),
    ("doctor", "claude-code", "-v"),
    ("destroy", "--auto-approve", "-v"),
]

# Tried beside the others for some of the ways in: what a team uses.
TEAM_COMMANDS = [
    ("lock", "-v"),
    ("lock", "--check", "--format", "json"),
    ("plan", "--locked", "-v"),
    ("plan", "--no-keys", "--format", "json"),
    ("plan", "--out", "p.plan", "-v"),
    ("show", "p.plan", "-v"),
    ("show", "p.plan", "--format", "json"),
    ("show", "p.plan", "--format", "markdown"),
    ("show", "p.plan", "--format", "html"),
    ("apply", "p.plan", "-v"),
    ("plan", "--scope", "shared", "-v"),
    ("plan", "--scope", "machine", "--out", "m.plan", "-v"),
    ("apply", "--scope", "machine", "--auto-approve", "--max-age", "1d", "-v"),
    ("state", "list", "--machine"),
    ("state", "push", "no-such-file"),
    ("state", "unlock"),
    ("destroy", "--auto-approve", "-v"),
]
APPLY = ("apply", "--auto-approve", "-v")
TEAM = [("env", "honest"), ("env", "echo-401"), ("command", "honest"), ("kept", "honest")]


def echo(status: int, header: str = "authorization"):
    def answer(request: Request) -> Reply:
        sent = request.headers.get(header, "nothing")
        return Reply(
            status=status, body={"error": {"message": f"you sent {sent}"}, "data": [{"id": sent}], "choices": [sent]}
        )

    return answer


def honest(server: ScriptedServer) -> None:
    server.lists("gpt-4o", "gpt-4o-mini")
    server.routes["/chat/completions"] = lambda request: Reply(
        body={"model": "gpt-4o", "choices": [{"message": {"content": f"you are {request.headers['authorization']}"}}]}
    )


def clean(text: str, where: object) -> None:
    for part in PARTS:
        assert part not in text, f"{part} in {where}"


def all_clean(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file() and path.name not in ("key.txt", "print-key.py", "keychain.json"):
            clean(path.read_text(errors="replace"), path)


def reference_to_it(gwctl, keychain, way_in: str) -> tuple[str, dict[str, str]]:
    """(the reference as the file spells it, the environment that goes with it)."""
    if way_in == "env":
        return "{env: CANARY}", {"CANARY": MARKER}
    if way_in == "kept":
        return "{env: CANARY}, store_key: keyring", {"CANARY": MARKER}
    if way_in == "keyring":
        keychain.put("service me", MARKER)
        return "{keyring: service/me}", {}
    if way_in == "file":
        (gwctl.folder / "key.txt").write_text(f"  {MARKER}\n")
        return "{file: key.txt}", {}
    script = gwctl.folder / "print-key.py"
    script.write_text(f"import sys; sys.stderr.write('{MARKER}'); print('{MARKER}')")
    return f"{{command: ['{sys.executable}', print-key.py]}}", {}


def gateway(url: str, reference: str, models: str = "[gpt-4o]") -> str:
    return (
        "version: 1\nname: acme\nendpoints:\n"
        f"  it: {{base_url: '{url}', key: {reference}, models: {models}, timeout: 2s}}\n"
    )


WAYS_IN = [("env", server_is) for server_is in ("honest", "echo-200", "echo-401", "echo-500")]
WAYS_IN += [
    (way_in, server_is) for way_in in ("file", "command", "keyring", "kept") for server_is in ("honest", "echo-401")
]


@pytest.mark.parametrize(("way_in", "server_is"), WAYS_IN)
def test_the_canary_is_nowhere(gwctl, keychain, server, way_in: str, server_is: str) -> None:
    reference, environ = reference_to_it(gwctl, keychain, way_in)
    if server_is == "honest":
        honest(server)
    else:
        server.routes["/models"] = echo(int(server_is[5:]))
        server.routes["/chat/completions"] = echo(int(server_is[5:]))
    gwctl.write(gateway(server.url, reference))
    gwctl("trust", "it", **environ)
    for command in [*COMMANDS, *(TEAM_COMMANDS if (way_in, server_is) in TEAM else ())]:
        result = gwctl(*command, code=None, **environ)
        clean(result.out, command)
        clean(result.err, command)
    assert any(MARKER in request.headers.get("authorization", "") for request in server.requests)
    all_clean(gwctl.folder.parent)


def test_the_canary_is_not_in_the_last_read_of_a_shared_state(gwctl, server, state_servers) -> None:
    honest(server)
    honest(server)
    store = state_servers(TerraformRules(etags=True), knows(MARKER))
    text = gateway(server.url, "{env: CANARY}, scope: shared, headers: {X-Team: platform}")
    gwctl.write(f"{text}state: '{store.url}/states/acme'\n")
    environ = {"CANARY": MARKER, "GWCTL_HTTP_USERNAME": "ana", "GWCTL_HTTP_PASSWORD": MARKER}
    of_machine = ("apply", "--auto-approve", "--trust", "file", "-v")
    for command in (
        (*of_machine, "--scope", "shared"),
        of_machine,
        (*of_machine, "--jitter", "1s"),
        (*of_machine, "--max-age", "0"),
        ("plan", "-v"),
    ):
        result = gwctl(*command, **environ)
        clean(result.out, command)
        clean(result.err, command)
    (path,) = gwctl.folder.parent.rglob("*.read")
    all_clean(gwctl.folder.parent)
    versions = store.kept("/states/acme").versions
    versions[max(versions) + 1] = as_version_three(versions[max(versions)])  # had the values of headers
    path.unlink()
    for _ in range(2):
        gwctl(*of_machine, **environ)
    all_clean(gwctl.folder.parent)
    assert not path.exists()


def as_version_three(state: bytes) -> bytes:
    """Return a state as a gwctl wrote it that recorded header values. The marker is one of them."""
    document = json.loads(state)
    for resource in document["resources"]:
        if resource["kind"] == "endpoint":
            resource["attributes"] |= {"headers": {"X-Team": MARKER}, "store_key": False}
    return json.dumps(document | {"version": 3}).encode()


CLIENTS = {  # a client of each tool, whose file is written wherever the tests run
    "opencode": "",
    "kilo": "file: shared",
    "vscode": "",
    "copilot": "",
    "litellm": "path: models.gwctl.yaml",
    "dotenv": "path: .env.llm",
}


@pytest.mark.parametrize("server_is", ["honest", "echo-200"])
@pytest.mark.parametrize("way_in", ["env", "file", "kept"])
def test_the_canary_is_in_no_file_of_a_tool(gwctl, keychain, server, way_in: str, server_is: str) -> None:
    reference, environ = reference_to_it(gwctl, keychain, way_in)
    honest(server)
    if server_is != "honest":
        server.routes["/models"] = echo(200)
    fields = {name: ", ".join(filter(None, ("when_absent: write", more))) for name, more in CLIENTS.items()}
    clients = "".join(f"  {name}: {{{more}}}\n" for name, more in fields.items())
    models = "[{id: gpt-4o, context: 128000, output: 16000}]"
    gwctl.write(f"{gateway(server.url, reference, models)}clients:\n{clients}")
    for name in ("it", *(f"client.{name}" for name in CLIENTS)):
        gwctl("trust", name, **environ)
    for command in (
        ("plan", "-v"),
        ("plan", "--out", "p.plan"),
        ("show", "p.plan", "--format", "json"),
        APPLY,
        ("clients",),
    ):
        result = gwctl(*command, code=None, **environ)
        clean(result.out + result.err, command)
    written = [path for path in gwctl.folder.parent.rglob("*") if path.is_file() and b"gpt-4o" in path.read_bytes()]
    names = {"opencode.json", "kilo.json", "chatLanguageModels.json", "models.gwctl.yaml", ".env.llm"}
    assert names <= {path.name for path in written}
    all_clean(gwctl.folder.parent)
    gwctl("destroy", "--auto-approve", **environ)
    all_clean(gwctl.folder.parent)


CONFIGURATIONS = {  # {file of another tool: its content with the canary as the key; a second file that it includes}
    "config.yaml": (
        "include: [more.yaml]\nmodel_list:\n"
        "  - {{model_name: m, litellm_params: {{model: openai/gpt-4o, api_base: '{url}', api_key: {key}}}}}\n"
    ),
    "opencode.json": (
        '{{"provider": {{"team": {{"options": {{"baseURL": "{url}", "apiKey": "{key}", "headers": {{"X": "{key}"}}}},'
        ' "models": {{"gpt-4o": {{}}}}}}}}, "model": "team/gpt-4o"}}'
    ),
    "config.toml": (
        'model = "gpt-4o"\nmodel_provider = "team"\n[model_providers.team]\nbase_url = "{url}"\n'
        'experimental_bearer_token = "{key}"\nhttp_headers = {{ "X-Team" = "{key}" }}\n'
        'auth = {{ command = "/bin/echo", args = ["{key}"] }}\n'
    ),
    ".env": "OPENAI_BASE_URL={url}\nOPENAI_API_KEY={key}\nOPENAI_MODEL=gpt-4o\n",
}
INCLUDED = "credential_list: [{{credential_name: c, credential_values: {{api_key: {key}, api_base: '{url}'}}}}]\n" + (
    "model_list: [{{model_name: n, litellm_params: {{model: openai/gpt-4o, litellm_credential_name: c}}}}]\n"
)


@pytest.mark.parametrize("url", ["{url}", "http://user:{key}@127.0.0.1:9/v1", "not a URL {key}"])
@pytest.mark.parametrize("file", CONFIGURATIONS)
def test_a_key_in_a_configuration_of_another_tool_is_nowhere(gwctl, keychain, server, file: str, url: str) -> None:
    honest(server)
    place = url.format(url=server.url, key=MARKER)
    given = gwctl.folder.parent / "of-another-tool"
    given.mkdir()
    (given / file).write_text(CONFIGURATIONS[file].format(url=place, key=MARKER))
    (given / "more.yaml").write_text(INCLUDED.format(url=place, key=MARKER))
    for words in (("-v",), ("--format", "json"), ("--name", "acme")):
        result = gwctl("init", "--from", str(given / file), "--yes", *words, code=None)
        clean(result.out + result.err, words)
        for path in given.iterdir():
            assert MARKER in path.read_text()
        shown = [path for path in gwctl.folder.parent.rglob("*") if path.is_file() and path.parent != given]
        for path in shown:
            clean(path.read_text(errors="replace"), path)
        (gwctl.folder / "gateway.yaml").unlink(missing_ok=True)
    assert not any(MARKER in str(request.headers) for request in server.requests)
    assert keychain.whole == {}


@pytest.mark.parametrize("stored", [", store_key: keyring", ""], ids=["stored for all", "stored only here"])
def test_an_old_a_wrong_and_a_set_key_are_nowhere(gwctl, keychain, server, stored: str) -> None:
    """Masking by replacing text leaks the old value: deck#2140."""
    honest(server)
    gwctl.write(gateway(server.url, "{env: CANARY}" + stored))
    new = MARKER[::-1]
    for command, environ in (
        (("apply", "--auto-approve", "-v"), {"CANARY": MARKER}),
        (("plan", "-v"), {"CANARY": new}),
        (("plan", "--format", "json"), {"CANARY": new}),
        (("apply", "--auto-approve", "--format", "json"), {"CANARY": new}),
        (("key", "set", "it", "-v"), {"stdin": MARKER}),
        (("plan", "--format", "json", "-v"), {}),
        (("key", "audit", "-v"), {}),
        (("key", "list", "--format", "json"), {}),
        (("key", "rm", "it", "-v"), {}),
        (("destroy", "--auto-approve", "-v"), {}),
    ):
        result = gwctl(*command, **environ)
        clean(result.out + result.err, command)
        clean((result.out + result.err)[::-1], command)
        all_clean(gwctl.folder.parent)


def test_a_key_that_is_typed_at_a_terminal_is_in_the_keychain_and_nowhere_else(
    gwctl, terminal, keychain, server
) -> None:
    """`connect` is told a wrong key, which the server repeats, then the right one."""
    server.answers(echo(401)(Request("GET", "/models", {}, {"authorization": MARKER}, b"")), path="/models")
    gwctl.write("version: 1\nname: acme\nendpoints: {own: {base_url: 'http://localhost:9', models: [m]}}\n")
    shown = terminal(gwctl.command("connect", "litellm", "-v", "--base-url", server.url), gwctl.folder, gwctl.environ)
    for question, typed in (("Name", "\r"), ("Where is the key?", "\r"), ("not shown", f"{MARKER}-wrong\r")):
        shown.until(question)
        shown.types(typed)
    shown.until("What next?")
    honest(server)
    shown.types("\r")
    shown.until(lambda: shown.screen.text.count("Where is the key?") == 2)
    shown.types("\r")
    shown.until(lambda: shown.screen.text.count("not shown") == 2)
    shown.types(f"{MARKER}\r")
    for question in ("Which models?", "by default for:", "Default model for chat", "Save and apply?"):
        shown.until(question)
        shown.types("\r")
    assert shown.ends() == 0, shown.screen.text
    assert server.requests[-1].headers["authorization"] == f"Bearer {MARKER}"
    assert list(keychain.entries.values()) == [MARKER]
    clean(shown.text, "screen")
    keychain.drop(next(iter(keychain.entries)))
    all_clean(gwctl.folder.parent)


@pytest.mark.parametrize("server_is", ["honest", "echo-200", "echo-401"])
def test_the_canary_is_on_no_page(gwctl, keychain, server, starts, server_is: str) -> None:
    """Of `gwctl ui`: not the key of a variable, not one that is typed there, whatever the server says."""
    for path in ("/models", "/chat/completions"):
        server.routes[path] = echo(200 if server_is == "honest" else int(server_is[5:]))
    if server_is == "honest":
        honest(server)
    gwctl.write(gateway(server.url, "{env: CANARY}"))
    script = Script(starts("-v", CANARY=MARKER))
    replies = [script.enter()]

    def send(method: str, path: str, **fields: str) -> Shown:
        form = hidden(replies[-1].text) if method == "POST" else {}
        replies.append(script.send(method, path, {**form, **fields}))
        if "location" in replies[-1].headers:
            replies.append(script.send("GET", replies[-1].headers["location"]))
        return replies[-1]

    for path in ("/", "/?live=1", "/models", "/clients", "/plan"):
        send("GET", path)
    send("POST", "/confirm")
    send("POST", "/apply")
    send("GET", "/chat")
    send("POST", "/chat", model="it/gpt-4o", prompt="hello")
    send("GET", "/connect")
    send("POST", "/connect", preset="litellm")
    send("POST", "/connect", name="new", base_url=server.url)
    for typed, key in (("", MARKER), ("new", f"{MARKER}\n{MARKER}"), ("new", MARKER)):
        send("POST", "/connect", source="typed", key=key, typed=typed)
    if 'name="next"' in replies[-1].text:
        send("POST", "/connect", next="models")
        send("POST", "/connect", ids="gpt-4o")
        send("POST", "/connect", model="gpt-4o", purpose="chat")
    else:
        send("POST", "/connect", which="all")
    edit = send("POST", "/connect")
    assert "Save and apply?" in edit.text
    form = hidden(edit.text)
    replies.append(script.send("POST", edit.address, {**form, "do": "apply"}))
    for reply in replies:
        clean(f"{reply.headers} {reply.text}", reply.text[:2000])
    clean(script.local.said, "terminal")
    assert any(MARKER in request.headers.get("authorization", "") for request in server.requests)
    all_clean(gwctl.folder.parent)


def test_a_key_of_one_character_does_not_wreck_the_output(gwctl, keychain, server) -> None:
    """Masking by replacing text wrecks the output when the secret is short: deck#2140."""
    server.lists("a-model", "another")
    gwctl.write(gateway(server.url, "{env: CANARY}, store_key: keyring", "[a-model]"))
    plan = gwctl("plan", CANARY="a").out
    assert "+ a-model  chat  (config: declared)" in plan
    assert "+ another  chat  (catalog: listed by the endpoint)" in plan
    gwctl("apply", "--auto-approve", CANARY="a")
    assert gwctl.models() == ["model.it/a-model", "model.it/another"]


def with_header(url: str, key: str, header: str) -> str:
    """One endpoint, with a key reference of its own and one in a header."""
    fields = f"base_url: '{url}', key: {key}, headers: {{X-Gateway-Token: {header}}}, models: [gpt-4o], timeout: 2s"
    return f"version: 1\nname: acme\nendpoints:\n  it: {{{fields}}}\n"


@pytest.mark.parametrize(("way_in", "status"), [("env", "honest"), ("env", 200), ("file", 401), ("keyring", 500)])
def test_the_canary_in_a_header_is_nowhere(gwctl, keychain, server, way_in: str, status: int | str) -> None:
    reference, environ = reference_to_it(gwctl, keychain, way_in)
    if status == "honest":
        honest(server)
    else:
        for path in ("/models", "/chat/completions"):
            server.routes[path] = echo(int(status), "x-gateway-token")
    gwctl.write(with_header(server.url, "{env: OTHER}", reference))
    for command in COMMANDS:
        result = gwctl(*command, code=None, OTHER="something-else", **environ)
        clean(result.out, command)
        clean(result.err, command)
    assert MARKER in {request.headers.get("x-gateway-token") for request in server.requests}
    all_clean(gwctl.folder)


def with_literal(url: str, more: str = "") -> str:
    """One endpoint, with the marker as the value of a header of an innocent name."""
    fields = f"base_url: '{url}', key: {{env: OTHER}}, headers: {{X-Cost-Centre: {MARKER}{more}}}, models: [gpt-4o]"
    return f"version: 1\nname: acme\nendpoints:\n  it: {{{fields}, timeout: 2s}}\n"


@pytest.mark.parametrize("server_is", ["honest", "echo-401", "echo-500"])
def test_the_value_of_a_header_is_nowhere(gwctl, keychain, server, server_is: str) -> None:
    """Any value may be a secret, whatever the header is called: opencode#28527."""
    if server_is == "honest":
        server.lists("gpt-4o", "gpt-4o-mini")
    else:
        for path in ("/models", "/chat/completions"):
            server.routes[path] = echo(int(server_is[5:]), "x-cost-centre")
    for text in (with_literal(server.url), with_literal(server.url, ", X-Team: platform")):
        gwctl.write(text)
        for command in [*COMMANDS[:-1], *TEAM_COMMANDS[:-1]]:
            result = gwctl(*command, code=None, OTHER="something-else")
            clean(result.out + result.err, command)
        gwctl.write(text.replace(MARKER, "another"))
        for form in ("text", "json", "markdown", "html"):
            result = gwctl("plan", "--format", form, OTHER="something-else", code=None)
            clean(result.out + result.err, form)
        (gwctl.folder / "gateway.yaml").unlink()
        all_clean(gwctl.folder.parent)
    assert MARKER in {request.headers.get("x-cost-centre") for request in server.requests}


def test_another_value_of_a_header_is_no_change_and_is_sent(gwctl, server) -> None:
    server.lists("gpt-4o")
    gwctl.write(with_literal(server.url))
    gwctl("apply", "--auto-approve", OTHER="something-else")
    gwctl("plan", "--out", "p.plan", OTHER="something-else")
    gwctl.write(with_literal(server.url).replace(MARKER, "another"))
    assert "No changes" in gwctl("plan", OTHER="something-else").out
    assert server.requests[-1].headers["x-cost-centre"] == "another"
    gwctl("apply", "p.plan", OTHER="something-else")  # the digest of the file is the same


def test_a_value_that_becomes_a_reference_is_a_change_that_shows_no_value(gwctl, server) -> None:
    server.lists("gpt-4o")
    gwctl.write(with_literal(server.url))
    gwctl("apply", "--auto-approve", OTHER="something-else")
    gwctl.write(with_literal(server.url).replace(MARKER, "{env: CENTRE, scheme: Bearer}"))
    planned = gwctl("plan", OTHER="something-else", CENTRE=MARKER).out
    assert "headers.X-Cost-Centre: (a value in the gateway file) → {env: CENTRE, scheme: Bearer}" in planned
    clean(planned, "plan")
    gwctl("apply", "--auto-approve", OTHER="something-else", CENTRE=MARKER)
    assert server.requests[-1].headers["x-cost-centre"] == f"Bearer {MARKER}"


@pytest.mark.parametrize("bad", [f"{MARKER}\nsecond", f"{MARKER}\x07", f"{MARKER} é", f"{MARKER}\r\nX-Evil: 1"])
def test_a_key_that_no_header_may_hold_is_refused_unseen(gwctl, server, bad: str) -> None:
    honest(server)
    for text in (gateway(server.url, "{env: CANARY}"), with_header(server.url, "{env: OTHER}", "{env: CANARY}")):
        gwctl.write(text)
        result = gwctl("plan", "-v", code=1, CANARY=bad, OTHER="something-else")
        clean(result.out + result.err, "output")
        assert "KEY_UNREADABLE" in result.out
    assert server.requests == []


def test_a_key_written_into_the_file_is_refused_and_not_repeated(gwctl) -> None:
    for text in (
        f"endpoints: {{it: {{base_url: http://localhost, key: {MARKER}}}}}",
        f"endpoints: {{it: {{base_url: http://localhost, key: {{value: {MARKER}}}}}}}",
        f"endpoints: {{it: {{base_url: http://localhost, key: {{env: {MARKER}}}}}}}",
        f"endpoints: {{it: {{base_url: http://localhost, api_key: {MARKER}}}}}",
        f"endpoints: {{it: {{base_url: 'http://u:{MARKER}@localhost'}}}}",
        f"endpoints: {{it: {{base_url: 'http://localhost?key={MARKER}'}}}}",
        f"endpoints: {{it: {{base_url: http://localhost, headers: {{Authorization: Bearer {MARKER}}}}}}}",
        f"endpoints: {{it: {{base_url: http://localhost, headers: {{X-A: {{env: {MARKER}}}}}}}}}",
        f"endpoints: {{it: {{base_url: http://localhost, headers: {{X-A: {{value: {MARKER}}}}}}}}}",
        f"endpoints: {{it: {{base_url: http://localhost, headers: {{X-A: {{{MARKER}: 1}}}}}}}}",
        f"endpoints: {{it: {{base_url: http://localhost, headers: {{X-A: [{MARKER}]}}}}}}",
        f"endpoints: {{it: {{base_url: https://h, proxy: 'http://u:{MARKER}@p'}}}}",
        f"endpoints: {{it: {{base_url: https://h, headers: {{X-Team-Auth: {MARKER}}}}}}}",
        f"endpoints: {{it: {{base_url: https://h, headers: {{X-A: Bearer {MARKER}}}}}}}",
        f"endpoints: {{it: {{base_url: https://h, headers: {{X-A: sk-{MARKER}}}}}}}",
        f"endpoints: {{it: {{base_url: https://h, models: [sk-{MARKER}]}}}}",
        f"endpoints: {{it: {{base_url: https://h/sk-{MARKER}}}}}",
        f"endpoints: {{it: {{preset: sk-{MARKER}}}}}",
        f"endpoints: {{it: {{base_url: https://h, key: {{command: [curl, -H, 'X: Bearer {MARKER}']}}}}}}",
        f"endpoints: {{}}\npresets: {{own: {{base_url: 'https://h/', headers: {{X-A: Bearer {MARKER}}}}}}}",
        f"endpoints: {{}}\npresets: {{own: {{base_url: 'https://u:{MARKER}@h/'}}}}",
        f"endpoints: {{}}\ndefaults: {{chat: sk-{MARKER}}}",
        f"endpoints: {{it: {{base_url: https://h, timeout: '${{A:-{MARKER}}}'}}}}",
        f"endpoints: {{it: {{base_url: https://h, bad: 1}}}} # {MARKER}",
        f"endpoints: {{it: {{base_url: https://h, key: {MARKER}, bad: ]}}}}",
        f"endpoints: {{it: {{base_url: https://h, api_key: '{MARKER}'x}}}}",
        f"endpoints:\n  it:\n    key: {MARKER}: {MARKER}",
        f"endpoints:\n  it:\n    headers:\n      X-A: {MARKER}\n\t  X-B: {MARKER}",
    ):
        gwctl.write(f"version: 1\nname: acme\n{text}\n")
        for command in (("validate",), ("plan", "-v"), ("apply", "--auto-approve", "--format", "json")):
            result = gwctl(*command, code=1)
            clean(result.out + result.err, text)


@pytest.mark.parametrize(
    "field",
    [
        "base_url: 'https://h', headers: {X-Team-Auth: 'Bearer ${HK}'}",
        "base_url: 'https://h', headers: {X-A: 'Bearer ${HK}'}",
        "base_url: 'https://${HK}@h'",
        "base_url: 'https://h/?api_key=${HK}'",
        "base_url: 'https://h', models: ['sk-${HK}']",
        "base_url: 'https://h', proxy: 'http://u:${HK}@p'",
        "preset: '${HK}'",
        "base_url: '${HK}'",
        "base_url: 'https://h', timeout: '${HK}'",
        "base_url: 'https://h', scope: '${HK}'",
    ],
)
def test_what_a_variable_fills_in_is_judged_and_never_shown(gwctl, field: str) -> None:
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{it: {{{field}}}}}\n")
    for words in (("validate",), ("validate", "--format", "json"), ("plan", "-v"), ("apply", "--auto-approve")):
        for given in ({"GWCTL_VAR_HK": MARKER}, {}):
            more = () if given else ("--var", f"HK={MARKER}")
            result = gwctl(*words, *more, code=1, **given)
            clean(result.out + result.err, (field, words))


def forced(gwctl, place: str, command: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    """Run the command with the function at `place` failing on all that it is given."""
    holder, _, name = place.rpartition(".")
    script = (
        "import pkgutil, sys\n"
        f"holder = pkgutil.resolve_name({holder!r})\n"
        "def fail(*arguments, **named):\n"
        "    raise RuntimeError(f'forced {arguments!r} {named!r}')\n"
        f"holder.{name} = fail\n"
    )
    environ = gwctl.environ | {"CANARY": MARKER}
    if gwctl.warm:
        return subprocess.CompletedProcess(
            command, *gwctl.warm.run([*command], gwctl.folder, environ, "", first=script)
        )
    site = gwctl.folder / "site"
    site.mkdir(exist_ok=True)
    (site / "sitecustomize.py").write_text(script)
    environ["PYTHONPATH"] = os.pathsep.join([str(site), str(Path(__file__).parents[2])])
    return subprocess.run(
        gwctl.command(*command), cwd=gwctl.folder, env=environ, capture_output=True, text=True, check=False
    )


def test_a_traceback_forced_from_inside_holds_no_key(gwctl, keychain, server) -> None:
    """Every layer that has the key in its hands fails on purpose."""
    honest(server)
    text = with_header(server.url, "{env: CANARY}, store_key: keyring", "{env: CANARY}")
    gwctl.write(text.replace("headers: {", f"headers: {{X-Cost-Centre: {MARKER}, "))
    for place in (
        "reconciler.plan.build.resolve_shared",
        "reconciler.config.gateway.endpoint_attributes",
        "reconciler.config.load._checked",
        "reconciler.config.build.gateway.build_endpoint",
        "reconciler.apply.write_state.encode_checked",
        "reconciler.engine.owned.view_owned",
        "reconciler.owned.key_rules.fingerprint_of",
        "reconciler.owned.keychain.KeychainKind.prepare",
        "reconciler.owned.keychain.KeychainKind.write",
        "reconciler.ledger.owned_rows.OwnedRows.digest",
        "reconciler.apply.owned._write",
    ):
        done = forced(gwctl, place, ("apply", "--auto-approve", "-v"))
        assert done.returncode == 1, (place, done.stdout, done.stderr)
        assert "internal error in gwctl" in done.stderr, (place, done.stderr)
        clean(done.stdout + done.stderr, place)
    for place in (
        "reconciler.live.observe.list_models",
        "reconciler.live.http.client.HttpClient._exchange",
        "reconciler.live.http.client._transport",
        "reconciler.live.lists.list_models.headers_for",
        "reconciler.engine.keys.keyring.read_key",
        "reconciler.secrets.resolve_key.checked",
        "reconciler.engine.keys.check.faults_of",
    ):
        done = forced(gwctl, place, ("apply", "--auto-approve", "-v"))
        assert "internal error in gwctl" in done.stderr or "gwctl failed on this endpoint" in done.stdout, (place, done)
        clean(done.stdout + done.stderr, place)
    (gwctl.folder / "gateway.yaml").unlink()  # which has the header's value in it
    all_clean(gwctl.folder)


def test_a_fault_while_a_key_is_printed_holds_no_key(gwctl, keychain, server) -> None:
    honest(server)
    gwctl.write(gateway(server.url, "{env: CANARY}, store_key: keyring"))
    gwctl("apply", "--auto-approve", CANARY=MARKER)
    assert gwctl("key", "print", "acme/it").out == f"{MARKER}\n"
    for place in ("engine.keys.print_key.faults_of", "engine.keys.print_key.checked", "cli.key_print._write"):
        done = forced(gwctl, f"reconciler.{place}", ("key", "print", "acme/it"))
        assert (done.returncode, done.stdout) == (1, ""), (place, done)
        assert "nternal error in gwctl" in done.stderr, (place, done.stderr)
        clean(done.stderr, place)
    keychain.put("gwctl:acme it", f"{MARKER}\n{MARKER}")
    refused = gwctl("key", "print", "acme/it", code=1)
    clean(refused.out + refused.err, "two lines")


def test_a_fault_while_a_tool_is_equipped_holds_no_key(gwctl) -> None:
    gwctl.write(gateway("http://localhost:8000", "{env: CANARY}"))
    for command in (("run", "-v", "--endpoint", "it", "--", "true"), ("env", "-v", "--endpoint", "it", "--with-keys")):
        for place in (
            "tools.environment.ToolEnvironment.with_key",
            "engine.tool_env.tool_environment",
            "cli.exec.become",
        ):
            if command[0] == "env" and "become" in place:
                continue
            done = forced(gwctl, f"reconciler.{place}", command)
            assert (done.returncode, "internal error in gwctl" in done.stderr) == (1, True), (place, done.stderr)
            clean(done.stdout + done.stderr, place)
    bad = gwctl("env", "-v", "--endpoint", "it", "--with-keys", "--format", "dotenv", code=1, CANARY=f"{MARKER}'$")
    clean(bad.out + bad.err, "dotenv")
    all_clean(gwctl.folder)


def test_commands_run_only_with_consent(gwctl, server) -> None:
    honest(server)
    ran = gwctl.folder / "ran"
    gwctl.write(gateway(server.url, f"{{command: ['{sys.executable}', -c, 'open(\"ran\", \"w\"); print(1)']}}"))
    refused = gwctl("plan", code=1)
    assert "--allow-commands" in refused.out
    assert not ran.exists()
    gwctl("validate")
    gwctl("plan", "--offline", "--allow-commands")
    assert not ran.exists()
    gwctl("plan", "--allow-commands")
    assert ran.exists()


def test_a_command_that_fails_or_hangs_is_said(gwctl, server) -> None:
    honest(server)
    for words, said in (
        ("[nowhere-to-be-found]", "cannot be run"),
        (f"['{sys.executable}', -c, 'raise SystemExit(7)']", "exit code 7"),
        (f"['{sys.executable}', -c, 'import time; time.sleep(60)']", "no key within 2 s"),
        (f"['{sys.executable}', -c, 'print()']", "is empty"),
    ):
        gwctl.write(gateway(server.url, f"{{command: {words}}}"))
        assert said in gwctl("plan", "--allow-commands", "-v", code=None).out


def test_what_a_failed_command_wrote_last_is_shown_on_demand_unless_it_repeats_the_key(gwctl, server) -> None:
    honest(server)
    code = (
        "import sys; print('no vault', file=sys.stderr); print('you are not signed in', file=sys.stderr); sys.exit(1)"
    )
    gwctl.write(gateway(server.url, f"{{command: ['{sys.executable}', -c, \"{code}\"]}}"))
    assert "you are not signed in" in gwctl("plan", "--allow-commands", "-v", code=None).out
    assert "you are not signed in" not in gwctl("plan", "--allow-commands", code=None).out
    code = f"import sys; print('{MARKER}'); sys.stderr.write('no: {MARKER}'); sys.exit(1)"
    gwctl.write(gateway(server.url, f"{{command: ['{sys.executable}', -c, \"{code}\"]}}"))
    clean(gwctl("plan", "--allow-commands", "-v", code=None).out, "-v")


@pytest.mark.skipif(os.name != "posix", reason="file modes: POSIX only")
def test_the_state_is_for_its_owner_only(gwctl, server) -> None:
    honest(server)
    gwctl.write(gateway(server.url, "{env: CANARY}"))
    gwctl("apply", "--auto-approve", CANARY=MARKER)
    assert stat.S_IMODE(gwctl.state_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(gwctl.state_file.parent.stat().st_mode) == 0o700
    assert (gwctl.state_file.parent / ".gitignore").read_text().endswith("*\n")


def test_a_changed_origin_gets_no_key_without_consent(gwctl, servers) -> None:
    old, new = servers(), servers()
    old.lists("gpt-4o", "gpt-5")
    new.lists("gpt-4o", "gpt-5")
    gwctl.write(gateway(old.url, "{env: CANARY}"))
    gwctl("apply", "--auto-approve", CANARY=MARKER)
    gwctl.write(gateway(new.url, "{env: CANARY}", "[gpt-4o, added]"))
    for command in (("plan",), ("test",), ("models",), ("chat", "it/gpt-4o", "hello")):
        gwctl(*command, code=None, CANARY=MARKER)
    plan = gwctl("plan", "--format", "json", CANARY=MARKER).json
    assert plan["endpoints"][0]["code"] == "KEY_WITHHELD"
    assert plan["endpoints"][0]["status"] == "skipped"
    assert plan["complete"] is False
    assert {change["address"] for change in plan["changes"]} == {"endpoint.it", "model.it/added"}
    before = gwctl.state_file.read_bytes()
    assert "--allow-host it" in gwctl("apply", code=1, CANARY=MARKER).out
    assert new.requests == []
    assert gwctl.state_file.read_bytes() == before
    gwctl("plan", "--allow-host", "it", CANARY=MARKER)
    assert MARKER in new.requests[0].headers["authorization"]
    gwctl("apply", "--auto-approve", CANARY=MARKER, code=1)
    assert gwctl.state_file.read_bytes() == before, "approving a plan agrees to no host"
    gwctl("trust", "it")
    gwctl("apply", "--auto-approve", CANARY=MARKER)
    assert "No changes" in gwctl("plan", CANARY=MARKER).out


def test_a_changed_path_is_the_same_origin(gwctl, server) -> None:
    server.lists("gpt-4o")
    server.lists("gpt-4o", path="/team/models")
    gwctl.write(gateway(server.url, "{env: CANARY}"))
    gwctl("apply", "--auto-approve", CANARY=MARKER)
    gwctl.write(gateway(f"{server.url}/team", "{env: CANARY}"))
    assert gwctl("plan", "--format", "json", CANARY=MARKER).json["endpoints"][0]["status"] == "listed"


def test_a_preset_s_usual_variable_is_for_its_own_host_only(gwctl, server) -> None:
    server.lists("gpt-4o")
    gwctl.write(
        f"version: 1\nname: acme\nendpoints: {{it: {{preset: litellm, base_url: '{server.url}'}}}}\n",
    )
    gwctl("plan", LITELLM_API_KEY=MARKER)
    assert "authorization" not in server.requests[0].headers


def test_missing_keys_are_all_named_and_block_only_their_own(gwctl, server) -> None:
    server.lists("gpt-4o")
    entries = "".join(
        f"  {name}: {{base_url: '{server.url}', key: {{env: {name.upper()}}}, models: [m]}}\n" for name in "abc"
    )
    gwctl.write(f"version: 1\nname: acme\nendpoints:\n{entries}  open: {{base_url: '{server.url}'}}\n")
    plan = gwctl("plan")
    assert plan.out.count("warning: ") == 3
    applied = gwctl("apply", "--auto-approve", code=1)
    assert [f"environment variable {name} is not set" in applied.out for name in "ABC"] == [True] * 3
    assert gwctl.models() == ["model.open/gpt-4o"]


def test_a_credential_out_of_a_tools_file_is_in_no_output_and_in_no_other_file(gwctl, server, keychain) -> None:
    honest(server)
    folder = Path(gwctl.environ["HOME"]) / ".claude"
    folder.mkdir(parents=True)
    mine = f'{{"apiKeyHelper": "print {MARKER}", "env": {{"ANTHROPIC_AUTH_TOKEN": "{MARKER}"}}}}'
    (folder / "settings.json").write_text(mine)
    endpoint = f"  it: {{preset: litellm, base_url: '{server.url}', models: [gpt-4o], timeout: 2s}}\n"
    gwctl.write(f"version: 1\nname: acme\nendpoints:\n{endpoint}clients: {{claude-code: {{file: shared}}}}\n")
    gwctl("trust", "client.claude-code")
    adopt = ("--adopt", "client.claude-code")
    for words in (("plan", *adopt, "-v"), ("plan", *adopt, "--format", "json"), (*APPLY, *adopt), *COMMANDS[:-1]):
        said = gwctl(*words, code=None)
        clean(said.out + said.err, words)
    assert MARKER in (keychain.whole.popitem()[1])
    all_clean(gwctl.folder.parent)
    said = gwctl(*COMMANDS[-1])
    clean(said.out + said.err, "destroy")
    assert (folder / "settings.json").read_text() == mine
