"""The one question before a secret moves: everything that is new, once, at a terminal; and what goes wrong with it."""

from __future__ import annotations

import json
import shlex
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.engine.trust.pairs import WantedPair
from reconciler.engine.trust.questions import Question
from reconciler.ledger.stack_rows import Stack
from reconciler.secrets.binding import Exposure, Pair, client_secret, env_secret
from tests.support.older_ledger import make_older
from tests.support.terminal import Terminal

GOOD, EVIL = "http://llm.acme.example", "http://llm.stranger.example"
KEY, TOKEN = "quokka-7351-zebra-fjord", "walrus-2048-gannet-scree"
TEXT = f"""
version: 1
name: acme
endpoints:
  it: {{base_url: '{GOOD}', key: {{env: K}}, insecure_http: true, models: [m]}}
  that: {{base_url: '{EVIL}', headers: {{X-Team: {{env: TEAM}}}}, insecure_http: true, models: [m]}}
"""


@pytest.fixture
def acme(gwctl, server):
    """Two endpoints that are not loopback, both of them this server behind a proxy."""
    server.lists("m", "n")
    gwctl.environ |= {"HTTP_PROXY": server.url, "http_proxy": server.url, "K": KEY, "TEAM": TOKEN}
    gwctl.write(TEXT)
    return gwctl


@pytest.fixture
def at_terminal(gwctl, terminal) -> Callable[..., Terminal]:
    """A command at a terminal."""

    def run(*arguments: str, columns: int = 80, **environ: str) -> Terminal:
        return terminal(gwctl.command(*arguments), gwctl.folder, gwctl.environ | environ, columns)

    return run


def ledger_of(gwctl) -> Path:
    return gwctl.folder.parent / "home" / "state" / "gwctl" / "ledger.sqlite3"


def sent(server) -> str:
    return json.dumps([request.headers for request in server.requests])


def test_one_question_lists_all_that_is_new_and_is_never_asked_again(acme, at_terminal, server) -> None:
    shown = at_terminal("plan")
    shown.until("[y/n]:")
    whole = " ".join(" ".join(shown.screen.lines).split())
    for words in (f"endpoint.it, key: env K → {GOOD}", f"endpoint.that, header X-Team: env TEAM → {EVIL}"):
        assert words in whole
    assert server.requests == [], "it is asked before anything is sent"
    shown.types("y\n")
    assert shown.ends() == 0
    assert shown.text.count("[y/n]:") == 1
    assert KEY in sent(server)
    assert TOKEN in sent(server)
    again = at_terminal("plan")
    assert again.ends() == 0
    assert "[y/n]:" not in again.text
    assert "withheld" not in acme("plan").out


@pytest.mark.parametrize("command", [("plan",), ("apply", "--auto-approve"), ("test",), ("models",)])
def test_no_sends_nothing_and_remembers_nothing(acme, at_terminal, server, command: tuple[str, ...]) -> None:
    shown = at_terminal(*command)
    shown.ends("n")
    assert "withheld" in shown.text
    assert server.requests == []
    assert acme("trust", "list", "--format", "json").json["stacks"] == []


def test_auto_approve_is_no_answer(acme, at_terminal, server) -> None:
    shown = at_terminal("apply", "--auto-approve")
    assert shown.ends("n") == 1
    assert "[y/n]:" in shown.text
    assert server.requests == []


@pytest.mark.parametrize("stream", ["stdin", "stdout", "stderr"])
def test_nobody_is_asked_where_one_stream_is_no_terminal(acme, server, stream: str) -> None:
    end = {"stdin": "</dev/null", "stdout": ">out", "stderr": "2>err"}[stream]
    words = " ".join(map(shlex.quote, acme.command("plan")))
    shown = Terminal(["sh", "-c", f"{words} {end}"], acme.folder, acme.environ)
    try:
        assert shown.ends() == 0
        assert "[y/n]:" not in shown.text
    finally:
        shown.close()
    assert server.requests == []


def test_who_is_killed_at_the_question_has_agreed_to_nothing(acme, at_terminal, server) -> None:
    shown = at_terminal("plan")
    shown.until("[y/n]:")
    shown.process.send_signal(signal.SIGKILL)
    shown.process.wait()
    assert acme("trust", "list", "--format", "json").json["stacks"] == []
    assert acme("plan").out.count("withheld from") >= 2
    assert server.requests == []


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="a place where nobody can write: Linux only")
def test_where_no_ledger_can_be_written_a_yes_counts_for_this_run(acme, at_terminal, server) -> None:
    nowhere = {"GWCTL_LEDGER": "/proc/gwctl/ledger.sqlite3"}
    shown = at_terminal("plan", columns=200, **nowhere)
    assert shown.ends("y") == 0
    assert "Your answer applies only to this run" in shown.text
    assert KEY in sent(server)
    asked = len(server.requests)
    assert "withheld" in acme("plan", **nowhere).out
    assert len(server.requests) == asked


def test_two_runs_that_agree_at_once_are_of_one_stack(acme) -> None:
    words = [acme.command("trust", "it"), acme.command("trust", "that"), acme.command("trust", "it", "that")]
    for _ in range(3):
        both = [subprocess.Popen(word, cwd=acme.folder, env=acme.environ, stdout=subprocess.PIPE) for word in words]
        assert [each.communicate() and each.returncode for each in both] == [0, 0, 0]
    (stack,) = acme("trust", "list", "--format", "json").json["stacks"]
    assert sorted(pair["secret"] for pair in stack["pairs"]) == ["env K", "env TEAM"]
    assert "withheld" not in acme("plan").out


def test_what_an_older_gwctl_kept_is_part_of_the_question(gwctl, keychain, at_terminal, server) -> None:
    server.lists("m", "n")
    gwctl.environ |= {"HTTP_PROXY": server.url, "http_proxy": server.url}
    gwctl.write(TEXT.partition("  that:")[0].replace("{env: K}", "{env: K}, store_key: keyring"))
    gwctl("trust", "it")
    gwctl("apply", "--auto-approve", K=KEY)
    make_older(ledger_of(gwctl), 2)
    kept, asked = keychain.whole, len(server.requests)
    shown = at_terminal("plan", columns=200)
    shown.until("[y/n]:")
    assert "an older gwctl stored for this state" in " ".join(shown.screen.lines)
    assert "key.it" in " ".join(shown.screen.lines)
    assert len(server.requests) == asked
    shown.types("y\n")
    assert shown.ends() == 0
    assert "No changes" in shown.text
    assert "No changes" in gwctl("plan").out
    assert keychain.whole == kept


@pytest.mark.parametrize(("answers", "moved"), [("y", True), ("ny", False)])
def test_one_state_at_two_places_is_asked_about(gwctl, keychain, terminal, server, answers: str, moved: bool) -> None:
    server.lists("m", "n")
    gwctl.environ |= {"HTTP_PROXY": server.url, "http_proxy": server.url}
    gwctl.write(TEXT.partition("  that:")[0].replace("{env: K}", "{env: K}, store_key: keyring"))
    gwctl("trust", "it")
    gwctl("apply", "--auto-approve", K=KEY)
    asked, old = len(server.requests), gwctl.folder
    gwctl.folder = old.rename(old.with_name("elsewhere"))
    shown = terminal(gwctl.command("plan"), gwctl.folder, gwctl.environ, columns=200)
    for number, answer in enumerate(answers, 1):
        shown.until(lambda count=number: shown.text.count("[y/n]:") >= count)
        shown.types(f"{answer}\n")
    shown.ends()
    assert str(old / "gateway.yaml") in shown.text
    assert (KEY in json.dumps([request.headers for request in server.requests[asked:]])) == moved
    assert len(gwctl("trust", "list", "--format", "json").json["stacks"]) == (1 if moved else 2)


def test_a_linked_worktree_shares_what_its_main_checkout_agreed_to(acme, server) -> None:
    def git(*words: str, folder: Path) -> None:
        settings = ["-c", "user.name=a", "-c", "user.email=a@acme.example", "-c", "init.defaultBranch=main"]
        subprocess.run(["git", *settings, *words], cwd=folder, env=acme.environ, check=True, capture_output=True)

    main = acme.folder
    git("init", folder=main)
    git("add", "gateway.yaml", folder=main)
    git("commit", "-m", "first", folder=main)
    acme("trust", "it", "that")
    git("worktree", "add", "../linked", folder=main)
    acme.folder = main.with_name("linked")
    assert "withheld" not in acme("plan").out
    # A directory that only says that it is one, and to which the main checkout's own records do not point back.
    false = main.with_name("false")
    false.mkdir()
    (false / "gateway.yaml").write_text(TEXT)
    (false / ".git").write_text((acme.folder / ".git").read_text())
    acme.folder = false
    asked = len(server.requests)
    assert "withheld" in acme("plan").out
    assert len(server.requests) == asked


def test_stages_of_one_first_file_are_told_apart_by_their_stores(acme, server) -> None:
    stages = [("--state", "dev/state.json"), ("--state", "prod/state.json")]
    acme("trust", "it", "that", "--state", "dev/state.json")
    assert "withheld" not in acme("plan", *stages[0]).out
    assert "withheld" in acme("plan", *stages[1]).out


@pytest.mark.parametrize(
    ("wants", "older", "does"),
    [
        ("secret", 0, "sends these secrets"),
        ("tool", 0, "configures these tools"),
        ("secret tool", 0, "sends these secrets and configures these tools"),
        ("", 1, "uses these records of an older gwctl"),
        ("secret tool", 1, "sends these secrets and configures these tools and uses these records of an older gwctl"),
    ],
)
def test_the_sentence_before_the_list_fits_what_is_listed(wants: str, older: int, does: str) -> None:
    secrets = {"secret": env_secret("K"), "tool": client_secret("client.codex", ".codex/acme.config.toml")}
    pairs = [Pair(secrets[name], Exposure(origin=GOOD)) for name in wants.split()]
    wanted = tuple(WantedPair(endpoint="it", what="key", pair=pair) for pair in pairs)
    stacks = (Stack(id="s", path="", store="state.json", lineage="l", name="acme"),) * older
    question = Question("gateway.yaml", wanted, stacks)
    assert question.intro == f"gateway.yaml {does} for the first time on this machine:"
    assert len(list(question.items)) == len(wanted) + older


def test_a_tool_that_is_not_here_needs_no_consent(acme) -> None:
    acme.write(TEXT + "clients: {codex: {}}\n")
    said = acme("trust", "client.codex", PATH="").err
    assert said == "no tool of this machine is configured by client.codex: there is nothing to agree to\n"
