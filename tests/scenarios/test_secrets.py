"""The canary: one marker key per way in, through every command, with servers that echo it."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from tests.support.scripted import Reply, Request, ScriptedServer

MARKER = "quokka-7351-zebra-fjord"
PARTS = [MARKER[at : at + 6] for at in range(len(MARKER) - 5)]
COMMANDS = [
    ("validate",),
    ("plan", "-v"),
    ("plan", "--format", "json"),
    ("plan", "--offline"),
    ("test", "-v"),
    ("test", "--chat", "--format", "json"),
    ("models", "-v"),
    ("models", "--format", "json"),
    ("chat", "-v", "it/gpt-4o", "hello"),
    ("apply", "--auto-approve", "-v"),
    ("apply", "--auto-approve", "--format", "json"),
    ("state", "list"),
    ("state", "show", "endpoint.it", "-v"),
    ("state", "pull"),
    ("presets",),
    ("doctor", "-v"),
    ("doctor", "--format", "json"),
    ("doctor", "--offline", "-v"),
    ("destroy", "--auto-approve", "-v"),
]


def echo(status: int):
    def answer(request: Request) -> Reply:
        sent = request.headers.get("authorization", "nothing")
        return Reply(status, {"error": {"message": f"you sent {sent}"}, "data": [{"id": sent}], "choices": [sent]})

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
        if path.is_file() and path.name not in ("key.txt", "print-key.py"):
            clean(path.read_text(errors="replace"), path)


@pytest.fixture(params=["env", "file", "command"])
def way_in(request, gwctl) -> tuple[str, dict[str, str]]:
    """(the reference as the file spells it, the environment that goes with it)."""
    if request.param == "env":
        return "{env: CANARY}", {"CANARY": MARKER}
    if request.param == "file":
        (gwctl.folder / "key.txt").write_text(f"  {MARKER}\n")
        return "{file: key.txt}", {}
    script = gwctl.folder / "print-key.py"
    script.write_text(f"import sys; sys.stderr.write('{MARKER}'); print('{MARKER}')")
    return f"{{command: ['{sys.executable}', print-key.py]}}", {"GWCTL_ALLOW_COMMANDS": "1"}


def gateway(url: str, reference: str, models: str = "[gpt-4o]") -> str:
    return (
        "version: 1\nname: acme\nendpoints:\n"
        f"  it: {{base_url: '{url}', key: {reference}, models: {models}, timeout: 2s}}\n"
    )


@pytest.mark.parametrize("server_is", ["honest", "echo-200", "echo-401", "echo-500"])
def test_the_canary_is_nowhere(gwctl, server, way_in, server_is: str) -> None:
    reference, environ = way_in
    if server_is == "honest":
        honest(server)
    else:
        server.routes["/models"] = echo(int(server_is[5:]))
        server.routes["/chat/completions"] = echo(int(server_is[5:]))
    gwctl.write(gateway(server.url, reference))
    for command in COMMANDS:
        result = gwctl(*command, code=None, **environ)
        clean(result.out, command)
        clean(result.err, command)
    assert any(MARKER in found.headers.get("authorization", "") for found in server.requests)
    all_clean(gwctl.folder)


@pytest.mark.parametrize("bad", [f"{MARKER}\nsecond", f"{MARKER}\x07", f"{MARKER} é", f"{MARKER}\r\nX-Evil: 1"])
def test_a_key_that_no_header_may_hold_is_refused_unseen(gwctl, server, bad: str) -> None:
    honest(server)
    gwctl.write(gateway(server.url, "{env: CANARY}"))
    result = gwctl("plan", "-v", code=1, CANARY=bad)
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
    ):
        gwctl.write(f"version: 1\nname: acme\n{text}\n")
        for command in (("validate",), ("plan", "-v"), ("apply", "--auto-approve", "--format", "json")):
            result = gwctl(*command, code=1)
            clean(result.out + result.err, text)


def test_a_traceback_forced_from_inside_holds_no_key(gwctl, server) -> None:
    """Every layer that has the key in its hands fails on purpose."""
    honest(server)
    gwctl.write(gateway(server.url, "{env: CANARY}"))
    for place in (
        "reconciler.live.listing.list_models",
        "reconciler.live.http.Door._exchange",
        "reconciler.live.headers.headers_for",
        "reconciler.live.listing.headers_for",
        "reconciler.engine.asking.read_key",
        "reconciler.secrets.reading._checked",
        "reconciler.engine.keycheck.faults_of",
        "reconciler.plan.make.resolve",
        "reconciler.apply.execute.encode",
    ):
        site = gwctl.folder / "site"
        site.mkdir(exist_ok=True)
        module, _, name = place.rpartition(".")
        (site / "sitecustomize.py").write_text(
            "import importlib, sys\n"
            f"holder = importlib.import_module('{module.removesuffix('.Door')}')\n"
            + ("holder = holder.Door\n" if module.endswith(".Door") else "")
            + "def fail(*arguments, **named):\n"
            "    raise RuntimeError(f'forced {arguments!r} {named!r}')\n"
            f"holder.{name} = fail\n"
        )
        path = os.pathsep.join([str(site), str(Path(__file__).parents[2])])
        environ = {"CANARY": MARKER, "PYTHONPATH": path}
        from subprocess import run

        done = run(
            gwctl.command("apply", "--auto-approve", "-v"),
            cwd=gwctl.folder,
            env=gwctl.environ | environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1, (place, done.stdout, done.stderr)
        assert "gwctl itself failed" in done.stderr, (place, done.stderr)
        clean(done.stdout + done.stderr, place)
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
    assert {each["address"] for each in plan["changes"]} == {"endpoint.it", "model.it/added"}
    before = gwctl.state_file.read_bytes()
    assert "--allow-host it" in gwctl("apply", code=1, CANARY=MARKER).out
    assert new.requests == []
    assert gwctl.state_file.read_bytes() == before
    gwctl("plan", "--allow-host", "it", CANARY=MARKER)
    assert MARKER in new.requests[0].headers["authorization"]
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
