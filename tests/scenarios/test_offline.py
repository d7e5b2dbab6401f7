"""A run without network, without keys, without both: what it opens, sends and runs is nothing, and it says so."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.support.watch import ROOT, traced, watched

MARKER = "quokka-7351-zebra-fjord"
EVERYTHING = """
    version: 1
    name: acme
    state: postgresql://gwctl@127.0.0.1:PORT/acme
    endpoints:
      by-env: {base_url: 'URL', key: {env: CANARY}, models: [a]}
      by-file: {base_url: 'URL', key: {file: key.txt}, models: [b]}
      by-command: {base_url: 'URL', key: {command: [PYTHON, -c, 'open("ran", "w"); print(1)']}, models: [c]}
      by-keyring: {base_url: 'URL', key: {keyring: service/me}, models: [d]}
      by-header: {base_url: 'URL', headers: {X-Token: {file: key.txt}}, models: [e]}
      kept: {base_url: 'URL', key: {env: NOT_SET}, store_key: keyring, models: [f]}
      proxied: {base_url: 'https://llm.example/v1', proxy: 'PROXY', tls: {ca_file: ca.pem}, models: [g]}
    """


@pytest.fixture
def everything(gwctl, keychain, server, servers):
    """A gateway file with every way in to a key, a proxy, and a state on another machine."""
    proxy = servers()
    server.lists("listed")
    keychain.put("service me", MARKER)
    (gwctl.folder / "key.txt").write_text(MARKER)
    (gwctl.folder / "ca.pem").write_text("not looked at")
    text = EVERYTHING.replace("URL", server.url).replace("PROXY", proxy.url).replace("PORT", str(proxy.port))
    gwctl.write(text.replace("PYTHON", f"'{sys.executable}'"))
    gwctl.environ |= {"CANARY": MARKER, "GWCTL_ALLOW_COMMANDS": "1", "HTTPS_PROXY": proxy.url}
    gwctl.servers = (server, proxy)
    return gwctl


def touched_nothing(watched_run, *files: str | Path) -> None:
    assert (
        watched_run.of("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.fork", "os.system", "sqlite3.") == []
    )
    paths = [Path(file) for file in files]
    folders = {
        name for path in paths for name in (str(path.parent), path.parent.name)
    }  # gwctl's own are opened in these
    assert str(files[0]) in watched_run.opened
    assert {Path(each).name for each in watched_run.opened - folders} <= {path.name for path in paths}
    assert not {"keyring", "psycopg", "httpx", "sqlite3"} & watched_run.imported


def test_the_hook_sees_what_an_online_run_does(everything) -> None:
    state = everything.folder / "state.json"
    result = watched(everything, "plan", "--allow-commands", "--state", str(state), code=None)
    kinds = {event for event, _ in result.events}
    assert {"socket.connect", "subprocess.Popen", "open", "import"} <= kinds
    assert str(everything.folder / "key.txt") in result.opened
    assert {"httpx", "keyring"} <= result.imported
    assert (everything.folder / "ran").exists()


@pytest.mark.parametrize("more", [(), ("--locked", "--no-keys", "--scope", "shared", "--format", "json")])
def test_offline_touches_nothing_but_the_files_beside_it(everything, more: tuple[str, ...]) -> None:
    result = watched(everything, "plan", "--offline", *more, code=None)
    touched_nothing(result, "gateway.yaml")
    assert not (everything.folder / "ran").exists()
    assert [server.requests for server in everything.servers] == [[], []]


def test_offline_with_a_lock_file_and_a_state_reads_these_as_well(everything) -> None:
    state = everything.folder / "state.json"
    everything("apply", "--auto-approve", "--allow-commands", "--state", str(state), code=None)
    everything("lock", "--allow-commands", "--state", str(state), code=None)
    for server in everything.servers:
        server.requests.clear()
    (everything.folder / "ran").unlink()
    result = watched(everything, "plan", "--offline", "--state", str(state), "--format", "json")
    touched_nothing(result, "gateway.yaml", "gateway.lock.yaml", state)
    assert {endpoint["status"] for endpoint in result.result.json["endpoints"]} == {"skipped"}
    assert {endpoint["pinned"] for endpoint in result.result.json["endpoints"] if "pinned" in endpoint} == {1}
    assert [server.requests for server in everything.servers] == [[], []]


def test_from_outside_too_no_socket_no_program_no_key_file(everything) -> None:
    shutil.copy(ROOT / "examples" / "gateway.yaml", everything.folder / "example.yaml")
    for file in ("example.yaml", "gateway.yaml"):
        calls = traced(everything, "plan", "--offline", "-f", file, LITELLM_API_KEY=MARKER)
        assert [call for call in calls if "execve(" in call and " = 0" in call][1:] == []
        assert [call for call in calls if "socket(" in call or "connect(" in call] == []
        assert [call for call in calls if "key.txt" in call or "ca.pem" in call or "sqlite3" in call] == []
        assert any("gateway.yaml" in call or file in call for call in calls)
    online = traced(everything, "test", "by-file", "--state", "state.json")
    assert any("key.txt" in call for call in online)
    assert any("connect(" in call for call in online)


def test_the_example_plans_offline_as_a_stranger_s_pull_request_runs_it(gwctl) -> None:
    shutil.copy(ROOT / "examples" / "gateway.yaml", gwctl.folder)
    result = watched(gwctl, "plan", "--offline", "--format", "json", LITELLM_API_KEY=MARKER)
    touched_nothing(result, "gateway.yaml", Path(".gwctl/state.json"))  # which is not there
    assert result.result.json["complete"] is False
    assert result.result.json["summary"]["create"] == 7
    assert MARKER not in result.result.out
    gwctl("plan", "--offline", "--detailed-exitcode", code=2)


def test_a_state_on_another_machine_is_not_read_and_that_is_said(everything) -> None:
    document = everything("plan", "--offline", "--format", "json").json
    assert (document["state"], document["name"], document["complete"]) == (None, "acme", False)
    assert document["config_digest"].startswith("sha256:")
    assert "STATE_NOT_READ" in [diagnostic["code"] for diagnostic in document["diagnostics"]]
    assert {change["action"] for change in document["changes"]} == {"create"}
    text = everything("plan", "--offline").out
    assert "every resource is shown as new (postgresql://127.0.0.1:" in text
    assert "gwctl@" not in text


@pytest.mark.parametrize("command", [("apply", "--auto-approve"), ("plan", "--scope", "machine")])
def test_what_needs_that_state_is_refused(everything, command: tuple[str, ...]) -> None:
    diagnostics = everything(*command, "--offline", "--format", "json", code=1).json["diagnostics"]
    assert [diagnostic["code"] for diagnostic in diagnostics if diagnostic["severity"] == "error"] == ["OFFLINE_STORE"]
    assert all(diagnostic["hint"] for diagnostic in diagnostics)


def test_a_plan_that_saw_no_state_is_never_applied(everything) -> None:
    everything("plan", "--offline", "--out", "p.plan")
    everything.environ["PGCONNECT_TIMEOUT"] = "1"
    state = str(everything.folder / "state.json")
    document = everything("apply", "p.plan", "--state", state, "--format", "json", code=1).json
    assert [diagnostic["code"] for diagnostic in document["diagnostics"]] == ["PLAN_STALE"]


def test_a_password_in_the_state_s_url_is_refused_offline_as_well(everything) -> None:
    said = everything("plan", "--offline", "--state", f"postgresql://u:{MARKER}@127.0.0.1/d", code=1)
    assert "LITERAL_PASSWORD" in said.out + said.err or "contains a password" in said.out + said.err
    assert MARKER not in said.out + said.err


KEYED = "version: 1\nname: acme\nendpoints:\n  it: {base_url: 'URL', KEY, models: [m], timeout: 2s}\n"
REFERENCES = {
    "key": "key: {env: CANARY}",
    "header": "headers: {X-Token: {env: CANARY}}",
    "kept": "key: {env: CANARY}, store_key: keyring",
}


@pytest.mark.parametrize(
    ("option", "where"),
    [("--offline", "key"), ("--no-keys", "key"), (None, "key"), ("--offline", "header"), ("--no-keys", "kept")],
)
def test_what_a_state_file_records_moves_no_key(gwctl, keychain, servers, option: str | None, where: str) -> None:
    """An apply without keys records the new host, and the next run, which has the key, sends it nothing all the same.

    `None`: the key is just not set.
    """
    old, new = servers(), servers()
    old.lists("m")
    new.lists("m")
    keyed = KEYED.replace("KEY", REFERENCES[where]).replace("timeout", "preset: litellm, timeout")  # an optional key
    gwctl.write(keyed.replace("URL", old.url))
    gwctl("apply", "--auto-approve", CANARY=MARKER)
    gwctl.write(keyed.replace("URL", new.url))
    gwctl("apply", *([option] if option else []), "--auto-approve", code=None)
    if where != "kept":  # the kept one would be there to be sent
        assert gwctl.state["resources"][0]["attributes"]["base_url"] == new.url
    for command in (("plan",), ("apply", "--auto-approve")):
        document = gwctl(*command, "--format", "json", code=None, CANARY=MARKER).json
        assert "KEY_WITHHELD" in [diagnostic["code"] for diagnostic in document["diagnostics"]]
    assert MARKER not in repr(new.requests)
    gwctl("plan", "--allow-host", "it", CANARY=MARKER)
    assert MARKER in repr(new.requests)


def test_a_new_host_without_any_key_is_nobody_s_business(gwctl, servers) -> None:
    old, new = servers(), servers()
    for each in (old, new):
        each.lists("m")
    gwctl.write(KEYED.replace("KEY", "preset: litellm").replace("URL", old.url))
    gwctl("apply", "--auto-approve")
    gwctl.write(KEYED.replace("KEY", "preset: litellm").replace("URL", new.url))
    gwctl("apply", "--offline", "--auto-approve")
    assert gwctl.state["resources"][0]["attributes"]["base_url"] == new.url
    plans = [gwctl("plan", *option, "--format", "json").json for option in ([], ["--no-keys"])]
    assert [plan["complete"] for plan in plans] == [True, False]
    assert [plan["changes"] for plan in plans] == [[], []]


def test_no_keys_asks_those_that_want_none_and_reads_no_key(gwctl, keychain, server, servers) -> None:
    open_one = servers()
    open_one.lists("x", "y")
    server.lists("a", "b")
    keychain.put("service me", MARKER)
    (gwctl.folder / "key.txt").write_text(MARKER)
    text = f"""
        version: 1
        name: acme
        endpoints:
          open: {{base_url: '{open_one.url}'}}
          by-file: {{base_url: '{server.url}', key: {{file: key.txt}}, models: [m]}}
          by-command: {{base_url: '{server.url}', key: {{command: ['{sys.executable}', -c, 'open("ran", "w")']}}}}
          by-keyring: {{base_url: '{server.url}', key: {{keyring: service/me}}, models: [m]}}
          by-header: {{base_url: '{server.url}', headers: {{X-Token: {{env: CANARY}}}}, models: [m]}}
          usual: {{preset: openai, models: [m]}}
          kept: {{base_url: '{server.url}', store_key: keyring, models: [m]}}
          certified: {{base_url: 'https://127.0.0.1:1', tls: {{client_cert: key.txt}}, models: [m]}}
        """
    gwctl.write(text)
    given = {"CANARY": MARKER, "OPENAI_API_KEY": MARKER, "GWCTL_ALLOW_COMMANDS": "1"}
    result = watched(gwctl, "plan", "--no-keys", "--format", "json", **given)
    statuses = {
        endpoint["name"]: (endpoint["status"], endpoint["code"]) for endpoint in result.result.json["endpoints"]
    }
    assert statuses.pop("open") == ("listed", None)
    assert set(statuses.values()) == {("skipped", "NO_KEYS")}
    assert result.result.json["complete"] is False
    assert "Not contacted: --no-keys" in gwctl("plan", "--no-keys").out
    assert result.opened.isdisjoint({str(gwctl.folder / "key.txt"), "key.txt"})
    assert result.of("sqlite3.") == []
    assert not (gwctl.folder / "ran").exists()
    assert "keyring" not in result.imported
    assert server.requests == []
    assert MARKER not in repr(open_one.requests)


def test_a_plan_without_keys_keeps_what_is_known(gwctl, server) -> None:
    server.lists("m", "n", "o")
    gwctl.write(KEYED.replace("KEY", "key: {env: CANARY}").replace("URL", server.url))
    gwctl("apply", "--auto-approve", CANARY=MARKER)
    before = gwctl.state_file.read_bytes()
    for option in ("--no-keys", "--offline"):
        assert gwctl("plan", option, "--format", "json").json["changes"] == []
        gwctl("apply", option, "--auto-approve")
    assert gwctl.state_file.read_bytes() == before
    assert len(server.requests) == 1


def test_the_options_are_for_making_a_plan_and_not_for_a_saved_one(gwctl, server) -> None:
    gwctl.write(KEYED.replace("KEY", "preset: litellm").replace("URL", server.url))
    gwctl("plan", "--offline", "--out", "p.plan")
    for option in ("--offline", "--no-keys", "--locked"):
        assert f"give {option} to `gwctl plan --out" in gwctl("apply", "p.plan", option, code=1).err


@pytest.mark.parametrize("words", [(), ("-q",)])
@pytest.mark.parametrize("output_format", ["text", "markdown", "html"])
def test_a_plan_without_the_shared_state_says_what_it_would_create(
    gwctl, output_format: str, words: tuple[str, ...]
) -> None:
    """No plan is announced as a failure, or left unsaid under an exit code of 2."""
    gwctl.write(
        "version: 1\nname: acme\nstate: https://states.example.com/acme\nendpoints:\n"
        "  a: {base_url: 'https://a.example', models: [m, n]}\n"
    )
    out = gwctl("plan", "--offline", "--format", output_format, "--detailed-exitcode", *words, code=2).out
    assert "4 to create" in out.replace("</span>", "")
    assert "the state was not read" in out
    assert "no plan" not in out.lower()
