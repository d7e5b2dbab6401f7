"""Questions: whole, alone on the screen, answered by somebody who has seen them, or not asked at all."""

from __future__ import annotations

import shlex
import sys
import threading
from collections.abc import Callable

import pytest

from tests.support.forks import Warm
from tests.support.scripted import Reply, ScriptedServer
from tests.support.terminal import Terminal

LONG = "https://gateway.acme.example/" + "/".join(f"segment-{number}" for number in range(14))
PAIRS = [f"OPENAI_API_KEY_{number} → {LONG}/{number}" for number in range(12)]
QUESTION = " ".join(["May each secret go where it is listed?"] * 3)
ASKING = f"""
import sys, time
from reconciler.cli.console import progress, prompts
progress.PATIENCE, progress._TICK = 0, 0.01
with progress.Progress() as awaited:
    awaited.turn("the-slow-one", None)
    while not awaited._text:
        time.sleep(0.01)
    prompts.confirm({QUESTION!r}, {PAIRS!r}, "New:")
    print("over")
"""


@pytest.fixture
def acme(gwctl, server):
    """A gateway file of one endpoint with two models."""
    server.lists("m", "n")
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{a: {{base_url: '{server.url}', timeout: 60s}}}}\n")
    return gwctl


@pytest.fixture
def at(terminal, acme) -> Callable[..., Terminal]:
    """gwctl at a terminal."""
    return lambda *words, **more: terminal(acme.command(*words), acme.folder, acme.environ, **more)


@pytest.fixture
def asking(terminal, acme) -> Callable[..., Terminal]:
    """A long question while somebody is awaited."""
    return lambda **more: terminal([sys.executable, "-c", ASKING], acme.folder, acme.environ, **more)


def held(server: ScriptedServer) -> threading.Event:
    """Let the server answer only once that is set."""
    released, listing = threading.Event(), server.routes["/models"]
    assert isinstance(listing, Reply)

    def reply(_request: object) -> Reply:
        released.wait(60)
        return listing

    server.routes["/models"] = reply
    return released


@pytest.mark.parametrize("typed", ["y\n", "yes\ny\ny\n", "y"])
def test_what_is_typed_before_the_question_does_not_answer_it(at, acme, server, typed: str) -> None:
    released = held(server)
    shown = at("apply")
    shown.until(lambda: server.requests)
    shown.types(typed)
    shown.until(lambda: "y" in shown.screen.text)  # the terminal has it
    released.set()
    shown.until("Apply these 4 changes? [y/n]:")
    shown.types("\n")
    shown.until("Type y or n")
    shown.types("n\n")
    assert shown.ends() == 1
    assert "Nothing was done" in shown.screen.text
    assert acme.state is None


def test_destroy_says_what_it_destroys_and_the_second_time_that_nothing_is_there(at, acme) -> None:
    acme("apply", "--auto-approve")
    shown = at("destroy")
    shown.until("Destroy 1 endpoint, 2 models, 1 default of acme? [y/n]:")
    shown.types("y\n")
    assert shown.ends() == 0
    assert "Nothing to do: .gwctl/state.json has no resources of acme." in acme("destroy").out


def test_approving_needs_a_yes(at, acme) -> None:
    for answer in ("y", "Y", "yes", " YES "):
        acme.write((acme.folder / "gateway.yaml").read_text() + f"# {answer}\n")
        shown = at("apply")
        shown.until("[y/n]:")
        shown.types(f"{answer}\n")
        assert shown.ends() == 0
        assert "Applied" in shown.screen.text
        acme("destroy", "--auto-approve")


def test_neither_yes_nor_no_is_asked_again_three_times_and_then_counts_as_no(at, acme) -> None:
    shown = at("apply")
    for number, answer in enumerate(["", "yep", "apply y"], start=1):
        shown.until(lambda asked=number: shown.screen.text.count("[y/n]:") == asked)
        shown.types(f"{answer}\n")
    assert shown.ends() == 1
    assert shown.screen.text.count("Type y or n") == 2
    assert "so the answer is no" in shown.screen.text
    assert "Nothing was done" in shown.screen.text
    assert acme.state is None


def test_the_end_of_input_declines(at, acme) -> None:
    shown = at("apply")
    shown.until("[y/n]:")
    shown.types("\x04")
    assert shown.ends() == 1
    assert "Nothing was done" in shown.screen.text
    assert acme.state is None


def test_interrupted_at_a_question_is_130(at, acme) -> None:
    shown = at("apply")
    shown.until("[y/n]:")
    shown.types("\x03")
    assert shown.ends() == 130
    assert shown.screen.lines[-2:] == ["interrupted", ""]
    assert acme.state is None


@pytest.mark.parametrize("columns", [80, 60, 200])
def test_a_question_is_whole_and_alone_on_the_screen(asking, columns: int) -> None:
    shown = asking(columns=columns)
    for number, answer in enumerate(["what?", "what?", "yes"], start=1):
        shown.until(lambda asked=number: shown.screen.text.count("[y/n]:") == asked)
        shown.types(f"{answer}\n")
    assert shown.ends() == 0
    words = " ".join(shown.screen.text.split())
    assert "waiting" not in words
    assert words.startswith("New: - OPENAI_API_KEY_0")
    assert words.count(f"{QUESTION} [y/n]:") == 3
    glued = "".join(shown.screen.text.split())
    assert all("".join(pair.split()) in glued for pair in PAIRS)
    assert b"the-slow-one" in shown.raw
    assert b"the-slow-one" not in shown.raw[shown.raw.index(b"New:") : shown.raw.index(b"over")]


def test_words_are_never_broken(asking) -> None:
    shown = asking()
    shown.until("[y/n]:")
    shown.types("n\n")
    assert shown.ends() == 0
    assert {"secret", "listed?", "[y/n]:"} <= set(shown.screen.text.split())
    assert LONG.encode() in shown.raw.replace(b"\r\n", b"")


REDIRECTED = [(each, ("apply",)) for each in ("</dev/null", ">out.txt", "2>err.txt", "| cat")]


@pytest.mark.parametrize(
    ("redirection", "words"), [*REDIRECTED, ("| cat", ("destroy",)), ("| cat", ("state", "unlock"))]
)
def test_nobody_is_asked_and_nobody_waits_unless_all_three_streams_are_a_terminal(
    terminal, warm: Warm, acme, redirection: str, words: tuple[str, ...]
) -> None:
    acme("apply", "--auto-approve")
    acme.write((acme.folder / "gateway.yaml").read_text().replace("60s", "50s"))
    line = f"set -o pipefail; {shlex.join([*warm.command, *words])} {redirection}"
    with locked(acme, words):
        shown = terminal(["bash", "-c", line], acme.folder, acme.environ, columns=200)
        assert shown.ends() == 1
    written = [acme.folder / name for name in ("out.txt", "err.txt")]
    said = " ".join([shown.screen.text, *(path.read_text() for path in written if path.exists())])
    stream = {"<": "input", ">": "output", "2": "error", "|": "output"}[redirection[0]]
    flat = " ".join(said.split())
    assert f"gwctl cannot ask: standard {stream} is not a terminal" in flat
    assert "run the same command with --auto-approve" in flat
    assert "Nothing was done" in flat


def locked(acme, words: tuple[str, ...]):
    from contextlib import nullcontext

    from reconciler.state.stores.file.store import FileStore

    return FileStore(acme.state_file, "ana@laptop").lock() if words[0] == "state" else nullcontext()


def test_a_key_is_typed_unseen(gwctl, terminal, keychain) -> None:
    gwctl.environ |= keychain.environ
    gwctl.write("version: 1\nname: acme\nendpoints: {it: {preset: litellm, store_key: keyring, models: [m]}}\n")
    shown = terminal(gwctl.command("key", "set", "it"), gwctl.folder, gwctl.environ)
    shown.until("(it is not shown):")
    assert "Type the key for http://localhost:4000" in " ".join(shown.screen.lines)
    shown.types("canary-marker-0001\n")
    assert shown.ends() == 0
    assert b"canary" not in shown.raw
    assert list(keychain.entries.values()) == ["canary-marker-0001"]


def test_no_key_is_typed_where_it_would_be_seen_or_waited_for(gwctl, terminal, keychain) -> None:
    gwctl.environ |= keychain.environ
    gwctl.write("version: 1\nname: acme\nendpoints: {it: {preset: litellm, store_key: keyring, models: [m]}}\n")
    line = f"{shlex.join(gwctl.command('key', 'set', 'it'))} 2>err.txt"
    shown = terminal(["bash", "-c", line], gwctl.folder, gwctl.environ)
    assert shown.ends() == 1
    assert "standard error is not a terminal" in (gwctl.folder / "err.txt").read_text()
    assert keychain.entries == {}
