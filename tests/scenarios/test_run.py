"""`gwctl run` and `gwctl env`: what the command gets, what it gives back, and when it is not run at all."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reconciler.schemas import schema_of
from tests.support.libraries import library

GATEWAY = """
    version: 1
    name: acme
    endpoints:
      gateway: {base_url: 'http://localhost:8000', key: {env: GATEWAY_KEY}, models: [first, shared]}
      open: {preset: litellm, models: [shared]}
      laptop: {preset: ollama, models: ['llama3.2:latest']}
    defaults:
      chat: gateway/first
    """
KEY = {"GATEWAY_KEY": "quokka-1111-gateway"}
SHOW = "import json, os; print(json.dumps(dict(os.environ)))"
posix = pytest.mark.skipif(os.name != "posix", reason="POSIX: a process that becomes another")


def seen(gwctl, *options: str, **environ: str) -> dict[str, str]:
    """The environment that a command gets."""
    result = gwctl("run", *options, "--", sys.executable, "-c", SHOW, **environ)
    assert list(gwctl.folder.iterdir()) == [gwctl.folder / "gateway.yaml"]
    return result.json


def test_the_chat_default_is_what_a_command_is_run_with(gwctl) -> None:
    gwctl.write(GATEWAY)
    result = seen(gwctl, **KEY, OPENAI_API_KEY="another's", OPENAI_ORG_ID="another's", ANTHROPIC_API_KEY="kept")
    assert result["OPENAI_BASE_URL"] == result["OPENAI_API_BASE"] == "http://localhost:8000/v1"
    assert result["OPENAI_API_KEY"] == KEY["GATEWAY_KEY"]
    assert (result["OPENAI_MODEL"], result["GWCTL_MODEL"], result["GWCTL_ENDPOINT"]) == ("first", "first", "gateway")
    assert result["GWCTL_BASE_URL"] == "http://localhost:8000"
    assert "OPENAI_ORG_ID" not in result
    assert result["ANTHROPIC_API_KEY"] == "kept"  # of a family that this endpoint does not speak


def test_a_model_names_its_endpoint(gwctl) -> None:
    gwctl.write(GATEWAY)
    result = seen(gwctl, "--model", "llama3.2:latest", OPENAI_API_KEY="another's", OLLAMA_API_KEY="another's")
    assert (result["OLLAMA_HOST"], result["OPENAI_API_KEY"]) == ("http://localhost:11434", "none")
    assert "OLLAMA_API_KEY" not in result
    assert seen(gwctl, "--model", "open/shared")["ANTHROPIC_BASE_URL"] == "http://localhost:4000"
    assert "More than one endpoint" in gwctl("run", "--model", "shared", "--", "true", code=1).err
    assert (
        "--model and --endpoint cannot be used together"
        in gwctl("run", "--model", "a", "--endpoint", "b", "true", code=1).err
    )


def test_an_endpoint_is_enough(gwctl) -> None:
    gwctl.write(GATEWAY)
    result = seen(gwctl, "--endpoint", "open", OPENAI_MODEL="another's", GWCTL_MODEL="another's")
    assert result["GWCTL_ENDPOINT"] == "open"
    assert not {"OPENAI_MODEL", "ANTHROPIC_MODEL", "GWCTL_MODEL"} & set(result)
    assert "did you mean `open`" in gwctl("run", "--endpoint", "opn", "--", "true", code=1).err


def test_the_recorded_prefix_is_used_until_the_url_changes(gwctl, server) -> None:
    server.lists("first", path="/v1/models")
    text = f"version: 1\nname: acme\nendpoints: {{it: {{base_url: '{server.url}/team', models: [first]}}}}\n"
    server.lists("first", path="/team/v1/models")
    gwctl.write(text)
    base = "OPENAI_BASE_URL"
    assert gwctl("env", "--endpoint", "it", "--format", "json").json["variables"][base] == f"{server.url}/team"
    gwctl("apply", "--auto-approve")
    asked = len(server.requests)
    assert gwctl("env", "--endpoint", "it", "--format", "json").json["variables"][base] == f"{server.url}/team/v1"
    gwctl.write(text.replace("/team", "/other"))
    assert gwctl("env", "--endpoint", "it", "--format", "json").json["variables"][base] == f"{server.url}/other"
    assert len(server.requests) == asked  # no request is made


def test_a_key_that_may_not_be_had_stops_the_command(gwctl, server) -> None:
    ran = gwctl.folder / "ran"
    command = ("run", "--endpoint", "it", "--", sys.executable, "-c", f"open({str(ran)!r}, 'w')")
    text = "version: 1\nname: acme\nendpoints: {{it: {{base_url: '{}', key: {}, models: [m]}}}}\n"
    gwctl.write(text.format(server.url, "{env: GATEWAY_KEY}"))
    assert "Missing API key" in gwctl(*command, code=1).err
    gwctl.write(text.format(server.url, "{file: none.txt}"))
    assert "none.txt does not exist" in gwctl(*command, code=1).err
    gwctl.write(text.format(server.url, "{command: [echo, key]}"))
    assert "--allow-commands" in gwctl(*command, code=1).err
    assert not ran.exists()
    gwctl("run", "--allow-commands", *command[1:])
    assert ran.exists()


def test_a_key_is_withheld_from_a_host_that_only_the_file_names(gwctl, server) -> None:
    server.lists("m")
    text = "version: 1\nname: acme\nendpoints: {{it: {{base_url: '{}', key: {{env: GATEWAY_KEY}}, models: [m]}}}}\n"
    gwctl.write(text.format(server.url))
    gwctl("apply", "--auto-approve", **KEY)
    gwctl.write(text.format("https://evil.example"))
    for command in (("run", "--endpoint", "it", "--", "env"), ("env", "--endpoint", "it", "--with-keys")):
        withheld = gwctl(*command, code=1, **KEY)
        assert withheld.out == ""
        assert "--allow-host it" in withheld.err
    allowed = gwctl("env", "--endpoint", "it", "--with-keys", "--allow-host", "it", **KEY)
    assert KEY["GATEWAY_KEY"] in allowed.out


def test_the_key_that_is_kept_is_used_and_a_malformed_one_is_not(gwctl, keychain) -> None:
    fields = "base_url: 'http://localhost:8000', key: {env: K}, store_key: keyring"
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{it: {{{fields}}}}}\n")
    gwctl("key", "set", "it", stdin="quokka-1111-kept")
    command = ("run", "--endpoint", "it", "--", sys.executable, "-c", SHOW)
    assert gwctl(*command).json["OPENAI_API_KEY"] == "quokka-1111-kept"
    assert "malformed" in gwctl(*command, code=1, K="${K}").err
    assert "quokka-1111-kept" in gwctl("env", "--endpoint", "it", "--with-keys").out
    assert "quokka" not in gwctl("env", "--endpoint", "it").out


def test_what_tools_are_not_told_of_is_said(gwctl) -> None:
    gwctl.write("""
        version: 1
        name: acme
        endpoints:
          it:
            base_url: https://llm.acme.example
            headers: {X-Team: platform}
            tls: {ca_file: corp.pem}
            proxy: http://proxy.acme.example:3128
        """)
    err = gwctl("env", "--endpoint", "it").err
    assert "not passed to tools: the endpoint's `headers`, `tls`, `proxy`" in err


def test_a_command_that_cannot_be_run_is_said_in_words(gwctl) -> None:
    gwctl.write(GATEWAY)
    (gwctl.folder / "plain.txt").write_text("no program")
    for word, why in (
        ("no-such-command", "check the name and the PATH"),
        ("ls -l", "quote each word separately"),
        ("./plain.txt", "cannot be run"),
        (".", "cannot be run"),
    ):
        failed = gwctl("run", "--", word, code=1, **KEY)
        assert why in failed.err
        assert KEY["GATEWAY_KEY"] not in failed.err
    assert "gwctl run needs CMD" in gwctl("run", code=1).err


@posix
def test_exit_codes_and_words_pass_through(gwctl) -> None:
    gwctl.write(GATEWAY)
    gwctl("run", "--", "sh", "-c", "exit 7", code=7, **KEY)
    gwctl("run", "--", "sh", "-c", "kill -9 $$", code=-9, **KEY)
    words = ["-v", "--model", "x", "--", "", "two words", "*", "$(id)"]
    echo = "import json, sys; print(json.dumps(sys.argv[1:]))"
    assert gwctl("run", "--", sys.executable, "-c", echo, *words, **KEY).json == words
    assert gwctl("run", sys.executable, "-c", echo, *words, **KEY).json == words  # also without --


@posix
def test_standard_streams_and_signals_are_as_they_were(gwctl) -> None:
    gwctl.write(GATEWAY)
    assert gwctl("run", "--", "cat", stdin="through", **KEY).out == "through"
    if Path("/proc/self/status").exists():
        status = gwctl("run", "--", "cat", "/proc/self/status", **KEY).out
        ignored = int(status.partition("SigIgn:")[2].split()[0], 16)
        assert not ignored & (1 << (signal.SIGPIPE - 1) | 1 << (signal.SIGXFSZ - 1))


@posix
def test_gwctl_becomes_the_command_and_signals_reach_it(gwctl) -> None:
    gwctl.write(GATEWAY)
    script = (
        "import os, signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(41))\n"
        "print(os.getpid(), flush=True)\n"
        "time.sleep(60)\n"
    )
    process = subprocess.Popen(
        gwctl.command("run", "--", sys.executable, "-c", script),
        cwd=gwctl.folder,
        env=gwctl.environ | KEY,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout
        assert int(process.stdout.readline()) == process.pid
        words = Path(f"/proc/{process.pid}/cmdline")
        assert not words.exists() or KEY["GATEWAY_KEY"].encode() not in words.read_bytes()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 41


def test_where_no_process_becomes_another_a_child_s_exit_code_is_passed_on(gwctl) -> None:
    gwctl.write(GATEWAY)
    child = "import os, sys; sys.exit(int(os.environ['CODE']))"
    script = (
        "import os, sys\n"
        "from reconciler.cli.exec import by_child\n"
        f"sys.exit(by_child([{sys.executable!r}, '-c', {child!r}], dict(os.environ, CODE='7')))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], env=gwctl.environ, cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == 7


@posix
def test_a_child_is_waited_for_also_when_interrupted(gwctl, tmp_path) -> None:
    """As ^C reaches both, the child decides what it means."""
    child = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGINT, lambda *_: (time.sleep(0.5), sys.exit(9)))\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    script = (
        "import os, sys\n"
        "from reconciler.cli.exec import by_child\n"
        f"sys.exit(by_child([{sys.executable!r}, '-c', {child!r}], dict(os.environ)))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        env=gwctl.environ,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.1)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=30) == 9


def test_env_prints_no_key_unless_asked(gwctl) -> None:
    gwctl.write(GATEWAY)
    for output_format in ("shell", "dotenv", "json"):
        without = gwctl("env", "--format", output_format, **KEY)
        assert KEY["GATEWAY_KEY"] not in without.out + without.err
        assert "http://localhost:8000/v1" in without.out
        assert "OPENAI_API_KEY=" not in without.out
        assert "keys omitted (no --with-keys): OPENAI_API_KEY" in without.out + without.err
        assert KEY["GATEWAY_KEY"] in gwctl("env", "--format", output_format, "--with-keys", **KEY).out
    assert gwctl("env").code == 0  # no key is read, so none is missing
    assert "Missing API key" in gwctl("env", "--with-keys", code=1).err


def test_env_reads_no_key_unless_asked(gwctl) -> None:
    ran = gwctl.folder / "ran"
    touch = json.dumps([sys.executable, "-c", f"open({str(ran)!r}, 'w'); print('key')"])
    gwctl.write(
        f"version: 1\nname: acme\nendpoints: {{it: {{base_url: 'http://localhost', key: {{command: {touch}}}}}}}"
    )
    gwctl("env", "--endpoint", "it", "--allow-commands")
    assert not ran.exists()
    assert "OPENAI_API_KEY=key" in gwctl("env", "--endpoint", "it", "--allow-commands", "--with-keys").out


def test_env_as_json_follows_its_schema_also_when_it_fails(gwctl) -> None:
    gwctl.write(GATEWAY)
    for arguments, code in ((("--with-keys",), 0), ((), 0), (("--model", "nowhere"), 1), (("--endpoint", "x"), 1)):
        document = gwctl("env", "--format", "json", *arguments, code=code, **KEY).json
        jsonschema = library("jsonschema")
        jsonschema.validate(document, schema_of("env"))
        assert bool(document["variables"]) is (code == 0)
    left_out = gwctl("env", "--format", "json", **KEY).json
    assert left_out["left_out"] == ["OPENAI_API_KEY", "COPILOT_PROVIDER_API_KEY"]
    assert "OPENAI_API_KEY" in left_out["unset"]


@posix
@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_eval_works_with_hostile_ids_and_unsets_what_is_another_s(gwctl, shell: str) -> None:
    hostile = 'it\'s "$(touch pwned)" `touch pwned`\nexport PATH=; touch pwned #\\'
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{it: {{preset: litellm, models: [{json.dumps(hostile)}]}}}}")
    words = " ".join(gwctl.command("env", "--with-keys", "--model", '"$WANTED"'))
    words = words.replace(sys.executable, f'"{sys.executable}"')
    script = f'eval "$({words})"; exec "{sys.executable}" -c \'{SHOW.replace(chr(34), "")}\''
    environ = gwctl.environ | {
        "WANTED": f"it/{hostile}",
        "OPENAI_ORG_ID": "another's",
        "ANTHROPIC_API_KEY": "another's",
    }
    done = subprocess.run([shell, "-c", script], cwd=gwctl.folder, env=environ, capture_output=True, check=False)
    document = json.loads(done.stdout)
    assert document["OPENAI_MODEL"] == document["ANTHROPIC_MODEL"] == hostile
    assert not {"OPENAI_ORG_ID", "ANTHROPIC_API_KEY"} & set(document)
    assert [path.name for path in gwctl.folder.iterdir()] == ["gateway.yaml"]
    assert "all dotenv readers" in gwctl("env", "--format", "dotenv", "--model", f"it/{hostile}", code=1).err


def test_an_id_that_no_environment_can_hold_is_refused(gwctl) -> None:
    gwctl.write(GATEWAY)
    gwctl("apply", "--auto-approve", **KEY)
    state = json.loads(gwctl.state_file.read_text())
    default = next(resource for resource in state["resources"] if resource["kind"] == "default")
    default["attributes"]["model"] = "gateway/nul\0"
    gwctl.state_file.write_text(json.dumps(state))
    assert "cannot be used in an environment variable" in gwctl("run", "--", "true", code=1, **KEY).err


@posix
def test_a_name_of_bytes_that_are_no_text_is_refused(gwctl) -> None:
    gwctl.write(GATEWAY)
    assert "cannot be used in an environment variable" in gwctl("env", "--model", "open/\udcff", code=1).err


def test_env_speaks_utf8_whatever_the_terminal_does(gwctl) -> None:
    gwctl.write("version: 1\nname: acme\nendpoints: {it: {preset: litellm, models: ['é ☃']}}")
    assert "OPENAI_MODEL='é ☃'" in gwctl("env", "--model", "it/é ☃", PYTHONIOENCODING="ascii", PYTHONUTF8="1").out
